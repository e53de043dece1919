import type { Sql } from '#libs/persistence/database.js';
import { occupanciesOf } from '#libs/rating/owned-chargers.js';
import { ownerSpans, type OccupancySpan } from '#libs/rating/owner-spans.js';
import type { MonthSpan } from '#libs/rating/rate-month.js';
import { dayStart, localDays } from '#libs/registry/period.js';
import { chargesOfPlans, plansHolding } from '#libs/tariff/price-plan-store.js';

import type { PlanTerms } from './charges.js';
import type { HeldSpot, Holding } from './holdings.js';
import type { ImputationFacts, RatedEnergy } from './imputed.js';

const MINUTE_MS = 60_000;

/** Everything that decides a month's charges but its rated energy, which is given. Throws for an unknown installation. */
export async function imputationFacts(
  sql: Sql,
  month: MonthSpan,
  energy: readonly RatedEnergy[],
): Promise<ImputationFacts> {
  const { time_zone: timeZone } = await sql
    .selectFrom('installation')
    .select('time_zone')
    .where('id', '=', month.installationId)
    .executeTakeFirstOrThrow(() => new Error(`There is no installation ${month.installationId}`));
  const days = daysOf(month, timeZone);
  const starts = days.map((day) => minuteOf(month, dayStart(day, timeZone).getTime()));
  return {
    days,
    dayMinutes: [...starts, minuteOf(month, month.endsAt.getTime())],
    plans: await plansOf(sql, month.installationId, days[0] ?? '', days.at(-1) ?? ''),
    spots: await spotsOf(sql, month),
    energy,
  };
}

/** Whole minutes since the month's beginning: spans that meet in a second meet in the same minute. */
function minuteOf({ startsAt }: MonthSpan, atMs: number): number {
  return Math.floor((atMs - startsAt.getTime()) / MINUTE_MS);
}

function daysOf(month: MonthSpan, timeZone: string): string[] {
  const { from, to } = localDays(month, timeZone);
  const days: string[] = [];
  let day = Temporal.PlainDate.from(from);
  for (; day.toString() <= to; day = day.add({ days: 1 })) days.push(day.toString());
  return days;
}

async function plansOf(sql: Sql, installationId: string, from: string, to: string): Promise<PlanTerms[]> {
  const plans = await plansHolding(sql, installationId, from, to);
  const charges = await chargesOfPlans(
    sql,
    plans.map(({ id }) => id),
  );
  const ofPlan = Map.groupBy(charges, (row) => row.plan_id);
  return plans.map(({ id, valid_from: validFrom, valid_to: validTo }) => ({
    validFrom,
    validTo,
    charges: (ofPlan.get(id) ?? []).map((row) => ({
      party: row.party,
      code: row.code,
      label: row.label,
      unit: row.unit,
      micros: row.micros,
      shareBy: row.share_by,
      vatCode: row.vat_code,
      exemptionCode: row.exemption_code,
      validFrom: row.valid_from,
      validTo: row.valid_to,
    })),
  }));
}

/** The spots that had a charger at some time of the month, with who answered for them through the whole of it. */
async function spotsOf(sql: Sql, month: MonthSpan): Promise<HeldSpot[]> {
  const { installationId, startsAt, endsAt } = month;
  const spots = await sql
    .selectFrom('spot as s')
    .leftJoin('unit as u', 'u.id', 's.unit_id')
    .select(['s.id', 's.name', 's.unit_id', 'u.permillage_hundredths'])
    .where('s.installation_id', '=', installationId)
    .where('s.id', 'in', (query) =>
      query
        .selectFrom('charger_placement as p')
        .select('p.spot_id')
        .where('p.from', '<', endsAt)
        .where((where) => where.or([where('p.until', 'is', null), where('p.until', '>', startsAt)])),
    )
    .orderBy('s.name')
    .execute();
  const occupancies = Map.groupBy(await occupanciesOf(sql, installationId, startsAt, endsAt), ({ spotId }) => spotId);
  return spots.map((spot) => ({
    spotId: spot.id,
    spotName: spot.name,
    unitId: spot.unit_id,
    permillageHundredths: spot.permillage_hundredths,
    holdings: holdingsOf(month, spot.id, occupancies.get(spot.id) ?? []),
  }));
}

/** Who answers for energy answers for the spot: the same rule, for a spot as if a charger had been there all month. */
function holdingsOf(month: MonthSpan, spotId: string, occupancies: readonly OccupancySpan[]): Holding[] {
  const { installationId, startsAt, endsAt } = month;
  const placements = [{ spotId, installationId, sharing: 'occupant', from: startsAt, until: null }];
  const span = { installationId, startMs: startsAt.getTime(), endMs: endsAt.getTime(), payer: null };
  const spans = ownerSpans({ installationId, placements, occupancies }, span);
  return spans.map(({ startMs, endMs, owner }) => ({
    customerId: owner?.customerId ?? null,
    fromMinute: minuteOf(month, startMs),
    toMinute: minuteOf(month, endMs),
  }));
}
