/** PostgreSQL's text and jsonb hold every character but U+0000 and lone surrogates. */
// oxlint-disable-next-line no-control-regex
const UNSTORABLE = /\u0000/g;

/** The same value with U+0000 shown as ␀ and lone surrogates as �: what a charger sent is kept, not refused. */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replace(UNSTORABLE, '\u2400');
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [String(storable(key)), storable(inner)]));
}
