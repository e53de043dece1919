import type { TokenAnswer } from '#libs/ocpp/answers.js';
import type { TokenStatus } from '#libs/ocpp/messages.js';

import type { TokenFacts } from './facts.js';
import type { Flag } from './flags.js';

/** What a card is worth at the instant for which it is judged. What holds for ever is said before what may pass. */
export function tokenStatus(token: TokenFacts | null): TokenStatus {
  if (token === null) return 'Unknown';
  if (token.status !== 'active' || token.suspended) return 'Blocked';
  if (token.expiresAt !== null && token.expiresAt <= token.at) return 'Expired';
  if (token.validFrom !== null && token.validFrom > token.at) return 'NotAtThisTime';
  if (token.elsewhere) return 'NotAtThisLocation';
  return token.withoutCredit ? 'NoCredit' : 'Accepted';
}

/** What the charger is told of a card: a good one with its end and its group, by which another of the group may stop. */
export function tokenAnswer(token: TokenFacts | null): TokenAnswer {
  const status = tokenStatus(token);
  if (token === null || status !== 'Accepted') return { kind: 'token', status };
  return {
    kind: 'token',
    status,
    ...(token.expiresAt === null ? {} : { expiresAt: token.expiresAt.toISOString() }),
    ...(token.groupTag === null ? {} : { group: token.groupTag }),
  };
}

const FLAG_OF: Readonly<Record<TokenStatus, Flag | null>> = {
  Accepted: null,
  Blocked: 'blocked-token',
  ConcurrentTx: null, // its energy is the card's all the same
  Expired: 'expired-token',
  Invalid: 'unknown-token',
  NoCredit: 'no-credit',
  NotAllowedTypeEVSE: 'blocked-token',
  NotAtThisLocation: 'token-elsewhere',
  NotAtThisTime: 'early-token',
  Unknown: 'unknown-token',
};

export function tokenFlag(status: TokenStatus): Flag | null {
  return FLAG_OF[status];
}
