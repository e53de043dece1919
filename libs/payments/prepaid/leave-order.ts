import { lockCustomerBooks, openDebtCents, prepaidAvailableCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { postPayment } from '#libs/ledger/post-events.js';
import { postOpenDebtPaid } from '#libs/ledger/post-money.js';

import type { Sql } from '../../persistence/database.js';
import { isValidIban, normaliseIban } from '../iban.js';
import { planLeaving, type LeavingFacts, type LeavingPlan, type LeavingRefusal } from './plan-leaving.js';
import { prepaidHome } from './prepaid-home.js';
import { openInvoices } from './spendable.js';
import { isStillToBill } from './still-to-bill.js';
import { openTopUps } from './top-up-orders.js';
import { unbilledOf } from './unbilled.js';

export interface LeaveOrder {
  readonly customerId: string;
  /** What it is made for: once. */
  readonly occasion: string;
  /** May be given later; nothing goes to a bank without it. */
  readonly iban?: string | undefined;
  /** yyyy-mm: only months before it must be billed; all of them when not given. */
  readonly untilPeriod?: string;
  readonly by: string;
  readonly now: Date;
}

export type Left =
  | (LeavingPlan & {
      /** null when nothing was left, or this occasion had its order before. */
      readonly refundOrderId: string | null;
      /** Until when the bank may take back a top-up without giving reasons; null when none was debited of late. */
      readonly reversibleUntil: Date | null;
    })
  | { readonly refused: { readonly code: LeavingRefusal | 'IBAN_INVALID' } };

/** A SEPA debit can be taken back for eight weeks (Core scheme, no questions asked). */
const REVERSIBLE_MS = 56 * 86_400_000;

/**
 * Ends a balance: it pays the open invoices, the oldest first, and a refund of the rest is proposed for staff to approve.
 * Decided under the customer's lock. Asking again pays nothing twice and makes no second order.
 */
export async function leaveOrder(sql: Sql, order: LeaveOrder): Promise<Left> {
  const { customerId, iban, untilPeriod, now } = order;
  if (iban !== undefined && !isValidIban(iban)) return { refused: { code: 'IBAN_INVALID' } };
  const { months, unpriced } = await unbilledOf(sql, { customerId, now });
  const counts = ({ period }: { readonly period: string }): boolean =>
    untilPeriod === undefined || period < untilPeriod;
  const isConsumed = unpriced.some(counts) || months.some(counts);
  const run = async (trx: Sql): Promise<Left> => {
    await lockCustomerBooks(trx, customerId);
    const { currency, issuerId } = await prepaidHome(trx, customerId);
    const hasUnbilled = isConsumed || (await isStillToBill(trx, order));
    const plan = planLeaving(await leavingFacts(trx, { customerId, currency, hasUnbilled }));
    if ('refused' in plan) return { refused: { code: plan.refused } };
    await payDebts(trx, order, plan, currency);
    const refundOrderId = await propose(trx, order, { currency, issuerId, amountCents: plan.restCents });
    return { ...plan, refundOrderId, reversibleUntil: await reversibleUntil(trx, customerId, now) };
  };
  return sql.isTransaction ? run(sql) : sql.transaction().execute(run);
}

async function leavingFacts(
  trx: Sql,
  { customerId, currency, hasUnbilled }: { customerId: string; currency: string; hasUnbilled: boolean },
): Promise<LeavingFacts> {
  const availableCents = await prepaidAvailableCents(trx, customerId, currency);
  const debit = await trx
    .selectFrom('payment_attempt')
    .innerJoin('fiscal_document', 'fiscal_document.id', 'payment_attempt.document_id')
    .where('fiscal_document.customer_id', '=', customerId)
    .where('payment_attempt.state', 'in', ['created', 'processing'])
    .select('payment_attempt.id')
    .limit(1)
    .executeTakeFirst();
  const refund = await trx
    .selectFrom('refund_order')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['proposed', 'approved', 'sent'])
    .executeTakeFirst();
  return {
    availableCents,
    reservedCents: (await prepaidBalanceCents(trx, customerId, currency)) - availableCents,
    openDebtCents: await openDebtCents(trx, customerId, currency),
    invoices: await openInvoices(trx, customerId, currency),
    hasUnbilled,
    moneyOnItsWay: debit !== undefined || (await openTopUps(trx, customerId)).length > 0,
    refundOpen: refund !== undefined,
  };
}

async function payDebts(trx: Sql, order: LeaveOrder, plan: LeavingPlan, currency: string): Promise<void> {
  const { customerId, occasion, now } = order;
  // At most one such deed an instant and customer: what it pays, a later one finds paid.
  const at = `${occasion}/${now.toISOString()}`;
  if (plan.debtCents > 0) {
    await postOpenDebtPaid(trx, { key: `open-debt/${customerId}/${at}`, customerId, currency, occurredAt: now });
  }
  for (const { documentId, amountCents } of plan.pays) {
    const key = `deduct/${documentId}/${at}`;
    await postPayment(trx, { key, documentId, source: 'prepaid', amountCents, occurredAt: now });
  }
}

async function propose(
  trx: Sql,
  { customerId, occasion, iban, by, now }: LeaveOrder,
  refund: { readonly amountCents: number; readonly currency: string; readonly issuerId: string },
): Promise<string | null> {
  if (refund.amountCents <= 0) return null;
  const account = iban === undefined ? null : normaliseIban(iban);
  const row = await trx
    .insertInto('refund_order')
    .values({
      customer_id: customerId,
      issuer_id: refund.issuerId,
      amount_cents: refund.amountCents,
      currency: refund.currency,
      iban: account,
      iban_last4: account?.slice(-4) ?? null,
      occasion,
      state: 'proposed',
      proposed_at: now,
      proposed_by: by,
    })
    .onConflict((conflict) => conflict.columns(['customer_id', 'occasion']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

async function reversibleUntil(trx: Sql, customerId: string, now: Date): Promise<Date | null> {
  const last = await trx
    .selectFrom('top_up_order')
    .select('settled_at')
    .where('customer_id', '=', customerId)
    .where('state', '=', 'succeeded')
    .orderBy('settled_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const until = (last?.settled_at?.getTime() ?? 0) + REVERSIBLE_MS;
  return until > now.getTime() ? new Date(until) : null;
}

/** When the customer's last occupancy ended; null while one lasts, or when there was none. */
export async function leftAt(sql: Sql, customerId: string, now: Date): Promise<Date | null> {
  const rows = await sql.selectFrom('occupancy').select('until').where('customer_id', '=', customerId).execute();
  let last: Date | null = null;
  for (const { until } of rows) {
    if (until === null || until > now) return null;
    if (last === null || until > last) last = until;
  }
  return last;
}
