import { daySpan, isLocalDay } from '#libs/registry/period.js';
import type { Sheet, SheetRow } from '#libs/registry/tabular/sheet.js';
import { MAX_PROBLEMS, surplusProblem, type Problem } from '#libs/registry/tabular/table.js';

/** How the values of a file are to be read. */
export interface SeriesShape {
  /** `price`: micro-units of the currency per kWh; `factor`: parts per million. */
  readonly kind: 'price' | 'factor';
  /** IANA zone of the clock in which the source counts its days and periods. */
  readonly clockZone: string;
  /** A divisor of 60. */
  readonly resolutionMinutes: number;
  /** ISO 4217; null for a factor. */
  readonly currency: string | null;
  /** `EUR/MWh`, `EUR/kWh`, or for a factor `1`; null: each row says its own in a column `unit`. */
  readonly unit: string | null;
}

export interface FileValue {
  /** Counted from 1 after the header. */
  readonly row: number;
  readonly startsMs: number;
  readonly micros: number;
}

export interface FileValues {
  /** In order of time. */
  readonly values: readonly FileValue[];
  readonly problems: readonly Problem[];
  /** How many values had more decimals than are kept, and were rounded half up. */
  readonly rounded: number;
}

const DECIMAL = /^(-?)(\d{1,9})(?:[.,](\d{1,12}))?$/;
const ZONED = /(Z|[+-]\d{2}:?\d{2})$/;

/**
 * Reads the values of a series: `startsAt,value` with instants that say their zone, or as markets publish
 * `date,period,value` with periods counted from 1 on the local day of the series' clock (92 or 100 quarter-hours when
 * the clock changes). Prices become micro-units per kWh exactly; further decimals are rounded half up.
 */
export function readSeries({ header, rows }: Sheet, shape: SeriesShape): FileValues {
  const problems = headerProblems(header, shape);
  if (problems.length > 0) return { values: [], problems, rounded: 0 };
  const startOf = header.includes('startsAt') ? instantStart(shape) : periodStart(shape);
  const byStart = new Map<number, FileValue>();
  let rounded = 0;
  for (const row of rows) {
    if (problems.length >= MAX_PROBLEMS) break;
    const read = surplusProblem(row) ?? readRow(row, shape, startOf);
    if ('message' in read) {
      problems.push(read);
      continue;
    }
    const known = byStart.get(read.startsMs);
    if (known !== undefined) {
      problems.push({ row: row.row, column: null, message: `is the same time as row ${known.row}` });
      continue;
    }
    if (read.isRounded) rounded += 1;
    byStart.set(read.startsMs, { row: row.row, startsMs: read.startsMs, micros: read.micros });
  }
  return { values: [...byStart.values()].sort((a, b) => a.startsMs - b.startsMs), problems, rounded };
}

function headerProblems(header: readonly string[], { unit }: SeriesShape): Problem[] {
  const missing = (column: string, message: string): Problem => ({ row: 0, column, message });
  const problems: Problem[] = [];
  const hasInstant = header.includes('startsAt');
  const hasPeriod = header.includes('date') && header.includes('period');
  if (hasInstant === hasPeriod) {
    problems.push(missing('startsAt', 'the header has either "startsAt" or "date" and "period"'));
  }
  if (!header.includes('value')) problems.push(missing('value', 'the column is missing in the header'));
  if (unit === null && !header.includes('unit')) {
    problems.push(missing('unit', 'say the unit, such as EUR/MWh: in a column "unit" or once for the file'));
  }
  return problems;
}

type Start = (cells: SheetRow['cells']) => { readonly startsMs: number } | { column: string; message: string };

function readRow(
  { row, cells }: SheetRow,
  shape: SeriesShape,
  startOf: Start,
): { startsMs: number; micros: number; isRounded: boolean } | Problem {
  const start = startOf(cells);
  if ('message' in start) return { row, ...start };
  const unit = cells['unit'] === undefined || cells['unit'] === '' ? shape.unit : cells['unit'];
  const places = unit === null ? null : placesOf(shape, unit);
  if (places === null) {
    const expected = shape.kind === 'factor' ? '1' : `${shape.currency}/MWh or ${shape.currency}/kWh`;
    return { row, column: 'unit', message: `expected ${expected}, got "${unit ?? ''}"` };
  }
  const value = scaled(cells['value'] ?? '', places);
  if (value === null) {
    return { row, column: 'value', message: `expected a number such as 45.12, got "${cells['value'] ?? ''}"` };
  }
  return { ...start, ...value };
}

/** By how many decimal places a value of the unit is multiplied; null: not a unit of this series. */
function placesOf({ kind, currency }: SeriesShape, unit: string): 3 | 6 | null {
  if (kind === 'factor') return unit === '1' ? 6 : null;
  if (unit === `${currency}/MWh`) return 3;
  return unit === `${currency}/kWh` ? 6 : null;
}

/** A decimal × 10^places as an integer, half up in magnitude; null when it is no decimal. */
function scaled(text: string, places: number): { micros: number; isRounded: boolean } | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = ''] = match;
  const up = (fraction[places] ?? '0') >= '5' ? 1 : 0;
  const magnitude = Number(whole + fraction.slice(0, places).padEnd(places, '0')) + up;
  const isRounded = /[1-9]/.test(fraction.slice(places));
  return { micros: sign === '-' ? 0 - magnitude : magnitude, isRounded };
}

function instantStart({ resolutionMinutes }: SeriesShape): Start {
  const stepMs = resolutionMinutes * 60_000;
  return (cells) => {
    const text = cells['startsAt'] ?? '';
    const startsMs = ZONED.test(text) ? epochMs(text) : null;
    if (startsMs === null) {
      return {
        column: 'startsAt',
        message: `expected an instant with its zone such as 2026-06-01T00:00Z, got "${text}"`,
      };
    }
    if (startsMs % stepMs !== 0) {
      return { column: 'startsAt', message: `is not at a step of ${resolutionMinutes} minutes` };
    }
    return { startsMs };
  };
}

function epochMs(text: string): number | null {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return null;
  }
}

function periodStart({ clockZone, resolutionMinutes }: SeriesShape): Start {
  const stepMs = resolutionMinutes * 60_000;
  const days = new Map<string, { startsMs: number; periods: number } | null>();
  const dayOf = (text: string) => {
    const known = days.get(text);
    if (known !== undefined) return known;
    const day = localDay(text, clockZone, stepMs);
    days.set(text, day);
    return day;
  };
  return (cells) => {
    const date = cells['date'] ?? '';
    const day = dayOf(date);
    if (day === null) return { column: 'date', message: `expected a day as yyyy-mm-dd, got "${date}"` };
    const period = cells['period'] ?? '';
    const number = /^\d{1,3}$/.test(period) ? Number(period) : 0;
    if (number < 1 || number > day.periods) {
      return { column: 'period', message: `${date} has periods 1 to ${day.periods} in ${clockZone}, not "${period}"` };
    }
    return { startsMs: day.startsMs + (number - 1) * stepMs };
  };
}

function localDay(text: string, clockZone: string, stepMs: number): { startsMs: number; periods: number } | null {
  if (!isLocalDay(text)) return null;
  const { startsAt, endsAt } = daySpan(text, text, clockZone);
  return { startsMs: startsAt.getTime(), periods: (endsAt.getTime() - startsAt.getTime()) / stepMs };
}
