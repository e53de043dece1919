import { z } from 'zod';

import { BAND_COUNTS, BAND_PATTERN, PORTUGUESE_BANDS, type BandMerge, type BandRules } from './bands.js';

/** Tables are written for these; `all` holds in both seasons or on every day, `weekend` on Saturday and Sunday. */
const SEASONS = ['summer', 'winter'] as const;
const DAY_TYPES = ['weekday', 'saturday', 'sunday'] as const;
export type Season = (typeof SEASONS)[number];
export type DayType = (typeof DAY_TYPES)[number];

const idSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,59}$/, 'small letters, digits and hyphens, such as pt-mainland-weekly');
const clockSchema = z.string().regex(/^([01]\d|2[0-3]):(00|15|30|45)$|^24:00$/, 'a quarter hour from 00:00 to 24:00');
const bandSchema = z.string().regex(BAND_PATTERN, 'a band such as super-vazio');

const tableSchema = z
  .strictObject({
    season: z.enum([...SEASONS, 'all']),
    dayType: z.enum([...DAY_TYPES, 'weekend', 'all']),
    intervals: z.array(z.strictObject({ band: bandSchema, start: clockSchema, end: clockSchema })).min(1),
    confidence: z.string().min(1),
    sources: z.array(z.string().min(1)).min(1),
    note: z.string().optional(),
  })
  .check((context) => {
    const { intervals } = context.value;
    let at = '00:00';
    for (const interval of intervals) {
      if (interval.start !== at || interval.end <= interval.start) {
        context.issues.push({ code: 'custom', input: interval, message: `does not continue at ${at}` });
      }
      at = interval.end;
    }
    if (at !== '24:00') context.issues.push({ code: 'custom', input: at, message: 'does not reach 24:00' });
  });
export type CalendarTable = z.infer<typeof tableSchema>;

const setSchema = z
  .strictObject({
    id: z.string(),
    /** Which side of a site's own changeover date (the day its meter follows the newer hours) the set holds on. */
    holds: z.enum(['always', 'until-changeover', 'from-changeover']),
    /** The days the source speaks of; what decides is `holds`. */
    from: z.iso.date(),
    to: z.iso.date().nullable(),
    law: z.string().min(1),
    tables: z.array(tableSchema).min(1),
  })
  .check((context) => {
    for (const season of SEASONS) {
      for (const dayType of DAY_TYPES) {
        const found = matchingTables(context.value.tables, season, dayType).length;
        if (found !== 1) {
          const message = `${found} tables for ${season} ${dayType}, there must be one`;
          context.issues.push({ code: 'custom', input: context.value.id, message });
        }
      }
    }
  });
export type CalendarSet = z.infer<typeof setSchema>;

/** Which holidays have Sunday's table. `as-contract`: only where the installation's price plan says so. */
const holidaysSchema = z.strictObject({
  rule: z.enum(['as-contract', 'as-sunday', 'as-weekday']).default('as-contract'),
  /** ISO 3166 code of the country whose holidays they are. */
  country: z.string().length(2).default('PT'),
  /** Municipal holidays too. */
  municipal: z.boolean().default(false),
  /** Only those of a fixed date that no region can replace (Spain's 2.0TD: Circular CNMC 3/2020 art. 7). */
  onlyFixed: z.boolean().default(false),
  /** Days of every year that count whatever the holidays say (Spain's 2.0TD: 6 January, which regions may replace). */
  alsoDays: z.array(z.strictObject({ month: z.int().min(1).max(12), day: z.int().min(1).max(31) })).default([]),
});

const mergeSchema = z.record(bandSchema, bandSchema).optional();
const bandRulesSchema = z.strictObject({
  bands: z.array(z.strictObject({ id: bandSchema, label: z.string().min(1).max(40) })).min(1),
  /** By number of bands of the contract. */
  merges: z.strictObject({ 1: mergeSchema, 2: mergeSchema, 3: mergeSchema, 4: mergeSchema }),
});

