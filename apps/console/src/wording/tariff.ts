import type { BandPrices, PlanCharge, PriceIndex, TariffChange } from '#apps/backoffice/api-types.js';

import { formatFactor, formatPermyriad } from '../format/numbers.js';
import { nameOf } from '../texts/translate.js';
import type { Words } from '../texts/words.js';

/** `preços e encargos`: what is other from a day on. */
export function changesText(t: Words['t'], changes: readonly TariffChange[]): string {
  const named = changes.map((change) => t(`tariff.change.${change}`));
  const last = named.pop() ?? '';
  return named.length === 0 ? last : t('app.and', { first: named.join(', '), last });
}

/** A charge as one reads it in a contract: `1,3248 € por dia`; percentages of energy in per cent. */
export function chargeText(
  { t, micros, language }: Pick<Words, 't' | 'micros' | 'language'>,
  charge: Pick<PlanCharge, 'unit' | 'micros'>,
  currency: string,
): string {
  if (charge.unit === 'percent-of-energy') {
    return t('unit.percent-of-energy', { value: formatPermyriad(charge.micros / 100, language) });
  }
  return `${micros(charge.micros, currency)} ${nameOf(t, 'unit', charge.unit)}`;
}

const NONE_PPM = 1_000_000;

/** How an indexed price comes about: `OMIE Portugal × perdas 1,15 + 0,008 € por kWh, a cada quarto de hora`. */
export function indexText(
  { t, micros, language }: Pick<Words, 't' | 'micros' | 'language'>,
  index: PriceIndex,
  currency: string,
): string {
  const factors = [index.seriesName];
  if (index.lossesSeriesId !== null) factors.push(t('tariff.index.losses-series', { series: index.lossesSeriesId }));
  else if (index.lossesPpm !== NONE_PPM) {
    factors.push(t('tariff.index.losses', { factor: formatFactor(index.lossesPpm, language) }));
  }
  if (index.factorPpm !== NONE_PPM) {
    factors.push(t('tariff.index.factor', { factor: formatFactor(index.factorPpm, language) }));
  }
  const product = factors.join(' × ');
  if (index.marginMicros === 0) return product;
  const sign = index.marginMicros < 0 ? '−' : '+';
  return `${product} ${sign} ${t('tariff.index.margin', { margin: micros(Math.abs(index.marginMicros), currency) })}`;
}

const COMPONENT_ORDER = ['energy', 'network-access', 'levy', 'discount'];

/** The components that at least one band has, energy first: the columns of a price table. */
export function componentsOf(prices: readonly BandPrices[]): string[] {
  const used = new Set(prices.flatMap(({ parts }) => parts.map(({ component }) => component)));
  const known = COMPONENT_ORDER.filter((component) => used.has(component));
  return [...known, ...[...used].filter((component) => !known.includes(component)).sort()];
}

/** A minute of the day as a clock says it; the last is 24:00. */
export function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** How sure a source is: our word for how its own text begins. */
export function confidenceKey(confidence: string): 'high' | 'medium-high' | 'medium' | 'low' {
  if (confidence.startsWith('medium-high')) return 'medium-high';
  if (confidence.startsWith('high')) return 'high';
  return confidence.startsWith('medium') ? 'medium' : 'low';
}

const RANKS = ['low', 'medium', 'medium-high', 'high'] as const;

/** Of several the least: a calendar is as sure as its least sure table. */
export function leastConfidence(confidences: readonly string[]): 'high' | 'medium-high' | 'medium' | 'low' {
  const keys = new Set(confidences.map(confidenceKey));
  return RANKS.find((rank) => keys.has(rank)) ?? 'low';
}
