/** A band (período horário) that a price can be given for: what a calendar's tables, or its contracts, call it. */
export type Band = string;

/** A band as calendars and price lists write it: `super-vazio`. */
export const BAND_PATTERN = /^[a-z][a-z0-9-]{0,39}$/;

/** A band with what people read, without the number of the interval. */
export interface NamedBand {
  readonly id: Band;
  readonly label: string;
}

/** How many bands a contract has: simples, bi-horário, tri-horário, tetra-horário. */
export const BAND_COUNTS = [1, 2, 3, 4] as const;
export type BandCount = (typeof BAND_COUNTS)[number];

/** Throws on a number that is none. */
export function asBandCount(bands: number): BandCount {
  const count = BAND_COUNTS.find((known) => known === bands);
  if (count === undefined) throw new Error(`There are no contracts with ${bands} bands`);
  return count;
}

export const DIRECTIONS = ['import', 'export'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** The contract's band for each band of a calendar's tables. */
export type BandMerge = Readonly<Record<Band, Band>>;

/** Which bands a calendar knows, and how contracts of so many bands merge them. No entry: there are no such contracts. */
export interface BandRules {
  readonly bands: readonly NamedBand[];
  readonly merges: { readonly [count in BandCount]?: BandMerge | undefined };
}

/**
 * Portugal's bands (reference: ERSE periods, rule "collapse"): bi merges ponta and cheias to fora-de-vazio, bi and tri
 * merge both kinds of vazio. `vazio` in a table is one that its source does not split further: with four bands it stays
 * as it is and is priced as such.
 */
export const PORTUGUESE_BANDS: BandRules = {
  bands: [
    { id: 'ponta', label: 'Ponta' },
    { id: 'cheias', label: 'Cheia' },
    { id: 'vazio-normal', label: 'Vazio' },
    { id: 'super-vazio', label: 'Super Vazio' },
    { id: 'vazio', label: 'Vazio' },
    { id: 'fora-de-vazio', label: 'Fora de Vazio' },
    { id: 'simples', label: 'Simples' },
  ],
  merges: {
    1: { ponta: 'simples', cheias: 'simples', 'vazio-normal': 'simples', 'super-vazio': 'simples', vazio: 'simples' },
    2: {
      ponta: 'fora-de-vazio',
      cheias: 'fora-de-vazio',
      'vazio-normal': 'vazio',
      'super-vazio': 'vazio',
      vazio: 'vazio',
    },
    3: { ponta: 'ponta', cheias: 'cheias', 'vazio-normal': 'vazio', 'super-vazio': 'vazio', vazio: 'vazio' },
    4: {
      ponta: 'ponta',
      cheias: 'cheias',
      'vazio-normal': 'vazio-normal',
      'super-vazio': 'super-vazio',
      vazio: 'vazio',
    },
  },
};

/** What people read. Throws on a band that is not among them. */
export function bandLabel({ bands }: BandRules, band: Band): string {
  const named = bands.find(({ id }) => id === band);
  if (named === undefined)
    throw new Error(`There is no band "${band}": one of ${bands.map(({ id }) => id).join(', ')}`);
  return named.label;
}

/** The contract's band for a band of the calendar's tables. Throws when there are no contracts of so many bands. */
export function mergeBand({ merges }: BandRules, band: Band, count: BandCount): Band {
  const merged = merges[count]?.[band];
  if (merged === undefined) throw new Error(`No contract with ${count} bands says what "${band}" belongs to`);
  return merged;
}
