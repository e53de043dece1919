import type { TokenStatus } from '#libs/ocpp/messages.js';

import type { TokenFacts } from './facts.js';
import type { Flag } from './flags.js';

/** What OCPP answers about a card at an instant. A card nobody registered is Invalid. */
export function tokenStatus(token: TokenFacts | null, at: Date): TokenStatus {
  if (token === null) return 'Invalid';
  if (token.status !== 'active' || token.suspended) return 'Blocked';
  if (token.expiresAt !== null && token.expiresAt <= at) return 'Expired';
  return 'Accepted';
}

const FLAG_OF: Readonly<Record<TokenStatus, Flag | null>> = {
  Accepted: null,
  Invalid: 'unknown-token',
  Blocked: 'blocked-token',
  Expired: 'expired-token',
};

export function tokenFlag(status: TokenStatus): Flag | null {
  return FLAG_OF[status];
}
