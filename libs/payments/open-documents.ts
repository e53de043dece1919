import { dueCentsOf } from '#libs/ledger/balances.js';

import type { Sql } from '../persistence/database.js';
import type { OpenDocument } from './allocate-payment.js';

/** An invoice on which something is due. */
export interface DueDocument extends OpenDocument {
  readonly currency: string;
  readonly debitInFlight: boolean;
}

/** A customer's invoices on which something is due, the oldest due date first. */
export async function openDocumentsOf(sql: Sql, customerId: string): Promise<DueDocument[]> {
  const rows = await sql
    .selectFrom('fiscal_document as document')
    .where('document.customer_id', '=', customerId)
    .where('document.type', '<>', 'NC')
    .select((from) => [
      'document.id as documentId',
      'document.number_text as numberText',
      'document.due_date as dueDate',
      'document.currency as currency',
      from
        .exists(
          from
            .selectFrom('payment_attempt as attempt')
            .whereRef('attempt.document_id', '=', 'document.id')
            .where('attempt.state', 'in', ['created', 'processing'])
            .select('attempt.id'),
        )
        .as('debitInFlight'),
    ])
    .orderBy('document.due_date')
    .orderBy('document.number_text')
    .execute();
  const due = await dueCentsOf(
    sql,
    rows.map(({ documentId }) => documentId),
  );
  const documents = rows.map(({ documentId, numberText, dueDate, currency, debitInFlight }) => {
    const dueCents = due.get(documentId) ?? 0;
    return { documentId, numberText, dueDate, currency, debitInFlight: Boolean(debitInFlight), dueCents };
  });
  return documents.filter(({ dueCents }) => dueCents > 0);
}
