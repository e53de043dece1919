import { z } from 'zod';

import type { TokenKind } from './messages.js';

export const idToken201 = z.object({
  idToken: z.string(),
  type: z.string(),
  additionalInfo: z.array(z.object({ additionalIdToken: z.string(), type: z.string() })).optional(),
});
type IdToken201 = z.infer<typeof idToken201>;

/** IdTokenEnumType in lower case: 2.1 leaves the list open, and chargers write its words in their own way. */
const KINDS: Readonly<Record<string, TokenKind>> = {
  central: 'remote',
  iso14443: 'rfid',
  iso15693: 'rfid',
  emaid: 'emaid',
};

export function tokenKindOf(type: string): TokenKind {
  const known = type.toLowerCase();
  return Object.hasOwn(KINDS, known) ? (KINDS[known] ?? 'other') : 'other';
}

/** More of what a charger said of who charges than a message can use is left to the raw message. */
const MOST_MORE_TAGS = 4;

/** By what else the card may be known; nothing where nothing was said. */
export function moreTagsOf(idToken: IdToken201 | undefined): { readonly moreTags?: readonly string[] } {
  const more = (idToken?.additionalInfo ?? []).map((one) => one.additionalIdToken).filter((tag) => tag !== '');
  return more.length === 0 ? {} : { moreTags: more.slice(0, MOST_MORE_TAGS) };
}
