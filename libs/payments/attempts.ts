import type { Selectable } from 'kysely';

import type { Schema, Sql } from '../persistence/database.js';

export type Attempt = Selectable<Schema['payment_attempt']>;

/** The attempt that a provider's payment belongs to: by the stored id, else by our own id that the payment carries. */
export async function findAttempt(
  sql: Sql,
  by: { readonly providerPaymentId: string; readonly attemptId?: string | undefined },
): Promise<Attempt | undefined> {
  const stored = await sql
    .selectFrom('payment_attempt')
    .selectAll()
    .where('provider_payment_id', '=', by.providerPaymentId)
    .executeTakeFirst();
  if (stored !== undefined || by.attemptId === undefined || !isUuid(by.attemptId)) return stored;
  return sql.selectFrom('payment_attempt').selectAll().where('id', '=', by.attemptId).executeTakeFirst();
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** Whether a debit of the document is on its way: claimed, or handed to the bank and not yet answered. */
export async function hasDebitInFlight(sql: Sql, documentId: string): Promise<boolean> {
  const found = await sql
    .selectFrom('payment_attempt')
    .select('id')
    .where('document_id', '=', documentId)
    .where('state', 'in', ['created', 'processing'])
    .executeTakeFirst();
  return found !== undefined;
}

/** Gives up a claimed attempt of which the provider knows nothing; false when it is no longer merely claimed. */
export async function abandonAttempt(sql: Sql, attemptId: string, now: Date): Promise<boolean> {
  const given = await sql
    .updateTable('payment_attempt')
    .set({ state: 'cancelled', failure_code: 'cancelled', settled_at: now })
    .where('id', '=', attemptId)
    .where('state', '=', 'created')
    .where('provider_payment_id', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return given !== undefined;
}

/** The customer of a document; throws when there is no such document. */
export async function customerOf(sql: Sql, documentId: string): Promise<string> {
  const row = await sql
    .selectFrom('fiscal_document')
    .select('customer_id')
    .where('id', '=', documentId)
    .executeTakeFirst();
  if (row === undefined) throw new Error(`no fiscal document ${documentId}`);
  return row.customer_id;
}
