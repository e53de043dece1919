import { readFileSync } from 'node:fs';

import { z } from 'zod';

import { CALENDAR_BANDS } from './bands.js';

/** Every calendar there is; one file each in calendars/. */
export const CALENDAR_IDS = [
  'pt-mainland-weekly',
  'pt-mainland-daily',
  'pt-azores-daily',
  'pt-azores-daily-optional',
  'pt-azores-weekly',
  'pt-madeira-daily',
  'pt-madeira-daily-optional',
  'pt-madeira-weekly',
] as const;
export type CalendarId = (typeof CALENDAR_IDS)[number];

/** Tables are written for these; `all` holds in both seasons or on every day. */
const SEASONS = ['summer', 'winter'] as const;
const DAY_TYPES = ['weekday', 'saturday', 'sunday'] as const;
export type Season = (typeof SEASONS)[number];
export type DayType = (typeof DAY_TYPES)[number];

const clockSchema = z.string().regex(/^([01]\d|2[0-3]):(00|15|30|45)$|^24:00$/, 'a quarter hour from 00:00 to 24:00');

const tableSchema = z
  .strictObject({
    season: z.enum([...SEASONS, 'all']),
    dayType: z.enum([...DAY_TYPES, 'all']),
    intervals: z.array(z.strictObject({ band: z.enum(CALENDAR_BANDS), start: clockSchema, end: clockSchema })).min(1),
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
    /** Which side of a site's own changeover date (the day its meter follows the 2027 hours) the set holds on. */
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

/** A calendar file: tables that tile the day, for every season and day type, each with its source. */
export const calendarSchema = z.strictObject({
  id: z.enum(CALENDAR_IDS),
  region: z.string(),
  timeZone: z.string(),
  seasons: z.discriminatedUnion('rule', [
    /** Summer while legal summer time is in force. */
    z.strictObject({ rule: z.literal('legal-time') }),
    z.strictObject({ rule: z.literal('months'), summerMonths: z.array(z.int().min(1).max(12)) }),
  ]),
  nationalHolidays: z.string(),
  sets: z.array(setSchema).min(1).max(2),
});
export type Calendar = z.infer<typeof calendarSchema>;

function matchingTables(tables: readonly CalendarTable[], season: Season, dayType: DayType): CalendarTable[] {
  return tables.filter(
    (table) =>
      (table.season === season || table.season === 'all') && (table.dayType === dayType || table.dayType === 'all'),
  );
}

/** The one table of a set for a season and day type. */
export function tableOf(set: CalendarSet, season: Season, dayType: DayType): CalendarTable {
  const [table] = matchingTables(set.tables, season, dayType);
  if (table === undefined) throw new Error(`Calendar set ${set.id} has no table for ${season} ${dayType}`);
  return table;
}

const loaded = new Map<CalendarId, Calendar>();

/** The calendar of an id, read from its file once. Throws when the file is not a valid calendar. */
export function calendarById(id: CalendarId): Calendar {
  const known = loaded.get(id);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`./calendars/${id}.json`, import.meta.url), 'utf8');
  const parsed = calendarSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`calendars/${id}.json: ${z.prettifyError(parsed.error)}`);
  loaded.set(id, parsed.data);
  return parsed.data;
}

export function isCalendarId(text: string): text is CalendarId {
  return (CALENDAR_IDS as readonly string[]).includes(text);
}
