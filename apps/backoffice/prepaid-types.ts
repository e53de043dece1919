import { z } from 'zod';

import { cents, currency, energyWh, instant, pageOf, period } from './api-values.js';

/* Prepaid accounts: what is left, their rules, top-ups by mandate, and what goes back to who leaves. */

export const PREPAID_RESTS = ['keep', 'refund'] as const;
export const REFUND_STATES = ['proposed', 'approved', 'sent', 'done', 'failed', 'cancelled'] as const;
export const REFUND_DECISIONS = ['approve', 'cancel', 'done', 'fail'] as const;
export const TOP_UP_STATES = ['created', 'processing', 'succeeded', 'failed', 'disputed', 'cancelled'] as const;
/** What became of a stop: it worked, the session ended by itself, the balance rose, or nobody could stop it. */
export const STOP_OUTCOMES = ['stopped', 'ended', 'cancelled', 'given-up'] as const;
/** How the fixed charges of a month that is not billed are known. */
export const FIXED_AS = ['charged', 'last-month', 'unknown'] as const;

const amount = z.int().min(0).max(100_000_000);

export const autoTopUpSchema = z.object({
  belowCents: cents,
  amountCents: cents,
  monthMaximumCents: cents,
  consent: z.object({ at: instant, by: z.string(), evidence: z.string() }),
});
export const refundSchema = z.object({
  id: z.uuid(),
  customerId: z.string(),
  customerName: z.string(),
  issuerId: z.string(),
  amountCents: cents,
  currency,
  ibanLast4: z.string().nullable(),
  state: z.enum(REFUND_STATES),
  reason: z.string().nullable(),
  /** The bank's file it is in. */
  messageId: z.string().nullable(),
  proposedAt: instant,
  proposedBy: z.string(),
  approvedBy: z.string().nullable(),
  sentAt: instant.nullable(),
  /** A top-up of this customer may be taken back by their bank until then, without a reason. */
  reversibleUntil: instant.nullable(),
});
export const topUpSchema = z.object({
  id: z.uuid(),
  amountCents: cents,
  state: z.enum(TOP_UP_STATES),
  reason: z.string().nullable(),
  debitAt: instant,
  createdAt: instant,
});
/** A session that runs, or why one of the last week was stopped. */
export const prepaidSessionSchema = z.object({
  transactionId: z.int(),
  chargerId: z.string(),
  chargerLabel: z.string(),
  startedAt: instant,
  stoppedAt: instant.nullable(),
  energyWh: energyWh.nullable(),
  /** When the customer was told that the balance is near its floor. */
  warnedAt: instant.nullable(),
  /** The stop that was decided at the floor, with its figures; `outcome` is null while it is under way. */
  stop: z
    .object({
      decidedAt: instant,
      outcome: z.enum(STOP_OUTCOMES).nullable(),
      leftCents: cents,
      floorCents: cents,
      unbilledCents: cents,
      /** Some energy was counted at the highest price that is known, because the one that holds is not. */
      atHighestPrice: z.boolean(),
    })
    .nullable(),
});
export const prepaidSchema = z.object({
  customerId: z.string(),
  currency,
  asOf: instant,
  /** How this month is paid. */
  method: z.string(),
  balanceCents: cents,
  reservedCents: cents,
  /** Invoices that were issued and not yet taken from the balance. */
  owedCents: cents,
  /** Consumed and not yet billed, VAT included: an estimate. */
  unbilledCents: cents,
  availableCents: cents,
  months: z.array(
    z.object({
      installationId: z.string(),
      period,
      energyWh,
      grossCents: cents,
      fixedAs: z.enum(FIXED_AS),
    }),
  ),
  /** Months that cannot be priced now: less is available than `availableCents` says. */
  unpriced: z.array(z.object({ installationId: z.string(), period, code: z.string() })),
  floorCents: cents,
  lowBalanceCents: cents,
  /** What charges now, and what was stopped in the last week; the newest first. */
  sessions: z.array(prepaidSessionSchema),
  autoTopUp: autoTopUpSchema.nullable(),
  hasMandate: z.boolean(),
  topUps: z.array(topUpSchema),
  /** Another way of paying that was ordered. */
  conversion: z.object({ fromPeriod: period, method: z.string() }).nullable(),
  refund: refundSchema.nullable(),
});

/** Only staff may change the floor: what is not given stays. */
export const prepaidRulesSchema = z.strictObject({
  floorCents: amount.optional(),
  lowBalanceCents: amount.optional(),
});
/** null switches it off. `evidence`: the words that were agreed to, or where the paper lies. */
export const orderAutoTopUpSchema = z.strictObject({
  autoTopUp: z
    .strictObject({
      belowCents: amount,
      amountCents: amount,
      monthMaximumCents: amount,
      evidence: z.string().trim().min(1).max(2_000),
    })
    .nullable(),
});
export const orderConversionSchema = z.strictObject({
  method: z.enum(['direct-debit', 'prepaid', 'transfer']),
  rest: z.enum(PREPAID_RESTS).default('keep'),
});
const iban = z.string().trim().max(42);
export const orderLeavingSchema = z.strictObject({ iban: iban.optional() });
export const refundAccountSchema = z.strictObject({ iban });
export const refundPageSchema = pageOf(refundSchema);
export const refundFileOrderSchema = z.strictObject({ issuerId: z.string().max(200) });
export const refundFileSchema = z.object({
  messageId: z.string(),
  count: z.int(),
  sumCents: cents,
  notCovered: z.array(z.uuid()),
});

export type Prepaid = z.infer<typeof prepaidSchema>;
export type PrepaidSession = z.infer<typeof prepaidSessionSchema>;
export type PrepaidRulesOrder = z.infer<typeof prepaidRulesSchema>;
export type AutoTopUpOrder = z.infer<typeof orderAutoTopUpSchema>;
export type ConversionOrder = z.infer<typeof orderConversionSchema>;
export type LeavingOrder = z.infer<typeof orderLeavingSchema>;
export type RefundAccount = z.infer<typeof refundAccountSchema>;
export type Refund = z.infer<typeof refundSchema>;
export type RefundDecisionName = (typeof REFUND_DECISIONS)[number];
export type RefundFileOrder = z.infer<typeof refundFileOrderSchema>;
export type RefundFileAnswer = z.infer<typeof refundFileSchema>;
