import { z } from 'zod';

import { BANDS, type Band, type BandCount, type Direction } from './bands.js';
import { CALENDAR_IDS, type CalendarId } from './calendar.js';
import { parseMicros } from './micros.js';

/** Price per kWh of one band on local days [from, to], both inclusive; an open end is null. */
export interface BandPrice {
  readonly band: Band;
  readonly direction: Direction;
  readonly from: string;
  readonly to: string | null;
  readonly microsPerKWh: number;
}

/** What the site agreed with its retailer, on local days [validFrom, validTo], both inclusive; an open end is null. */
export interface Contract {
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly calendarId: CalendarId;
  readonly bands: BandCount;
  /** The local day from which the site's meter follows the 2027 hours. */
  readonly calendarChangeover: string | null;
  readonly holidaysAsSunday: boolean;
  readonly prices: readonly BandPrice[];
}

/** What a site's energy costs, over time. */
export interface Tariff {
  readonly timeZone: string;
  readonly contracts: readonly Contract[];
}

function isTimeZone(text: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return true;
  } catch {
    return false;
  }
}

const priceSchema = z
  .object({
    from: z.iso.date(),
    to: z.iso.date().nullish(),
    band: z.enum(BANDS),
    direction: z.enum(['import', 'export']).default('import'),
    perKWh: z.string().refine((text) => parseMicros(text) !== null, 'a price such as "0.245102", up to six decimals'),
  })
  .refine((price) => price.to === undefined || price.to === null || price.to >= price.from, '"to" is before "from"');

/** tariff.json of `chazemo rate`. */
const tariffFileSchema = z
  .object({
    timeZone: z.string().refine(isTimeZone, 'an IANA time zone such as "Europe/Lisbon"'),
    calendar: z.enum(CALENDAR_IDS),
    bands: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
    calendarChangeover: z.iso.date().nullish(),
    holidaysAsSunday: z.boolean().default(false),
    prices: z.array(priceSchema),
  })
  .check((context) => {
    const seen = new Set<string>();
    for (const { band, direction, from } of context.value.prices) {
      const key = `${band}, ${direction}, from ${from}`;
      if (seen.has(key)) {
        context.issues.push({ code: 'custom', input: from, path: ['prices'], message: `two prices for ${key}` });
      }
      seen.add(key);
    }
  });

/** Reads the content of a tariff.json; a problem is worded for the person who wrote the file. */
export function parseTariff(json: unknown): { ok: Tariff } | { refused: { code: 'TARIFF.INVALID'; problem: string } } {
  const parsed = tariffFileSchema.safeParse(json);
  if (!parsed.success) return { refused: { code: 'TARIFF.INVALID', problem: z.prettifyError(parsed.error) } };
  const { timeZone, calendar, bands, calendarChangeover, holidaysAsSunday } = parsed.data;
  const prices = parsed.data.prices.map(({ band, direction, from, to, perKWh }): BandPrice => {
    const microsPerKWh = parseMicros(perKWh);
    if (microsPerKWh === null) throw new Error(`Price ${perKWh} passed the check but is none`);
    return { band, direction, from, to: to ?? null, microsPerKWh };
  });
  const contract: Contract = {
    validFrom: null,
    validTo: null,
    calendarId: calendar,
    bands,
    calendarChangeover: calendarChangeover ?? null,
    holidaysAsSunday,
    prices,
  };
  return { ok: { timeZone, contracts: [contract] } };
}

/** Of rows that hold on a day, the one that began last: a newer row supersedes an older one left open. */
function latest<Row>(
  rows: readonly Row[],
  date: string,
  span: (row: Row) => [string | null, string | null],
): Row | null {
  let best: Row | null = null;
  let bestFrom = '';
  for (const row of rows) {
    const [from, to] = span(row);
    if ((from !== null && from > date) || (to !== null && to < date)) continue;
    if (best !== null && (from ?? '') <= bestFrom) continue;
    best = row;
    bestFrom = from ?? '';
  }
  return best;
}

/** The contract in force on a local day (yyyy-mm-dd), or null. */
export function contractOn(tariff: Tariff, date: string): Contract | null {
  return latest(tariff.contracts, date, (contract) => [contract.validFrom, contract.validTo]);
}

/** The price of a band on a local day in micro-euros per kWh, or null where the contract has none: never zero. */
export function priceOn(contract: Contract, band: Band, direction: Direction, date: string): number | null {
  const prices = contract.prices.filter((price) => price.band === band && price.direction === direction);
  return latest(prices, date, (price) => [price.from, price.to])?.microsPerKWh ?? null;
}
