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

/** By what else the card may be known, or how else its name is written; nothing where there is no other. */
export function moreTagsOf(idToken: IdToken201 | undefined): { readonly moreTags?: readonly string[] } {
  if (idToken === undefined) return {};
  const { idToken: tag, type, additionalInfo = [] } = idToken;
  const others = additionalInfo.filter((one) => one.additionalIdToken !== '').slice(0, MOST_MORE_TAGS);
  const more = [
    ...spellingsOf(tag, type),
    ...others.flatMap((one) => [one.additionalIdToken].concat(spellingsOf(one.additionalIdToken, one.type))),
  ];
  return more.length === 0 ? {} : { moreTags: more };
}

/** Country, provider, contract, and the check digit that may be left out (ISO 15118-1; eMI3, eMAID). */
const EMAID = /^([a-z]{2})([a-z0-9]{3})([a-z0-9]{9})([a-z0-9]?)$/i;

/** How else a contract's name may have been registered: its hyphens are optional. Its case is never looked at. */
function spellingsOf(tag: string, type: string): string[] {
  if (tag === '' || tokenKindOf(type) !== 'emaid') return [];
  const plain = tag.replaceAll('-', '');
  const [, country, provider, contract = '', check = ''] = EMAID.exec(plain) ?? [];
  const hyphened = `${country}-${provider}-${contract}`;
  const whole = contract === '' ? [] : check === '' ? [hyphened] : [`${hyphened}-${check}`, `${hyphened}${check}`];
  return [plain, ...whole].filter((spelling) => spelling !== '' && spelling !== tag);
}
