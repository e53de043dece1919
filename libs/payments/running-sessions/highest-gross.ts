import { VAT_RATES, vatRateOn } from '#libs/invoicing/vat.js';
import { highestKnownPrice } from '#libs/rating/highest-price.js';

import type { Sql } from '../../persistence/database.js';
import { localDate, monthSpan } from '../../registry/period.js';

const PERMYRIAD = 10_000;

/**
 * The highest price per kWh at which an installation's energy may be charged this month, VAT included, in micro-units,
 * rounded up; null when no price, or no rate of its tax, is known.
 */
export async function highestGrossMicros(sql: Sql, installationId: string, now: Date): Promise<number | null> {
  const { time_zone: timeZone, region } = await sql
    .selectFrom('installation')
    .select(['time_zone', 'region'])
    .where('id', '=', installationId)
    .executeTakeFirstOrThrow();
  const date = localDate(now, timeZone);
  const highest = await highestKnownPrice(sql, { installationId, ...monthSpan(date.slice(0, 7), timeZone) });
  if (highest === null) return null;
  const vat = vatRateOn(VAT_RATES, { region, code: highest.rate.vatCode, date });
  if (vat === undefined) return null;
  return Math.ceil((highest.microsPerKWh * (PERMYRIAD + vat.ratePermyriad)) / PERMYRIAD);
}
