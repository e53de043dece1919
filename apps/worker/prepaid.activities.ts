import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';

import { lookAtPrepaid, prepaidCustomers } from '#libs/notifications/prepaid-look.js';
import { topUpMailKey } from '#libs/notifications/prepaid-news.js';
import { prepaidHome } from '#libs/payments/prepaid/prepaid-home.js';
import { topUpById } from '#libs/payments/prepaid/top-up-orders.js';
import type { Sql } from '#libs/persistence/database.js';
import type { TopUpFacts, TopUpRecords } from '#workflows/prepaid-top-up/activities.js';
import type { AccountsLooked, PrepaidWatchActivities } from '#workflows/prepaid-watch/activities.js';

import { activityNow } from './activity-clock.js';
import { PUBLIC_URL, LOG, SQL } from './resources.js';

/** So many accounts in one activity. */
const PAGE = 50;

/** Prepaid accounts, but for what is asked of the provider. */
@Injectable()
export class PrepaidActivitiesService
  implements TopUpRecords, Pick<PrepaidWatchActivities, 'lookAtAccount' | 'lookAtAccounts'>
{
  readonly #sql: Sql;
  readonly #log: Logger;
  readonly #publicUrl: string | null;

  constructor(@Inject(SQL) sql: Sql, @Inject(LOG) log: Logger, @Inject(PUBLIC_URL) publicUrl: string | null) {
    this.#sql = sql;
    this.#log = log;
    this.#publicUrl = publicUrl;
  }

  async topUpFacts(orderId: string): Promise<TopUpFacts> {
    const order = await topUpById(this.#sql, orderId);
    const { installationId } = await prepaidHome(this.#sql, order.customer_id);
    const mail = await this.#sql
      .selectFrom('mail')
      .select('id')
      .where('key', '=', topUpMailKey(orderId))
      .executeTakeFirst();
    const debitAt = order.debit_at.toISOString();
    return { customerId: order.customer_id, installationId, debitAt, mailId: mail?.id ?? null };
  }

  lookAtAccount(customerId: string): Promise<AccountsLooked> {
    return lookAtPrepaid(this.#sql, { customerId, now: activityNow(), publicUrl: this.#publicUrl });
  }

  async lookAtAccounts(after: string | null): Promise<AccountsLooked & { readonly next: string | null }> {
    const customerIds = await prepaidCustomers(this.#sql, after, PAGE);
    const mailIds: string[] = [];
    const topUpOrderIds: string[] = [];
    for (const customerId of customerIds) {
      try {
        const looked = await this.lookAtAccount(customerId);
        mailIds.push(...looked.mailIds);
        topUpOrderIds.push(...looked.topUpOrderIds);
      } catch (error) {
        this.#log.warn({ err: error, customerId }, 'a prepaid account could not be looked at');
      }
    }
    return { mailIds, topUpOrderIds, next: customerIds.length < PAGE ? null : (customerIds.at(-1) ?? null) };
  }
}
