import { sql as raw, type RawBuilder } from 'kysely';

/**
 * Whether an invoice (the id of a `fiscal_document`, as an SQL expression) still stands for its month: no credit note
 * over the whole of it has opened the month again.
 */
export function standsForItsMonth(documentId: RawBuilder<unknown>): RawBuilder<boolean> {
  return raw<boolean>`not exists (select from fiscal_document reopening
    where reopening.references_document_id = ${documentId} and reopening.reopens_month)`;
}
