import { EARLIEST } from '../decide-instant.js';

/** An instant that a charger told, and when its message came; milliseconds since 1970. */
export interface ToldInstant {
  readonly toldMs: number;
  readonly arrivedMs: number;
  /** Chargers keep such messages while they are offline (Start, Stop, meter values); others are told at once or never. */
  readonly isQueueable: boolean;
}

/** A message that came as fast as it was told: its predecessor was told as much earlier as it came earlier. */
interface LiveInstant extends ToldInstant {
  /** The predecessor, for which the same clock held. */
  readonly since: ToldInstant;
}

/** What is remembered of a charger's clock: a few instants, whatever it sends. */
export interface ClockWatch {
  readonly last: ToldInstant | null;
  /** The latest live instants that agree. */
  readonly window: readonly LiveInstant[];
  /** Later ones that disagree with them and agree among themselves. */
  readonly rivals: readonly LiveInstant[];
}

export const NOTHING_HEARD: ClockWatch = { last: null, window: [], rivals: [] };

/** How a charger's clock goes; positive: ahead of ours. */
export interface ClockVerdict {
  /** right: within two minutes; zone: local time stamped as UTC, or a wrong zone; wrong: any other. */
  readonly kind: 'right' | 'zone' | 'wrong';
  /** What is taken off the charger's times: whole quarter hours of a zone, whole seconds otherwise, 0 of a clock that is right. */
  readonly offsetMs: number;
  /** What the clock is off beside that; shown, never corrected. */
  readonly driftMs: number;
  /** The first instant for which it is known to hold. */
  readonly since: ToldInstant;
  readonly evidence: readonly ToldInstant[];
}

/** Beyond that two messages were not told as they came. */
const PACE_TOLERANCE_MS = 5_000;
/** Messages closer than that show nothing of the pace. */
const STEP_MS = 10_000;
/** Live instants of one clock lie no further apart: waits in networks, seconds that were cut off. */
const SPREAD_MS = 20_000;
const WINDOW = 9;
const RIVALS = 3;
/** So many live instants over so long make a verdict. */
const ENOUGH = 5;
const ENOUGH_MS = 60_000;
/** A clock that is off by less is right enough: the energy of a minute beside a boundary. */
const RIGHT_MS = 120_000;
const QUARTER_MS = 15 * 60_000;
const ZONE_TOLERANCE_MS = 60_000;
/** Zones lie between UTC-12 and UTC+14. */
const FURTHEST_ZONE_MS = 14 * 3_600_000;
/**
 * A clock that is behind looks like messages that waited: a queue that is one behind forever, stamps of the beginning of
 * an interval. So many messages of the window that never wait must say so, too.
 */
const ENOUGH_UNQUEUED = 2;

/** The watch after one more message. Messages of a burst change nothing but the last one heard. */
export function heard(watch: ClockWatch, told: ToldInstant): ClockWatch {
  const { last } = watch;
  if (last === null) return { ...watch, last: told };
  const step = told.arrivedMs - last.arrivedMs;
  const isInPace = Math.abs(told.toldMs - last.toldMs - step) <= PACE_TOLERANCE_MS;
  if (!isInPace) return { ...watch, last: told };
  if (step < STEP_MS) return watch;
  return { ...joined(watch, { ...told, since: last }), last: told };
}

function joined({ window, rivals }: ClockWatch, live: LiveInstant): Pick<ClockWatch, 'window' | 'rivals'> {
  if (window.length === 0 || agrees(window, live)) return { window: [...window, live].slice(-WINDOW), rivals: [] };
  const others = agrees(rivals, live) ? [...rivals, live] : [live];
  return others.length < RIVALS ? { window, rivals: others } : { window: others, rivals: [] };
}

function agrees(others: readonly LiveInstant[], live: LiveInstant): boolean {
  return others.length === 0 || Math.abs(aheadMs(live) - medianMs(others)) <= SPREAD_MS;
}

function aheadMs({ toldMs, arrivedMs }: ToldInstant): number {
  return toldMs - arrivedMs;
}

function medianMs(instants: readonly ToldInstant[]): number {
  const sorted = instants.map(aheadMs).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** How the clock goes, or null while too little is known. */
export function verdictOf({ window, rivals }: ClockWatch): ClockVerdict | null {
  const [first] = window;
  const last = window.at(-1);
  if (first === undefined || last === undefined || window.length < ENOUGH || rivals.length > 0) return null;
  if (last.arrivedMs - first.since.arrivedMs < ENOUGH_MS) return null;
  const offMs = medianMs(window);
  const isFarBehind = last.toldMs < EARLIEST.getTime(); // no message waits since 1970
  const unqueued = window.filter((one) => !one.isQueueable).length;
  if (offMs <= -RIGHT_MS && !isFarBehind && unqueued < ENOUGH_UNQUEUED) return null;
  const evidence = window.map(({ since: _since, ...told }) => told);
  return { ...kindOf(offMs), since: first.since, evidence };
}

function kindOf(offMs: number): Pick<ClockVerdict, 'kind' | 'offsetMs' | 'driftMs'> {
  if (Math.abs(offMs) < RIGHT_MS) return { kind: 'right', offsetMs: 0, driftMs: offMs };
  const zoneMs = Math.round(offMs / QUARTER_MS) * QUARTER_MS;
  if (zoneMs !== 0 && Math.abs(zoneMs) <= FURTHEST_ZONE_MS && Math.abs(offMs - zoneMs) <= ZONE_TOLERANCE_MS) {
    return { kind: 'zone', offsetMs: zoneMs, driftMs: offMs - zoneMs };
  }
  return { kind: 'wrong', offsetMs: Math.round(offMs / 1_000) * 1_000, driftMs: 0 };
}

/** A clock that goes on going wrong gets a new entry only when it is off by so much more. */
const NEWS_MS = 60_000;

/** Whether a verdict says something else than what is recorded; nothing recorded: the clock counts as right. */
export function isNews(verdict: Pick<ClockVerdict, 'offsetMs'>, recordedMs: number | null): boolean {
  return Math.abs(verdict.offsetMs - (recordedMs ?? 0)) >= NEWS_MS;
}
