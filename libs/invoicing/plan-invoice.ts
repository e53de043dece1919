import { sum } from '../imputation/sum.js';
import type { Party } from '../tariff/charge-words.js';
import type { VatGroup } from './document.entity.js';
import { vatCentsRoundedHalfUp } from './rounding.js';
import { vatExemptionOn, vatRateOn, type VatExemption, type VatRate } from './vat.js';

/** group: VAT once per rate on the sum of the lines. line: once per line, and the sum of these. */
export type VatRounding = 'group' | 'line';

/** One line to be invoiced: its net amount is already rounded, once, where it was rated. */
export interface ChargeLine {
  /** energy, energy-export or fixed-charge */
  readonly kind: 'energy' | 'energy-export' | 'fixed-charge';
  readonly party: Party;
  readonly spotName: string | null;
  readonly chargerId: string | null;
  readonly season: string | null;
  readonly dayType: string | null;
  readonly band: string | null;
  readonly label: string;
  /** The plan's code of the charge; null: energy, or a document from before it was kept. Never printed. */
  readonly code: string | null;
  readonly interval: string | null;
  readonly wh: number | null;
  readonly estimatedWh: number | null;
  /** How far the estimated energy can be off at worst. */
  readonly estimatedErrorWh: number | null;
  readonly microsPerKWh: number | null;
  /** The price shown is the average of several; the amount is exact. */
  readonly isAveragePrice: boolean;
  /** Negative for energy fed back and for what is given back. */
  readonly netCents: number;
  readonly vatCode: string;
  /** Why no tax is charged (M##); needed where the rate is zero. */
  readonly exemptionCode: string | null;
  /** yyyy-mm of the former month that the line corrects; null: the document's own. */
  readonly adjustsPeriod: string | null;
  /** Of a line that corrects an invoice: the local day of that invoice, whose rate of tax it had. */
  readonly taxedOn?: string | null;
}

export interface PlannedLine extends ChargeLine {
  /** From 1, without gaps. */
  readonly lineNo: number;
  readonly vatRatePermyriad: number;
  /** Null where VAT is rounded per group. */
  readonly vatCents: number | null;
}

export interface InvoicePlan {
  readonly lines: readonly PlannedLine[];
  /** One per rate (and reason of exemption), the highest first. */
  readonly vatGroups: readonly VatGroup[];
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
}

export type InvoiceRefusal =
  | { readonly code: 'NOTHING_DUE'; readonly grossCents: number }
  | { readonly code: 'VAT.NOT_FOUND'; readonly region: string; readonly vatCode: string; readonly date: string }
  /** A line without tax names no reason, or one that is not on record on that day. */
  | {
      readonly code: 'VAT.EXEMPTION_MISSING';
      readonly vatCode: string;
      readonly exemptionCode: string | null;
      readonly date: string;
    };

export interface VatRules {
  readonly rates: readonly VatRate[];
  readonly exemptions: readonly VatExemption[];
  readonly region: string;
  /** Local date whose rates apply, yyyy-mm-dd. */
  readonly date: string;
  readonly rounding: VatRounding;
}

/**
 * What an invoice over these lines says. VAT is computed once per rate on the sum of the net lines or once per line,
 * as the issuer's setting is; never one way in the lines and the other in the total (that is off by cents). A total of
 * zero or less gives no invoice; a rate or a reason of exemption that is not on record refuses.
 */
export function planInvoice(
  charges: readonly ChargeLine[],
  vat: VatRules,
): { readonly plan: InvoicePlan } | { readonly refused: InvoiceRefusal } {
  const lines: PlannedLine[] = [];
  for (const charge of charges) {
    const taxed = taxedLine(charge, vat, lines.length + 1);
    if ('refused' in taxed) return taxed;
    lines.push(taxed);
  }
  const vatGroups = groupByVat(lines, vat);
  const netCents = sum(vatGroups, (group) => group.netCents);
  const vatCents = sum(vatGroups, (group) => group.vatCents);
  const grossCents = netCents + vatCents;
  if (grossCents <= 0) return { refused: { code: 'NOTHING_DUE', grossCents } };
  return { plan: { lines, vatGroups, netCents, vatCents, grossCents } };
}

function taxedLine(charge: ChargeLine, vat: VatRules, lineNo: number): PlannedLine | { refused: InvoiceRefusal } {
  const { vatCode, exemptionCode } = charge;
  const { region } = vat;
  const date = charge.taxedOn ?? vat.date;
  const rate = vatRateOn(vat.rates, { region, code: vatCode, date });
  if (rate === undefined) return { refused: { code: 'VAT.NOT_FOUND', region, vatCode, date } };
  const { ratePermyriad } = rate;
  if (ratePermyriad === 0 && reasonOf(exemptionCode, vat) === undefined) {
    return { refused: { code: 'VAT.EXEMPTION_MISSING', vatCode, exemptionCode, date } };
  }
  return {
    ...charge,
    exemptionCode: ratePermyriad === 0 ? exemptionCode : null,
    lineNo,
    vatRatePermyriad: ratePermyriad,
    vatCents: vat.rounding === 'line' ? vatCentsRoundedHalfUp(charge.netCents, ratePermyriad) : null,
  };
}

function reasonOf(code: string | null, vat: VatRules): VatExemption | undefined {
  return code === null ? undefined : vatExemptionOn(vat.exemptions, { code, date: vat.date });
}

function groupByVat(lines: readonly PlannedLine[], vat: VatRules): VatGroup[] {
  const groups = new Map<string, PlannedLine[]>();
  for (const line of lines) {
    const key = `${line.vatCode}/${line.vatRatePermyriad}/${line.exemptionCode ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [line]);
    else group.push(line);
  }
  return [...groups.values()]
    .map((group) => groupOf(group, vat))
    .sort(
      (a, b) =>
        b.ratePermyriad - a.ratePermyriad ||
        a.code.localeCompare(b.code) ||
        (a.exemptionCode ?? '').localeCompare(b.exemptionCode ?? ''),
    );
}

function groupOf(lines: readonly PlannedLine[], vat: VatRules): VatGroup {
  const [first] = lines;
  if (first === undefined) throw new Error('a group of no lines');
  const { vatRatePermyriad: ratePermyriad, exemptionCode } = first;
  const netCents = sum(lines, (line) => line.netCents);
  const vatCents =
    vat.rounding === 'line' ? sum(lines, (line) => line.vatCents ?? 0) : vatCentsRoundedHalfUp(netCents, ratePermyriad);
  const group: VatGroup = { code: first.vatCode, ratePermyriad, netCents, vatCents };
  const reason = reasonOf(exemptionCode, vat);
  return reason === undefined ? group : { ...group, exemptionCode: reason.code, exemptionReason: reason.text };
}
