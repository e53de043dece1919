import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import { sendMail } from '#libs/notifications/send-mail.js';
import { giveUpMail, unattendedMails } from '#libs/notifications/unattended.js';
import type { Sql } from '#libs/persistence/database.js';

import { isRefusedForGood } from './mail.activities.js';
import type { MailResource } from './resources.js';

/** Whoever asked for a copy looks on. */
const EVERY_MS = 5_000;

export interface UnattendedMailsOptions {
  readonly sql: Sql;
  readonly mail: MailResource;
  readonly log: Logger;
  readonly now?: () => Date;
}

/**
 * Sends the mails that no workflow stands behind, until the signal aborts. Any number of workers may: the mail's row
 * is locked while one of them sends it.
 */
export async function keepUnattendedMailsSent(options: UnattendedMailsOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sendUnattendedOnce(options);
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** One look; a mail that is not taken keeps no other from being sent. */
export async function sendUnattendedOnce({
  sql,
  mail,
  log,
  now = () => new Date(),
}: UnattendedMailsOptions): Promise<void> {
  try {
    for (const mailId of await unattendedMails(sql, now())) {
      try {
        await sendMail({ sql, ...mail }, mailId);
      } catch (error) {
        log.warn({ err: error, mailId }, 'a mail was not sent');
        if (isRefusedForGood(error)) await giveUpMail(sql, mailId);
      }
    }
  } catch (error) {
    log.warn({ err: error }, 'mails could not be looked at; trying again');
  }
}
