import { sum } from '../imputation/sum.js';
import type { InvoiceFacts, InvoiceLineFacts } from './invoice-facts.js';

type Lines = readonly InvoiceLineFacts[];

/** A document's lines as it shows them: each line stands in exactly one section. */
export interface InvoiceSections {
  /** The month's own energy, taken and fed back. */
  readonly energy: Lines;
  /** The retailer's charges that are no price per kWh. */
  readonly charges: Lines;
  /** What the contract with the condominium says, apart. */
  readonly fees: Lines;
  /** What corrects former months, by month (yyyy-mm), the oldest first. */
  readonly adjustments: readonly (readonly [period: string, lines: Lines])[];
}

export function sectionsOf({ lines }: Pick<InvoiceFacts, 'lines'>): InvoiceSections {
  const own = lines.filter(({ adjustsPeriod }) => adjustsPeriod === null);
  const retailers = own.filter(({ party }) => party === 'retailer');
  const adjusting = Map.groupBy(lines, ({ adjustsPeriod }) => adjustsPeriod);
  return {
    energy: retailers.filter(isEnergy),
    charges: retailers.filter((line) => !isEnergy(line)),
    fees: own.filter(({ party }) => party === 'bpo'),
    adjustments: [...adjusting]
      .flatMap(([period, members]) => (period === null ? [] : [[period, members] as const]))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

const isEnergy = ({ kind }: InvoiceLineFacts): boolean => kind === 'energy' || kind === 'energy-export';

export const isCreditNote = ({ type }: Pick<InvoiceFacts, 'type'>): boolean => type === 'NC';

/** Energy taken from the grid, in Wh; never less what was fed back. */
export function importedWh(lines: Lines): number {
  return sum(lines, ({ kind, wh }) => (kind === 'energy' ? (wh ?? 0) : 0));
}

export function netCentsOf(lines: Lines): number {
  return sum(lines, ({ netCents }) => netCents);
}
