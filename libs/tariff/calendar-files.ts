import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { parseCalendar, type Calendar } from './calendar.js';

const FOLDER = new URL('./calendars/', import.meta.url);
const FILE = /^([a-z][a-z0-9-]*)\.json$/;

/** Ids of the calendars that come with the product, one file each in calendars/, in plain order. */
export function builtInCalendarIds(): readonly string[] {
  return readdirSync(FOLDER)
    .flatMap((name) => FILE.exec(name)?.[1] ?? [])
    .sort();
}

const loaded = new Map<string, Calendar | null>();

/** The calendar of an id that comes with the product, read once; null when there is none. Throws when its file is wrong. */
export function builtInCalendar(id: string): Calendar | null {
  const known = loaded.get(id);
  if (known !== undefined) return known;
  const calendar = readCalendar(id);
  loaded.set(id, calendar);
  return calendar;
}

function readCalendar(id: string): Calendar | null {
  const file = new URL(`${id}.json`, FOLDER);
  if (!FILE.test(`${id}.json`) || !existsSync(file)) return null;
  const parsed = parseCalendar(JSON.parse(readFileSync(file, 'utf8')));
  if ('refused' in parsed) throw new Error(`calendars/${id}.json: ${parsed.refused.problem}`);
  return parsed.ok;
}
