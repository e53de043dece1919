import { z } from 'zod';

import { cents, currency, energyWh, instant, micros, pageOf, period } from './api-values.js';

/* What a billed month should have been, less what was billed */

export const ADJUSTMENT_STATES = ['proposed', 'accepted', 'dismissed', 'billed'] as const;
export const ADJUSTMENT_DECISION_NAMES = ['accept', 'dismiss', 'reconsider'] as const;
const differenceLineSchema = z.object({
  kind: z.string(),
  party: z.string(),
  spotName: z.string().nullable(),
  label: z.string(),
  interval: z.string().nullable(),
  wh: energyWh.nullable(),
  perKWhMicros: micros.nullable(),
  netCents: cents,
});
export const adjustmentSchema = z.object({
  adjustmentId: z.string(),
  cycleId: z.string(),
  installationId: z.string(),
  period,
  currency,
  customerId: z.string(),
  customerName: z.string(),
  /** Positive: still to be charged. Negative: to be credited. */
  netCents: cents,
  /** late-readings, corrected-readings, price-plan, registry: what changed since; credit-carried: a month too small for an invoice. */
  reasons: z.array(z.string()),
  state: z.enum(ADJUSTMENT_STATES),
  foundAt: instant,
  decidedAt: instant.nullable(),
  decidedBy: z.string().nullable(),
  /** The document it stands in. */
  number: z.string().nullable(),
  lines: z.array(differenceLineSchema),
});
export const lookForDifferencesSchema = z.strictObject({ dryRun: z.boolean().default(true) });
/** What a dry run finds: nothing of it is kept. */
export const differencesSchema = z.object({
  currency,
  customers: z.array(z.object({ customerId: z.string(), netCents: cents, lines: z.array(differenceLineSchema) })),
  /** Why the month cannot be rated again; null: it can. */
  refused: z.string().nullable(),
});
export const adjustmentPageSchema = pageOf(adjustmentSchema);
/** How many proposals a decision on all of them was about. */
export const decidedSchema = z.object({ decided: z.int().min(0) });

export type AdjustmentDecisionName = (typeof ADJUSTMENT_DECISION_NAMES)[number];
export type Adjustment = z.infer<typeof adjustmentSchema>;
export type DifferenceLine = z.infer<typeof differenceLineSchema>;
export type LookForDifferences = z.infer<typeof lookForDifferencesSchema>;
export type FoundDifferences = z.infer<typeof differencesSchema>;
