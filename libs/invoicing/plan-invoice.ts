import type { VatGroup } from './document.entity.js';
import { vatCentsRoundedHalfUp } from './rounding.js';
import { vatRateOn, type VatRate } from './vat.js';

/** One line to be invoiced: its net amount is already rounded, once, where it was rated. */
export interface ChargeLine {
  /** energy, energy-export or fixed-charge */
  readonly kind: 'energy' | 'energy-export' | 'fixed-charge';
  readonly spotName: string | null;
  readonly chargerId: string | null;
  readonly season: string | null;
  readonly dayType: string | null;
  readonly band: string | null;
  readonly label: string;
  readonly interval: string | null;
  readonly wh: number | null;
  readonly estimatedWh: number | null;
  readonly microsPerKWh: number | null;
  /** Negative for energy fed back. */
  readonly netCents: number;
  readonly vatCode: string;
}

export interface PlannedLine extends ChargeLine {
  /** From 1, without gaps. */
  readonly lineNo: number;
  readonly vatRatePermyriad: number;
}

export interface InvoicePlan {
  readonly lines: readonly PlannedLine[];
  /** One per rate, the highest first. */
  readonly vatGroups: readonly VatGroup[];
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
}

export type InvoiceRefusal =
  | { readonly code: 'NOTHING_DUE'; readonly grossCents: number }
  | { readonly code: 'VAT.NOT_FOUND'; readonly region: string; readonly vatCode: string; readonly date: string };

export interface VatRules {
  readonly rates: readonly VatRate[];
  readonly region: string;
  /** Local date whose rates apply, yyyy-mm-dd. */
  readonly date: string;
}

/**
 * What an invoice over these lines says. VAT is computed once per rate on the sum of the net lines, never per line
 * (summing rounded VAT lines is off by cents). A total of zero or less gives no invoice; a rate that is not on
 * record refuses.
 */
export function planInvoice(
  charges: readonly ChargeLine[],
  vat: VatRules,
): { readonly plan: InvoicePlan } | { readonly refused: InvoiceRefusal } {
  const lines: PlannedLine[] = [];
  for (const charge of charges) {
    const rate = vatRateOn(vat.rates, { region: vat.region, code: charge.vatCode, date: vat.date });
    if (rate === undefined) {
      return { refused: { code: 'VAT.NOT_FOUND', region: vat.region, vatCode: charge.vatCode, date: vat.date } };
    }
    lines.push({ ...charge, lineNo: lines.length + 1, vatRatePermyriad: rate.ratePermyriad });
  }
  const vatGroups = groupByVat(lines);
  const netCents = sum(vatGroups.map((group) => group.netCents));
  const vatCents = sum(vatGroups.map((group) => group.vatCents));
  const grossCents = netCents + vatCents;
  if (grossCents <= 0) return { refused: { code: 'NOTHING_DUE', grossCents } };
  return { plan: { lines, vatGroups, netCents, vatCents, grossCents } };
}

function groupByVat(lines: readonly PlannedLine[]): VatGroup[] {
  const nets = new Map<string, { code: string; ratePermyriad: number; netCents: number }>();
  for (const line of lines) {
    const key = `${line.vatCode}/${line.vatRatePermyriad}`;
    const group = nets.get(key) ?? { code: line.vatCode, ratePermyriad: line.vatRatePermyriad, netCents: 0 };
    group.netCents += line.netCents;
    nets.set(key, group);
  }
  return [...nets.values()]
    .sort((a, b) => b.ratePermyriad - a.ratePermyriad || a.code.localeCompare(b.code))
    .map(({ code, ratePermyriad, netCents }) => ({
      code,
      ratePermyriad,
      netCents,
      vatCents: vatCentsRoundedHalfUp(netCents, ratePermyriad),
    }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
