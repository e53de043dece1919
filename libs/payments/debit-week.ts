import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';

const WEEK_MS = 7 * 86_400_000;

/** A debit that counts towards the week's limit. */
export interface WeekDebit {
  readonly at: Date;
  readonly amountCents: number;
}

/**
 * When a debit fits under the limit of any seven days: null means now. Seven days that roll keep every calendar week
 * under it too, whichever of them the provider counts (docs.stripe.com/payments/sepa-debit does not say).
 */
export function roomAt(debits: readonly WeekDebit[], amountCents: number, limitCents: number): Date | null {
  if (amountCents > limitCents) throw new RangeError(`${amountCents} cents never fit under ${limitCents} a week`);
  let usedCents = debits.reduce((sum, debit) => sum + debit.amountCents, 0);
  if (usedCents + amountCents <= limitCents) return null;
  const oldestFirst = debits.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  for (const { at, amountCents: cents } of oldestFirst) {
    usedCents -= cents;
    if (usedCents + amountCents <= limitCents) return new Date(at.getTime() + WEEK_MS);
  }
  throw new Error('unreachable: with no debit there is room');
}

/**
 * Debits of the seven days before an instant, of invoices and of top-ups by mandate: claimed, or known to the provider,
 * whatever became of them.
 */
export async function debitsOfWeek(sql: Sql, now: Date): Promise<WeekDebit[]> {
  const since = new Date(now.getTime() - WEEK_MS);
  return sql
    .selectFrom('payment_attempt')
    .where('method', '=', 'stripe-sepa')
    .where('created_at', '>', since)
    .where((where) => where.or([where('provider_payment_id', 'is not', null), where('state', '=', 'created')]))
    .select(['created_at as at', 'amount_cents as amountCents'])
    .unionAll(
      sql
        .selectFrom('top_up_order')
        .where('claimed_at', '>', since)
        .where((where) => where.or([where('provider_payment_id', 'is not', null), where('state', '=', 'created')]))
        .select((from) => [from.ref('claimed_at').$notNull().as('at'), 'amount_cents as amountCents']),
    )
    .execute();
}

/** Waits until no other transaction decides on the week's limit, and holds that until the transaction ends. */
export async function lockDebitWeek(trx: Sql): Promise<void> {
  await raw`select pg_advisory_xact_lock(hashtextextended('debit-week', 0))`.execute(trx);
}
