import { z } from 'zod';

import vatExemptions from './vat-exemptions.json' with { type: 'json' };
import vatRates from './vat-rates.json' with { type: 'json' };

/** When an entry of the law's tables holds, where it stands, and how sure that is. */
const dated = {
  validFrom: z.iso.date(),
  /** Inclusive; null while in force. */
  validTo: z.iso.date().nullable(),
  source: z.string().min(1),
  confidence: z.enum(['high', 'medium', 'low']),
};

const vatRateSchema = z.strictObject({
  /** As in SAF-T: PT, PT-AC, PT-MA; or another country's: ES, ES-CN, NO. */
  region: z.string(),
  /** As in SAF-T: NOR, INT, RED, ISE. */
  code: z.string(),
  /** 2300 is 23 %. */
  ratePermyriad: z.int().min(0).max(10_000),
  ...dated,
});
export type VatRate = z.infer<typeof vatRateSchema>;

const vatExemptionSchema = z.strictObject({
  code: z.string().regex(/^M\d\d$/),
  /** What the document prints. */
  text: z.string().min(1),
  legalBasis: z.string().min(1),
  ...dated,
});
export type VatExemption = z.infer<typeof vatExemptionSchema>;

/** The dated rates that come with the product (vat-rates.json, each with its source). */
export const VAT_RATES: readonly VatRate[] = z.array(vatRateSchema).parse(vatRates.rates);

/** The reasons for charging no tax (vat-exemptions.json). */
export const VAT_EXEMPTIONS: readonly VatExemption[] = z.array(vatExemptionSchema).parse(vatExemptions.exemptions);

/**
 * The rate of `code` in `region` on a local date (yyyy-mm-dd); undefined when none is on record.
 * A missing rate is never zero: the caller refuses.
 */
export function vatRateOn(
  rates: readonly VatRate[],
  wanted: { readonly region: string; readonly code: string; readonly date: string },
): VatRate | undefined {
  return rates.find((rate) => rate.region === wanted.region && rate.code === wanted.code && holds(rate, wanted.date));
}

/** The reason of a code on a local date; undefined when none is on record. */
export function vatExemptionOn(
  exemptions: readonly VatExemption[],
  wanted: { readonly code: string; readonly date: string },
): VatExemption | undefined {
  return exemptions.find((exemption) => exemption.code === wanted.code && holds(exemption, wanted.date));
}

function holds(entry: { readonly validFrom: string; readonly validTo: string | null }, date: string): boolean {
  return entry.validFrom <= date && (entry.validTo === null || date <= entry.validTo);
}
