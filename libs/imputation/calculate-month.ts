import { readingsSealOf } from '../metering/chain/reading-chain.js';
import { sealReadings } from '../metering/chain/seal-readings.js';
import type { Sql } from '../persistence/database.js';
import { cycleSpan } from '../rating/cycle.js';
import { ownedChargers } from '../rating/owned-chargers.js';
import { rateCycle, type CycleTotals } from '../rating/rate-cycle.js';
import type { RateRefusal } from '../rating/rated.js';
import { imputeCycle } from './impute-cycle.js';
import type { ImputationRefusal } from './imputed.js';

export interface CalculateMonth {
  readonly cycleId: string;
  readonly now: Date;
  /** Told after each charger. */
  readonly onProgress?: (done: number, total: number) => void;
}

class NotCalculated extends Error {
  readonly refused: RateRefusal | ImputationRefusal;

  constructor(refused: RateRefusal | ImputationRefusal) {
    super(refused.code);
    this.refused = refused;
  }
}

/**
 * Calculates a month, all or nothing: seals the readings of its chargers, rates exactly the readings that the seal
 * covers, divides the charges and balances the retailer's bill. Idempotent until documents exist; then it throws.
 */
export async function calculateMonth(
  sql: Sql,
  order: CalculateMonth,
): Promise<{ readonly ok: CycleTotals } | { readonly refused: RateRefusal | ImputationRefusal }> {
  try {
    const ok = await sql.transaction().execute((trx) => calculate(trx, order));
    return { ok };
  } catch (error) {
    if (error instanceof NotCalculated) return { refused: error.refused };
    throw error;
  }
}

async function calculate(trx: Sql, order: CalculateMonth): Promise<CycleTotals> {
  const { cycleId } = order;
  const { horizon, seal } = await sealMonth(trx, order);
  const rated = await rateCycle(trx, { ...order, upToReadingId: horizon });
  if ('refused' in rated) throw new NotCalculated(rated.refused);
  const imputed = await imputeCycle(trx, { cycleId });
  if ('refused' in imputed) throw new NotCalculated(imputed.refused);
  await trx.updateTable('billing_cycle').set({ readings_seal: seal }).where('id', '=', cycleId).execute();
  return rated.ok;
}

async function sealMonth(trx: Sql, { cycleId, now }: CalculateMonth): Promise<{ horizon: number; seal: string }> {
  const { installationId, startsAt, endsAt } = await cycleSpan(trx, cycleId);
  const chargers = await ownedChargers(trx, installationId, startsAt, endsAt);
  const { horizon, heads } = await sealReadings(trx, [...chargers.keys()], now);
  return { horizon, seal: readingsSealOf(heads) };
}
