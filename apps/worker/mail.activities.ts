import { Inject, Injectable } from '@nestjs/common';

import { sendMail } from '#libs/notifications/send-mail.js';
import type { Sql } from '#libs/persistence/database.js';
import type { MailActivities } from '#workflows/installation-month/activities.js';
import type { Refused } from '#workflows/refusal.js';

import { MAIL, SQL, type MailResource } from './resources.js';

@Injectable()
export class MailActivitiesService implements MailActivities {
  readonly #sql: Sql;
  readonly #mail: MailResource;

  constructor(@Inject(SQL) sql: Sql, @Inject(MAIL) mail: MailResource) {
    this.#sql = sql;
    this.#mail = mail;
  }

  async sendMail(mailId: string): Promise<{ sent: true } | Refused> {
    try {
      await sendMail({ sql: this.#sql, ...this.#mail }, mailId);
      return { sent: true };
    } catch (error) {
      if (!isRefusedForGood(error)) throw error;
      return { refused: { code: 'MAIL.REFUSED', detail: mailId } };
    }
  }
}

/** SMTP answers of 500 and above (RFC 5321, 4.2.1): the same mail will not be taken later either. */
export function isRefusedForGood(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  if (typeof cause !== 'object' || cause === null || !('responseCode' in cause)) return false;
  return typeof cause.responseCode === 'number' && cause.responseCode >= 500;
}
