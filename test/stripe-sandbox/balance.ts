import { ApiError } from './api-error.js';
import { having, page } from './lists.js';
import type { BalanceTransactionObject, MethodType, TransactionType } from './objects.js';
import type { Params } from './params.js';
import { newId } from './store.js';
import { DAY_MS, type World } from './world.js';

/** What the sandbox takes of a payment: of the order of Stripe's fees in the euro area, and not its price list. */
const FEES: Readonly<Record<MethodType, { readonly permyriad: number; readonly fixedCents: number }>> = {
  card: { permyriad: 150, fixedCents: 25 },
  mb_way: { permyriad: 150, fixedCents: 25 },
  multibanco: { permyriad: 280, fixedCents: 22 },
  sepa_debit: { permyriad: 0, fixedCents: 35 },
};
const DISPUTE_FEE_CENTS: Readonly<Record<MethodType, number>> = {
  card: 2000,
  mb_way: 2000,
  multibanco: 0,
  sepa_debit: 750,
};

/** Money that comes in can be paid out so many days later, at midnight UTC. */
const AVAILABLE_AFTER_DAYS = 3;

export function paymentFeeCents(type: MethodType, amountCents: number): number {
  const { permyriad, fixedCents } = FEES[type];
  return Math.round((amountCents * permyriad) / 10_000) + fixedCents;
}

export function disputeFeeCents(type: MethodType): number {
  return DISPUTE_FEE_CENTS[type];
}

export interface Movement {
  readonly type: TransactionType;
  /** cents; money that leaves is negative */
  readonly amount: number;
  readonly fee?: number;
  readonly feeDescription?: string;
  readonly reportingCategory: string;
  readonly source: string | null;
  readonly description?: string | null;
}

/** Midnight UTC of the day, so many days on. */
export function midnightMs(atMs: number, days: number): number {
  return Math.floor(atMs / DAY_MS) * DAY_MS + days * DAY_MS;
}

/** Writes a movement of the balance down, and sees to it that it is paid out when its time comes. */
export function move(world: World, movement: Movement): BalanceTransactionObject {
  const fee = movement.fee ?? 0;
  const waitsDays = movement.type === 'charge' || movement.type === 'payment' ? AVAILABLE_AFTER_DAYS : 0;
  const availableAtMs = waitsDays === 0 ? world.nowMs() : midnightMs(world.nowMs(), waitsDays);
  const transaction: BalanceTransactionObject = {
    id: newId('txn'),
    object: 'balance_transaction',
    amount: movement.amount,
    available_on: Math.floor(availableAtMs / 1000),
    balance_type: 'payments',
    created: world.now(),
    currency: 'eur',
    description: movement.description ?? null,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency: 'eur',
              description: movement.feeDescription ?? 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: movement.amount - fee,
    reporting_category: movement.reportingCategory,
    source: movement.source,
    status: waitsDays === 0 ? 'available' : 'pending',
    type: movement.type,
  };
  world.store.put('balance_transaction', transaction.id, transaction);
  if (movement.type !== 'payout') schedulePayout(world, availableAtMs);
  return transaction;
}

/** Payouts are made each day at midnight UTC, when there is something to pay out. */
function schedulePayout(world: World, availableAtMs: number): void {
  const atMs = Math.ceil(availableAtMs / DAY_MS) * DAY_MS;
  const day = new Date(atMs).toISOString().slice(0, 10);
  if (!world.schedule.has('payout', day)) world.schedule.at('payout', day, atMs);
}

/** As it is now: `pending` until its time has come. */
function asOfNow(world: World, transaction: BalanceTransactionObject): BalanceTransactionObject {
  const isAvailable = transaction.available_on <= world.now();
  return { ...transaction, status: isAvailable ? 'available' : 'pending' };
}

export function retrieveBalanceTransaction(world: World, params: Params, id: string): BalanceTransactionObject {
  params.refuseUnknown();
  return asOfNow(world, world.find('balance_transaction', id));
}

/** What went into a payout is known when its `reconciliation_status` is `completed`. */
function requireReconciled(world: World, payoutId: string): void {
  if (world.find('payout', payoutId)['reconciliation_status'] === 'completed') return;
  throw ApiError.invalid('The balance transactions of this payout are not ready yet.', {
    code: 'payout_reconciliation_not_ready',
    param: 'payout',
  });
}

export function listBalanceTransactions(world: World, params: Params) {
  const payout = params.text('payout');
  if (payout !== undefined) requireReconciled(world, payout);
  const filters = { type: params.text('type'), source: params.text('source'), currency: params.text('currency') };
  const all = having(world.store.list('balance_transaction'), filters)
    .filter((one) => payout === undefined || world.store.get('paid_out', one.id)?.payout === payout)
    .map((one) => asOfNow(world, one));
  return page('/v1/balance_transactions', all, params);
}

/** What was received and not yet paid out. */
export function unpaid(world: World): BalanceTransactionObject[] {
  return [...world.store.each('balance_transaction')]
    .filter((one) => world.store.get('paid_out', one.id) === undefined)
    .map((one) => asOfNow(world, one));
}

export function retrieveBalance(world: World, params: Params) {
  params.refuseUnknown();
  const of = (status: string) =>
    unpaid(world)
      .filter((one) => one.status === status)
      .reduce((sum, one) => sum + one.net, 0);
  const amounts = (amount: number) => [{ amount, currency: 'eur', source_types: { card: amount } }];
  return { object: 'balance', available: amounts(of('available')), livemode: false, pending: amounts(of('pending')) };
}
