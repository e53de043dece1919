import type { Sql } from '#libs/persistence/database.js';
import { localDate, monthSpan, shiftPeriod } from '#libs/registry/period.js';

import { monthTariff, type MonthSpan } from './rate-month.js';
import type { Rate, TariffPieces } from './tariff-pieces.js';

/** The highest price of energy in that a tariff knows, and the rate it stands in. */
export interface HighestPrice {
  readonly microsPerKWh: number;
  readonly rate: Rate;
}

/** A month without any price is measured by those before it, at most so many. */
const MONTHS_BACK = 3;

/** The highest price of energy in, indexed ones included; null when the tariff knows none. */
export function highestPrice(tariff: TariffPieces): HighestPrice | null {
  let highest: HighestPrice | null = null;
  const see = (rate: Rate | undefined, micros: number | null): void => {
    if (rate === undefined || rate.direction !== 'import' || micros === null || isNaN(micros)) return;
    if (highest === null || micros > highest.microsPerKWh) highest = { microsPerKWh: micros, rate };
  };
  for (const rate of tariff.rates) see(rate, rate.microsPerKWh);
  for (const [piece, micros] of tariff.importMicros?.entries() ?? []) {
    const rate = tariff.rates[tariff.importRate[piece] ?? -1];
    if (rate?.indexedBy !== null) see(rate, micros);
  }
  return highest;
}

/** The same tariff with the highest price wherever energy in has none; energy fed back without a price earns nothing. */
export function withoutGaps(tariff: TariffPieces, { microsPerKWh, rate: source }: HighestPrice): TariffPieces {
  const { vatCode, exemptionCode, calendarId } = source;
  const rates = tariff.rates.map((rate): Rate => {
    if (rate.microsPerKWh !== null || rate.indexedBy !== null) return rate;
    const price = rate.direction === 'import' ? microsPerKWh : 0;
    return { ...rate, microsPerKWh: price, priceParts: [], vatCode, exemptionCode, calendarId };
  });
  const importMicros = tariff.importMicros?.map((micros) => (isNaN(micros) ? microsPerKWh : micros)) ?? null;
  return { ...tariff, rates, importMicros, missingSeriesAt: () => null };
}

/**
 * The highest price known for an installation's month, or if it knows none for the latest before it that does. Null when
 * nothing is known at all: then nothing can be said, and nothing is guessed.
 */
export async function highestKnownPrice(sql: Sql, month: MonthSpan): Promise<HighestPrice | null> {
  const { time_zone: timeZone } = await sql
    .selectFrom('installation')
    .select('time_zone')
    .where('id', '=', month.installationId)
    .executeTakeFirstOrThrow();
  const period = localDate(month.startsAt, timeZone).slice(0, 7);
  for (let back = 0; back <= MONTHS_BACK; back += 1) {
    const span = { installationId: month.installationId, ...monthSpan(shiftPeriod(period, -back), timeZone) };
    const highest = highestPrice(await monthTariff(sql, span));
    if (highest !== null) return highest;
  }
  return null;
}

/** The month's tariff with the highest price known where it has none; null when none is known. */
export async function tariffWithoutGaps(sql: Sql, month: MonthSpan): Promise<TariffPieces | null> {
  const highest = await highestKnownPrice(sql, month);
  return highest === null ? null : withoutGaps(await monthTariff(sql, month), highest);
}
