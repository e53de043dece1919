import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import { copiesToSend, giveUpCopy } from '#libs/notifications/send-again.js';
import { sendMail } from '#libs/notifications/send-mail.js';
import type { Sql } from '#libs/persistence/database.js';

import { isRefusedForGood } from './mail.activities.js';
import type { MailResource } from './resources.js';

/** Whoever asked for a copy looks on. */
const EVERY_MS = 5_000;

export interface CopyKeeperOptions {
  readonly sql: Sql;
  readonly mail: MailResource;
  readonly log: Logger;
  readonly now?: () => Date;
}

/**
 * Sends the copies of mails that people asked for, until the signal aborts. Any number of workers may: the mail's row
 * is locked while one of them sends it.
 */
export async function keepCopiesSent(options: CopyKeeperOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sendCopiesOnce(options);
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** One look; a copy that is not taken keeps no other from being sent. */
export async function sendCopiesOnce({ sql, mail, log, now = () => new Date() }: CopyKeeperOptions): Promise<void> {
  try {
    for (const mailId of await copiesToSend(sql, now())) {
      try {
        await sendMail({ sql, ...mail }, mailId);
      } catch (error) {
        log.warn({ err: error, mailId }, 'a copy of a mail was not sent');
        if (isRefusedForGood(error)) await giveUpCopy(sql, mailId);
      }
    }
  } catch (error) {
    log.warn({ err: error }, 'copies of mails could not be looked at; trying again');
  }
}
