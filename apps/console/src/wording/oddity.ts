import { isTextKey } from '../texts/translate.js';
import type { Words } from '../texts/words.js';
import { clockText } from './clock.js';

/** More of a detail is for the record, not for a line on screen. */
const PARTS_SHOWN = 4;
const PART_LENGTH = 48;

/**
 * What the gateway noted about an oddity, in a line: `de 130,044 kWh, para 120,400 kWh`. What has no name here is for
 * the log: the protocol's own words about a message that is not one, how a clock was judged.
 */
export function oddityDetail(
  words: Pick<Words, 't' | 'kWh' | 'instant'>,
  detail: Readonly<Record<string, unknown>>,
  timeZone: string,
): string {
  return Object.entries(detail)
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
  if (name === 'offsetMs') return [clockText(t, { kind: 'wrong', offsetS: Math.round(Number(value) / 1_000) })];
  const own = OWN_NAMES[name];
  if (own !== undefined) {
    const named = `${own}.${String(value)}`;
    return isTextKey(named) ? [t(named)] : [];
  }
  const key = `detail.${name}`;
  return isTextKey(key) ? [t(key, { value: plainValue(name, value, kWh, (iso) => instant(iso, timeZone)) })] : [];
}

/** Values that are words of our own, by where their texts are. */
const OWN_NAMES: Readonly<Record<string, string>> = { state: 'command.state', status: 'command.result' };

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
