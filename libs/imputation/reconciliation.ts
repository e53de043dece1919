import { divideRoundedHalfUp } from '#libs/tariff/rounding.js';

import type { Imputed, RatedEnergy } from './imputed.js';
import { sum } from './sum.js';

/** A line of the retailer's invoice: energy of a band (Wh may be null where another line has them) or a charge. */
export interface BilledLine {
  readonly kind: 'energy' | 'charge';
  readonly band: string | null;
  readonly code: string | null;
  readonly label: string;
  readonly wh: number | null;
  readonly netCents: number;
}

export interface MonthAccounts {
  readonly energy: readonly RatedEnergy[];
  readonly unattributedWh: number;
  readonly charges: readonly Pick<Imputed, 'party' | 'customerId' | 'netCents'>[];
  /** The lines of the retailer's invoices of the month; null while none is entered. */
  readonly invoiced: readonly BilledLine[] | null;
}

export type RecoveredCode = 'energy' | 'charges';
export type ResidualCode =
  | 'spots-without-holder'
  | 'unattributed-energy'
  | 'common-areas-and-losses'
  | 'charges-kept'
  | 'price-differences';

/** Where cents of the retailer's bill went. `wh`: energy taken from the grid; null where it is not about energy. */
export type Reconciled = { readonly wh: number | null; readonly netCents: number } & (
  | { readonly side: 'recovered'; readonly code: RecoveredCode }
  | { readonly side: 'residual'; readonly code: ResidualCode }
);

export interface Reconciliation {
  readonly billCents: number;
  readonly billSource: 'retailer-invoice' | 'tariff';
  readonly lines: readonly Reconciled[];
}

/**
 * Where each cent of the retailer's bill went, net of VAT: the lines add up to the bill, always. What customers pay for
 * energy (less what they fed back) and for the retailer's charges is recovered; the rest stays with the condominium.
 * Without an invoice the bill is what the tariff says: all rated energy and the retailer's charges. With one, energy
 * beyond the chargers' meters is valued at the invoice's own prices, band by band, and what is then left are
 * differences of price. The company's own fees are no part of the retailer's bill.
 */
export function reconcile(month: MonthAccounts): Reconciliation {
  const charges = month.charges.filter(({ party }) => party === 'retailer');
  const [held, vacant] = partition(month.energy, ({ customerId }) => customerId !== null);
  const [paid, kept] = partition(charges, ({ customerId }) => customerId !== null);
  const known = {
    energy: sum(held, ({ cents }) => cents),
    charges: sum(paid, ({ netCents }) => netCents),
    vacant: sum(vacant, ({ cents }) => cents),
    kept: sum(kept, ({ netCents }) => netCents),
  };
  const knownCents = known.energy + known.charges + known.vacant + known.kept;
  const billCents = month.invoiced === null ? knownCents : sum(month.invoiced, ({ netCents }) => netCents);
  const unmetered = month.invoiced === null ? null : unmeteredEnergy(month, month.invoiced);
  const unattributedCents = unmetered?.unattributedCents ?? 0;
  const commonCents = unmetered?.commonCents ?? 0;
  const lines: Reconciled[] = [
    { side: 'recovered', code: 'energy', wh: importWh(held), netCents: known.energy },
    { side: 'recovered', code: 'charges', wh: null, netCents: known.charges },
    { side: 'residual', code: 'spots-without-holder', wh: importWh(vacant), netCents: known.vacant },
    { side: 'residual', code: 'unattributed-energy', wh: month.unattributedWh, netCents: unattributedCents },
    { side: 'residual', code: 'common-areas-and-losses', wh: unmetered?.commonWh ?? 0, netCents: commonCents },
    { side: 'residual', code: 'charges-kept', wh: null, netCents: known.kept },
    {
      side: 'residual',
      code: 'price-differences',
      wh: null,
      netCents: billCents - knownCents - unattributedCents - commonCents,
    },
  ];
  return {
    billCents,
    billSource: month.invoiced === null ? 'tariff' : 'retailer-invoice',
    lines: lines.filter(({ side, wh, netCents }) => side === 'recovered' || netCents !== 0 || (wh ?? 0) !== 0),
  };
}

/** The retailer's energy that no charger's session accounts for, at the invoice's prices. */
interface Unmetered {
  readonly unattributedCents: number;
  /** Negative when the chargers counted more than the retailer's meter. */
  readonly commonWh: number;
  readonly commonCents: number;
}

/**
 * Energy that the chargers counted outside sessions has no band: it has its part of what is beyond the sessions, or,
 * where the retailer counted less than that, the invoice's average price.
 */
function unmeteredEnergy({ energy, unattributedWh }: MonthAccounts, invoiced: readonly BilledLine[]): Unmetered | null {
  const lines = invoiced.filter(({ kind }) => kind === 'energy');
  const billed = { wh: sum(lines, ({ wh }) => wh ?? 0), cents: sum(lines, ({ netCents }) => netCents) };
  if (billed.wh <= 0) return null;
  const beyondWh = billed.wh - importWh(energy);
  const beyondCents = valueBeyond(energy, lines, billed);
  const hasRoom = beyondWh >= unattributedWh && beyondWh > 0;
  const unattributedCents = hasRoom
    ? priced(unattributedWh, { wh: beyondWh, cents: beyondCents })
    : priced(unattributedWh, billed);
  return { unattributedCents, commonWh: beyondWh - unattributedWh, commonCents: beyondCents - unattributedCents };
}

interface Amount {
  readonly wh: number;
  readonly cents: number;
}

/** What is invoiced beyond the sessions, band by band; at the average price where the invoice has other bands. */
function valueBeyond(energy: readonly RatedEnergy[], lines: readonly BilledLine[], billed: Amount): number {
  const measured = new Map<string | null, number>();
  for (const { band, direction, wh } of energy) {
    if (direction === 'import') measured.set(band, (measured.get(band) ?? 0) + wh);
  }
  const bands = new Map<string | null, Amount>();
  for (const { band, wh, netCents } of lines) {
    const before = bands.get(band) ?? { wh: 0, cents: 0 };
    bands.set(band, { wh: before.wh + (wh ?? 0), cents: before.cents + netCents });
  }
  if ([...measured.keys()].some((band) => (bands.get(band)?.wh ?? 0) <= 0)) {
    return priced(billed.wh - sum([...measured.values()], (wh) => wh), billed);
  }
  return sum([...bands], ([band, amount]) =>
    amount.wh > 0 ? priced(amount.wh - (measured.get(band) ?? 0), amount) : 0,
  );
}

/** Energy at the average price of an amount, rounded half up once. */
function priced(wh: number, { wh: ofWh, cents }: Amount): number {
  return divideRoundedHalfUp(BigInt(wh) * BigInt(cents), BigInt(ofWh));
}

function importWh(energy: readonly RatedEnergy[]): number {
  return sum(energy, ({ direction, wh }) => (direction === 'import' ? wh : 0));
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
