import { halfUp, type SlowPrice, type State } from './state-at.js';
import type { WorldOwner } from './world.js';

export interface SlowLine {
  readonly chargerId: string;
  readonly season: string;
  readonly dayType: string;
  readonly band: string;
  readonly label: string;
  readonly interval: string;
  readonly direction: 'import' | 'export';
  readonly wh: number;
  readonly estimatedWh: number;
  readonly estimatedErrorWh: number;
  readonly microsPerKWh: number;
  readonly cents: number;
  readonly calendarId: string;
  readonly owner: WorldOwner;
}

/** A price that is missing for energy that was used. */
export interface SlowProblem {
  readonly date: string;
  /** The band, or the series where the price is indexed. */
  readonly what: string;
  readonly direction: 'import' | 'export';
}

/** A piece of what one register moved, between two boundaries. */
export interface Piece {
  readonly chargerId: string;
  readonly direction: 'import' | 'export';
  readonly state: State;
  readonly owner: WorldOwner;
  readonly wh: number;
  readonly isEstimated: boolean;
  /** Which pair of readings it is of, and what their register moved in all. */
  readonly move: number;
  readonly movedWh: number;
}

/** Pieces that print on the same line are summed, then priced, then rounded once. */
export function linesOf(pieces: readonly Piece[]): { lines: SlowLine[]; problems: SlowProblem[] } {
  const problems: SlowProblem[] = [];
  const sameLine = Map.groupBy(pieces, ({ chargerId, direction, state, owner }) => {
    const { season, dayType, band, label, interval, calendarId } = state;
    const price = state[direction];
    const parts = [price.parts, price.indexedBy, price.indexedBy === null ? price.micros : null];
    return JSON.stringify([chargerId, season, dayType, band, label, interval, calendarId, direction, owner, parts]);
  });
  const lines: SlowLine[] = [];
  for (const ofLine of sameLine.values()) {
    const missing = ofLine.filter(({ wh, state, direction }) => wh > 0 && state[direction].micros === null);
    problems.push(...missing.map(problemOf));
    const [sample] = ofLine;
    const wh = ofLine.reduce((sum, piece) => sum + piece.wh, 0);
    if (sample !== undefined && wh > 0 && missing.length === 0) lines.push(lineOf(sample, ofLine, wh));
  }
  return { lines: lines.sort(asPrinted), problems };
}

function problemOf({ state, direction }: Piece): SlowProblem {
  return { date: state.date, what: state[direction].lacking ?? state[direction].indexedBy ?? state.band, direction };
}

function lineOf(sample: Piece, pieces: readonly Piece[], wh: number): SlowLine {
  const { chargerId, direction, owner } = sample;
  const { season, dayType, band, label, interval, calendarId } = sample.state;
  const price: SlowPrice = sample.state[direction];
  const nanos = pieces.reduce((sum, piece) => sum + BigInt(piece.wh) * BigInt(piece.state[direction].micros ?? 0), 0n);
  const cents = Number(halfUp(direction === 'export' ? -nanos : nanos, 10_000_000n));
  const estimated = pieces.filter((piece) => piece.isEstimated);
  const perMove = [...Map.groupBy(estimated, ({ move }) => move).values()].map((ofMove) => {
    const gotWh = ofMove.reduce((sum, piece) => sum + piece.wh, 0);
    return Math.max(gotWh, (ofMove[0]?.movedWh ?? 0) - gotWh);
  });
  return {
    chargerId,
    season,
    dayType,
    band,
    label,
    interval,
    direction,
    wh,
    estimatedWh: estimated.reduce((sum, piece) => sum + piece.wh, 0),
    estimatedErrorWh: perMove.reduce((sum, worstWh) => sum + worstWh, 0),
    microsPerKWh: price.indexedBy === null ? Number(price.micros) : Number(halfUp(nanos, BigInt(wh))),
    cents: cents + 0, // never minus zero
    calendarId,
    owner,
  };
}

/** Charger, season, day type, label, interval, price: as interfaces.md promises; then what else tells lines apart. */
function asPrinted(a: SlowLine, b: SlowLine): number {
  const key = (line: SlowLine) => [
    [line.chargerId, line.season, line.dayType, line.label, line.interval],
    [
      line.direction === 'import' ? '0' : '1',
      line.band,
      line.calendarId,
      line.owner.spotId ?? '',
      line.owner.customerId ?? '',
    ],
  ];
  const compare = (x: readonly string[] = [], y: readonly string[] = []) => {
    const at = x.findIndex((text, index) => text !== y[index]);
    return at < 0 ? 0 : (x[at] ?? '') < (y[at] ?? '') ? -1 : 1;
  };
  return compare(key(a)[0], key(b)[0]) || a.microsPerKWh - b.microsPerKWh || compare(key(a)[1], key(b)[1]);
}
