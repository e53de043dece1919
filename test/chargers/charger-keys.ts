import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';

import * as x509 from '@peculiar/x509';

export type KeyKind = 'P-256' | 'P-384' | 'RSA-2048' | 'RSA-1024';

/** What a charger makes for itself: a key, and a request for a certificate in that name. PEM. */
export interface ChargerKeys {
  readonly csr: string;
  readonly key: string;
  /** Another request with the same key. */
  again(): Promise<string>;
}

export interface KeyOptions {
  readonly kind?: KeyKind;
  /** It asks to be a CA. */
  readonly wantsToIssue?: boolean;
  /** More than one common name. */
  readonly alsoNamed?: string;
}

const usages = ['sign', 'verify'] as const;

function generate(kind: KeyKind): Promise<webcrypto.CryptoKeyPair> {
  if (kind === 'P-256' || kind === 'P-384') {
    return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: kind }, true, [...usages]);
  }
  const modulusLength = kind === 'RSA-2048' ? 2_048 : 1_024;
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
  return crypto.subtle.generateKey(algorithm, true, [...usages]);
}

export async function chargerKeys(name: string, options: KeyOptions = {}): Promise<ChargerKeys> {
  const { kind = 'P-256', wantsToIssue = false, alsoNamed } = options;
  const keys = await generate(kind);
  const signingAlgorithm = kind.startsWith('P')
    ? { name: 'ECDSA', hash: 'SHA-256' }
    : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const names = alsoNamed === undefined ? [name] : [name, alsoNamed];
  const request = async (): Promise<string> => {
    const csr = await x509.Pkcs10CertificateRequestGenerator.create({
      name: [...names.map((one) => ({ CN: [one] })), { O: ['Charger maker'] }],
      keys,
      signingAlgorithm,
      extensions: wantsToIssue ? [new x509.BasicConstraintsExtension(true, 1, true)] : [],
    });
    return csr.toString('pem');
  };
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { csr: await request(), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'), again: request };
}
