import { lockCustomerBooks } from '#libs/ledger/balances.js';

import type { Sql } from '../../persistence/database.js';
import { methodChanges, methodFor, type PaymentMethod } from '../../registry/payment-method.js';
import { localDate, shiftPeriod } from '../../registry/period.js';
import { prepaidHome } from './prepaid-home.js';
import { activeMandateOf } from './settings.js';

export interface ConversionOrder {
  readonly customerId: string;
  readonly method: PaymentMethod;
  /** What becomes of a balance that is left when the account ends: it pays the next invoices, or goes back. */
  readonly rest: 'keep' | 'refund';
  readonly by: string;
  readonly now: Date;
}

export type Conversion =
  | { readonly ok: { readonly fromPeriod: string; readonly method: PaymentMethod; readonly formerMethod: string } }
  | { readonly refused: { readonly code: 'CONVERSION.SAME_METHOD' | 'MANDATE.NOT_FOUND' } };

/**
 * Another way of paying from the next local month on: the running month and those before it keep theirs, whenever they
 * are invoiced. A later order for the same month replaces it, also by the method of now. To direct debit only with an
 * active mandate.
 */
export async function orderConversion(sql: Sql, order: ConversionOrder): Promise<Conversion> {
  const { customerId, method, now } = order;
  const run = async (trx: Sql): Promise<Conversion> => {
    await lockCustomerBooks(trx, customerId);
    const { timeZone } = await prepaidHome(trx, customerId);
    const running = localDate(now, timeZone).slice(0, 7);
    const fromPeriod = shiftPeriod(running, 1);
    if ((await methodFor(trx, customerId, fromPeriod)) === method) {
      return { refused: { code: 'CONVERSION.SAME_METHOD' } };
    }
    if (method === 'direct-debit' && (await activeMandateOf(trx, customerId)) === null) {
      return { refused: { code: 'MANDATE.NOT_FOUND' } };
    }
    const formerMethod = await methodFor(trx, customerId, running);
    await trx
      .insertInto('payment_method_change')
      .values({
        customer_id: customerId,
        from_period: fromPeriod,
        method,
        former_method: formerMethod,
        rest: order.rest,
        ordered_by: order.by,
        ordered_at: now,
      })
      .execute();
    return { ok: { fromPeriod, method, formerMethod } };
  };
  return sql.isTransaction ? run(sql) : sql.transaction().execute(run);
}

/** What is ordered for the months to come; null when the method stays. */
export async function orderedConversion(
  sql: Sql,
  customerId: string,
  now: Date,
): Promise<{ readonly fromPeriod: string; readonly method: string } | null> {
  const { timeZone } = await prepaidHome(sql, customerId);
  const running = localDate(now, timeZone).slice(0, 7);
  const next = (await methodChanges(sql, customerId)).findLast(({ fromPeriod }) => fromPeriod > running);
  if (next === undefined || next.method === (await methodFor(sql, customerId, running))) return null;
  return { fromPeriod: next.fromPeriod, method: next.method };
}

/**
 * The register shows what holds in the running month. Returns that method, and the change by which a prepaid account
 * ended whose rest is to go back.
 */
export async function methodNow(
  trx: Sql,
  customerId: string,
  now: Date,
): Promise<{
  readonly method: string;
  readonly ended: { readonly changeId: string; readonly fromPeriod: string } | null;
}> {
  const { timeZone } = await prepaidHome(trx, customerId);
  const running = localDate(now, timeZone).slice(0, 7);
  const method = await methodFor(trx, customerId, running);
  await trx
    .updateTable('customer')
    .set({ payment_method: method })
    .where('id', '=', customerId)
    .where('payment_method', '<>', method)
    .execute();
  if (method === 'prepaid') return { method, ended: null };
  const last = await trx
    .selectFrom('payment_method_change')
    .select(['id', 'rest', 'former_method', 'from_period'])
    .where('customer_id', '=', customerId)
    .where('from_period', '<=', running)
    .orderBy('from_period', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const isEnd = last !== undefined && last.rest === 'refund' && last.former_method === 'prepaid';
  return { method, ended: isEnd ? { changeId: last.id, fromPeriod: last.from_period } : null };
}
