import type { ListState } from './list-state.js';
import type { ListEntry } from './plan-list.js';

/** What is known of a charger's own memory of cards, in which it keeps what we once said of them. */
export interface CacheState {
  /** Cards that were good when it was last looked at and are on no list of its own, in lower case; null: nobody knows. */
  readonly remembered: string[] | null;
  /** To be told to empty it: it may hold a card for good that is not, and no change of its list will say so. */
  readonly isStale: boolean;
}

/**
 * What a look makes of a charger's memory. A card on its list is taken off there (`takesOff`); for the others, all of
 * them when it keeps no list, the memory is all there is. One that was never looked at may hold anything.
 */
export function cacheAfter(
  before: Pick<CacheState, 'remembered'> & { readonly held: Readonly<Record<string, string>> | null },
  { state, prints }: Pick<ListState, 'state' | 'prints'>,
  wanted: readonly ListEntry[],
): CacheState {
  const { remembered } = before;
  const listed = new Set(cardsOf(prints));
  const good = new Set(wanted.filter(({ status }) => status === 'Accepted').map(({ token }) => token.toLowerCase()));
  const held = [...(remembered ?? []), ...cardsOf(before.held)];
  const isUnknown = remembered === null && state === 'unsupported';
  const isSettled = state === 'unsupported' || prints !== null;
  return {
    remembered: remembered === null && !isSettled ? null : [...good].filter((card) => !listed.has(card)).sort(),
    isStale: isUnknown || held.some((card) => !good.has(card) && !listed.has(card)),
  };
}

const cardsOf = (prints: Readonly<Record<string, string>> | null): string[] =>
  Object.keys(prints ?? {}).map((card) => card.toLowerCase());
