import { readdirSync, readFileSync } from 'node:fs';

import { parseCalendar, type Calendar } from './calendar.js';

const FOLDER = new URL('./calendars/', import.meta.url);
const FILE = /^([a-z][a-z0-9-]*)\.json$/;

let ids: readonly string[] | null = null;

/** Ids of the calendars that come with the product, one file each in calendars/, in plain order. */
export function builtInCalendarIds(): readonly string[] {
  ids ??= readdirSync(FOLDER)
    .flatMap((name) => FILE.exec(name)?.[1] ?? [])
    .sort();
  return ids;
}

const loaded = new Map<string, Calendar>();

/** The calendar of an id that comes with the product, read once; null when there is none. Throws when its file is wrong. */
export function builtInCalendar(id: string): Calendar | null {
  const known = loaded.get(id);
  if (known !== undefined) return known;
  if (!builtInCalendarIds().includes(id)) return null;
  const parsed = parseCalendar(JSON.parse(readFileSync(new URL(`${id}.json`, FOLDER), 'utf8')));
  if ('refused' in parsed) throw new Error(`calendars/${id}.json: ${parsed.refused.problem}`);
  loaded.set(id, parsed.ok);
  return parsed.ok;
}
