/** The bands (períodos horários) a price can be given for. */
export const BANDS = ['ponta', 'cheias', 'vazio-normal', 'super-vazio', 'vazio', 'fora-de-vazio', 'simples'] as const;
export type Band = (typeof BANDS)[number];

/** The bands a calendar's tables are written in. `vazio` is one that its source does not split further. */
export const CALENDAR_BANDS = ['ponta', 'cheias', 'vazio-normal', 'super-vazio', 'vazio'] as const;
export type CalendarBand = (typeof CALENDAR_BANDS)[number];

/** How many bands the contract has: simples, bi-horário, tri-horário, tetra-horário. */
export type BandCount = 1 | 2 | 3 | 4;

export type Direction = 'import' | 'export';

const LABELS: Record<Band, string> = {
  ponta: 'Ponta',
  cheias: 'Cheia',
  'vazio-normal': 'Vazio',
  'super-vazio': 'Super Vazio',
  vazio: 'Vazio',
  'fora-de-vazio': 'Fora de Vazio',
  simples: 'Simples',
};

/** What people read, without the number of the interval. */
export function bandLabel(band: Band): string {
  return LABELS[band];
}

/**
 * The contract's band for a band of the calendar: bi merges ponta and cheias to fora-de-vazio, bi and tri merge both
 * kinds of vazio (reference: ERSE periods, rule "collapse"). With four bands a band stays as the calendar has it, so
 * hours known only as `vazio` stay `vazio` and are priced as such.
 */
export function mergeBand(band: CalendarBand, bands: BandCount): Band {
  const isVazio = band !== 'ponta' && band !== 'cheias';
  switch (bands) {
    case 1:
      return 'simples';
    case 2:
      return isVazio ? 'vazio' : 'fora-de-vazio';
    case 3:
      return isVazio ? 'vazio' : band;
    case 4:
      return band;
    default:
      return bands satisfies never;
  }
}
