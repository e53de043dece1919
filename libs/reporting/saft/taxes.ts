import { VAT_RATES, type VatRate } from '#libs/invoicing/vat.js';

import { percentage } from './amounts.js';
import { fiscalText } from './fiscal-text.js';
import type { SaftMonth } from './saft-facts.js';
import type { XmlElement } from './xml.js';

/** A rate that a line bears. */
export interface UsedTax {
  readonly region: string;
  readonly code: string;
  readonly ratePermyriad: number;
}

const REGIONS: Readonly<Record<string, string>> = {
  PT: 'Continente',
  'PT-AC': 'Região Autónoma dos Açores',
  'PT-MA': 'Região Autónoma da Madeira',
};
const CODES: Readonly<Record<string, string>> = {
  NOR: 'taxa normal',
  INT: 'taxa intermédia',
  RED: 'taxa reduzida',
  ISE: 'isento',
};

const isPortuguese = (region: string): boolean => region in REGIONS;

/** Type, region, code and rate, as lines and the table of taxes both have them. Other countries' taxes are OUT. */
function taxed({ region, code }: Omit<UsedTax, 'ratePermyriad'>): readonly XmlElement[] {
  return [
    ['TaxType', code === 'NS' ? 'NS' : 'IVA'],
    ['TaxCountryRegion', isPortuguese(region) ? region : region.slice(0, 2)],
    ['TaxCode', isPortuguese(region) ? code : 'OUT'],
  ];
}

export function taxElement(tax: UsedTax): XmlElement {
  return ['Tax', [...taxed(tax), ['TaxPercentage', percentage(tax.ratePermyriad)]]];
}

/** Why a line bears no tax: the words (6 to 60 characters) and the code; nothing for one that is taxed. */
export function exemptionElements(exemption: { readonly code: string; readonly reason: string } | null): XmlElement[] {
  if (exemption === null) return [];
  const reason = fiscalText(exemption.reason, 60, 'Isento de IVA');
  return [
    ['TaxExemptionReason', reason.length < 6 ? `Isento: ${reason}` : reason],
    ['TaxExemptionCode', exemption.code],
  ];
}

/** Portugal's rates in force on any day of the month, and whatever else its lines bear (credit notes bear old rates). */
export function taxTable(
  month: SaftMonth,
  used: readonly UsedTax[],
  rates: readonly VatRate[] = VAT_RATES,
): XmlElement {
  const table = new Map<string, UsedTax & { readonly validTo: string | null }>();
  const keyOf = (tax: UsedTax): string => `${tax.region}/${tax.code}/${tax.ratePermyriad}`;
  for (const rate of rates) {
    const inForce = rate.validFrom <= month.to && (rate.validTo === null || rate.validTo >= month.from);
    if (inForce && isPortuguese(rate.region)) table.set(keyOf(rate), rate);
  }
  for (const tax of used) if (!table.has(keyOf(tax))) table.set(keyOf(tax), { ...tax, validTo: null });
  return ['TaxTable', [...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tax]) => entry(tax))];
}

function entry(tax: UsedTax & { readonly validTo: string | null }): XmlElement {
  const where = REGIONS[tax.region] ?? tax.region;
  return [
    'TaxTableEntry',
    [
      ...taxed(tax),
      ['Description', fiscalText(`IVA ${CODES[tax.code] ?? tax.code}, ${where}`, 255)],
      tax.validTo === null ? null : ['TaxExpirationDate', tax.validTo],
      ['TaxPercentage', percentage(tax.ratePermyriad)],
    ],
  ];
}
