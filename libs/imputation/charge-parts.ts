import { chargeCents, type Charge } from './charges.js';
import {
  equalWeights,
  minutesBySpot,
  permillageWeights,
  spotWeights,
  type MinuteSpan,
  type Weights,
} from './holdings.js';
import type { ImputationFacts, ImputationRefusal, Imputed, RatedEnergy } from './imputed.js';
import { splitCents } from './shares.js';
import { sum } from './sum.js';

/** A charge in its month. */
export interface ChargedMonth {
  readonly facts: ImputationFacts;
  readonly charge: Charge;
  /** Positions in the month's list of days, and the same as stretches of minutes. */
  readonly daysInForce: readonly number[];
  readonly within: readonly MinuteSpan[];
}

/** What one of those who pay has of a charge: minutes, Wh, cents or invoices. */
interface Quantity {
  readonly customerId: string | null;
  readonly spotId: string | null;
  readonly quantity: number;
}

/** What of a line comes from dividing; the rest is the charge's own. */
export type Part = Pick<
  Imputed,
  'customerId' | 'spotId' | 'shareBy' | 'totalCents' | 'weight' | 'totalWeight' | 'netCents'
>;
export type Outcome<T> = { readonly ok: T } | { readonly refused: ImputationRefusal };

/** How a charge falls on those who pay it. A fee per invoice is for {@link invoiceFeeParts}: it comes last. */
export function chargeParts(month: ChargedMonth): Outcome<Part[]> {
  switch (month.charge.unit) {
    case 'per-day':
    case 'per-month':
      return commonParts(month);
    case 'per-spot-month':
      return { ok: ownParts(month, heldMinutes(month), month.facts.dayMinutes.at(-1) ?? 0) };
    case 'per-kwh':
      return { ok: ownParts(month, importOf(month.facts.energy, 'wh')) };
    case 'percent-of-energy':
      return { ok: ownParts(month, importOf(month.facts.energy, 'cents')) };
    case 'per-invoice':
      throw new Error('A fee per invoice waits until it is known who gets one');
    default:
      return month.charge.unit satisfies never;
  }
}

/** Parts of a fee per invoice. Invoices are issued after the month: the fee that holds on its last day is the one. */
export function invoiceFeeParts(month: ChargedMonth, invoiced: readonly string[]): Part[] {
  if (month.daysInForce.at(-1) !== month.facts.days.length - 1) return [];
  return ownParts(
    month,
    invoiced.map((customerId) => ({ customerId, spotId: null, quantity: 1 })),
  );
}

function centsOf({ charge, facts, daysInForce }: ChargedMonth, quantity: number): number {
  const minutes = facts.dayMinutes.at(-1) ?? 0;
  return chargeCents(charge, quantity, { days: facts.days.length, daysInForce: daysInForce.length, minutes });
}

function commonParts(month: ChargedMonth): Outcome<Part[]> {
  const { shareBy } = month.charge;
  const totalCents = centsOf(month, month.daysInForce.length);
  const weights = weightsOf(month);
  if ('refused' in weights) return weights;
  // The condominium's key is empty: of equal remainders it takes the cent before any customer does.
  const sharers = [...weights.ok].map(([customerId, weight]) => ({ customerId, key: customerId ?? '', weight }));
  const parts = splitCents(totalCents, sharers);
  if (parts === null) {
    const kept = { customerId: null, spotId: null, shareBy, totalCents, weight: 0, totalWeight: 0 };
    return { ok: [{ ...kept, netCents: totalCents }] };
  }
  const totalWeight = sum(sharers, ({ weight }) => weight);
  return {
    ok: sharers
      .map(({ customerId, weight }, at): Part => {
        const netCents = parts[at] ?? 0;
        return { customerId, spotId: null, shareBy, totalCents, weight, totalWeight, netCents };
      })
      .sort(byCustomer),
  };
}

function weightsOf({ charge, facts, within }: ChargedMonth): Outcome<Weights> {
  switch (charge.shareBy) {
    case 'equal':
      return { ok: equalWeights(facts.spots, within) };
    case 'spot':
      return { ok: spotWeights(facts.spots, within) };
    case 'permillage': {
      const weights = permillageWeights(facts.spots, within);
      if ('ok' in weights) return weights;
      return { refused: { code: 'PERMILLAGE.NOT_FOUND', charge: charge.code, spotName: weights.missing } };
    }
    case 'consumption':
      return { ok: new Map(importOf(facts.energy, 'wh').map(({ customerId, quantity }) => [customerId, quantity])) };
    case 'none':
      return { ok: new Map() };
    case 'own':
      throw new Error(`Charge ${charge.code} is a common cost: each one's own part of it is not defined`);
    default:
      return charge.shareBy satisfies never;
  }
}

/**
 * Each one's own quantity at the charge's price; with share `none` the condominium has them all. `of`: the quantity
 * that the whole is for, where that is no sum of all: the minutes of a month.
 */
function ownParts(month: ChargedMonth, quantities: readonly Quantity[], of: number | null = null): Part[] {
  const all = sum(quantities, ({ quantity }) => quantity);
  const kept = month.charge.shareBy === 'none';
  const payers = kept ? [{ customerId: null, spotId: null, quantity: all }] : [...quantities];
  const cents = payers.map(({ quantity }) => centsOf(month, quantity));
  const totalCents = of === null ? sum(cents, (part) => part) : centsOf(month, of);
  return payers
    .map(({ customerId, spotId, quantity }, at): Part => {
      const netCents = cents[at] ?? 0;
      const shareBy = kept ? 'none' : 'own';
      return { customerId, spotId, shareBy, totalCents, weight: quantity, totalWeight: of ?? all, netCents };
    })
    .sort(byCustomer);
}

/** Minutes of each spot by holder; nobody's are charged to nobody. */
function heldMinutes({ facts, within }: ChargedMonth): Quantity[] {
  return facts.spots.flatMap((spot) =>
    [...minutesBySpot(spot, within)]
      .filter(([customerId]) => customerId !== null)
      .map(([customerId, quantity]) => ({ customerId, spotId: spot.spotId, quantity })),
  );
}

/** Energy taken from the grid, never less what was fed back, by who answers for it (null: nobody). */
function importOf(energy: readonly RatedEnergy[], what: 'wh' | 'cents'): Quantity[] {
  const sums = new Map<string | null, number>();
  for (const line of energy) {
    if (line.direction === 'import') sums.set(line.customerId, (sums.get(line.customerId) ?? 0) + line[what]);
  }
  return [...sums].map(([customerId, quantity]) => ({ customerId, spotId: null, quantity }));
}

/** Customers first, in plain order, then the condominium; a customer's spots stay in their order. */
function byCustomer(a: Part, b: Part): number {
  if (a.customerId === b.customerId) return 0;
  if (a.customerId === null || b.customerId === null) return a.customerId === null ? 1 : -1;
  return a.customerId < b.customerId ? -1 : 1;
}
