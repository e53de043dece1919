import type { MonthAnomaly } from '#apps/backoffice/api-types.js';

import { nameOf } from '../texts/translate.js';
import type { Words } from '../texts/words.js';

/** A figure of the detail under any of the names it may go by; null when it is not there. */
function figure(detail: Readonly<Record<string, unknown>>, ...names: readonly string[]): number | null {
  for (const name of names) {
    const value = detail[name];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
  }
  return null;
}

/** Why the month was held, in one sentence with the figures at hand; its amounts are in the month's currency. */
export function anomalyText(
  words: Pick<Words, 't' | 'kWh' | 'money'>,
  anomaly: MonthAnomaly,
  currency: string,
): string {
  const { t, kWh } = words;
  const money = (cents: number): string => words.money(cents, currency);
  const { code, detail } = anomaly;
  const named = subjectOf(t, anomaly);
  const subject = named === '' ? t('anomaly.whole-month') : named;
  const wh = figure(detail, 'wh', 'energyWh', 'totalWh', 'unattributedWh');
  const mean = figure(detail, 'meanWh', 'averageWh');
  const cents = figure(detail, 'cents', 'totalCents');
  switch (code) {
    case 'zero-month':
      return named === '' ? t('anomaly.zero-month.all') : t('anomaly.zero-month.text', { subject });
    case 'spike':
      if (wh === null || mean === null) return t('anomaly.spike.plain', { subject });
      return t('anomaly.spike.text', { subject, wh: kWh(wh), mean: kWh(mean) });
    case 'unattributed-energy':
      if (wh === null) return t('anomaly.unattributed-energy.plain', { subject });
      return [t('anomaly.unattributed-energy.text', { subject, wh: kWh(wh) }), byCharger(kWh, detail)].join(' ').trim();
    case 'consumption-without-customer':
      if (wh === null || cents === null) return t('anomaly.consumption-without-customer.plain', { subject });
      return t('anomaly.consumption-without-customer.text', { subject, wh: kWh(wh), amount: money(cents) });
    case 'retailer-bill-differs': {
      const [expected, invoiced] = [figure(detail, 'expectedCents'), figure(detail, 'invoicedCents')];
      if (expected === null || invoiced === null) return nameOf(t, 'anomaly', code);
      return t('anomaly.retailer-bill-differs.text', { expected: money(expected), invoiced: money(invoiced) });
    }
    case 'register-fell':
    case 'register-leapt': {
      const [from, to, count] = [figure(detail, 'fromWh'), figure(detail, 'toWh'), figure(detail, 'count')];
      if (wh === null || from === null || to === null || count === null) break;
      const of = { charger: subject.toUpperCase(), count, from: kWh(from), to: kWh(to), wh: kWh(wh) };
      return t(`anomaly.${code}.text`, of);
    }
    case 'counted-twice': {
      const sessions = sessionsOf(detail);
      if (wh === null || sessions === '') break;
      return t('anomaly.counted-twice.text', { charger: subject.toUpperCase(), wh: kWh(wh), sessions });
    }
    case 'former-month-not-rated':
      return t('anomaly.former-month-not-rated.text', { subject, cause: nameOf(t, 'cause', String(detail['cause'])) });
    default:
      break;
  }
  return `${nameOf(t, 'anomaly', code)}: ${subject}`;
}

/** A person by name, a spot as a spot, anything else as it is; empty for the whole month. */
function subjectOf(t: Words['t'], { subject, customer, detail }: MonthAnomaly): string {
  if (customer !== null) return customer.name;
  return typeof detail['spotName'] === 'string' ? t('spot.title', { name: detail['spotName'] }) : subject;
}

/** `7, 9, …`: the sessions by number. */
function sessionsOf({ transactions, count }: Readonly<Record<string, unknown>>): string {
  if (!Array.isArray(transactions)) return '';
  const isAll = typeof count !== 'number' || count <= transactions.length;
  return [...transactions.map(String), ...(isAll ? [] : ['…'])].join(', ');
}

/** More chargers than this are left to the report. */
const CHARGERS_SHOWN = 4;

/** `(ZCS030311 3,100 kWh; ZCS030254 1,020 kWh)`, the largest first; empty when there is no such detail. */
function byCharger(kWh: Words['kWh'], detail: Readonly<Record<string, unknown>>): string {
  const perCharger = detail['byCharger'];
  if (typeof perCharger !== 'object' || perCharger === null) return '';
  const parts = Object.entries(perCharger)
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] !== 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, CHARGERS_SHOWN)
    .map(([charger, wh]) => `${charger.toUpperCase()} ${kWh(wh)}`);
  return parts.length === 0 ? '' : `(${parts.join('; ')})`;
}
