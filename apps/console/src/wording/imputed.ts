import type { ImputedLine } from '#apps/backoffice/api-types.js';

import { formatPermyriad, formatScaled } from '../format/numbers.js';
import type { Words } from '../texts/words.js';
import { chargeText } from './tariff.js';

type SomeWords = Pick<Words, 't' | 'micros' | 'money' | 'kWh' | 'day' | 'language'>;

const MINUTES_PER_DAY = 1_440;

/** A part of a whole in per cent, with two decimals where it has them; for show, the cents beside it are exact. */
function shareText(words: SomeWords, weight: number, totalWeight: number): string {
  const permyriad = totalWeight === 0 ? 0 : Math.round((10_000 * weight) / totalWeight);
  return formatPermyriad(permyriad, words.language);
}

/** Minutes as days, to the hundredth: `18,77`. */
function daysText(words: SomeWords, minutes: number): string {
  const hundredths = Math.round((100 * minutes) / MINUTES_PER_DAY);
  return formatScaled(hundredths, 2, hundredths % 100 === 0 ? 0 : 2, words.language);
}

/** How a part of a charge came about: price × quantity, and for common costs how the whole was divided. */
export function howText(words: SomeWords, line: ImputedLine, month: { days: number; currency: string }): string {
  const steps = [quantityText(words, line, month.currency)];
  const isCommon = line.unit === 'per-day' || line.unit === 'per-month';
  if (isCommon && line.totalWeight > 0) steps.push(dividedText(words, line, month.currency));
  if (line.days < month.days && line.unit !== 'per-day') {
    steps.push(words.t('how.some-days', { days: line.days, from: words.day(line.fromDate) }));
  }
  return steps.join(' ');
}

function dividedText(words: SomeWords, line: ImputedLine, currency: string): string {
  const { shareBy, weight, totalWeight, totalCents } = line;
  const by = shareBy === 'equal' || shareBy === 'permillage' || shareBy === 'consumption' ? shareBy : 'spot';
  const total = words.money(totalCents, currency);
  return words.t(`how.divided.${by}`, { total, share: shareText(words, weight, totalWeight) });
}

function quantityText(words: SomeWords, line: ImputedLine, currency: string): string {
  const { t, money, kWh } = words;
  const price = chargeText(words, line, currency);
  switch (line.unit) {
    case 'per-day':
      return t('how.days', { price, days: line.days });
    case 'per-spot-month':
      return line.weight === line.totalWeight
        ? price
        : t('how.part-of-month', {
            price,
            days: daysText(words, line.weight),
            of: daysText(words, line.totalWeight),
          });
    case 'per-kwh':
      return t('how.energy', { price, energy: kWh(line.weight) });
    case 'percent-of-energy':
      return t('how.percent', { price, energy: money(line.weight, currency) });
    default:
      return price;
  }
}

/** The days of a month yyyy-mm. */
export function daysIn(period: string): number {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
