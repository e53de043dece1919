import { dueCentsOf, prepaidAvailableCents } from '#libs/ledger/balances.js';

import type { Sql } from '../../persistence/database.js';
import { rulesAt } from './settings.js';

/**
 * What a balance may pay of a document: what is not reserved, down to the account's floor. The floor holds for invoices
 * of prepaid months; whoever has changed to another way of paying, or is leaving, pays with all of it.
 */
export async function spendableCents(
  trx: Sql,
  order: { readonly documentId: string; readonly customerId: string; readonly currency: string; readonly now: Date },
): Promise<number> {
  const { method } = await trx
    .selectFrom('fiscal_document')
    .select('payment_method as method')
    .where('id', '=', order.documentId)
    .executeTakeFirstOrThrow();
  const floorCents = method === 'prepaid' ? (await rulesAt(trx, order.customerId, order.now)).floorCents : 0;
  const available = await prepaidAvailableCents(trx, order.customerId, order.currency);
  return Math.max(0, available - floorCents);
}

/**
 * What a balance may pay of a new invoice of a prepaid month: what is neither reserved nor due on an older one, down to
 * the account's floor. An invoice that it covers whole is an invoice-receipt. To be asked under the customer's lock
 * (`lockCustomerBooks`) in the transaction that issues it, before it is posted.
 */
export async function spendableAtIssueCents(
  trx: Sql,
  { customerId, currency, now }: { readonly customerId: string; readonly currency: string; readonly now: Date },
): Promise<number> {
  const available = await prepaidAvailableCents(trx, customerId, currency);
  if (available <= 0) return 0;
  const { floorCents } = await rulesAt(trx, customerId, now);
  const older = (await openInvoices(trx, customerId, currency)).reduce((sum, { dueCents }) => sum + dueCents, 0);
  return Math.max(0, available - floorCents - older);
}

export interface OpenInvoice {
  readonly documentId: string;
  readonly numberText: string;
  readonly dueCents: number;
}

/** The invoices of a customer on which something is due, the oldest first. */
export async function openInvoices(sql: Sql, customerId: string, currency: string): Promise<OpenInvoice[]> {
  const documents = await sql
    .selectFrom('fiscal_document')
    .select(['id as documentId', 'number_text as numberText'])
    .where('customer_id', '=', customerId)
    .where('currency', '=', currency)
    .where('type', '<>', 'NC')
    .orderBy('issued_at')
    .orderBy('id')
    .execute();
  const due = await dueCentsOf(
    sql,
    documents.map(({ documentId }) => documentId),
  );
  return documents
    .map(({ documentId, numberText }) => ({ documentId, numberText, dueCents: due.get(documentId) ?? 0 }))
    .filter(({ dueCents }) => dueCents > 0);
}
