import type { ImportName } from '#apps/backoffice/api-types.js';

export type ImportList = ImportName;

/** The lists that are imported in the console, the most used first. */
export const IMPORT_LISTS = [
  'price-plan',
  'price-series',
  'retailer-invoice',
  'holidays',
] as const satisfies readonly ImportName[];
