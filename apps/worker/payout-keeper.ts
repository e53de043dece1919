import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import { makePayoutRound, payoutRoundsDue } from '#libs/payments/payout/propose-due.js';
import type { Sql } from '#libs/persistence/database.js';

/** A day begins in another zone every quarter of an hour at the most. */
const EVERY_MS = 600_000;

export interface PayoutKeeperOptions {
  readonly sql: Sql;
  readonly log: Logger;
  readonly now?: () => Date;
}

/**
 * Proposes the payouts on the days that the contracts name, until the signal aborts. What the day missed, because
 * nothing ran, is made up for within its month. Any number of workers may: the database makes each round once.
 */
export async function keepPayoutsProposed(options: PayoutKeeperOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await proposeOnce(options);
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** One look; a condominium whose payout cannot be decided on keeps no other from its own. */
export async function proposeOnce({ sql, log, now = () => new Date() }: PayoutKeeperOptions): Promise<void> {
  try {
    for (const round of await payoutRoundsDue(sql, now())) {
      try {
        const { made, payoutId } = await makePayoutRound(sql, round, now());
        if (made) log.info({ condominiumId: round.condominiumId, period: round.period, payoutId }, 'payout round made');
      } catch (error) {
        log.warn({ err: error, condominiumId: round.condominiumId }, 'a payout could not be proposed; trying again');
      }
    }
  } catch (error) {
    log.warn({ err: error }, 'payouts could not be looked at; trying again');
  }
}
