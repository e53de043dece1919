import { lockCustomerBooks, prepaidBalanceCents } from '#libs/ledger/balances.js';

import { methodNow } from '../payments/prepaid/conversion.js';
import { leaveOrder, leftAt } from '../payments/prepaid/leave-order.js';
import { NOTHING_WATCHED, planLook, type LookPlan, type WatchState } from '../payments/prepaid/plan-look.js';
import { positionWith, type PrepaidPosition } from '../payments/prepaid/position.js';
import { prepaidHome, type PrepaidHome } from '../payments/prepaid/prepaid-home.js';
import { activeMandateOf } from '../payments/prepaid/settings.js';
import { openTopUps, orderedThisMonth } from '../payments/prepaid/top-up-orders.js';
import { unbilledOf } from '../payments/prepaid/unbilled.js';
import type { Sql } from '../persistence/database.js';
import { afterDelay } from '../registry/delay.js';
import { holidaysFor } from '../registry/holiday-store.js';
import { policyAt } from '../registry/policy-store.js';
import { queuePrepaidNews, unsentPrepaidMails, type LookOrder } from './prepaid-news.js';

export interface Looked {
  /** Mails to send, those of former looks that were not sent included. */
  readonly mailIds: readonly string[];
  /** Top-ups that are not over: each needs its workflow. */
  readonly topUpOrderIds: readonly string[];
}

/** Who refuses nothing and asks for nothing: nobody is written in its stead. */
const BY = 'automatic';

/**
 * One look at a customer's prepaid account, at any time and any number of times: the method of the month is entered in
 * the register, each fall below a threshold is told once and makes one top-up order, and whoever has left, or changed to
 * another way of paying with the rest to go back, gets a refund proposed. Decided under the customer's lock.
 */
export async function lookAtPrepaid(sql: Sql, order: LookOrder): Promise<Looked> {
  const { customerId, now } = order;
  const { method, ended } = await sql.transaction().execute((trx) => methodNow(trx, customerId, now));
  if (method === 'prepaid') await watch(sql, order);
  await endAccount(sql, order, ended);
  await sql.transaction().execute((trx) => queuePrepaidNews(trx, order));
  return {
    mailIds: await unsentPrepaidMails(sql, customerId),
    topUpOrderIds: await openTopUps(sql, customerId),
  };
}

/** The consumption is priced before the lock is taken: that takes a while and changes nothing in the books. */
async function watch(sql: Sql, order: LookOrder): Promise<void> {
  const { customerId, now } = order;
  const unbilled = await unbilledOf(sql, { customerId, now });
  await sql.transaction().execute(async (trx) => {
    await lockCustomerBooks(trx, customerId);
    const position = await positionWith(trx, { customerId, now, unbilled });
    const home = await prepaidHome(trx, customerId);
    const mandateId = await activeMandateOf(trx, customerId);
    const { floorCents, lowBalanceCents, autoTopUp } = position.rules;
    const plan = planLook(await watchOf(trx, customerId), {
      availableCents: position.availableCents,
      floorCents,
      lowBalanceCents,
      autoTopUp,
      orderedThisMonthCents: await orderedThisMonth(trx, { customerId, timeZone: home.timeZone, now }),
      topUpInFlight: (await openTopUps(trx, customerId)).length > 0,
      hasMandate: mandateId !== null,
      now,
    });
    await keepWatch(trx, position, plan.watch);
    await orderTopUp(trx, { plan, position, home, mandateId });
    if (plan.notice !== null) await queuePrepaidNews(trx, order, { kind: plan.notice, ...position });
  });
}

async function watchOf(trx: Sql, customerId: string): Promise<WatchState> {
  const row = await trx
    .selectFrom('prepaid_watch')
    .selectAll()
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  if (row === undefined) return NOTHING_WATCHED;
  return { lowSince: row.low_since, floorSince: row.floor_since, autoSince: row.auto_since };
}

/** Whether the last look found the account at its floor. */
export async function isAccountAtFloor(sql: Sql, customerId: string): Promise<boolean> {
  return (await watchOf(sql, customerId)).floorSince !== null;
}

async function keepWatch(trx: Sql, position: PrepaidPosition, watch: WatchState): Promise<void> {
  const seen = {
    low_since: watch.lowSince,
    floor_since: watch.floorSince,
    auto_since: watch.autoSince,
    available_cents: position.availableCents,
    looked_at: position.asOf,
  };
  await trx
    .insertInto('prepaid_watch')
    .values({ customer_id: position.customerId, ...seen })
    .onConflict((conflict) => conflict.column('customer_id').doUpdateSet(seen))
    .execute();
}

interface TopUpDecision {
  readonly plan: LookPlan;
  readonly position: PrepaidPosition;
  readonly home: PrepaidHome;
  readonly mandateId: string | null;
}

/** The row is committed before anybody is asked for money; its debit waits for the notice that the customer agreed to. */
async function orderTopUp(trx: Sql, { plan, position, home, mandateId }: TopUpDecision): Promise<void> {
  if ('none' in plan.topUp || mandateId === null) return;
  const { customerId, currency, asOf: now } = position;
  const { prepaid } = await policyAt(trx, home.installationId, now);
  const holidays = await holidaysFor(trx, home.installationId);
  await trx
    .insertInto('top_up_order')
    .values({
      customer_id: customerId,
      mandate_id: mandateId,
      amount_cents: plan.topUp.amountCents,
      currency,
      occasion: plan.topUp.occasion,
      debit_at: afterDelay(now, prepaid.autoTopUp.notice, home.timeZone, holidays),
      state: 'created',
      created_at: now,
    })
    .execute();
}

/** A refusal is no fault: what is not billed yet, or on its way, is looked at again the next time. */
async function endAccount(
  sql: Sql,
  { customerId, now }: LookOrder,
  ended: { readonly changeId: string; readonly fromPeriod: string } | null,
): Promise<void> {
  const left = await leftAt(sql, customerId, now);
  if (left === null && ended === null) return;
  const { currency } = await prepaidHome(sql, customerId);
  if ((await prepaidBalanceCents(sql, customerId, currency)) <= 0) return;
  const occasion = left === null ? `conversion/${ended?.changeId}` : `leaving/${left.toISOString()}`;
  const before = await sql
    .selectFrom('refund_order')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('occasion', '=', occasion)
    .executeTakeFirst();
  if (before !== undefined) return;
  const until = left === null && ended !== null ? { untilPeriod: ended.fromPeriod } : {};
  await leaveOrder(sql, { customerId, occasion, by: BY, now, ...until });
}

/** Customers whose accounts are to be looked at, by number: those who pay ahead or will, and those with a balance. */
export async function prepaidCustomers(sql: Sql, after: string | null, limit: number): Promise<string[]> {
  let query = sql
    .selectFrom('customer')
    .select('id')
    .where((where) =>
      where.or([
        where('payment_method', '=', 'prepaid'),
        where.exists(
          where.selectFrom('payment_method_change').select('id').whereRef('customer_id', '=', 'customer.id'),
        ),
        where.exists(
          where
            .selectFrom('ledger_account')
            .select('id')
            .whereRef('ledger_account.customer_id', '=', 'customer.id')
            .where('kind', '=', 'prepaid'),
        ),
      ]),
    )
    .where((where) =>
      where.exists(
        where
          .selectFrom('installation')
          .select('id')
          .whereRef('installation.condominium_id', '=', 'customer.condominium_id'),
      ),
    );
  if (after !== null) query = query.where('id', '>', after);
  return (await query.orderBy('id').limit(limit).execute()).map(({ id }) => id);
}
