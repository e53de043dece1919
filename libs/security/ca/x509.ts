import 'reflect-metadata';
import { createHash, createPublicKey, randomBytes, X509Certificate, type KeyObject } from 'node:crypto';

import * as x509 from '@peculiar/x509';

/** What a certificate request says, and whether it is signed with the key that it names. */
export interface Csr {
  /** Every common name in its subject. */
  readonly names: readonly string[];
  readonly organization: string | null;
  readonly key: { readonly type: string; readonly bits: number | null; readonly curve: string | null };
  readonly isSigned: boolean;
  /** It asks to be allowed to issue certificates. */
  readonly wantsToIssue: boolean;
  /** SHA-256 of its DER, hexadecimal. */
  readonly digest: string;
  /** SHA-256 of its public key (SubjectPublicKeyInfo), hexadecimal. */
  readonly keyDigest: string;
  /** PEM */
  readonly publicKey: string;
}

export interface IssuedCertificate {
  readonly certificate: string;
  readonly serial: string;
  readonly fingerprint: string;
}

export interface Span {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const SERIAL_BYTES = 16;
const MOST_NAME = 64;

export const digestOf = (bytes: NodeJS.ArrayBufferView | ArrayBuffer): string =>
  createHash('sha256')
    .update(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes)
    .digest('hex');

/** A request in PEM or base64 (PKCS #10); null when it is none. */
export async function readCsr(text: string): Promise<Csr | null> {
  try {
    const csr = new x509.Pkcs10CertificateRequest(text);
    const publicKey = createPublicKey({ key: Buffer.from(csr.publicKey.rawData), format: 'der', type: 'spki' });
    const { modulusLength = null, namedCurve = null } = publicKey.asymmetricKeyDetails ?? {};
    return {
      names: csr.subjectName.getField('CN'),
      organization: csr.subjectName.getField('O')[0]?.slice(0, MOST_NAME) ?? null,
      key: { type: publicKey.asymmetricKeyType ?? '', bits: modulusLength, curve: namedCurve },
      isSigned: await csr.verify().catch(() => false),
      wantsToIssue: wantsToIssue(csr),
      digest: digestOf(csr.rawData),
      keyDigest: digestOf(csr.publicKey.rawData),
      publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    };
  } catch {
    return null; // whatever a charger may send for one
  }
}

function wantsToIssue(csr: x509.Pkcs10CertificateRequest): boolean {
  const issuing = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  return csr.extensions.some(
    (one) =>
      (one instanceof x509.BasicConstraintsExtension && one.ca) ||
      (one instanceof x509.KeyUsagesExtension && (one.usages & issuing) !== 0),
  );
}

/** A new root with a key of its own. @returns `key` in PKCS #8, PEM: to be sealed */
export async function makeRoot(name: string, span: Span): Promise<IssuedCertificate & { readonly key: string }> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const flags = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ CN: [name] }, { O: ['ChaZeMo'] }],
    ...span,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(flags, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { ...issued(root), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}

/** A client certificate for the key of a request, from a root. Nothing of the request but name and key goes into it. */
export async function issueFrom(
  root: { readonly certificate: string; readonly key: string },
  subject: { readonly name: string; readonly organization: string | null; readonly publicKey: string } & Span,
): Promise<IssuedCertificate> {
  const issuer = new x509.X509Certificate(root.certificate);
  const pkcs8 = x509.PemConverter.decodeFirst(root.key);
  const signingKey = await crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
  const publicKey = new x509.PublicKey(subject.publicKey);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [{ CN: [subject.name] }, { O: [subject.organization ?? 'ChaZeMo'] }],
    issuer: issuer.subjectName,
    notBefore: subject.notBefore,
    notAfter: subject.notAfter,
    publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return issued(certificate);
}

function issued(certificate: x509.X509Certificate): IssuedCertificate {
  return {
    certificate: `${certificate.toString('pem')}\n`,
    serial: certificate.serialNumber.toLowerCase(),
    fingerprint: digestOf(certificate.rawData),
  };
}

/** Positive, never with a leading zero: all that read it write it alike. */
function newSerial(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

export interface ShownCertificate {
  readonly name: string | null;
  readonly fingerprint: string;
  isIssuedBy(root: string): boolean;
}

/** A certificate that somebody showed, DER; null when it is none. */
export function readCertificate(der: Buffer): ShownCertificate | null {
  try {
    const shown = new X509Certificate(der);
    const name = new x509.X509Certificate(new Uint8Array(der)).subjectName.getField('CN')[0] ?? null;
    return { name, fingerprint: digestOf(der), isIssuedBy: (root) => isIssuedBy(shown, root) };
  } catch {
    return null;
  }
}

function isIssuedBy(shown: X509Certificate, pem: string): boolean {
  const root = new X509Certificate(pem);
  const key: KeyObject = root.publicKey;
  return shown.checkIssued(root) && shown.verify(key);
}
