import type { Selectable } from 'kysely';

import type { Schema, Sql } from '../../persistence/database.js';
import { dayStart, localDate } from '../../registry/period.js';

export type TopUpRow = Selectable<Schema['top_up_order']>;

/** A top-up as its workflow sees it. `needed: false`: never debited, because it was not needed any more. */
export interface TopUpState {
  readonly orderId: string;
  readonly customerId: string;
  readonly providerPaymentId: string | null;
  readonly state: 'processing' | 'succeeded' | 'failed' | 'cancelled';
  /** Our cause (failure-causes.json) when failed; why it was not needed when cancelled. */
  readonly reason: string | null;
}

export function topUpState(order: TopUpRow): TopUpState {
  const { id: orderId, customer_id: customerId, provider_payment_id: providerPaymentId, reason } = order;
  const common = { orderId, customerId, providerPaymentId };
  switch (order.state) {
    case 'created':
    case 'processing':
      return { ...common, state: 'processing', reason: null };
    case 'succeeded':
      return { ...common, state: 'succeeded', reason: null };
    case 'failed':
    case 'disputed':
      return { ...common, state: 'failed', reason: reason ?? 'debit-failed' };
    case 'cancelled':
      return { ...common, state: 'cancelled', reason };
    default:
      throw new Error(`top-up ${orderId} has the unknown state ${order.state}`);
  }
}

export async function topUpById(sql: Sql, orderId: string): Promise<TopUpRow> {
  return sql
    .selectFrom('top_up_order')
    .selectAll()
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow(() => new Error(`no top-up ${orderId}`));
}

/** The order that a provider's payment belongs to: by the stored id, else by our own id that the payment carries. */
export async function findTopUp(
  sql: Sql,
  by: { readonly providerPaymentId: string; readonly orderId?: string | undefined },
): Promise<TopUpRow | undefined> {
  const stored = await sql
    .selectFrom('top_up_order')
    .selectAll()
    .where('provider_payment_id', '=', by.providerPaymentId)
    .executeTakeFirst();
  if (stored !== undefined || by.orderId === undefined || !UUID.test(by.orderId)) return stored;
  return sql.selectFrom('top_up_order').selectAll().where('id', '=', by.orderId).executeTakeFirst();
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Orders that are not over, oldest first: each has a workflow, or needs one. */
export async function openTopUps(sql: Sql, customerId: string | null = null): Promise<string[]> {
  let query = sql.selectFrom('top_up_order').select('id').where('state', 'in', ['created', 'processing']);
  if (customerId !== null) query = query.where('customer_id', '=', customerId);
  return (await query.orderBy('created_at').orderBy('id').limit(MOST_OPEN).execute()).map(({ id }) => id);
}

const MOST_OPEN = 1_000;

/** What was ordered in the local month of an instant, less what failed or was not needed. */
export async function orderedThisMonth(
  sql: Sql,
  { customerId, timeZone, now }: { readonly customerId: string; readonly timeZone: string; readonly now: Date },
): Promise<number> {
  const since = dayStart(`${localDate(now, timeZone).slice(0, 7)}-01`, timeZone);
  const rows = await sql
    .selectFrom('top_up_order')
    .select('amount_cents')
    .where('customer_id', '=', customerId)
    .where('created_at', '>=', since)
    .where('state', 'not in', ['failed', 'cancelled'])
    .execute();
  return rows.reduce((sum, row) => sum + row.amount_cents, 0);
}
