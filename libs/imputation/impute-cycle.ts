import type { Sql } from '#libs/persistence/database.js';
import { lockUnbilledCycle } from '#libs/rating/cycle.js';
import type { MonthSpan } from '#libs/rating/rate-month.js';

import { imputeMonth } from './impute.js';
import type { ImputationRefusal, Imputed, RatedEnergy } from './imputed.js';
import { imputationFacts } from './month-facts.js';
import { cycleEnergy, reconcileCycle } from './reconcile-cycle.js';

const LINES_PER_INSERT = 1_000;

/**
 * The lines of a month's charges by the plans and the registry as they are now; stores nothing. `energy`: the month's
 * rated lines, as stored or rated again. A charge that cannot be applied is refused by its code.
 */
export async function imputedMonth(
  sql: Sql,
  month: MonthSpan,
  energy: readonly RatedEnergy[],
): Promise<{ readonly ok: readonly Imputed[] } | { readonly refused: ImputationRefusal }> {
  return imputeMonth(await imputationFacts(sql, month, energy));
}

/**
 * Divides the charges of a rated month and says where each cent of the retailer's bill goes: replaces the cycle's
 * imputed and reconciliation lines. Must run inside a transaction; running it again gives the same. A charge of
 * unknown unit, share or party and a missing permillage are refused, and nothing changes. Throws when the cycle is
 * unknown, not rated, or already has documents: issued is immutable.
 */
export async function imputeCycle(
  trx: Sql,
  { cycleId }: { readonly cycleId: string },
): Promise<{ readonly ok: readonly Imputed[] } | { readonly refused: ImputationRefusal }> {
  if (!trx.isTransaction) throw new Error('imputeCycle must run inside a transaction: sql.transaction().execute(...)');
  const month = await lockUnbilledCycle(trx, cycleId);
  if (month.ratedAt === null) throw new Error(`Billing cycle ${cycleId} is not rated: rate it before imputing`);
  const imputed = await imputedMonth(trx, month, await cycleEnergy(trx, cycleId));
  if ('refused' in imputed) return imputed;
  await replaceLines(trx, cycleId, imputed.ok);
  await reconcileCycle(trx, { cycleId });
  return imputed;
}

async function replaceLines(trx: Sql, cycleId: string, lines: readonly Imputed[]): Promise<void> {
  await trx.deleteFrom('imputed_line').where('cycle_id', '=', cycleId).execute();
  for (let from = 0; from < lines.length; from += LINES_PER_INSERT) {
    await trx
      .insertInto('imputed_line')
      .values(
        lines.slice(from, from + LINES_PER_INSERT).map((line, index) => ({
          cycle_id: cycleId,
          customer_id: line.customerId,
          spot_id: line.spotId,
          position: from + index + 1,
          party: line.party,
          code: line.code,
          label: line.label,
          unit: line.unit,
          micros: line.micros,
          from_date: line.fromDate,
          days: line.days,
          share_by: line.shareBy,
          total_cents: line.totalCents,
          weight: line.weight,
          total_weight: line.totalWeight,
          net_cents: line.netCents,
          vat_code: line.vatCode,
          exemption_code: line.exemptionCode,
        })),
      )
      .execute();
  }
}
