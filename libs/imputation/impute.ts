import { chargeParts, invoiceFeeParts, type ChargedMonth, type Outcome, type Part } from './charge-parts.js';
import { chargesInForce, readCharge } from './charges.js';
import type { MinuteSpan } from './holdings.js';
import type { ImputationFacts, Imputed, RatedEnergy } from './imputed.js';

/**
 * The month's charges, divided; whole cents, rounded once per line. A common cost (per day, per month) is split by its
 * share among the customers and, for spots or energy without a holder, the condominium; without any weight it stays
 * with the condominium. Other charges are each one's own. Parts of zero cents are left out.
 * An invoice's fee is for each customer whose energy and other charges come to more than nothing.
 */
export function imputeMonth(facts: ImputationFacts): Outcome<Imputed[]> {
  const months: ChargedMonth[] = [];
  for (const { charge: stored, days } of chargesInForce(facts.plans, facts.days)) {
    const read = readCharge(stored);
    if ('refused' in read) return read;
    months.push({ facts, charge: read.ok, daysInForce: days, within: spansOf(facts, days) });
  }
  const lines = new Map<ChargedMonth, Imputed[]>();
  for (const month of months) {
    if (month.charge.unit === 'per-invoice') continue;
    const parts = chargeParts(month);
    if ('refused' in parts) return parts;
    lines.set(month, printed(month, parts.ok));
  }
  const invoiced = customersWithSomethingDue(facts.energy, [...lines.values()].flat());
  const ofFee = (month: ChargedMonth) => printed(month, invoiceFeeParts(month, invoiced));
  return { ok: months.flatMap((month) => lines.get(month) ?? ofFee(month)) };
}

/** The days on which a charge holds, as stretches of minutes. */
function spansOf({ dayMinutes }: ImputationFacts, days: readonly number[]): MinuteSpan[] {
  return days.map((day) => ({ fromMinute: dayMinutes[day] ?? 0, toMinute: dayMinutes[day + 1] ?? 0 }));
}

function printed({ charge, daysInForce, facts }: ChargedMonth, parts: readonly Part[]): Imputed[] {
  const { party, code, label, unit, micros, vatCode, exemptionCode } = charge;
  const fromDate = facts.days[daysInForce[0] ?? 0] ?? '';
  const common = { party, code, label, unit, micros, fromDate, days: daysInForce.length, vatCode, exemptionCode };
  return parts.filter(({ netCents }) => netCents !== 0).map((part) => Object.assign({}, part, common));
}

function customersWithSomethingDue(energy: readonly RatedEnergy[], lines: readonly Imputed[]): string[] {
  const due = new Map<string, number>();
  const add = (customerId: string | null, cents: number): void => {
    if (customerId !== null) due.set(customerId, (due.get(customerId) ?? 0) + cents);
  };
  for (const { customerId, cents } of energy) add(customerId, cents);
  for (const { customerId, netCents } of lines) add(customerId, netCents);
  return [...due].filter(([, cents]) => cents > 0).map(([customerId]) => customerId);
}
