import { divideRoundedHalfUp } from '#libs/tariff/rounding.js';

import type { Imputed, RatedEnergy } from './imputed.js';
import type { BilledLine } from './reconciliation.js';
import { sum } from './sum.js';

/** What a difference between the retailer's invoice and one's own figures may come from. */
export type Meaning =
  /** More invoiced than the chargers' sessions had: common areas, losses, energy outside sessions. */
  | 'energy-beyond-sessions'
  /** Less invoiced than the sessions had: an estimated invoice, other days, a meter that counts wrong. */
  | 'less-than-measured'
  /** The kWh agree over all, but not by band: another calendar, or the changeover of its hours. */
  | 'bands-shifted'
  /** A band on one side only: the contract has other bands than the plan. */
  | 'band-not-measured'
  | 'band-not-invoiced'
  /** The same energy at another price. */
  | 'price'
  | 'charge-not-in-plan'
  | 'charge-not-invoiced'
  | 'charge-amount'
  /** The invoice is for other days than the month. */
  | 'other-days'
  /** Energy and charges each come close, and yet the sum is off. */
  | 'sum-of-small-differences';

export interface BandComparison {
  readonly band: string;
  /** Import in sessions, whoever answers for it. */
  readonly measuredWh: number;
  /** Null where the invoice names no kWh for the band. */
  readonly invoicedWh: number | null;
  readonly ratedCents: number;
  readonly invoicedCents: number;
  readonly meanings: readonly Meaning[];
}

export interface ChargeComparison {
  /** The plan's code; null for a charge of the invoice that names none. */
  readonly code: string | null;
  readonly label: string;
  readonly expectedCents: number;
  readonly invoicedCents: number;
  readonly meanings: readonly Meaning[];
}

export interface BillComparison {
  readonly bands: readonly BandComparison[];
  readonly charges: readonly ChargeComparison[];
  readonly measuredWh: number;
  readonly unattributedWh: number;
  readonly invoicedWh: number;
  /** What the tariff says the bill is, net: rated energy, less what was fed back, and the retailer's charges. */
  readonly expectedCents: number;
  readonly invoicedCents: number;
  readonly meanings: readonly Meaning[];
}

export interface BillTolerance {
  readonly wh: number;
  readonly cents: number;
}

type ChargeLine = Pick<Imputed, 'party' | 'code' | 'label' | 'netCents'>;

export interface BillFacts {
  readonly energy: readonly RatedEnergy[];
  readonly unattributedWh: number;
  readonly charges: readonly ChargeLine[];
  readonly invoiced: readonly BilledLine[];
  /** Whether the invoices cover the month's own days. */
  readonly isSameDays: boolean;
  readonly tolerance: BillTolerance;
}

/** The retailer's invoice beside what was measured and rated; differences within the tolerance have no meaning. */
export function compareWithBill(facts: BillFacts): BillComparison {
  const bands = compareBands(facts);
  const charges = compareCharges(facts);
  const retailer = facts.charges.filter(({ party }) => party === 'retailer');
  const totals = {
    measuredWh: sum(bands, ({ measuredWh }) => measuredWh),
    unattributedWh: facts.unattributedWh,
    invoicedWh: sum(bands, ({ invoicedWh }) => invoicedWh ?? 0),
    expectedCents: sum(facts.energy, ({ cents }) => cents) + sum(retailer, ({ netCents }) => netCents),
    invoicedCents: sum(facts.invoiced, ({ netCents }) => netCents),
  };
  const partial = [...bands, ...charges].flatMap(({ meanings }) => meanings);
  return { bands, charges, ...totals, meanings: meaningsOfAll(facts, totals, partial) };
}

type Totals = Pick<BillComparison, 'measuredWh' | 'unattributedWh' | 'invoicedWh' | 'expectedCents' | 'invoicedCents'>;

function meaningsOfAll(facts: BillFacts, totals: Totals, partial: readonly Meaning[]): Meaning[] {
  const { tolerance } = facts;
  const wh = totals.invoicedWh - totals.measuredWh - totals.unattributedWh;
  const isCentsOff = Math.abs(totals.invoicedCents - totals.expectedCents) > tolerance.cents;
  const meanings: Meaning[] = [];
  if (wh > tolerance.wh) meanings.push('energy-beyond-sessions');
  if (wh < -tolerance.wh) meanings.push('less-than-measured');
  const isMoved = partial.includes('less-than-measured') || partial.includes('energy-beyond-sessions');
  if (Math.abs(wh) <= tolerance.wh && isMoved) meanings.push('bands-shifted');
  if (isCentsOff && meanings.length === 0 && partial.length === 0) meanings.push('sum-of-small-differences');
  if (!facts.isSameDays && (meanings.length > 0 || partial.length > 0)) meanings.push('other-days');
  return meanings;
}

