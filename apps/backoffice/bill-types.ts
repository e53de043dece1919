import { z } from 'zod';

import { cents, count, currency, day, energyWh, instant, micros, period } from './api-values.js';

/* Charges besides the price of each kWh */

/** Somebody's part of a charge, and how it came about. */
export const imputedLineSchema = z.object({
  party: z.string(),
  code: z.string(),
  label: z.string(),
  spotName: z.string().nullable(),
  unit: z.string(),
  micros,
  /** The first local day of the month on which the charge holds, and on how many. */
  fromDate: day,
  days: count,
  /** equal, permillage, spot, consumption, none; `own`: each has their own, it is divided among nobody. */
  shareBy: z.string(),
  /** The whole of the charge; this part's weight, and the sum of all weights. */
  totalCents: cents,
  weight: z.int(),
  totalWeight: z.int(),
  netCents: cents,
  vatCode: z.string(),
  exemptionCode: z.string().nullable(),
});
/** A line of the invoice that corrects a former month. */
export const adjustmentLineSchema = z.object({
  period,
  kind: z.string(),
  label: z.string(),
  interval: z.string().nullable(),
  spotName: z.string().nullable(),
  wh: energyWh.nullable(),
  perKWhMicros: micros.nullable(),
  isAveragePrice: z.boolean(),
  netCents: cents,
});

/* The retailer's bill */

export const BILL_LINE_KINDS = ['energy', 'charge'] as const;
export const billLineSchema = z.strictObject({
  kind: z.enum(BILL_LINE_KINDS),
  band: z.string().max(40).nullable(),
  code: z.string().max(40).nullable(),
  label: z.string().trim().min(1).max(120),
  wh: energyWh.min(0).nullable(),
  netCents: cents,
});
export const enterBillSchema = z.strictObject({
  number: z.string().trim().min(1).max(60),
  issueDate: day.nullable(),
  periodFrom: day,
  periodTo: day,
  lines: z.array(billLineSchema).min(1).max(200),
  netCents: cents,
  vatCents: cents,
  totalCents: cents,
});
export const BILL_MEANINGS = [
  'energy-beyond-sessions',
  'less-than-measured',
  'bands-shifted',
  'band-not-measured',
  'band-not-invoiced',
  'price',
  'charge-not-in-plan',
  'charge-not-invoiced',
  'charge-amount',
  'other-days',
  'sum-of-small-differences',
] as const;
const meanings = z.array(z.enum(BILL_MEANINGS));
const comparisonSchema = z.object({
  bands: z.array(
    z.object({
      band: z.string(),
      label: z.string(),
      measuredWh: energyWh,
      invoicedWh: energyWh.nullable(),
      ratedCents: cents,
      invoicedCents: cents,
      meanings,
    }),
  ),
  charges: z.array(
    z.object({ code: z.string().nullable(), label: z.string(), expectedCents: cents, invoicedCents: cents, meanings }),
  ),
  measuredWh: energyWh,
  unattributedWh: energyWh,
  invoicedWh: energyWh,
  expectedCents: cents,
  invoicedCents: cents,
  meanings,
  tolerance: z.object({ wh: energyWh, cents }),
});
export const monthBillSchema = z.object({
  cycleId: z.string(),
  currency,
  periodFrom: day,
  periodTo: day,
  /** Null while the month is not imputed. */
  billCents: cents.nullable(),
  /** `retailer-invoice`, or `tariff` while none is entered. */
  billSource: z.string().nullable(),
  /** Where each cent of the bill went; the lines add up to it. */
  lines: z.array(z.object({ side: z.string(), code: z.string(), wh: energyWh.nullable(), netCents: cents })),
  comparison: comparisonSchema.nullable(),
  invoices: z.array(enterBillSchema.extend({ enteredAt: instant, enteredBy: z.string() })),
  /** What an invoice of the month should have: the bands in use and the plan's charges. */
  expected: z.object({
    bands: z.array(z.object({ band: z.string(), label: z.string() })),
    charges: z.array(z.object({ code: z.string(), label: z.string() })),
  }),
});

export type ImputedLine = z.infer<typeof imputedLineSchema>;
export type AdjustmentLine = z.infer<typeof adjustmentLineSchema>;
export type BillLine = z.infer<typeof billLineSchema>;
export type EnterBill = z.infer<typeof enterBillSchema>;
export type BillMeaning = (typeof BILL_MEANINGS)[number];
export type BillComparison = z.infer<typeof comparisonSchema>;
export type MonthBill = z.infer<typeof monthBillSchema>;
