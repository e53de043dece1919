import { sql as raw } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';
import { BAND_COUNTS, type BandCount } from '#libs/tariff/bands.js';
import { builtInCalendar } from '#libs/tariff/calendar-files.js';
import { allCalendars } from '#libs/tariff/calendar-store.js';
import type { Calendar as StoredCalendar, CalendarTable as StoredTable } from '#libs/tariff/calendar.js';
import { dayTable } from '#libs/tariff/timetable.js';

import type { Calendar, CalendarDetail, CalendarInterval, CalendarTable, Page } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';

/** In how many installations within the scope a plan with the calendar holds today, by calendar. */
async function usesOf(sql: Sql, scope: TenantScope, now: Date): Promise<Map<string, number>> {
  const { rows } = await raw<{ calendar_id: string; installations: number }>`
    select held.calendar_id, count(*)::int as installations
    from installation place
    join lateral (
      select plan.calendar_id from price_plan plan
      where plan.installation_id = place.id and plan.valid_from <= (${now}::timestamptz at time zone place.time_zone)::date
        and (plan.valid_to is null or plan.valid_to >= (${now}::timestamptz at time zone place.time_zone)::date)
      order by plan.valid_from desc limit 1
    ) held on true
    where ${within(scope, { condominium: 'place.condominium_id', customer: null })}
    group by held.calendar_id`.execute(sql);
  return new Map(rows.map((row) => [row.calendar_id, row.installations]));
}

const countsOf = ({ bandRules }: StoredCalendar): BandCount[] =>
  BAND_COUNTS.filter((count) => bandRules.merges[count] !== undefined);

function calendarOf(calendar: StoredCalendar, uses: ReadonlyMap<string, number>): Calendar {
  const confidences = calendar.sets.flatMap(({ tables }) => tables.map(({ confidence }) => confidence));
  return {
    id: calendar.id,
    name: calendar.name,
    region: calendar.region,
    timeZone: calendar.timeZone,
    confidence: [...new Set(confidences)],
    laws: [...new Set(calendar.sets.map(({ law }) => law))],
    bandCounts: countsOf(calendar),
    builtIn: builtInCalendar(calendar.id) !== null,
    installations: uses.get(calendar.id) ?? 0,
  };
}

function tableOf(calendar: StoredCalendar, table: StoredTable): CalendarTable {
  const byBands = countsOf(calendar).map((count): [string, CalendarInterval[]] => {
    const { intervals } = dayTable(table, count, calendar.bandRules);
    return [
      String(count),
      intervals.map(({ band, label, startMinute, endMinute }) => ({ band, label, startMinute, endMinute })),
    ];
  });
  const { season, dayType, confidence, sources, note } = table;
  return { season, dayType, confidence, sources, note: note ?? null, byBands: Object.fromEntries(byBands) };
}

export function calendarDetail(calendar: StoredCalendar, uses: ReadonlyMap<string, number>): CalendarDetail {
  const { seasons, holidays, nationalHolidays, bandRules, sets } = calendar;
  return {
    ...calendarOf(calendar, uses),
    seasons: { rule: seasons.rule, summerMonths: seasons.rule === 'months' ? seasons.summerMonths : [] },
    holidays,
    holidaysNote: nationalHolidays,
    bands: bandRules.bands.map(({ id, label }) => ({ id, label })),
    sets: sets.map(({ tables, id, holds, from, to, law }) => ({
      id,
      holds,
      from,
      to,
      law,
      tables: tables.map((table) => tableOf(calendar, table)),
    })),
  };
}

/** Every calendar there is, by id. They are everybody's; only how many installations use one depends on the scope. */
export async function calendars(
  sql: Sql,
  scope: TenantScope,
  query: { readonly limit: number; readonly cursor?: string | undefined },
  now: Date,
): Promise<Page<Calendar>> {
  const after = decodeCursor(query.cursor, z.tuple([z.string()]));
  const [known, uses] = await Promise.all([allCalendars(sql), usesOf(sql, scope, now)]);
  const from = after === null ? known : known.filter(({ id }) => id > after[0]);
  return pageOf(
    from.slice(0, query.limit + 1),
    query.limit,
    ({ id }) => [id],
    (calendar) => calendarOf(calendar, uses),
  );
}

/** One calendar with its tables, or null. */
export async function calendarById(
  sql: Sql,
  scope: TenantScope,
  id: string,
  now: Date,
): Promise<CalendarDetail | null> {
  const [known, uses] = await Promise.all([allCalendars(sql), usesOf(sql, scope, now)]);
  const found = known.find((calendar) => calendar.id === id);
  return found === undefined ? null : calendarDetail(found, uses);
}
