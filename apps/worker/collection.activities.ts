import { Inject, Injectable } from '@nestjs/common';
import { getClient } from '@temporalio/activity';

import { moneyPageUrl } from '#libs/notifications/money-page.js';
import { collectionFacts } from '#libs/payments/collection-facts.js';
import { deductPrepaid } from '#libs/payments/deduct-prepaid.js';
import { recordCollectionStep } from '#libs/payments/record-collection-step.js';
import { debitAt } from '#libs/payments/target-date.js';
import type { Sql } from '#libs/persistence/database.js';
import { queueInvoiceMail } from '#libs/reporting/queue-reports.js';
import { lookAtPrepaidAccount } from '#temporal/start-workflows.js';
import type { CollectionPageActivities } from '#workflows/collection-page/activities.js';
import type { CollectionActivities, CollectionFacts, CollectionRecords } from '#workflows/collection/activities.js';
import type { CollectionOutcome } from '#workflows/collection/messages.js';

import { activityNow } from './activity-clock.js';
import { PUBLIC_URL, SQL } from './resources.js';

const OUTCOMES: readonly CollectionOutcome[] = ['settled', 'arrears', 'cancelled'];

/** Collections, but for what is asked of the provider. */
@Injectable()
export class CollectionActivitiesService implements CollectionActivities, CollectionRecords, CollectionPageActivities {
  readonly #sql: Sql;
  /** The customers' page; null when its address is not known. */
  readonly #payUrl: string | null;

  constructor(@Inject(SQL) sql: Sql, @Inject(PUBLIC_URL) publicUrl: string | null) {
    this.#sql = sql;
    this.#payUrl = publicUrl === null ? null : moneyPageUrl(publicUrl);
  }

  async collectionFacts(documentId: string): Promise<CollectionFacts> {
    const facts = await collectionFacts(this.#sql, documentId);
    const { installationId, method, dueCents, dueAt, hasMandate, timeZone } = facts;
    const period = await this.#period(documentId);
    const common = { installationId, period, method, dueCents, dueAt: dueAt.toISOString(), hasMandate };
    if (method !== 'direct-debit' || !hasMandate) return common;
    return { ...common, debitAt: debitAt(dueAt, timeZone).toISOString() };
  }

  async queueInvoiceMail(documentId: string): Promise<{ mailId: string | null }> {
    const queued = await queueInvoiceMail(this.#sql, { documentId, payUrl: this.#payUrl });
    return { mailId: 'refused' in queued ? null : queued.mailId };
  }

  /** The account is looked at afterwards: it may have fallen below a threshold. */
  async deductPrepaid(documentId: string): Promise<{ deductedCents: number; stillDueCents: number }> {
    const deduction = await deductPrepaid(this.#sql, { documentId, now: activityNow() });
    const { customerId } = await collectionFacts(this.#sql, documentId);
    await lookAtPrepaidAccount(getClient(), customerId);
    return deduction;
  }

  async recordCollection(
    documentId: string,
    progress: Parameters<CollectionRecords['recordCollection']>[1],
  ): Promise<void> {
    const { step, since, waitsFor, nextActionAt, outcome, reason } = progress;
    await recordCollectionStep(this.#sql, documentId, {
      step,
      since: new Date(since),
      waitsFor,
      nextActionAt: nextActionAt === null ? null : new Date(nextActionAt),
      outcome,
      reason,
    });
  }

  async collectionOutcomes(documentIds: readonly string[]) {
    const rows = await this.#sql
      .selectFrom('collection')
      .select(['document_id', 'outcome'])
      .where('document_id', 'in', documentIds)
      .where('outcome', 'is not', null)
      .execute();
    return rows.flatMap(({ document_id: documentId, outcome }) => {
      const known = OUTCOMES.find((one) => one === outcome);
      return known === undefined ? [] : [{ documentId, outcome: known }];
    });
  }

  async #period(documentId: string): Promise<string | null> {
    const row = await this.#sql
      .selectFrom('fiscal_document')
      .innerJoin('billing_cycle', 'billing_cycle.id', 'fiscal_document.cycle_id')
      .select('billing_cycle.period')
      .where('fiscal_document.id', '=', documentId)
      .executeTakeFirst();
    return row?.period ?? null;
  }
}
