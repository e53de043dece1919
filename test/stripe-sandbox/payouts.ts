import { ApiError } from './api-error.js';
import { midnightMs, move, unpaid } from './balance.js';
import { having, page } from './lists.js';
import type { PayoutObject } from './objects.js';
import type { Params } from './params.js';
import { newId } from './store.js';
import { DAY_MS, type World } from './world.js';

function isWeekend(atMs: number): boolean {
  return [0, 6].includes(new Date(atMs).getUTCDay());
}

/** The bank has it on the next day that is a working day. */
function arrivalMs(world: World): number {
  let atMs = midnightMs(world.nowMs(), 1);
  while (isWeekend(atMs)) atMs += DAY_MS;
  return atMs;
}

/** Pays out what is available; a balance at or below zero waits for money to come in. */
export function payOut(world: World): PayoutObject | null {
  const available = unpaid(world).filter((one) => one.status === 'available');
  const amount = available.reduce((sum, one) => sum + one.net, 0);
  if (amount <= 0) return null;
  const id = newId('po');
  const arriveAtMs = arrivalMs(world);
  const transaction = move(world, { type: 'payout', amount: -amount, reportingCategory: 'payout', source: id });
  const payout: PayoutObject = {
    id,
    object: 'payout',
    amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: Math.floor(arriveAtMs / 1000),
    automatic: true,
    balance_transaction: transaction.id,
    created: world.now(),
    currency: 'eur',
    description: 'STRIPE PAYOUT',
    destination: 'ba_sandbox',
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: {},
    method: 'standard',
    original_payout: null,
    payout_method: null,
    reconciliation_status: 'in_progress',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: null,
    status: 'pending',
    trace_id: null,
    type: 'bank_account',
  };
  for (const one of [...available, transaction]) world.store.put('paid_out', one.id, { payout: id });
  world.store.put('payout', id, payout);
  world.schedule.at('send-payout', id, world.nowMs() + DAY_MS / 4);
  world.schedule.at('arrive-payout', id, arriveAtMs);
  world.emit('payout.created', payout);
  return payout;
}

function change(world: World, id: string, changes: Partial<PayoutObject>, ...events: readonly string[]): PayoutObject {
  const after: PayoutObject = { ...world.find('payout', id), ...changes };
  world.store.put('payout', id, after);
  for (const event of events) world.emit(event, after);
  return after;
}

/** On its way; from now on Stripe can say what went into it. */
export function sendPayout(world: World, id: string): void {
  const changes = { status: 'in_transit', reconciliation_status: 'completed' } as const;
  change(world, id, changes, 'payout.updated', 'payout.reconciliation_completed');
}

export function arrivePayout(world: World, id: string): void {
  if (world.failNext.payouts > 0) {
    world.failNext.payouts -= 1;
    failPayout(world, id, 'account_closed');
    return;
  }
  change(world, id, { status: 'paid' }, 'payout.paid');
}

/** The bank sends it back, up to days after it was `paid`: the money is in the balance again. */
export function failPayout(world: World, id: string, code: string): PayoutObject {
  const payout = world.find('payout', id);
  if (payout.status === 'failed') throw ApiError.invalid('The payout has failed already.');
  world.schedule.cancel('send-payout', id);
  world.schedule.cancel('arrive-payout', id);
  const back = move(world, {
    type: 'payout_failure',
    amount: payout.amount,
    reportingCategory: 'payout_reversal',
    source: id,
  });
  return change(
    world,
    id,
    {
      status: 'failed',
      reconciliation_status: 'completed',
      failure_balance_transaction: back.id,
      failure_code: code,
      failure_message: `The bank sent the payout back: ${code}.`,
    },
    'payout.failed',
  );
}

export function listPayouts(world: World, params: Params) {
  const status = params.text('status');
  const arrival = params.nested('arrival_date');
  const [from, to] = [arrival?.integer('gte') ?? 0, arrival?.integer('lte') ?? Infinity];
  const all = having(world.store.list('payout'), { status }).filter(
    (one) => one.arrival_date >= from && one.arrival_date <= to,
  );
  return page('/v1/payouts', all, params);
}
