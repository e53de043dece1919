import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import { builtInCalendar, builtInCalendarIds } from './calendar-files.js';
import { parseCalendar, type Calendar } from './calendar.js';

/** The calendar of an id: one that comes with the product, or one that staff added; null when there is neither. */
export async function findCalendar(sql: Sql, id: string): Promise<Calendar | null> {
  const builtIn = builtInCalendar(id);
  if (builtIn !== null) return builtIn;
  const row = await sql.selectFrom('calendar').select('content').where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : stored(id, row.content);
}

/** Every calendar there is, in order of id. */
export async function allCalendars(sql: Sql): Promise<readonly Calendar[]> {
  const rows = await sql.selectFrom('calendar').select(['id', 'content']).execute();
  const added = rows.map(({ id, content }) => stored(id, content));
  const builtIn = builtInCalendarIds().flatMap((id) => builtInCalendar(id) ?? []);
  return [...builtIn, ...added].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function stored(id: string, content: unknown): Calendar {
  const parsed = parseCalendar(content);
  if ('refused' in parsed) throw new Error(`Calendar ${id} in the database: ${parsed.refused.problem}`);
  return parsed.ok;
}

export type CalendarAdded =
  | { readonly ok: { readonly id: string; readonly added: boolean } }
  | { readonly refused: { readonly code: 'CALENDAR.INVALID' | 'CALENDAR.EXISTS'; readonly problem: string } };

/**
 * Adds a calendar to those that come with the product. A calendar never changes once added: months were rated by it;
 * other hours are another calendar. The same again is no error (`added` false).
 */
export async function addCalendar(sql: Sql, json: unknown, by: string): Promise<CalendarAdded> {
  const parsed = parseCalendar(json);
  if ('refused' in parsed) return parsed;
  const { id } = parsed.ok;
  if (builtInCalendar(id) !== null) return exists(id);
  const content = JSON.stringify(json);
  const inserted = await sql
    .insertInto('calendar')
    .values({ id, content: raw<Calendar>`${content}::jsonb`, created_by: by })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) return { ok: { id, added: true } };
  const { same } = await sql
    .selectFrom('calendar')
    .select(raw<boolean>`content = ${content}::jsonb`.as('same'))
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return same ? { ok: { id, added: false } } : exists(id);
}

function exists(id: string): CalendarAdded {
  const problem = `There is a calendar ${id} with other hours, and months may have been rated by it: give this one another id`;
  return { refused: { code: 'CALENDAR.EXISTS', problem } };
}
