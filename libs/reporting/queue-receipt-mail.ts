import { sql as raw } from 'kysely';

import { queueMail } from '../notifications/queue-mail.js';
import { receiptText } from '../notifications/receipt-text.js';
import type { Sql } from '../persistence/database.js';
import { loadReceiptFacts } from './receipt-facts.js';
import { storeReceiptPdf } from './store-receipt-pdf.js';

export const receiptMailKey = (receiptId: string): string => `receipt/${receiptId}`;

/**
 * Queues a receipt to its customer with the PDF, in their language; once per receipt (`receipt/<receipt>`). null: they
 * have no address.
 */
export async function queueReceiptMail(
  sql: Sql,
  { receiptId }: { readonly receiptId: string },
): Promise<{ readonly mailId: string | null }> {
  const row = await sql
    .selectFrom('receipt')
    .innerJoin('customer', 'customer.id', 'receipt.customer_id')
    .innerJoin('receipt_line as line', (join) =>
      join.onRef('line.receipt_id', '=', 'receipt.id').on('line.line_no', '=', 1),
    )
    .innerJoin('fiscal_document as document', 'document.id', 'line.document_id')
    .where('receipt.id', '=', receiptId)
    .select(['receipt.customer_id', 'customer.email', 'document.installation_id'])
    .executeTakeFirstOrThrow(() => new Error(`no receipt ${receiptId}`));
  const { fileId } = await storeReceiptPdf(sql, { receiptId });
  if (row.email === null) return { mailId: null };
  const { language, customer, issuer, numberText, amountCents, currency, paidOn, lines } = await loadReceiptFacts(
    sql,
    receiptId,
  );
  const text = receiptText({
    language,
    customerName: customer.name,
    issuerName: issuer.name,
    supportEmail: issuer.email,
    numberText,
    amountCents,
    currency,
    paidOn,
    documents: lines.map((line) => line.numberText),
  });
  const { mailId } = await queueMail(sql, {
    key: receiptMailKey(receiptId),
    installationId: row.installation_id,
    customerId: row.customer_id,
    recipient: row.email,
    ...text,
    attachmentIds: [fileId],
  });
  return { mailId };
}

/** Tried after 1, 3, 7, … minutes; what fails for four hours is left to people, who see it in its list. */
const MOST_ATTEMPTS = 8;
const MOST_AT_ONCE = 200;
/** Who was without an address has no mail; only receipts this young are looked at again. */
const YOUNG_DAYS = 7;

export interface ReceiptsToMail {
  /** Receipts without their PDF. */
  readonly unstored: readonly string[];
  /** Receipts without their mail. */
  readonly unqueued: readonly string[];
  /** Mails. */
  readonly unsent: readonly string[];
}

/**
 * Young receipts that have no PDF yet; those that hold and have no mail yet though their customer has an address, and queued mails of receipts that
 * were not sent: whatever ended between a receipt and its mail.
 */
export async function receiptsToMail(sql: Sql, now: Date): Promise<ReceiptsToMail> {
  const since = new Date(now.getTime() - YOUNG_DAYS * 24 * 3_600_000);
  const unstored = await sql
    .selectFrom('receipt')
    .where('receipt.issued_at', '>=', since)
    .where(raw<boolean>`not exists (select from stored_file where stored_file.key = 'receipt-pdf/' || receipt.id)`)
    .select('receipt.id')
    .orderBy('receipt.id')
    .limit(MOST_AT_ONCE)
    .execute();
  const unqueued = await sql
    .selectFrom('receipt')
    .innerJoin('customer', 'customer.id', 'receipt.customer_id')
    .where('customer.email', 'is not', null)
    .where('receipt.issued_at', '>=', since)
    .where(raw<boolean>`not exists (select from receipt_cancellation where receipt_id = receipt.id)
      and not exists (select from mail where mail.key = 'receipt/' || receipt.id)`)
    .select('receipt.id')
    .orderBy('receipt.id')
    .limit(MOST_AT_ONCE)
    .execute();
  const unsent = await sql
    .selectFrom('mail')
    .where(raw<boolean>`key ^@ 'receipt/'`)
    .where('sent_at', 'is', null)
    .where('attempts', '<', MOST_ATTEMPTS)
    .where(raw<boolean>`created_at + interval '1 minute' * (power(2, attempts) - 1) <= ${now}`)
    .select('id')
    .orderBy('id')
    .limit(MOST_AT_ONCE)
    .execute();
  const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);
  return { unstored: idsOf(unstored), unqueued: idsOf(unqueued), unsent: idsOf(unsent) };
}
