import { dayOf } from './day-of.js';
import type { World, WorldContract, WorldIndex, WorldPrice, WorldSeries } from './world.js';

/** What a contract says of one direction at an instant. */
export interface SlowPrice {
  /** Micro-units per kWh; null: there is no price. */
  readonly micros: number | null;
  /** Component and micro-units, energy first, then as they are named. */
  readonly parts: readonly (readonly [component: string, micros: number])[];
  /** The series of an indexed price, and from when on its present value holds. */
  readonly indexedBy: string | null;
  /** The series without a value, where that is why there is no price. */
  readonly lacking?: string;
  readonly stepMs: number | null;
}

/** What holds at an instant: asked of the wall clock, without any list of boundaries. */
export interface State {
  readonly date: string;
  readonly season: string;
  readonly dayType: string;
  readonly band: string;
  readonly label: string;
  readonly interval: string;
  readonly calendarId: string;
  readonly import: SlowPrice;
  readonly export: SlowPrice;
}

/** Of rows that hold on a day the one that began last; of two that began together the first. */
function holding<Row>(rows: readonly Row[], date: string, span: (row: Row) => readonly [string | null, string | null]) {
  const now = rows.filter((row) => (span(row)[0] ?? '') <= date && date <= (span(row)[1] ?? '9999'));
  const latest = now.map((row) => span(row)[0] ?? '').reduce((a, b) => (a > b ? a : b), '');
  return now.find((row) => (span(row)[0] ?? '') === latest) ?? null;
}

function seriesValue(series: WorldSeries, atMs: number): { startMs: number; value: number } | null {
  const startMs = [...series.values.keys()].find((start) => start <= atMs && atMs < start + series.resolutionMs);
  const value = startMs === undefined ? undefined : series.values.get(startMs);
  return startMs === undefined || value === undefined ? null : { startMs, value };
}

/** Half up, away from zero, of a fraction. */
export function halfUp(numerator: bigint, denominator: bigint): bigint {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * magnitude + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}

function indexedPrice(
  index: WorldIndex,
  addedMicros: number,
  atMs: number,
): { micros: number | null; stepMs: number; lacking?: string } {
  const price = seriesValue(index.series, atMs);
  const losses = index.losses === null ? null : seriesValue(index.losses, atMs);
  const finest = Math.min(index.series.resolutionMs, index.losses?.resolutionMs ?? Infinity);
  const stepMs = atMs - (atMs % finest);
  const lossesPpm = index.losses === null ? index.lossesPpm : losses?.value;
  if (price === null) return { micros: null, stepMs, lacking: index.series.id };
  if (lossesPpm === undefined) return { micros: null, stepMs, lacking: index.losses?.id ?? '' };
  const scaled = halfUp(BigInt(price.value) * BigInt(lossesPpm) * BigInt(index.factorPpm), 1_000_000_000_000n);
  return { micros: Number(scaled) + index.marginMicros + addedMicros, stepMs };
}

function priceAt(
  contract: WorldContract,
  band: string,
  direction: 'import' | 'export',
  date: string,
  atMs: number,
): SlowPrice {
  const rows = contract.prices.filter((price) => price.band === band && price.direction === direction);
  const parts: (readonly [string, number])[] = [];
  const components = [...new Set(rows.map((row) => row.component))].sort();
  for (const component of ['energy', ...components.filter((name) => name !== 'energy')]) {
    const row = holding<WorldPrice>(
      rows.filter((one) => one.component === component),
      date,
      ({ from, to }) => [from, to],
    );
    if (row !== null) parts.push([component, row.microsPerKWh]);
  }
  const sum = parts.reduce((total, [, micros]) => total + micros, 0);
  if (contract.index !== null && direction === 'import') {
    return { ...indexedPrice(contract.index, sum, atMs), parts, indexedBy: contract.index.series.id };
  }
  const isComplete = parts[0]?.[0] === 'energy';
  return { micros: isComplete ? sum : null, parts: isComplete ? parts : [], indexedBy: null, stepMs: null };
}

const NO_PRICE: SlowPrice = { micros: null, parts: [], indexedBy: null, stepMs: null };

const asked = new WeakMap<World, Map<number, State>>();

/** What holds at an instant; the same question is answered once. */
export function stateAt(world: World, atMs: number): State {
  const answers = asked.get(world) ?? new Map<number, State>();
  asked.set(world, answers);
  const state = answers.get(atMs) ?? answer(world, atMs);
  answers.set(atMs, state);
  return state;
}

function answer(world: World, atMs: number): State {
  const wall = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(world.timeZone);
  const date = wall.toPlainDate().toString();
  const contract = holding(world.contracts, date, ({ validFrom, validTo }) => [validFrom, validTo]);
  if (contract === null) {
    const none = { season: '', dayType: '', band: '*', label: '', interval: '', calendarId: '' };
    return { date, ...none, import: NO_PRICE, export: NO_PRICE };
  }
  const { season, dayType, intervals } = dayOf(contract, world, date);
  const minute = wall.hour * 60 + wall.minute;
  const now = intervals.find(({ startMinute, endMinute }) => startMinute <= minute && minute < endMinute);
  if (now === undefined) throw new Error(`Nothing holds at ${wall.toString()}`);
  const { band, label, interval } = now;
  const price = (direction: 'import' | 'export') => priceAt(contract, band, direction, date, atMs);
  const calendarId = contract.calendar.id;
  return { date, season, dayType, band, label, interval, calendarId, import: price('import'), export: price('export') };
}

/** Whether something a line or a boundary depends on differs. */
export function isOtherState(a: State, b: State): boolean {
  return a.date !== b.date || a.interval !== b.interval || a.import.stepMs !== b.import.stepMs;
}
