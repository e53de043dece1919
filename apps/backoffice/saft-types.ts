import { z } from 'zod';

/** Who issues documents. */
export const issuerSchema = z.object({
  id: z.string(),
  name: z.string(),
  nif: z.string(),
  /** ISO 3166 */
  country: z.string(),
});
export const issuersSchema = z.object({ items: z.array(issuerSchema) });
export type Issuer = z.infer<typeof issuerSchema>;
export type Issuers = z.infer<typeof issuersSchema>;