const fileSchema = z.strictObject({
  id: idSchema,
  /** What people read in lists. */
  name: z.string().min(1).max(120).optional(),
  region: z.string(),
  timeZone: z.string(),
  seasons: z.discriminatedUnion('rule', [
    /** Summer while legal summer time is in force. */
    z.strictObject({ rule: z.literal('legal-time') }),
    z.strictObject({ rule: z.literal('months'), summerMonths: z.array(z.int().min(1).max(12)) }),
  ]),
  /** What is known of holidays, in words. */
  nationalHolidays: z.string(),
  holidays: holidaysSchema.prefault({}),
  /** Portugal's where a file says nothing. */
  bandRules: bandRulesSchema.optional(),
  sets: z.array(setSchema).min(1).max(2),
});

/** A calendar: tables that tile the day, for every season and day type, each with its source; and its bands. */
export type Calendar = Omit<z.infer<typeof fileSchema>, 'bandRules' | 'name'> & {
  readonly name: string;
  readonly bandRules: BandRules;
};

/** A calendar as a file or the database holds it. */
export const calendarSchema = fileSchema
  .transform((file): Calendar => ({
    ...file,
    name: file.name ?? file.id,
    bandRules: file.bandRules ?? PORTUGUESE_BANDS,
  }))
  .check((context) => {
    const { bandRules, sets } = context.value;
    const say = (message: string) => context.issues.push({ code: 'custom', input: context.value.id, message });
    const used = new Set(sets.flatMap((set) => set.tables.flatMap((table) => table.intervals.map(({ band }) => band))));
    const named = new Set(bandRules.bands.map(({ id }) => id));
    for (const band of used) if (!named.has(band)) say(`band "${band}" of a table is not among the calendar's bands`);
    for (const count of BAND_COUNTS)
      for (const problem of mergeProblems(bandRules.merges[count], used, named)) say(problem);
    if (BAND_COUNTS.every((count) => bandRules.merges[count] === undefined)) say('no contract can have this calendar');
    const holds = sets
      .map((set) => set.holds)
      .sort()
      .join();
    if (holds !== 'always' && holds !== 'from-changeover,until-changeover') {
      say('one set that always holds, or one until and one from the changeover');
    }
  });

function mergeProblems(merge: BandMerge | undefined, used: ReadonlySet<string>, named: ReadonlySet<string>): string[] {
  if (merge === undefined) return [];
  const missing = [...used].filter((band) => merge[band] === undefined);
  const unnamed = Object.values(merge).filter((band) => !named.has(band));
  return [
    ...missing.map((band) => `a merge does not say what "${band}" belongs to`),
    ...unnamed.map((band) => `a merge names a band "${band}" that is not among the calendar's bands`),
  ];
}

function matches(table: CalendarTable, season: Season, dayType: DayType): boolean {
  const isDay =
    table.dayType === dayType || table.dayType === 'all' || (table.dayType === 'weekend' && dayType !== 'weekday');
  return isDay && (table.season === season || table.season === 'all');
}

function matchingTables(tables: readonly CalendarTable[], season: Season, dayType: DayType): CalendarTable[] {
  return tables.filter((table) => matches(table, season, dayType));
}

/** The one table of a set for a season and day type. */
export function tableOf(set: CalendarSet, season: Season, dayType: DayType): CalendarTable {
  const [table] = matchingTables(set.tables, season, dayType);
  if (table === undefined) throw new Error(`Calendar set ${set.id} has no table for ${season} ${dayType}`);
  return table;
}

/** Reads a calendar; a problem is worded for the person who wrote it. */
export function parseCalendar(
  json: unknown,
): { ok: Calendar } | { refused: { code: 'CALENDAR.INVALID'; problem: string } } {
  const parsed = calendarSchema.safeParse(json);
  if (parsed.success) return { ok: parsed.data };
  return { refused: { code: 'CALENDAR.INVALID', problem: z.prettifyError(parsed.error) } };
}
