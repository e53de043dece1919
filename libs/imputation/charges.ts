import {
  CHARGE_UNITS,
  COMMON_UNITS,
  PARTIES,
  SHARES,
  type ChargeUnit,
  type Party,
  type ShareBy,
} from '#libs/tariff/charge-words.js';
import { divideRoundedHalfUp } from '#libs/tariff/rounding.js';
import { latestOn } from '#libs/tariff/tariff.js';

/** A row of a plan's charges as it is stored; local days [validFrom, validTo], an open end is null. */
export interface StoredCharge {
  readonly party: string;
  readonly code: string;
  readonly label: string;
  readonly unit: string;
  /** Micro-units of the currency, or parts per million for percent-of-energy; negative is a discount. */
  readonly micros: number;
  readonly shareBy: string;
  readonly vatCode: string;
  readonly exemptionCode: string | null;
  readonly validFrom: string;
  readonly validTo: string | null;
}

export interface Charge extends StoredCharge {
  readonly party: Party;
  readonly unit: ChargeUnit;
  readonly shareBy: ShareBy;
}

/** A plan's own days, and its charges. */
export interface PlanTerms {
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly charges: readonly StoredCharge[];
}

/** A row of charges with the days of the month on which it holds, as positions in the month's list of days. */
export interface ChargeInForce {
  readonly charge: StoredCharge;
  readonly days: readonly number[];
}

/** Why a charge cannot be applied: what it says in a field is nothing that is known. */
export interface UnknownTerm {
  readonly code: 'CHARGE.UNKNOWN_TERM';
  readonly charge: string;
  readonly field: 'party' | 'unit' | 'shareBy';
  readonly value: string;
}

/** Checks what the database holds as text. */
export function readCharge(stored: StoredCharge): { readonly ok: Charge } | { readonly refused: UnknownTerm } {
  const party = PARTIES.find((known) => known === stored.party);
  const unit = CHARGE_UNITS.find((known) => known === stored.unit);
  const shareBy = SHARES.find((known) => known === stored.shareBy);
  const unknown = (field: UnknownTerm['field']) => ({
    refused: { code: 'CHARGE.UNKNOWN_TERM' as const, charge: stored.code, field, value: stored[field] },
  });
  if (party === undefined) return unknown('party');
  if (unit === undefined) return unknown('unit');
  if (shareBy === undefined || (shareBy === 'own' && COMMON_UNITS.has(unit))) return unknown('shareBy');
  return { ok: { ...stored, party, unit, shareBy } };
}

/**
 * The charges of a month with the local days on which each holds. On a day the plan that began last holds, and of its
 * rows of one party and code the one that began last. So charges of two successive plans both come, each for its days.
 * In order of party (the retailer first), code and first day.
 */
export function chargesInForce(plans: readonly PlanTerms[], days: readonly string[]): ChargeInForce[] {
  const held = new Map<StoredCharge, number[]>();
  for (const [index, day] of days.entries()) {
    const plan = latestOn(plans, day, daysOf);
    const byCode = Map.groupBy(plan?.charges ?? [], ({ party, code }) => JSON.stringify([party, code]));
    for (const rows of byCode.values()) {
      const charge = latestOn(rows, day, daysOf);
      if (charge !== null) held.set(charge, [...(held.get(charge) ?? []), index]);
    }
  }
  return [...held].map(([charge, on]) => ({ charge, days: on })).sort(byPartyAndCode);
}

const daysOf = ({ validFrom, validTo }: PlanTerms | StoredCharge) => [validFrom, validTo] as const;

function byPartyAndCode(a: ChargeInForce, b: ChargeInForce): number {
  if (a.charge.party !== b.charge.party) return a.charge.party === 'retailer' ? -1 : 1;
  if (a.charge.code !== b.charge.code) return a.charge.code < b.charge.code ? -1 : 1;
  return (a.days[0] ?? 0) - (b.days[0] ?? 0);
}

/** Micro-units of the currency in a cent. */
const MICROS_PER_CENT = 10_000n;
const WH_PER_KWH = 1_000n;
const PARTS_PER_MILLION = 1_000_000n;

/**
 * What a quantity of a charge costs in cents, rounded half up once. `quantity`: whole charges for per-day (days),
 * per-month (days) and per-invoice (invoices); minutes for per-spot-month; Wh for per-kwh; cents of energy for
 * percent-of-energy. Energy is known for the month, not for its days: a charge per kWh or in per cent that holds on
 * some days only counts in the proportion of its days.
 */
export function chargeCents(
  { unit, micros }: Pick<Charge, 'unit' | 'micros'>,
  quantity: number,
  month: { readonly days: number; readonly daysInForce: number; readonly minutes: number },
): number {
  const amount = BigInt(micros) * BigInt(quantity);
  const [inForce, days] = [BigInt(month.daysInForce), BigInt(month.days)];
  switch (unit) {
    case 'per-day':
    case 'per-invoice':
      return divideRoundedHalfUp(amount, MICROS_PER_CENT);
    case 'per-month':
      return divideRoundedHalfUp(amount, MICROS_PER_CENT * days);
    case 'per-spot-month':
      return divideRoundedHalfUp(amount, MICROS_PER_CENT * BigInt(month.minutes));
    case 'per-kwh':
      return divideRoundedHalfUp(amount * inForce, MICROS_PER_CENT * WH_PER_KWH * days);
    case 'percent-of-energy':
      return divideRoundedHalfUp(amount * inForce, PARTS_PER_MILLION * days);
    default:
      return unit satisfies never;
  }
}
