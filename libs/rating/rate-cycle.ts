import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';
import type { PricePart } from '#libs/tariff/tariff.js';

import { lockUnbilledCycle } from './cycle.js';
import { rateMonth, type RatedMonth } from './rate-month.js';
import type { Line, RateRefusal } from './rated.js';

const LINES_PER_INSERT = 1_000;

export interface RateCycleOptions {
  readonly cycleId: string;
  readonly now: Date;
  /** Only readings up to this one: those that the month's seal covers. Not given: all there are. */
  readonly upToReadingId?: number;
  /** Told after each charger. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface CycleTotals {
  readonly lines: number;
  readonly totalWh: number;
  readonly totalCents: number;
  readonly unattributedWh: number;
}

/**
 * Rates an installation's month from its meter readings and replaces the cycle's lines: Wh, micro-units per kWh, cents.
 * Must run inside a transaction, in which the caller also imputes the month's charges. Each line has the customer who
 * answered for the charger's spot at the time (null: nobody), with a change of placement or occupant cut exactly like a
 * band boundary. A band in use without a price is refused and nothing changes. Throws when the cycle is unknown or
 * already has documents: issued is immutable.
 */
export async function rateCycle(
  trx: Sql,
  { cycleId, now, upToReadingId, onProgress }: RateCycleOptions,
): Promise<{ ok: CycleTotals } | { refused: RateRefusal }> {
  if (!trx.isTransaction) throw new Error('rateCycle must run inside a transaction: sql.transaction().execute(...)');
  const month = await lockUnbilledCycle(trx, cycleId);
  const inputs = await inputsNow(trx, upToReadingId);
  const rated = await rateMonth(trx, month, {
    upToReadingId: inputs.lastReadingId,
    correctedBefore: inputs.asOf,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  if ('refused' in rated) return rated;
  await replaceLines(trx, cycleId, rated.ok.lines);
  const totals = totalsOf(rated.ok);
  await trx
    .updateTable('billing_cycle')
    .set({
      rated_at: now,
      total_wh: totals.totalWh,
      total_cents: totals.totalCents,
      unattributed_wh: totals.unattributedWh,
      unattributed_by_charger: rated.ok.unattributedByCharger,
      twice_by_charger: rated.ok.twiceByCharger,
      rated_up_to_reading_id: inputs.lastReadingId,
      inputs_as_of: inputs.asOf,
    })
    .where('id', '=', cycleId)
    .execute();
  return { ok: totals };
}

function totalsOf({ lines, unattributedByCharger }: RatedMonth): CycleTotals {
  return {
    lines: lines.length,
    totalWh: lines.reduce((sum, line) => sum + line.wh, 0),
    totalCents: lines.reduce((sum, line) => sum + line.cents, 0),
    unattributedWh: Object.values(unattributedByCharger).reduce((sum, wh) => sum + wh, 0),
  };
}

/**
 * What there was to rate from: whatever the database sees after it is a difference to look for later. What a transaction
 * under way has changed is not seen yet and bears an earlier time than ours, so its beginning counts.
 */
async function inputsNow(sql: Sql, upToReadingId?: number): Promise<{ lastReadingId: number; asOf: Date }> {
  const given = upToReadingId ?? null;
  const { rows } = await raw<{ lastReadingId: number; asOf: Date }>`
    select coalesce(${given}::bigint, (select max(id) from meter_reading), 0) as "lastReadingId",
      least(transaction_timestamp(), oldest_open_write()) as "asOf"`.execute(sql);
  const [row] = rows;
  if (row === undefined) throw new Error('The database did not tell the time');
  return row;
}

async function replaceLines(sql: Sql, cycleId: string, lines: readonly Line[]): Promise<void> {
  await sql.deleteFrom('rated_line').where('cycle_id', '=', cycleId).execute();
  for (let from = 0; from < lines.length; from += LINES_PER_INSERT) {
    await sql
      .insertInto('rated_line')
      .values(lines.slice(from, from + LINES_PER_INSERT).map((line, index) => row(cycleId, from + index + 1, line)))
      .execute();
  }
}

function row(cycleId: string, position: number, line: Line) {
  return {
    cycle_id: cycleId,
    customer_id: line.owner.customerId,
    spot_id: line.owner.spotId,
    charger_id: line.chargerId,
    position,
    season: line.season,
    day_type: line.dayType,
    band: line.band,
    label: line.label,
    interval: line.interval,
    direction: line.direction,
    wh: line.wh,
    estimated_wh: line.estimatedWh,
    estimated_error_wh: line.estimatedErrorWh,
    micros_per_kwh: line.microsPerKWh,
    is_average_price: line.isAveragePrice,
    price_parts: line.priceParts === null ? null : raw<PricePart[]>`${JSON.stringify(line.priceParts)}::jsonb`,
    cents: line.cents,
    calendar_id: line.calendarId,
    vat_code: line.vatCode,
    exemption_code: line.exemptionCode,
  };
}
