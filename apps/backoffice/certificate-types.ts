import { z } from 'zod';

import { CERTIFICATE_STATES } from '#libs/security/ca/certificate-state.js';

import { instant } from './api-values.js';

/** A charger's newest certificate of the built-in CA (security profile 3). */
export const chargerCertificateSchema = z.object({
  chargerId: z.string(),
  state: z.enum(CERTIFICATE_STATES),
  /** Hexadecimal; null while it has none, as is all else of the certificate. */
  serial: z.string().nullable(),
  /** SHA-256, hexadecimal. */
  fingerprint: z.string().nullable(),
  /** The root it is of. */
  authority: z.string().nullable(),
  notBefore: instant.nullable(),
  notAfter: instant.nullable(),
  /** When the charger first came with it. */
  seenAt: instant.nullable(),
  revoked: z.object({ at: instant, by: z.string(), because: z.string() }).nullable(),
  /** Why the last request of the charger came to nothing. */
  refusal: z.object({ code: z.string(), at: instant }).nullable(),
});
export const renewedCertificateSchema = z.object({ chargerId: z.string(), commandId: z.uuid() });
export const revokeCertificateSchema = z.strictObject({ reason: z.string().trim().min(1).max(500) });

export type ChargerCertificate = z.infer<typeof chargerCertificateSchema>;
export type RenewedCertificate = z.infer<typeof renewedCertificateSchema>;
export type RevokeCertificate = z.infer<typeof revokeCertificateSchema>;