function compareBands(facts: BillFacts): BandComparison[] {
  const imports = facts.energy.filter(({ direction }) => direction === 'import');
  const measured = Map.groupBy(imports, ({ band }) => band);
  const lines = facts.invoiced.filter(({ kind }) => kind === 'energy');
  const invoiced = Map.groupBy(lines, ({ band }) => band ?? '');
  const bands = [...new Set([...measured.keys(), ...invoiced.keys()])].sort();
  return bands.map((band) => compareBand(facts, band, measured.get(band) ?? [], invoiced.get(band) ?? []));
}

function compareBand(
  facts: BillFacts,
  band: string,
  measured: readonly RatedEnergy[],
  printed: readonly BilledLine[],
): BandComparison {
  const withWh = printed.filter(({ wh }) => wh !== null);
  const figures = {
    band,
    measuredWh: sum(measured, ({ wh }) => wh),
    invoicedWh: withWh.length === 0 ? null : sum(withWh, ({ wh }) => wh ?? 0),
    ratedCents: sum(measured, ({ cents }) => cents),
    invoicedCents: sum(printed, ({ netCents }) => netCents),
  };
  return { ...figures, meanings: meaningsOfBand(figures, printed.length > 0, facts) };
}

function meaningsOfBand(
  band: Omit<BandComparison, 'meanings'>,
  isInvoiced: boolean,
  { tolerance, unattributedWh }: BillFacts,
): Meaning[] {
  const { measuredWh, ratedCents, invoicedCents } = band;
  if (!isInvoiced) return measuredWh > tolerance.wh || ratedCents > tolerance.cents ? ['band-not-invoiced'] : [];
  if (measuredWh === 0) {
    const isOff = (band.invoicedWh ?? 0) > tolerance.wh || Math.abs(invoicedCents) > tolerance.cents;
    return isOff ? ['band-not-measured'] : [];
  }
  const invoicedWh = band.invoicedWh ?? measuredWh;
  const meanings: Meaning[] = [];
  if (invoicedWh - measuredWh > tolerance.wh + unattributedWh) meanings.push('energy-beyond-sessions');
  if (measuredWh - invoicedWh > tolerance.wh) meanings.push('less-than-measured');
  const atOurPrice = divideRoundedHalfUp(BigInt(ratedCents) * BigInt(invoicedWh), BigInt(measuredWh));
  if (Math.abs(invoicedCents - atOurPrice) > tolerance.cents) meanings.push('price');
  return meanings;
}

function compareCharges(facts: BillFacts): ChargeComparison[] {
  const expected = Map.groupBy(
    facts.charges.filter(({ party }) => party === 'retailer'),
    ({ code }) => code,
  );
  const printed = facts.invoiced.filter(({ kind }) => kind === 'charge');
  const invoiced = Map.groupBy(
    printed.filter((line): line is BilledLine & { code: string } => line.code !== null),
    ({ code }) => code,
  );
  const named = [...new Set([...expected.keys(), ...invoiced.keys()])].sort();
  return [
    ...named.map((code) => compareCharge(facts, code, expected.get(code) ?? [], invoiced.get(code) ?? [])),
    ...printed.filter(({ code }) => code === null).map((line) => compareCharge(facts, null, [], [line])),
  ];
}

function compareCharge(
  { tolerance }: BillFacts,
  code: string | null,
  expected: readonly ChargeLine[],
  printed: readonly BilledLine[],
): ChargeComparison {
  const figures = {
    code,
    label: expected[0]?.label ?? printed[0]?.label ?? '',
    expectedCents: sum(expected, ({ netCents }) => netCents),
    invoicedCents: sum(printed, ({ netCents }) => netCents),
  };
  const isOff = Math.abs(figures.invoicedCents - figures.expectedCents) > tolerance.cents;
  return { ...figures, meanings: isOff ? [meaningOfCharge(expected.length > 0, printed.length > 0)] : [] };
}

function meaningOfCharge(isExpected: boolean, isInvoiced: boolean): Meaning {
  if (!isExpected) return 'charge-not-in-plan';
  return isInvoiced ? 'charge-amount' : 'charge-not-invoiced';
}
