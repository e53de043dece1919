import type { TokenStatus } from '#libs/ocpp/messages.js';

import type { TokenFacts } from './facts.js';
import type { Flag } from './flags.js';

/** What a card is worth at an instant. */
export function tokenStatus(token: TokenFacts | null, at: Date): TokenStatus {
  if (token === null) return 'Unknown';
  if (token.status !== 'active' || token.suspended) return 'Blocked';
  if (token.expiresAt !== null && token.expiresAt <= at) return 'Expired';
  return 'Accepted';
}

const FLAG_OF: Readonly<Record<TokenStatus, Flag | null>> = {
  Accepted: null,
  Blocked: 'blocked-token',
  ConcurrentTx: null, // its energy is the card's all the same
  Expired: 'expired-token',
  Invalid: 'unknown-token',
  NoCredit: 'blocked-token',
  NotAllowedTypeEVSE: 'blocked-token',
  NotAtThisLocation: 'blocked-token',
  NotAtThisTime: 'blocked-token',
  Unknown: 'unknown-token',
};

export function tokenFlag(status: TokenStatus): Flag | null {
  return FLAG_OF[status];
}
