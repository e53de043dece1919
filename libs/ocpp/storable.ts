/** PostgreSQL's text and jsonb hold every character but U+0000 and lone surrogates. */
// oxlint-disable-next-line no-control-regex
const UNSTORABLE = /\u0000/g;

/**
 * The same value with U+0000 shown as ␀ and lone surrogates as �: what a charger sent is kept, not refused. What needs
 * no change, which is nearly all that chargers send, is given back as it is.
 */
export function storable(value: unknown): unknown {
  return isStorable(value) ? value : mended(value);
}

function mended(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replace(UNSTORABLE, '\u2400');
  if (Array.isArray(value)) return value.map(mended);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [String(mended(key)), mended(inner)]));
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000');
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isStorable);
  for (const key in value) {
    if (!isStorable(key) || !isStorable((value as Record<string, unknown>)[key])) return false;
  }
  return true;
}
