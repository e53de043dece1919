import type { ChargerFrame } from './charger-frames.js';

/** What stands where a card was. */
export const HIDDEN_CARD = '•••';

const CARD_FIELDS: ReadonlySet<string> = new Set([
  'idTag',
  'parentIdTag',
  'idToken',
  'groupIdToken',
  'additionalIdToken',
]);

/** A frame for those who may not see whose a card is: everything but the cards. */
export function withoutCards(frame: ChargerFrame): ChargerFrame {
  const { payload, answer, raw } = frame;
  const hasText = raw !== null && [...CARD_FIELDS].some((field) => raw.includes(field));
  return { ...frame, payload: hidden(payload, null), answer: hidden(answer, null), raw: hasText ? HIDDEN_CARD : raw };
}

function hidden(value: unknown, field: string | null): unknown {
  if (typeof value === 'string') return field !== null && CARD_FIELDS.has(field) ? HIDDEN_CARD : value;
  if (Array.isArray(value)) return value.map((inner: unknown) => hidden(inner, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => [name, hidden(inner, name)]),
  );
}
