import type Stripe from 'stripe';

import { lockCustomerBooks } from '#libs/ledger/balances.js';

import type { PaymentDeps } from './payment-deps.js';

const STATUSES = ['pending', 'active', 'inactive'] as const;
export type MandateStatus = (typeof STATUSES)[number];

interface MandateReading {
  readonly status: MandateStatus;
  readonly stripeMandateId: string | null;
  readonly paymentMethodId: string | null;
  readonly ibanLast4: string | null;
}

/** What the provider says of a mandate: its SetupIntent leads to the mandate and the account's last four. */
export async function readMandate(stripe: Stripe, setupIntentId: string): Promise<MandateReading> {
  const intent = await stripe.setupIntents.retrieve(setupIntentId);
  const paymentMethodId = idOf(intent.payment_method);
  const stripeMandateId = idOf(intent.mandate);
  const ibanLast4 =
    paymentMethodId === null
      ? null
      : ((await stripe.paymentMethods.retrieve(paymentMethodId)).sepa_debit?.last4 ?? null);
  if (intent.status === 'canceled') return { status: 'inactive', stripeMandateId, paymentMethodId, ibanLast4 };
  if (stripeMandateId === null) return { status: 'pending', stripeMandateId, paymentMethodId, ibanLast4 };
  const mandate = await stripe.mandates.retrieve(stripeMandateId);
  const status = STATUSES.find((one) => one === mandate.status) ?? 'pending';
  return { status, stripeMandateId, paymentMethodId, ibanLast4 };
}

function idOf(reference: string | { readonly id: string } | null): string | null {
  return reference === null || typeof reference === 'string' ? reference : reference.id;
}

type WhichMandate =
  | { readonly mandateId: string }
  | { readonly setupIntentId: string }
  | { readonly stripeMandateId: string };

export interface RefreshedMandate {
  readonly mandateId: string;
  readonly customerId: string;
  readonly status: MandateStatus;
  /** withdrawn, bank, superseded or lapsed; null while it holds */
  readonly endedBecause: string | null;
}

/**
 * Reads a mandate again from the provider. A new active mandate takes the place of the customer's older ones; one that
 * the bank or the debtor ended debits nothing more. Null when it is none of ours.
 */
export async function refreshMandate(
  { sql, stripe }: PaymentDeps,
  { now, ...which }: WhichMandate & { readonly now: Date },
): Promise<RefreshedMandate | null> {
  let query = sql.selectFrom('mandate').select(['id', 'customer_id', 'stripe_setup_intent_id']);
  if ('mandateId' in which) query = query.where('id', '=', which.mandateId);
  else if ('setupIntentId' in which) query = query.where('stripe_setup_intent_id', '=', which.setupIntentId);
  else query = query.where('stripe_mandate_id', '=', which.stripeMandateId);
  const row = await query.executeTakeFirst();
  if (row === undefined) return null;
  const reading = await readMandate(stripe, row.stripe_setup_intent_id);
  return sql.transaction().execute(async (trx) => {
    // Whoever claims a debit holds the same lock.
    await lockCustomerBooks(trx, row.customer_id);
    const before = await trx
      .selectFrom('mandate')
      .select(['active_at', 'inactive_at', 'ended_because'])
      .where('id', '=', row.id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    // Superseded or ended here: the provider may still call it active.
    const status = before.inactive_at === null ? reading.status : 'inactive';
    if (status === 'active' && before.active_at === null) {
      await trx
        .updateTable('mandate')
        .set({ status: 'inactive', inactive_at: now, ended_because: 'superseded' })
        .where('customer_id', '=', row.customer_id)
        .where('id', '<>', row.id)
        .where('status', '=', 'active')
        .execute();
    }
    const endedBecause = status === 'inactive' ? (before.ended_because ?? 'bank') : null;
    await trx
      .updateTable('mandate')
      .set({
        status,
        ended_because: endedBecause,
        stripe_mandate_id: reading.stripeMandateId,
        stripe_payment_method_id: reading.paymentMethodId,
        iban_last4: reading.ibanLast4,
        ...(status === 'active' && before.active_at === null ? { active_at: now } : {}),
        ...(status === 'inactive' && before.inactive_at === null ? { inactive_at: now } : {}),
      })
      .where('id', '=', row.id)
      .execute();
    return { mandateId: row.id, customerId: row.customer_id, status, endedBecause };
  });
}
