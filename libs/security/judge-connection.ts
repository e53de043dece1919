import type { CertificateFault, RefusalReason } from '#libs/ocpp/handshake.js';

/** OCPP's security profiles: 0 nothing, 1 password, 2 password over TLS, 3 certificates on both sides of TLS. */
export const SECURITY_PROFILES = [0, 1, 2, 3] as const;
export type SecurityProfile = (typeof SECURITY_PROFILES)[number];

/** How a charger comes, as far as that has been verified. */
export interface Approach {
  readonly isEncrypted: boolean;
  /** `unset`: it brought none, or brought one and none is known of it. */
  readonly password: 'right' | 'wrong' | 'missing' | 'unset';
  readonly certificate: 'right' | 'missing' | CertificateFault;
}

/** What is held against it. */
export interface Standing {
  /** The least it must come with. */
  readonly profile: SecurityProfile;
  /** Whether its installation lets chargers in that prove nothing. */
  readonly allowUnsecured: boolean;
}

export type Judgement = { readonly reached: SecurityProfile } | { readonly refused: RefusalReason };

/**
 * Whether a charger may come in: never with less than it must, and with a password that is wrong not at all. More is
 * always welcome. A good certificate needs no password beside it; one that is not ours says nothing of a charger that
 * needs none: makers put theirs into their chargers. Rules: OCPP 1.6 security white paper, 2.4; OCPP 2.0.1 part 2, A.
 */
export function judgeConnection(approach: Approach, { profile, allowUnsecured }: Standing): Judgement {
  const { isEncrypted, password, certificate } = approach;
  if (isEncrypted && certificate === 'right') return { reached: 3 };
  if (profile === 3)
    return { refused: certificate === 'missing' || certificate === 'right' ? 'no-certificate' : certificate };
  if (password === 'wrong') return { refused: 'wrong-password' };
  if (password === 'right') {
    const reached = isEncrypted ? 2 : 1;
    return reached < profile ? { refused: 'profile-too-low' } : { reached };
  }
  if (profile > 0) return { refused: password === 'missing' ? 'no-password' : 'wrong-password' };
  return allowUnsecured ? { reached: 0 } : { refused: 'unsecured-not-allowed' };
}
