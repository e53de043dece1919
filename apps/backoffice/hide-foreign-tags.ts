import type { RawMessage } from './api-types.js';

/** What stands where another person's card was. */
export const HIDDEN = '•••';

const TAG_FIELDS: ReadonlySet<string> = new Set(['idTag', 'parentIdTag', 'idToken']);

/**
 * Raw messages as a resident may see them: a session that began with somebody else's card (a former tenant's, a
 * visitor's) shows everything but that card. `own`: the resident's cards in small letters.
 */
export function hideForeignTags(messages: readonly RawMessage[], own: ReadonlySet<string>): RawMessage[] {
  const hidden = (value: unknown, field: string | null): unknown => {
    if (typeof value === 'string') {
      return field !== null && TAG_FIELDS.has(field) && !own.has(value.toLowerCase()) ? HIDDEN : value;
    }
    if (Array.isArray(value)) return value.map((item: unknown) => hidden(item, field));
    return typeof value === 'object' && value !== null ? hiddenIn(value) : value;
  };
  const hiddenIn = (object: object): Record<string, unknown> =>
    Object.fromEntries(Object.entries(object).map(([name, value]: [string, unknown]) => [name, hidden(value, name)]));
  return messages.map((message) =>
    Object.assign({}, message, { payload: hiddenIn(message.payload), answer: hiddenIn(message.answer) }),
  );
}
