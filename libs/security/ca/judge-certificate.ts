import type { CertificateFault } from '#libs/ocpp/handshake.js';

/** What a certificate that was shown comes to in our records. */
export interface KnownCertificate {
  readonly chargerId: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly revokedAt: Date | null;
}

export interface Shown {
  /** It is signed by a root that is trusted now. */
  readonly isOfOurs: boolean;
  /** Its common name. */
  readonly name: string | null;
  /** Null: we have not issued it. */
  readonly known: KnownCertificate | null;
}

/** Whether a certificate shows that somebody is this charger; null when it does. */
export function judgeCertificate(
  { isOfOurs, name, known }: Shown,
  chargerId: string,
  now: Date,
): CertificateFault | null {
  if (known !== null && known.revokedAt !== null) return 'certificate-revoked';
  if (known !== null && (now >= known.notAfter || now < known.notBefore)) return 'certificate-expired';
  if (!isOfOurs) return 'certificate-foreign';
  if (known === null) return 'certificate-unknown';
  return known.chargerId === chargerId && name?.toLowerCase() === chargerId ? null : 'certificate-other-name';
}
