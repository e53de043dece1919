import type { Csr } from './x509.js';

/** Why a certificate request is answered Rejected. */
export type CsrRefusal =
  | 'CSR.UNREADABLE'
  | 'CSR.OTHER_USE'
  | 'CSR.UNSIGNED'
  | 'CSR.WRONG_NAME'
  | 'CSR.WEAK_KEY'
  | 'CSR.ISSUER';

const LEAST_RSA_BITS = 2_048;
const CURVES = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/**
 * Whether a request may become a certificate: signed with its own key, for this charger's name alone, with a key of RSA
 * from 2048 bits or of P-256 and above, and not for a CA. Rules: OCPP 1.6 security white paper, A00.FR.507 and 2.0.1
 * part 2, A02; null when all is well.
 */
export function judgeCsr(csr: Csr | null, chargerId: string): CsrRefusal | null {
  if (csr === null) return 'CSR.UNREADABLE';
  if (!csr.isSigned) return 'CSR.UNSIGNED';
  const [name, ...others] = csr.names;
  if (others.length > 0 || name?.toLowerCase() !== chargerId) return 'CSR.WRONG_NAME';
  const { type, bits, curve } = csr.key;
  const isStrong = type === 'rsa' ? (bits ?? 0) >= LEAST_RSA_BITS : type === 'ec' && CURVES.has(curve ?? '');
  if (!isStrong) return 'CSR.WEAK_KEY';
  return csr.wantsToIssue ? 'CSR.ISSUER' : null;
}

/** 2.x also asks for certificates for ISO 15118, which are not ours to give. */
export const isForCharger = (payload: Readonly<Record<string, unknown>>): boolean =>
  payload['certificateType'] === undefined || payload['certificateType'] === 'ChargingStationCertificate';
