import type { Selectable } from 'kysely';

import { lockCustomerBooks, prepaidAvailableCents } from '#libs/ledger/balances.js';
import { onlyIssuerOf } from '#libs/ledger/ledger-document.js';
import { postRefund } from '#libs/ledger/post-money.js';

import type { Schema, Sql } from '../../persistence/database.js';
import { isValidIban, normaliseIban } from '../iban.js';
import type { PaymentDeps } from '../payment-deps.js';
import { applyRefund } from './apply-refund.js';
import { refundablePayments, splitRefund } from './refundable-payments.js';

export type RefundRow = Selectable<Schema['refund']>;

export interface RefundOrder {
  readonly customerId: string;
  /** The Idempotency-Key: the same key is the same refund. */
  readonly key: string;
  readonly amountCents: number;
  /** `stripe`: on the payments that it came by, the newest first. `bank`: by the next file of credit transfers. */
  readonly to:
    | { readonly way: 'stripe' }
    | { readonly way: 'bank'; readonly iban: string; readonly accountHolder: string; readonly issuerId?: string };
  readonly reason: string;
  readonly by: string;
  readonly now: Date;
}

export type RefundRefusalCode =
  | 'CUSTOMER_NOT_FOUND'
  | 'AMOUNT_NOT_POSITIVE'
  | 'IBAN_INVALID'
  | 'REFUND.BEYOND_BALANCE'
  | 'REFUND.BEYOND_PAYMENTS'
  | 'REFUND.KEY_USED_FOR_OTHER_REFUND';

export type StartedRefund =
  | { readonly refunds: readonly { readonly refundId: string; readonly amountCents: number; readonly state: string }[] }
  | { readonly refused: { readonly code: RefundRefusalCode; readonly detail: string } };

function refused(code: RefundRefusalCode, detail: string | number = '') {
  return { refused: { code, detail: String(detail) } } as const;
}

/**
 * Gives back what a customer has paid ahead. It leaves the prepaid balance in the transaction that decides it, under the
 * customer's lock, so nothing is given back twice or spent meanwhile; then the provider is asked, each payment's part
 * with its own row and key. What the provider refuses or what comes back is booked back. Throws when the provider cannot
 * be asked: ask again.
 */
export async function startRefund(deps: PaymentDeps, order: RefundOrder): Promise<StartedRefund> {
  const claim = await deps.sql.transaction().execute((trx) => claimRefund(trx, order));
  if ('refused' in claim) return claim;
  const refunds = [];
  for (const row of claim.rows) {
    const state = row.way === 'stripe' ? await sendRefund(deps, row, order.now) : row.state;
    refunds.push({ refundId: row.id, amountCents: row.amount_cents, state });
  }
  return { refunds };
}

type Claim = { readonly rows: readonly RefundRow[] } | ReturnType<typeof refused>;

async function claimRefund(trx: Sql, order: RefundOrder): Promise<Claim> {
  const { customerId, key, amountCents, to, now } = order;
  if (!Number.isSafeInteger(amountCents) || amountCents <= 0) return refused('AMOUNT_NOT_POSITIVE', amountCents);
  if (to.way === 'bank' && !isValidIban(to.iban)) return refused('IBAN_INVALID');
  const customer = await trx.selectFrom('customer').select('id').where('id', '=', customerId).executeTakeFirst();
  if (customer === undefined) return refused('CUSTOMER_NOT_FOUND', customerId);
  await lockCustomerBooks(trx, customerId);
  const existing = await trx
    .selectFrom('refund')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('key', '=', key)
    .orderBy('part_no')
    .execute();
  if (existing.length > 0) {
    const sumCents = existing.reduce((sum, row) => sum + row.amount_cents, 0);
    const isSame = sumCents === amountCents && existing.every(({ way }) => way === to.way);
    return isSame ? { rows: existing } : refused('REFUND.KEY_USED_FOR_OTHER_REFUND', key);
  }
  if (amountCents > (await prepaidAvailableCents(trx, customerId)))
    return refused('REFUND.BEYOND_BALANCE', amountCents);
  const parts = await partsOf(trx, order);
  if (parts === null) return refused('REFUND.BEYOND_PAYMENTS', amountCents);
  const rows: RefundRow[] = [];
  for (const [index, part] of parts.entries()) rows.push(await insertPart(trx, order, part, index + 1));
  for (const row of rows) {
    await postRefund(trx, {
      key: `refund/${row.id}`,
      customerId,
      to: to.way,
      ...(row.issuer_id === null ? {} : { issuerId: row.issuer_id }),
      amountCents: row.amount_cents,
      occurredAt: now,
    });
  }
  return { rows };
}

interface Part {
  readonly amountCents: number;
  readonly providerPaymentId: string | null;
}

/** Null when the customer's payments are not enough, or too old. */
async function partsOf(trx: Sql, { customerId, amountCents, to, now }: RefundOrder): Promise<readonly Part[] | null> {
  if (to.way === 'bank') return [{ amountCents, providerPaymentId: null }];
  const { parts, restCents } = splitRefund(await refundablePayments(trx, customerId, now), amountCents);
  return restCents > 0 ? null : parts;
}

async function insertPart(trx: Sql, order: RefundOrder, part: Part, partNo: number): Promise<RefundRow> {
  const { customerId, key, to, reason, by, now } = order;
  const bank =
    to.way === 'bank'
      ? {
          issuer_id: to.issuerId ?? (await onlyIssuerOf(trx, customerId)),
          iban: normaliseIban(to.iban),
          account_holder: to.accountHolder,
        }
      : {};
  return trx
    .insertInto('refund')
    .values({
      customer_id: customerId,
      key,
      part_no: partNo,
      way: to.way,
      amount_cents: part.amountCents,
      currency: 'EUR',
      state: to.way === 'bank' ? 'to-pay' : 'created',
      reason,
      provider_payment_id: part.providerPaymentId,
      created_by: by,
      created_at: now,
      ...bank,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Asks the provider for a part that it has not; gives the state it is in then. */
export async function sendRefund(deps: PaymentDeps, row: RefundRow, now: Date): Promise<string> {
  const { id, provider_payment_id: paymentId, provider_refund_id: refundId, state } = row;
  if (paymentId === null || refundId !== null || state !== 'created') return state;
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
