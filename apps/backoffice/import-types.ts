import { z } from 'zod';

import { cents, count, currency, instant, period } from './api-values.js';

/* Lists that are imported */

export const IMPORT_NAMES = ['price-plan', 'price-series', 'retailer-invoice', 'holidays'] as const;
const optionalText = z.string().trim().max(200).optional();
export const importSchema = z.strictObject({
  /** Ends in .csv or .xlsx. */
  fileName: z
    .string()
    .max(200)
    .regex(/\.(csv|xlsx)$/i, 'expected a .csv or .xlsx file'),
  /** The file's bytes. */
  contentBase64: z.base64(),
  /** Of a price series: which one, and of a new one what it is. */
  series: z
    .strictObject({
      id: z.string().trim().min(1).max(60),
      name: optionalText,
      kind: z.enum(['price', 'factor']).optional(),
      clockZone: optionalText,
      resolutionMinutes: z.int().min(1).max(60).optional(),
      currency: optionalText,
      unit: optionalText,
      source: optionalText,
    })
    .optional(),
});
const refusedSchema = z
  .object({ code: z.string(), band: z.string().nullable(), seriesId: z.string().nullable(), date: z.string() })
  .nullable();
/** What the import does to a month: an open one comes to another amount, a billed one would get an adjustment. */
const effectSchema = z.object({
  kind: z.enum(['open', 'billed']),
  installationId: z.string(),
  period,
  currency,
  /** Energy of the month; null where it cannot be rated, and always of a billed month. */
  beforeCents: cents.nullable(),
  afterCents: cents.nullable(),
  refusedAfter: refusedSchema,
  /** Customers whose amount differs. */
  customers: count,
});
export const importAnswerSchema = z.object({
  imported: z.boolean(),
  dryRun: z.boolean(),
  created: count,
  changed: count,
  same: count,
  /** The first rows that create or change something. */
  changes: z.array(z.object({ row: z.int(), action: z.enum(['create', 'change', 'same']), what: z.string() })),
  /** Rows are counted from 1 after the header; 0 is the file as a whole. Nothing is imported while there is one. */
  problems: z.array(z.object({ row: z.int(), column: z.string().nullable(), message: z.string() })),
  effects: z.array(effectSchema),
  /** Of a price series: its span in the file and where it still lacks values. */
  series: z
    .object({
      from: instant,
      until: instant,
      rounded: count,
      gapCount: count,
      gaps: z.array(z.object({ from: instant, to: instant })),
    })
    .nullable(),
});

export type ImportName = (typeof IMPORT_NAMES)[number];
export type Import = z.infer<typeof importSchema>;
export type ImportAnswer = z.infer<typeof importAnswerSchema>;
export type ImportEffect = z.infer<typeof effectSchema>;
