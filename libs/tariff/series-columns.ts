import type { Column } from '#libs/registry/tabular/table.js';

/** How the list of a series' values is called where lists are imported. */
export const SERIES_LIST = 'price-series';

/** The market's shape; the other one has `startsAt` (an instant with its zone) instead of date and period. */
export const SERIES_COLUMNS: readonly Column[] = [
  { name: 'date', required: true, example: '2026-06-01' },
  { name: 'period', required: true, example: '1' },
  { name: 'value', required: true, example: '45.12' },
  { name: 'unit', required: false, example: 'EUR/MWh' },
];
