import type { FiscalRefusal } from '../invoicing/fiscal/fiscal-refusal.js';
import { issueInvoice, type InvoiceOrder, type IssuedInvoice } from '../invoicing/issue-invoice.js';
import type { InvoiceRefusal } from '../invoicing/plan-invoice.js';
import { lockCustomerBooks } from '../ledger/balances.js';
import { postInvoiceIssued, postPayment } from '../ledger/post-events.js';
import type { Sql } from '../persistence/database.js';
import { openCollection } from './open-collection.js';
import { spendableAtIssueCents } from './prepaid/spendable.js';

export interface IssuingOrder extends Omit<InvoiceOrder, 'paidAheadCents'> {
  /** Of the collection's workflow, which the caller starts once the transaction is kept. */
  readonly workflowIdOf: (documentId: string) => string;
}

/**
 * Issues a customer's document of a cycle with all that belongs to it, in the caller's transaction: number, postings and
 * collection come together or not at all. An invoice-receipt is paid from the balance in it. Idempotent: asked again it
 * is the document that stands for the month. Refuses as {@link issueInvoice} does.
 */
export async function issueAndOpen(
  trx: Sql,
  { workflowIdOf, ...order }: IssuingOrder,
): Promise<IssuedInvoice | { readonly refused: InvoiceRefusal | FiscalRefusal }> {
  const { now } = order;
  const paidAheadCents = await paidAhead(trx, order);
  const issued = await issueInvoice(trx, { ...order, paidAheadCents });
  if ('refused' in issued) return issued;
  const { documentId } = issued;
  await postInvoiceIssued(trx, { documentId });
  if (issued.type === 'FR') await payAtIssue(trx, issued, now);
  await openCollection(trx, { documentId, workflowId: workflowIdOf(documentId), now });
  return issued;
}

/** What a customer has paid ahead and nothing else is waiting for, read under the customer's lock. */
async function paidAhead(
  trx: Sql,
  { cycleId, customerId, now }: { readonly cycleId: string; readonly customerId: string; readonly now: Date },
): Promise<number> {
  await lockCustomerBooks(trx, customerId);
  const { currency } = await trx
    .selectFrom('billing_cycle')
    .innerJoin('installation', 'installation.id', 'billing_cycle.installation_id')
    .where('billing_cycle.id', '=', cycleId)
    .select('installation.currency')
    .executeTakeFirstOrThrow();
  return spendableAtIssueCents(trx, { customerId, currency, now });
}

/** An invoice-receipt is paid from the balance in the transaction that issues it; once, as its key says. */
async function payAtIssue(trx: Sql, issued: IssuedInvoice, now: Date): Promise<void> {
  const { documentId, grossCents: amountCents } = issued;
  await postPayment(trx, {
    key: `deduct/${documentId}/issue`,
    documentId,
    source: 'prepaid',
    amountCents,
    occurredAt: now,
  });
}
