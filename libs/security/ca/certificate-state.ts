/** How a charger's newest certificate stands. */
export const CERTIFICATE_STATES = [
  'none',
  /** It has asked; the root is on its way to it. */
  'asked',
  /** Issued, and on its way to the charger. */
  'under-way',
  /** The charger has it and has not come with it yet. */
  'taken',
  'not-taken',
  'in-use',
  'expired',
  'revoked',
] as const;
export type CertificateState = (typeof CERTIFICATE_STATES)[number];
