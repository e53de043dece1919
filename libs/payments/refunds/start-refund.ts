import type { Selectable } from 'kysely';

import { lockCustomerBooks } from '#libs/ledger/balances.js';
import { postRefund } from '#libs/ledger/post-money.js';

import type { Schema, Sql } from '../../persistence/database.js';
import type { PaymentDeps } from '../payment-deps.js';
import { applyRefund } from './apply-refund.js';
import { refundableCents } from './promised.js';
import { proposeBankRefund, type BankRefundRefusal } from './propose-bank-refund.js';
import { refundablePayments, splitRefund } from './refundable-payments.js';

export type RefundRow = Selectable<Schema['refund']>;

export interface RefundOrder {
  readonly customerId: string;
  /** The Idempotency-Key: the same key is the same refund. */
  readonly key: string;
  readonly amountCents: number;
  /** `stripe`: on the payments that it came by, the newest first. `bank`: an order that staff approve for the bank's file. */
  readonly to: { readonly way: 'stripe' } | { readonly way: 'bank'; readonly iban: string };
  readonly reason: string;
  readonly by: string;
  readonly now: Date;
}

export type RefundRefusalCode =
  | 'CUSTOMER_NOT_FOUND'
  | 'AMOUNT_NOT_POSITIVE'
  | 'REFUND.BEYOND_PAYMENTS'
  | BankRefundRefusal;

export type StartedRefund =
  | { readonly refunds: readonly { readonly refundId: string; readonly amountCents: number; readonly state: string }[] }
  | { readonly refused: { readonly code: RefundRefusalCode; readonly detail: string } };

function refused(code: RefundRefusalCode, detail: string | number = '') {
  return { refused: { code, detail: String(detail) } } as const;
}

/**
 * Gives back what a customer has paid ahead, less what is promised to them already. Through the provider it leaves the
 * prepaid balance in the transaction that decides it, under the customer's lock, so nothing is given back twice or spent
 * meanwhile; then the provider is asked, each payment's part with its own row and key. What the provider refuses or what
 * comes back is booked back. Throws when the provider cannot be asked: ask again.
 */
export async function startRefund(deps: PaymentDeps, order: RefundOrder): Promise<StartedRefund> {
  const claim = await deps.sql.transaction().execute((trx) => claimRefund(trx, order));
  if ('refused' in claim || 'refunds' in claim) return claim;
  const refunds = [];
  for (const row of claim.rows) {
    refunds.push({ refundId: row.id, amountCents: row.amount_cents, state: await sendRefund(deps, row, order.now) });
  }
  return { refunds };
}

type Claim = { readonly rows: readonly RefundRow[] } | StartedRefund;

async function claimRefund(trx: Sql, order: RefundOrder): Promise<Claim> {
  const { customerId, amountCents, to } = order;
  if (!Number.isSafeInteger(amountCents) || amountCents <= 0) return refused('AMOUNT_NOT_POSITIVE', amountCents);
  const customer = await trx.selectFrom('customer').select('id').where('id', '=', customerId).executeTakeFirst();
  if (customer === undefined) return refused('CUSTOMER_NOT_FOUND', customerId);
  await lockCustomerBooks(trx, customerId);
  if (to.way === 'stripe') return claimParts(trx, order);
  const proposed = await proposeBankRefund(trx, { ...order, iban: to.iban });
  if ('refused' in proposed) return refused(proposed.refused, amountCents);
  const { id: refundId, state } = proposed;
  return { refunds: [{ refundId, amountCents, state }] };
}

async function claimParts(trx: Sql, order: RefundOrder): Promise<Claim> {
  const { customerId, key, amountCents, now } = order;
  const existing = await trx
    .selectFrom('refund')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('key', '=', key)
    .orderBy('part_no')
    .execute();
  if (existing.length > 0) {
    const sumCents = existing.reduce((sum, row) => sum + row.amount_cents, 0);
    return sumCents === amountCents ? { rows: existing } : refused('REFUND.KEY_USED_FOR_OTHER_REFUND', key);
  }
  if (amountCents > (await refundableCents(trx, customerId))) return refused('REFUND.BEYOND_BALANCE', amountCents);
  const { parts, restCents } = splitRefund(await refundablePayments(trx, customerId, now), amountCents);
  if (restCents > 0) return refused('REFUND.BEYOND_PAYMENTS', amountCents);
  const rows: RefundRow[] = [];
  for (const [index, part] of parts.entries()) rows.push(await insertPart(trx, order, part, index + 1));
  for (const row of rows) {
    const money = { customerId, to: 'stripe', amountCents: row.amount_cents, occurredAt: now } as const;
    await postRefund(trx, { ...money, key: `refund/${row.id}` });
  }
  return { rows };
}

async function insertPart(
  trx: Sql,
  { customerId, key, reason, by, now }: RefundOrder,
  part: { readonly amountCents: number; readonly providerPaymentId: string },
  partNo: number,
): Promise<RefundRow> {
  return trx
    .insertInto('refund')
    .values({
      customer_id: customerId,
      key,
      part_no: partNo,
      amount_cents: part.amountCents,
      currency: 'EUR',
      state: 'created',
      reason,
      provider_payment_id: part.providerPaymentId,
      created_by: by,
      created_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Asks the provider for a part that it has not; gives the state it is in then. */
export async function sendRefund(deps: PaymentDeps, row: RefundRow, now: Date): Promise<string> {
  const { id, provider_payment_id: paymentId, provider_refund_id: refundId, state } = row;
  if (refundId !== null || state !== 'created') return state;
  return applyRefund(deps, { refundId: id, made: await makeRefund(deps, row, paymentId), now });
}

async function makeRefund({ stripe }: PaymentDeps, row: RefundRow, paymentId: string) {
  for await (const found of stripe.refunds.list({ payment_intent: paymentId, limit: 100 })) {
    if (found.metadata?.['refundId'] === row.id) return found;
  }
  try {
    return await stripe.refunds.create(
      { payment_intent: paymentId, amount: row.amount_cents, metadata: { refundId: row.id } },
      { idempotencyKey: `refund/${row.id}` },
    );
  } catch (error) {
    if (isFinalRefusal(error)) return { refusedCode: error.code ?? 'refused' };
    throw error;
  }
}

const FINAL: ReadonlySet<string> = new Set([
  'charge_disputed',
  'charge_already_refunded',
  'charge_not_refundable',
  'refund_disputed_payment',
]);

/** About this payment; anything else (our key, a limit, an outage) is asked again. */
function isFinalRefusal(error: unknown): error is { readonly code?: string } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    FINAL.has(error.code)
  );
}
