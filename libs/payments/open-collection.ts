import type { Sql } from '../persistence/database.js';

/** The collection's row, once per document, in its first step. Must run where the document is visible. */
export async function openCollection(
  trx: Sql,
  { documentId, workflowId, now }: { readonly documentId: string; readonly workflowId: string; readonly now: Date },
): Promise<{ readonly opened: boolean }> {
  const document = await trx
    .selectFrom('fiscal_document')
    .select(['installation_id', 'customer_id', 'cycle_id', 'payment_method', 'due_at'])
    .where('id', '=', documentId)
    .where('type', '<>', 'NC')
    .executeTakeFirst();
  if (document === undefined) throw new Error(`no invoice ${documentId}`);
  const inserted = await trx
    .insertInto('collection')
    .values({
      document_id: documentId,
      installation_id: document.installation_id,
      customer_id: document.customer_id,
      cycle_id: document.cycle_id,
      method: document.payment_method,
      step: 'pre-notifying',
      step_since: now,
      next_action_at: document.due_at,
      workflow_id: workflowId,
    })
    .onConflict((conflict) => conflict.column('document_id').doNothing())
    .returning('document_id')
    .executeTakeFirst();
  return { opened: inserted !== undefined };
}
