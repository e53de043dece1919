import type { Sql } from '../../persistence/database.js';
import { DEBIT_REFUNDABLE_DAYS, METHOD_LIMITS } from '../checkout/one-off-methods.js';

const DAY_MS = 86_400_000;

/** A payment through the provider on which money can still go back. */
export interface RefundablePayment {
  readonly providerPaymentId: string;
  readonly leftCents: number;
}

/**
 * A customer's payments through the provider that can be given back on themselves, in euros, the newest first: those that
 * succeeded and were not taken back, within the days their method allows, less what went back already.
 */
export async function refundablePayments(sql: Sql, customerId: string, now: Date): Promise<RefundablePayment[]> {
  const days = [DEBIT_REFUNDABLE_DAYS, ...METHOD_LIMITS.map(({ refundableDays }) => refundableDays)];
  const since = new Date(now.getTime() - Math.min(...days) * DAY_MS);
  const debits = sql
    .selectFrom('payment_attempt as attempt')
    .innerJoin('fiscal_document as document', 'document.id', 'attempt.document_id')
    .where('document.customer_id', '=', customerId)
    .where('document.currency', '=', 'EUR')
    .where('attempt.state', '=', 'succeeded')
    .where('attempt.settled_at', '>', since)
    .select(['attempt.provider_payment_id as id', 'attempt.amount_cents as cents', 'attempt.settled_at as at']);
  const paid = await debits
    .unionAll(
      sql
        .selectFrom('checkout')
        .where('customer_id', '=', customerId)
        .where('state', '=', 'succeeded')
        .where('settled_at', '>', since)
        .select(['provider_payment_id as id', 'amount_cents as cents', 'settled_at as at']),
    )
    .unionAll(
      sql
        .selectFrom('top_up_order')
        .where('customer_id', '=', customerId)
        .where('currency', '=', 'EUR')
        .where('state', '=', 'succeeded')
        .where('settled_at', '>', since)
        .select(['provider_payment_id as id', 'amount_cents as cents', 'settled_at as at']),
    )
    .execute();
  const gone = await refundedOf(sql, customerId);
  return paid
    .toSorted((a, b) => (b.at?.getTime() ?? 0) - (a.at?.getTime() ?? 0) || ((a.id ?? '') < (b.id ?? '') ? -1 : 1))
    .flatMap(({ id, cents }) =>
      id === null ? [] : [{ providerPaymentId: id, leftCents: cents - (gone.get(id) ?? 0) }],
    )
    .filter(({ leftCents }) => leftCents > 0);
}

async function refundedOf(sql: Sql, customerId: string): Promise<Map<string, number>> {
  const rows = await sql
    .selectFrom('refund')
    .where('customer_id', '=', customerId)
    .where('state', '<>', 'failed')
    .select(['provider_payment_id as id', 'amount_cents as cents'])
    .execute();
  const gone = new Map<string, number>();
  for (const { id, cents } of rows) gone.set(id, (gone.get(id) ?? 0) + cents);
  return gone;
}

/** Splits an amount over payments, the first as far as it goes; `restCents` finds none. */
export function splitRefund(payments: readonly RefundablePayment[], amountCents: number) {
  let restCents = amountCents;
  const parts: { readonly providerPaymentId: string; readonly amountCents: number }[] = [];
  for (const { providerPaymentId, leftCents } of payments) {
    const cents = Math.min(restCents, leftCents);
    if (cents <= 0) continue;
    parts.push({ providerPaymentId, amountCents: cents });
    restCents -= cents;
  }
  return { parts, restCents };
}
