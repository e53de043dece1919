import type { Sql } from '#libs/persistence/database.js';
import { chargerReadings } from '#libs/rating/charger-readings.js';
import { ownedChargers } from '#libs/rating/owned-chargers.js';
import { isSharedCharger, ownerSpans, type OwnedCharger } from '#libs/rating/owner-spans.js';
import { rateOn } from '#libs/rating/rate.js';
import { cutByTariff, type TariffPieces } from '#libs/rating/tariff-pieces.js';
import { timelinesOf, type ChargerTimelines, type OwnerSpan } from '#libs/rating/timeline.js';
import { dayStart, localDate } from '#libs/registry/period.js';
import { planFor } from '#libs/tariff/price-plan-store.js';

export interface DailyQuery {
  readonly customerId: string;
  readonly installationId: string;
  readonly timeZone: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface DayEnergy {
  /** Local day, yyyy-mm-dd. */
  readonly date: string;
  readonly byBand: Record<string, number>;
}

/** A local day, half-open in milliseconds. */
interface Day {
  readonly date: string;
  readonly startMs: number;
  readonly endMs: number;
}

function localDays(query: DailyQuery): Day[] {
  const days: Day[] = [];
  let day = Temporal.PlainDate.from(localDate(query.startsAt, query.timeZone));
  while (dayStart(day, query.timeZone) < query.endsAt) {
    const next = day.add({ days: 1 });
    const startMs = dayStart(day, query.timeZone).getTime();
    days.push({ date: day.toString(), startMs, endMs: dayStart(next, query.timeZone).getTime() });
    day = next;
  }
  return days;
}

/**
 * The customer's time cut by local days, with the day where the rating core expects the owner: so each line comes out
 * per day, from the very arithmetic of the invoice. Everybody else's time is not counted.
 */
export function spansByDay(spans: readonly OwnerSpan[], customerId: string, days: readonly Day[]): OwnerSpan[] {
  return spans.flatMap((span) => {
    if (span.owner?.customerId !== customerId) return [{ ...span, owner: null }];
    return days.flatMap((day): OwnerSpan[] => {
      const startMs = Math.max(day.startMs, span.startMs);
      const endMs = Math.min(day.endMs, span.endMs);
      return startMs < endMs ? [{ startMs, endMs, owner: { customerId: day.date, spotId: null } }] : [];
    });
  });
}

async function tariffPieces(sql: Sql, query: DailyQuery, days: readonly Day[]): Promise<TariffPieces> {
  const from = days[0]?.date ?? localDate(query.startsAt, query.timeZone);
  const to = days.at(-1)?.date ?? from;
  return cutByTariff(await planFor(sql, query.installationId, from, to), from, to);
}

/** A charger's timelines in which only the customer's time counts; null when there is none. */
function customerTimelines(
  { customerId, installationId, startsAt, endsAt }: DailyQuery,
  charger: OwnedCharger,
  pieces: TariffPieces,
  days: readonly Day[],
): ChargerTimelines | null {
  const span = { installationId, startMs: startsAt.getTime(), endMs: endsAt.getTime() };
  const spansFor = (payer: string | null) => ownerSpans(charger, { ...span, payer });
  if (!spansFor(customerId).some(({ owner }) => owner?.customerId === customerId)) return null;
  return timelinesOf(pieces, (payer) => spansByDay(spansFor(payer), customerId, days), isSharedCharger(charger));
}

/**
 * A customer's energy imported in [startsAt, endsAt) in Wh, per local day and band; the days add up to the month's
 * lines. Every day of the time is there, one without energy with no bands; without a price list there is nothing to
 * show yet.
 */
export async function dailyEnergy(sql: Sql, query: DailyQuery): Promise<DayEnergy[]> {
  const { installationId, startsAt, endsAt } = query;
  const days = localDays(query);
  const pieces = await tariffPieces(sql, query, days);
  const byDate = new Map<string, Record<string, number>>();
  for (const [chargerId, charger] of await ownedChargers(sql, installationId, startsAt, endsAt)) {
    const timelines = customerTimelines(query, charger, pieces, days);
    if (timelines === null) continue;
    const result = rateOn(await chargerReadings(sql, chargerId, startsAt, endsAt, { installationId }), () => timelines);
    if ('refused' in result) return [];
    for (const line of result.ok.lines) {
      if (line.direction !== 'import') continue;
      const date = line.owner.customerId ?? '';
      const byBand = byDate.get(date) ?? {};
      byBand[line.band] = (byBand[line.band] ?? 0) + line.wh;
      byDate.set(date, byBand);
    }
  }
  return days.map(({ date }) => ({ date, byBand: byDate.get(date) ?? {} }));
}
