import { z } from 'zod';

import type { TokenKind } from './messages.js';

export const idToken201 = z.object({ idToken: z.string(), type: z.string() });

/** IdTokenEnumType; 2.1 leaves the list open. */
const KINDS: Readonly<Record<string, TokenKind>> = {
  Central: 'remote',
  ISO14443: 'rfid',
  ISO15693: 'rfid',
  eMAID: 'emaid',
};

export function tokenKindOf(type: string): TokenKind {
  return KINDS[type] ?? 'other';
}
