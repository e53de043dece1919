import { z } from 'zod';

import vatRates from './vat-rates.json' with { type: 'json' };

const vatRateSchema = z.strictObject({
  /** As in SAF-T: PT, PT-AC, PT-MA. */
  region: z.string(),
  /** As in SAF-T: NOR, INT, RED, ISE. */
  code: z.string(),
  /** 2300 is 23 %. */
  ratePermyriad: z.int().min(0).max(10_000),
  validFrom: z.iso.date(),
  /** Inclusive; null while in force. */
  validTo: z.iso.date().nullable(),
  source: z.string().min(1),
});
export type VatRate = z.infer<typeof vatRateSchema>;

/** The dated rates that come with the product (vat-rates.json, each with its source). */
export const VAT_RATES: readonly VatRate[] = z.array(vatRateSchema).parse(vatRates.rates);

/** The code under which energy for charging is taxed. */
export const ENERGY_VAT_CODE = 'NOR';

/**
 * The rate of `code` in `region` on a local date (yyyy-mm-dd); undefined when none is on record.
 * A missing rate is never zero: the caller refuses.
 */
export function vatRateOn(
  rates: readonly VatRate[],
  wanted: { readonly region: string; readonly code: string; readonly date: string },
): VatRate | undefined {
  return rates.find(
    (rate) =>
      rate.region === wanted.region &&
      rate.code === wanted.code &&
      rate.validFrom <= wanted.date &&
      (rate.validTo === null || wanted.date <= rate.validTo),
  );
}
