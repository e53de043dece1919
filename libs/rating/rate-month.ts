import { chargersWithClock } from '#libs/metering/clock/true-instants.js';
import type { Sql } from '#libs/persistence/database.js';
import { localDays } from '#libs/registry/period.js';
import { planFor } from '#libs/tariff/price-plan-store.js';

import type { TwiceCounted } from './billing-cycle.entity.js';
import { chargerReadings, type ReadingsOptions } from './charger-readings.js';
import { ownedChargers } from './owned-chargers.js';
import { isSharedCharger, ownerSpans, type OwnedCharger } from './owner-spans.js';
import { earlierRefusal, rateOn } from './rate.js';
import type { CountedTwice, Line, RateRefusal } from './rated.js';
import { cutByTariff, type TariffPieces } from './tariff-pieces.js';
import { timelinesOf, type ChargerTimelines } from './timeline.js';

/** Transactions named of one charger; more are counted. */
const TRANSACTIONS_NAMED = 10;

/** An installation's month: local midnight to local midnight. */
export interface MonthSpan {
  readonly installationId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface RatedMonth {
  /** Ordered by charger, then as they are printed. */
  readonly lines: readonly Line[];
  /** Wh that a charger's registers moved outside transactions. */
  readonly unattributedByCharger: Readonly<Record<string, number>>;
  /** What transactions of a charger that ran at the same time both count. */
  readonly twiceByCharger: Readonly<Record<string, TwiceCounted>>;
}

export interface RateMonthOptions extends ReadingsOptions {
  /** Told after each charger. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Only these chargers; all of the installation when not given. */
  readonly chargerIds?: ReadonlySet<string>;
  /** In place of the month's own: what it would be under other prices. */
  readonly tariff?: TariffPieces;
}

/**
 * Rates an installation's month from what the database holds now, and stores nothing: the one path for a month's
 * billing, for what it would be if prices changed, and for what a billed month should have been. Charger by charger: of
 * the month's readings only one charger's are in memory. A band in use without a price is refused.
 */
export async function rateMonth(
  sql: Sql,
  month: MonthSpan,
  { onProgress, chargerIds, tariff: given, ...only }: RateMonthOptions = {},
): Promise<{ readonly ok: RatedMonth } | { readonly refused: RateRefusal }> {
  const tariff = given ?? (await monthTariff(sql, month));
  const owned = await ownedChargers(sql, month.installationId, month.startsAt, month.endsAt);
  const chargers = new Map([...owned].filter(([id]) => chargerIds === undefined || chargerIds.has(id)));
  const withClock = await chargersWithClock(sql, {
    chargerIds: [...chargers.keys()],
    recordedBefore: only.correctedBefore ?? null,
  });
  const lines: Line[] = [];
  const unattributedByCharger: Record<string, number> = {};
  const twiceByCharger: Record<string, TwiceCounted> = {};
  let refused: RateRefusal | null = null;
  let done = 0;
  for (const [chargerId, charger] of chargers) {
    const timelines = chargerTimelines(tariff, charger, month);
    const { installationId } = month; // its cards: the charger may be at another one by now
    const options = { ...only, installationId, hasClock: withClock.has(chargerId) };
    const readings = await chargerReadings(sql, chargerId, month.startsAt, month.endsAt, options);
    const result = rateOn(readings, () => timelines);
    if ('refused' in result) refused = earlierRefusal(refused, result.refused);
    else {
      for (const line of result.ok.lines) lines.push({ ...line, chargerId });
      if (result.ok.unattributedWh > 0) unattributedByCharger[chargerId] = result.ok.unattributedWh;
      if (result.ok.countedTwice.length > 0) twiceByCharger[chargerId] = allTwice(result.ok.countedTwice);
    }
    done += 1;
    onProgress?.(done, chargers.size);
  }
  return refused === null ? { ok: { lines, unattributedByCharger, twiceByCharger } } : { refused };
}

/** All connectors of a charger together. */
function allTwice(connectors: readonly CountedTwice[]): TwiceCounted {
  const transactions = connectors.flatMap((one) => one.transactions.map(Number)).sort((a, b) => a - b);
  return {
    wh: connectors.reduce((sum, { wh }) => sum + wh, 0),
    transactions: transactions.slice(0, TRANSACTIONS_NAMED),
    count: transactions.length,
  };
}

/** A charger's boundaries and owners in a month. */
export function chargerTimelines(tariff: TariffPieces, charger: OwnedCharger, month: MonthSpan): ChargerTimelines {
  const { installationId } = month;
  const span = { installationId, startMs: month.startsAt.getTime(), endMs: month.endsAt.getTime() };
  return timelinesOf(tariff, (payer) => ownerSpans(charger, { ...span, payer }), isSharedCharger(charger));
}

/** The month's tariff, cut at its boundaries. Throws when the month is none of the installation's zone. */
export async function monthTariff(sql: Sql, { installationId, startsAt, endsAt }: MonthSpan): Promise<TariffPieces> {
  const { time_zone: timeZone } = await sql
    .selectFrom('installation')
    .select('time_zone')
    .where('id', '=', installationId)
    .executeTakeFirstOrThrow(() => new Error(`There is no installation ${installationId}`));
  const { from, to } = localDays({ startsAt, endsAt }, timeZone);
  const pieces = cutByTariff(await planFor(sql, installationId, from, to), from, to);
  if (pieces.starts[0] !== startsAt.getTime() || pieces.endMs !== endsAt.getTime()) {
    throw new Error(
      `The month of ${installationId} from ${from} does not begin and end at local midnight of ${timeZone}`,
    );
  }
  return pieces;
}
