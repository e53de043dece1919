import { isFollowable } from './follow-ups.js';
import type { Fields } from './mend.js';

/** What a notice must say, as a text, to be one. */
const TELLING: Readonly<Record<string, string>> = { SecurityEventNotification: 'type', SignCertificate: 'csr' };

/** Their answer repeats what they ask about, to the letter. */
const ASKING: ReadonlySet<string> = new Set(['VatNumberValidation', 'GetCertificateChainStatus']);

/**
 * A notice that breaks the schema, as it came: who follows it reads its raw message. Null when it says nothing, or not in
 * words that can be followed.
 */
export function mendNotice(action: string, payload: Fields): Record<string, unknown> | null {
  if (ASKING.has(action) || Object.keys(payload).length === 0) return null;
  const word = TELLING[action];
  if (word !== undefined && typeof payload[word] !== 'string') return null;
  return isFollowable(action, payload) ? payload : null;
}
