import { z } from 'zod';

export const ARCHIVE_FORMAT = 'chazemo-month-archive/1';

/** What an archive says of itself, as far as a verification needs it. */
export const manifestSchema = z.object({
  format: z.literal(ARCHIVE_FORMAT),
  program: z.string(),
  installation: z.object({ id: z.string(), name: z.string() }),
  period: z.string(),
  cycle: z.object({
    totalWh: z.int(),
    totalCents: z.int(),
    readingsSeal: z.string(),
  }),
  files: z.array(z.object({ name: z.string(), bytes: z.int(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof manifestSchema>;
