import type { Sql } from '#libs/persistence/database.js';
import { localDate } from '#libs/registry/period.js';
import { planFor } from '#libs/tariff/price-plan-store.js';

import { chargerReadings } from './charger-readings.js';
import { ownedChargers } from './owned-chargers.js';
import { ownerSpans } from './owner-spans.js';
import { rateOn } from './rate.js';
import type { Line, TariffNotFound } from './rated.js';
import { cutByTariff, timelineOf } from './timeline.js';

const LINES_PER_INSERT = 1_000;

export interface RateCycleOptions {
  readonly cycleId: string;
  readonly now: Date;
  /** Told after each charger. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface CycleTotals {
  readonly lines: number;
  readonly totalWh: number;
  readonly totalCents: number;
  readonly unattributedWh: number;
}

interface Cycle {
  readonly id: string;
  readonly installation_id: string;
  readonly starts_at: Date;
  readonly ends_at: Date;
}

/**
 * Rates an installation's month from its meter readings, charger by charger, and replaces the cycle's lines, in one
 * transaction: Wh, micro-euros per kWh, cents. Each line has the customer who answered for the charger's spot at the
 * time (null: nobody), with a change of placement or occupant cut exactly like a band boundary.
 * A band in use without a price is refused and nothing changes. Throws when the cycle is unknown or already has
 * documents: issued is immutable.
 */
export async function rateCycle(
  sql: Sql,
  { cycleId, now, onProgress }: RateCycleOptions,
): Promise<{ ok: CycleTotals } | { refused: TariffNotFound }> {
  return await sql.transaction().execute(async (trx) => {
    const cycle = await lockUnbilledCycle(trx, cycleId);
    const rated = await rateChargers(trx, cycle, onProgress);
    if ('refused' in rated) return rated;
    const { lines, unattributedByCharger } = rated.ok;
    await replaceLines(trx, cycleId, lines);
    const totals: CycleTotals = {
      lines: lines.length,
      totalWh: lines.reduce((sum, line) => sum + line.wh, 0),
      totalCents: lines.reduce((sum, line) => sum + line.cents, 0),
      unattributedWh: Object.values(unattributedByCharger).reduce((sum, wh) => sum + wh, 0),
    };
    await trx
      .updateTable('billing_cycle')
      .set({
        rated_at: now,
        total_wh: totals.totalWh,
        total_cents: totals.totalCents,
        unattributed_wh: totals.unattributedWh,
        unattributed_by_charger: unattributedByCharger,
      })
      .where('id', '=', cycleId)
      .execute();
    return { ok: totals };
  });
}

async function lockUnbilledCycle(sql: Sql, cycleId: string): Promise<Cycle> {
  const cycle = await sql
    .selectFrom('billing_cycle')
    .select(['id', 'installation_id', 'starts_at', 'ends_at'])
    .where('id', '=', cycleId)
    .forUpdate()
    .executeTakeFirstOrThrow(() => new Error(`There is no billing cycle ${cycleId}`));
  const document = await sql
    .selectFrom('fiscal_document')
    .select('number_text')
    .where('cycle_id', '=', cycleId)
    .limit(1)
    .executeTakeFirst();
  if (document !== undefined) {
    throw new Error(`Billing cycle ${cycleId} has document ${document.number_text}: it cannot be rated again`);
  }
  return cycle;
}

interface RatedChargers {
  readonly lines: readonly Line[];
  readonly unattributedByCharger: Readonly<Record<string, number>>;
}

/** One charger after the other: of the month's readings only one charger's are in memory. */
async function rateChargers(
  sql: Sql,
  cycle: Cycle,
  onProgress: RateCycleOptions['onProgress'],
): Promise<{ ok: RatedChargers } | { refused: TariffNotFound }> {
  const { installation_id: installationId, starts_at: startsAt, ends_at: endsAt } = cycle;
  const tariff = await periodTariff(sql, cycle);
  const chargers = await ownedChargers(sql, installationId, startsAt, endsAt);
  const lines: Line[] = [];
  const unattributedByCharger: Record<string, number> = {};
  let refused: TariffNotFound | null = null;
  let done = 0;
  for (const [chargerId, charger] of chargers) {
    const owners = ownerSpans(charger, installationId, startsAt.getTime(), endsAt.getTime());
    const timeline = timelineOf(tariff, owners);
    const result = rateOn(await chargerReadings(sql, chargerId, startsAt, endsAt), () => timeline);
    if ('refused' in result) refused = earlier(refused, result.refused);
    else {
      for (const line of result.ok.lines) lines.push({ ...line, chargerId });
      if (result.ok.unattributedWh > 0) unattributedByCharger[chargerId] = result.ok.unattributedWh;
    }
    done += 1;
    onProgress?.(done, chargers.size);
  }
  return refused === null ? { ok: { lines, unattributedByCharger } } : { refused };
}

function earlier(known: TariffNotFound | null, found: TariffNotFound): TariffNotFound {
  return known !== null && known.date <= found.date ? known : found;
}

async function periodTariff(sql: Sql, cycle: Cycle) {
  const { time_zone: timeZone } = await sql
    .selectFrom('installation')
    .select('time_zone')
    .where('id', '=', cycle.installation_id)
    .executeTakeFirstOrThrow();
  const from = localDate(cycle.starts_at, timeZone);
  const to = localDate(new Date(cycle.ends_at.getTime() - 1), timeZone);
  const pieces = cutByTariff(await planFor(sql, cycle.installation_id, from, to), from, to);
  if (pieces.startMs !== cycle.starts_at.getTime() || pieces.endMs !== cycle.ends_at.getTime()) {
    throw new Error(`Billing cycle ${cycle.id} does not begin and end at local midnight of ${timeZone}`);
  }
  return pieces;
}

async function replaceLines(sql: Sql, cycleId: string, lines: readonly Line[]): Promise<void> {
  await sql.deleteFrom('rated_line').where('cycle_id', '=', cycleId).execute();
  for (let from = 0; from < lines.length; from += LINES_PER_INSERT) {
    await sql
      .insertInto('rated_line')
      .values(
        lines.slice(from, from + LINES_PER_INSERT).map((line, index) => ({
          cycle_id: cycleId,
          customer_id: line.owner.customerId,
          spot_id: line.owner.spotId,
          charger_id: line.chargerId,
          position: from + index + 1,
          season: line.season,
          day_type: line.dayType,
          band: line.band,
          label: line.label,
          interval: line.interval,
          direction: line.direction,
          wh: line.wh,
          estimated_wh: line.estimatedWh,
          micros_per_kwh: line.microsPerKWh,
          cents: line.cents,
          calendar_id: line.calendarId,
        })),
      )
      .execute();
  }
}
