import { Inject, Injectable } from '@nestjs/common';

import { compareCustomerNumbers, customersToInvoice } from '#libs/invoicing/customers-to-invoice.js';
import type { FiscalSigner } from '#libs/invoicing/fiscal/sign-document.js';
import { issueAndOpen } from '#libs/payments/issue-and-open.js';
import type { Sql } from '#libs/persistence/database.js';
import { queueManagerReport } from '#libs/reporting/queue-reports.js';
import { storeInvoicePdf } from '#libs/reporting/store-invoice-pdf.js';
import { storeManagerWorkbook } from '#libs/reporting/store-manager-workbook.js';
import { collectionWorkflowId } from '#workflows/collection/messages.js';
import type { Batch, LongMonthActivities } from '#workflows/installation-month/activities.js';

import { activityNow, beat, beating } from './activity-clock.js';
import { SIGNER, SQL } from './resources.js';

/** Per call of a batch activity; progress is in the database after each one, in the workflow after each batch. */
const BATCH = 100;

type Activities = Pick<
  LongMonthActivities,
  'issueInvoices' | 'storeInvoicePdfs' | 'buildManagerReport' | 'storeFinalReport'
>;
type Issued = { readonly refused: { readonly code: string } | null };

/** Documents and files of a month, one transaction a document. */
@Injectable()
export class InvoiceActivitiesService implements Activities {
  readonly #sql: Sql;
  readonly #signer: FiscalSigner | null;

  constructor(@Inject(SQL) sql: Sql, @Inject(SIGNER) signer: FiscalSigner | null) {
    this.#sql = sql;
    this.#signer = signer;
  }

  async issueInvoices(cycleId: string, after: string | null): Promise<Batch> {
    const now = activityNow();
    const rest = await customersToInvoice(this.#sql, { cycleId });
    const todo = rest.filter((id) => after === null || compareCustomerNumbers(id, after) > 0);
    const total = rest.length + (await this.#countDocuments(cycleId));
    const batch = todo.slice(0, BATCH);
    const refused: { subject: string; code: string }[] = [];
    for (const [index, customerId] of batch.entries()) {
      const issued = await this.#issue(cycleId, customerId, now);
      if (issued.refused !== null && issued.refused.code !== 'NOTHING_DUE') {
        refused.push({ subject: customerId, code: `INVOICE.${issued.refused.code}` });
      }
      beat(customerId);
      await this.#showProgress(cycleId, total - todo.length + index + 1, total);
    }
    return batchResult(batch, todo.length, total, refused);
  }

  async storeInvoicePdfs(cycleId: string, after: string | null): Promise<Batch> {
    let query = this.#sql.selectFrom('fiscal_document').select('id').where('cycle_id', '=', cycleId);
    if (after !== null) query = query.where('id', '>', after);
    const todo = (await query.orderBy('id').execute()).map(({ id }) => id);
    const total = await this.#countDocuments(cycleId);
    const batch = todo.slice(0, BATCH);
    for (const [index, documentId] of batch.entries()) {
      await storeInvoicePdf(this.#sql, { documentId });
      beat(documentId);
      await this.#showProgress(cycleId, total - todo.length + index + 1, total);
    }
    return batchResult(batch, todo.length, total, []);
  }

  buildManagerReport(cycleId: string): Promise<{ mailId: string | null }> {
    return beating(async () => {
      const queued = await queueManagerReport(this.#sql, { cycleId });
      return { mailId: 'refused' in queued ? null : queued.mailId };
    });
  }

  storeFinalReport(cycleId: string): Promise<void> {
    return beating(async () => {
      await storeManagerWorkbook(this.#sql, { cycleId, final: true });
    });
  }

  /** Number, postings and collection come together or not at all. */
  #issue(cycleId: string, customerId: string, now: Date): Promise<Issued> {
    return this.#sql.transaction().execute(async (trx) => {
      const order = { cycleId, customerId, now, signer: this.#signer, workflowIdOf: collectionWorkflowId };
      const issued = await issueAndOpen(trx, order);
      return { refused: 'refused' in issued ? { code: issued.refused.code } : null };
    });
  }

  async #countDocuments(cycleId: string): Promise<number> {
    const { count } = await this.#sql
      .selectFrom('fiscal_document')
      .where('cycle_id', '=', cycleId)
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** Between two records of the workflow: only the count moves. */
  async #showProgress(cycleId: string, done: number, total: number): Promise<void> {
    await this.#sql.updateTable('billing_cycle').set({ done, total }).where('id', '=', cycleId).execute();
  }
}

function batchResult(batch: readonly string[], left: number, total: number, refused: Batch['refused']): Batch {
  return {
    next: left > batch.length ? (batch.at(-1) ?? null) : null,
    done: total - left + batch.length,
    total,
    refused,
  };
}
