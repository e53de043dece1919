import { sql as raw } from 'kysely';

import type { Sql } from '../../persistence/database.js';
import { lapsesAt } from './mandate-text.js';

export interface ActiveMandate {
  readonly mandateId: string;
  readonly ibanLast4: string | null;
  readonly lapsesAt: Date;
}

/** The mandate with which a customer is debited: active, and used within the last 36 months. */
export async function activeMandate(sql: Sql, customerId: string, now: Date): Promise<ActiveMandate | null> {
  const rows = await activeMandates(sql).where('mandate.customer_id', '=', customerId).execute();
  for (const { id, ibanLast4, lastUsedAt } of rows) {
    const end = lapsesAt(lastUsedAt);
    if (end > now) return { mandateId: id, ibanLast4, lapsesAt: end };
  }
  return null;
}

/** Mandates that are active, the newest first; used: signed, or a debit made with it, whatever became of that. */
function activeMandates(sql: Sql) {
  return sql
    .selectFrom('mandate')
    .where('mandate.status', '=', 'active')
    .orderBy('mandate.active_at', 'desc')
    .orderBy('mandate.id', 'desc')
    .select([
      'mandate.id as id',
      'mandate.customer_id as customerId',
      'mandate.iban_last4 as ibanLast4',
      raw<Date>`greatest(coalesce(mandate.active_at, mandate.created_at), (select max(attempt.created_at)
        from payment_attempt attempt
        where attempt.mandate_id = mandate.id and attempt.provider_payment_id is not null))`.as('lastUsedAt'),
    ]);
}

/** Ends mandates with which nothing was collected for 36 months; gives their ids. Safe to repeat. */
export async function lapseMandates(sql: Sql, now: Date): Promise<string[]> {
  const rows = await activeMandates(sql).execute();
  const lapsed = rows.filter(({ lastUsedAt }) => lapsesAt(lastUsedAt) <= now).map(({ id }) => id);
  if (lapsed.length === 0) return [];
  const ended = await sql
    .updateTable('mandate')
    .set({ status: 'inactive', inactive_at: now, ended_because: 'lapsed' })
    .where('id', 'in', lapsed)
    .where('status', '=', 'active')
    .returning('id')
    .execute();
  return ended.map(({ id }) => id);
}
