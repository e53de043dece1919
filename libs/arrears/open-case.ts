import { dueCents, lockCustomerBooks } from '#libs/ledger/balances.js';
import { hasDebitInFlight } from '#libs/payments/attempts.js';
import { payFromBalance } from '#libs/payments/deduct-prepaid.js';
import { writtenOffCents } from '#libs/payments/written-off.js';

import type { Sql } from '../persistence/database.js';
import { noteLook, type CaseLook } from './look.js';
import { lastSuspensionOf } from './suspension.js';

export interface CaseOrder {
  readonly documentId: string;
  /** A failure code or one of our causes. */
  readonly cause: string;
  readonly workflowId: string;
  readonly now: Date;
}

export type OpenedCase =
  | {
      readonly installationId: string;
      /** False when it was open already: then nothing has changed. */
      readonly opened: boolean;
      /** It had been closed and is taken up at the stage it left (a dispute after payment). */
      readonly reopened: boolean;
      readonly look: CaseLook;
    }
  /**
   * Nothing is due, or what is due is the condominium's to collect; `suspended` when the debtor of a debt that is paid is
   * still kept from charging for it.
   */
  | { readonly settled: true; readonly installationId: string; readonly suspended: boolean };

/**
 * Opens the case of an unpaid invoice, once, or takes it up again. Nothing due, nothing opened: what the customer has paid
 * ahead is used first. A debt that was handed over stays so, whatever money for it is taken back: nobody is chased by two.
 */
export async function openCase(sql: Sql, order: CaseOrder): Promise<OpenedCase> {
  return sql.transaction().execute(async (trx) => {
    const { documentId, cause, workflowId, now } = order;
    const document = await trx
      .selectFrom('fiscal_document')
      .select(['installation_id', 'customer_id'])
      .where('id', '=', documentId)
      .where('type', '<>', 'NC')
      .executeTakeFirst();
    if (document === undefined) throw new Error(`no invoice ${documentId}`);
    const installationId = document.installation_id;
    await lockCustomerBooks(trx, document.customer_id);
    if (!(await hasDebitInFlight(trx, documentId))) {
      await payFromBalance(trx, { documentId, occasion: `opened/${now.getTime()}`, now });
    }
    const due = await dueCents(trx, documentId);
    if (due <= 0)
      return { settled: true, installationId, suspended: await isPaidButSuspended(trx, documentId) } as const;
    if (await isHandedOver(trx, documentId)) return { settled: true, installationId, suspended: false } as const;
    const inserted = await trx
      .insertInto('arrears_case')
      .values({
        document_id: documentId,
        installation_id: installationId,
        customer_id: document.customer_id,
        cause,
        stage: 'opened',
        stage_since: now,
        opened_at: now,
        workflow_id: workflowId,
      })
      .onConflict((conflict) => conflict.column('document_id').doNothing())
      .returning('document_id')
      .executeTakeFirst();
    const opened = inserted !== undefined;
    const reopened = !opened && (await reopen(trx, order));
    if (opened) {
      await trx
        .insertInto('arrears_step')
        .values({ document_id: documentId, stage: 'opened', at: now, due_cents: due, detail: { cause } })
        .execute();
    }
    return { installationId, opened, reopened, look: await noteLook(trx, documentId) };
  });
}

/** What was written off is not paid: its suspension is policy's and people's to end. */
async function isPaidButSuspended(trx: Sql, documentId: string): Promise<boolean> {
  const suspension = await lastSuspensionOf(trx, documentId);
  return suspension !== null && suspension.until === null && (await writtenOffCents(trx, documentId)) <= 0;
}

async function isHandedOver(trx: Sql, documentId: string): Promise<boolean> {
  const handed = await trx
    .selectFrom('arrears_case')
    .select('document_id')
    .where('document_id', '=', documentId)
    .where('outcome', '=', 'handed-over')
    .executeTakeFirst();
  return handed !== undefined;
}

async function reopen(trx: Sql, { documentId, cause, workflowId, now }: CaseOrder): Promise<boolean> {
  const updated = await trx
    .updateTable('arrears_case')
    .set({
      cause,
      opened_at: now,
      closed_at: null,
      outcome: null,
      ending: null,
      paused_reason: null,
      workflow_id: workflowId,
    })
    .where('document_id', '=', documentId)
    .where('closed_at', 'is not', null)
    .returning('stage')
    .executeTakeFirst();
  if (updated === undefined) return false;
  if (NEEDS_APPROVAL_AGAIN.has(updated.stage)) await backToNotice(trx, documentId);
  return true;
}

/** A new suspension needs its own proposal and approval: the case is back at the formal notice. */
const NEEDS_APPROVAL_AGAIN: ReadonlySet<string> = new Set(['suspension-proposed', 'suspended']);

async function backToNotice(trx: Sql, documentId: string): Promise<void> {
  await trx.updateTable('arrears_case').set({ stage: 'formal-notice' }).where('document_id', '=', documentId).execute();
}
