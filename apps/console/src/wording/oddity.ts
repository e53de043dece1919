import { isTextKey } from '../texts/translate.js';
import type { Words } from '../texts/words.js';

/** More of a detail is for the record, not for a line on screen. */
const PARTS_SHOWN = 4;
const PART_LENGTH = 48;

/** The protocol's own words about a message that is not one: for the log. */
const ENGLISH_ONLY: ReadonlySet<string> = new Set(['error']);

/** What the gateway noted about an oddity, in a line: `de 130,044 kWh, para 120,400 kWh`. */
export function oddityDetail(
  words: Pick<Words, 't' | 'kWh' | 'instant'>,
  detail: Readonly<Record<string, unknown>>,
  timeZone: string,
): string {
  return Object.entries(detail)
    .filter(([name]) => !ENGLISH_ONLY.has(name))
    .flatMap(([name, value]) => part(words, name, value, timeZone))
    .slice(0, PARTS_SHOWN)
    .join(', ');
}

function part(
  { t, kWh, instant }: Pick<Words, 't' | 'kWh' | 'instant'>,
  name: string,
  value: unknown,
  timeZone: string,
): string[] {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return [];
  const key = `detail.${name}`;
  const text = plainValue(name, value, kWh, (iso) => instant(iso, timeZone));
  return [isTextKey(key) ? t(key, { value: text }) : `${name} ${text}`];
}

function plainValue(
  name: string,
  value: string | number | boolean,
  kWh: Words['kWh'],
  instant: (iso: string) => string,
): string {
  if (typeof value === 'number' && name.endsWith('Wh')) return kWh(value);
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T.*Z$/.test(value)) return instant(value);
  return String(value).slice(0, PART_LENGTH);
}
