import type { PriceEffect } from '#libs/rating/price-preview.js';
import type { RateRefusal } from '#libs/rating/rated.js';

/** What a changed price does to a month, in one line. */
export function effectText(effect: PriceEffect): string {
  const month = `${effect.installationId} ${effect.period}`;
  if (effect.kind === 'billed') return `${month}: billed: the difference would be an adjustment`;
  const before = amountText(effect.beforeCents, effect.refusedBefore);
  const after = amountText(effect.afterCents, effect.refusedAfter);
  const totals = `${month}: energy ${before} → ${after}`;
  if (effect.largest === null)
    return effect.beforeCents === effect.afterCents ? `${month}: energy ${after}, unchanged` : totals;
  const { customerId, differenceCents } = effect.largest;
  const who = customerId ?? 'nobody in particular';
  return `${totals}, ${effect.customers} customers by ${signed(effect.differenceCents)}, the most ${who} by ${signed(differenceCents)}`;
}

function amountText(cents: number | null, refused: RateRefusal | null): string {
  if (cents !== null) return decimal(cents);
  if (refused === null) return 'not rated';
  const { code } = refused;
  return code === 'TARIFF.SERIES_MISSING'
    ? `not rated (series ${refused.seriesId} lacks ${refused.at})`
    : `not rated (no price for ${refused.band} on ${refused.date})`;
}

const signed = (cents: number): string => `${cents > 0 ? '+' : ''}${decimal(cents)}`;

function decimal(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
