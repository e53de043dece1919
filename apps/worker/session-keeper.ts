import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import { isAccountAtFloor } from '#libs/notifications/prepaid-look.js';
import { lookAtSessions, postponeLook, type SessionDeed } from '#libs/notifications/session-look.js';
import { settleStops } from '#libs/notifications/session-stop.js';
import { customersToLookAt } from '#libs/payments/running-sessions/running-sessions.js';
import type { Sql } from '#libs/persistence/database.js';

/** A reading that crosses a line is seen within this. */
const EVERY_MS = 5_000;
/** So many customers in one look; those who wait longest first, the others at the next. */
const AT_ONCE = 100;
/** Each holds a connection while its month is priced. */
const SIDE_BY_SIDE = 4;

export interface SessionKeeperOptions {
  readonly sql: Sql;
  readonly publicUrl: string | null;
  readonly log: Logger;
  /** An account has come to its floor while its car charges: cards, lists and top-ups follow from a look at it. */
  readonly tellAtFloor: (customerId: string) => Promise<unknown>;
  readonly now?: () => Date;
}

/**
 * Warns and stops running sessions of those who pay ahead, until the signal aborts. Any number of workers may: each
 * customer is looked at by one of them at a time, under a lock that goes with its process.
 */
export async function keepSessionsWithinBalance(options: SessionKeeperOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await lookOnce(options);
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** One look at every customer whose time has come; one that fails keeps no other from being looked at. */
export async function lookOnce(options: SessionKeeperOptions): Promise<void> {
  const { sql, publicUrl, log, tellAtFloor, now = () => new Date() } = options;
  try {
    await settleStops(sql, { now: now(), limit: AT_ONCE, publicUrl });
    const waiting = await customersToLookAt(sql, now(), AT_ONCE);
    const lookAtNext = async (): Promise<void> => {
      for (let customerId = waiting.shift(); customerId !== undefined; customerId = waiting.shift()) {
        const order = { customerId, now: now(), publicUrl };
        try {
          const deeds = await lookAtSessions(sql, order);
          for (const { transactionId, decision } of deeds) {
            if (decision.action !== 'nothing')
              log.info({ transactionId, ...decision }, 'a running session was looked at');
          }
          if (deeds.some(isAtFloor) && !(await isAccountAtFloor(sql, customerId))) await tellAtFloor(customerId);
        } catch (error) {
          log.warn({ err: error, customerId }, 'running sessions could not be looked at; trying again');
          await postponeLook(sql, order);
        }
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lookAtNext));
  } catch (error) {
    log.warn({ err: error }, 'running sessions could not be looked at; trying again');
  }
}

const isAtFloor = ({ decision }: SessionDeed): boolean =>
  decision.why === 'floor' || decision.why === 'floor-not-warned';
