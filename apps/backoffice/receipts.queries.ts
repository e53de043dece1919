import { sql as raw } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';

import type { DocumentReceipt, Page, Receipt } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';

const isCancelled = raw<boolean>`exists (select from receipt_cancellation
  where receipt_cancellation.receipt_id = receipt.id)`;
const pdfOf = raw<string | null>`(select id from stored_file where key = 'receipt-pdf/' || receipt.id)`;

/** What was received for a document, in the order of issue; the document was found within the scope before. */
export async function receiptsOfDocument(sql: Sql, documentId: string): Promise<DocumentReceipt[]> {
  const { rows } = await raw<DocumentReceipt>`
    select receipt.number_text as number, line.amount_cents as "amountCents", receipt.paid_on as "paidOn",
      ${isCancelled} as cancelled, ${pdfOf} as "pdfFileId"
    from receipt_line line
    join receipt on receipt.id = line.receipt_id
    where line.document_id = ${documentId} order by receipt.issued_at, receipt.id`.execute(sql);
  return rows;
}

interface ReceiptRow extends Receipt {
  readonly id: string;
}

/** A customer's receipts within the scope, the latest first. */
export async function receiptsOfCustomer(
  sql: Sql,
  scope: TenantScope,
  query: { readonly customerId: string; readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<Receipt>> {
  const after = decodeCursor(query.cursor, z.tuple([z.uuid()]));
  const before = after === null ? raw`true` : raw`receipt.id < ${after[0]}::uuid`;
  const visible = within(scope, { condominium: 'customer.condominium_id', customer: 'receipt.customer_id' });
  const { rows } = await raw<ReceiptRow>`
    select receipt.id, receipt.number_text as number, receipt.amount_cents as "amountCents", receipt.currency,
      receipt.paid_on as "paidOn", ${isCancelled} as cancelled, ${pdfOf} as "pdfFileId",
      (select array_agg(document.number_text order by line.line_no) from receipt_line line
        join fiscal_document document on document.id = line.document_id where line.receipt_id = receipt.id) as documents
    from receipt join customer on customer.id = receipt.customer_id
    where receipt.customer_id = ${query.customerId} and ${visible} and ${before}
    order by receipt.id desc limit ${query.limit + 1}`.execute(sql);
  return pageOf(
    rows,
    query.limit,
    ({ id }) => [id],
    ({ number, amountCents, currency, paidOn, cancelled, pdfFileId, documents }) => ({
      number,
      amountCents,
      currency,
      paidOn,
      cancelled,
      pdfFileId,
      documents,
    }),
  );
}
