import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { FiscalSigner } from './sign-document.js';

/** Portaria 363/2010 and the key that producers hand in: RSA of 1024 bits. */
export const FISCAL_KEY_BITS = 1024;

/** HashControl as the SAF-T schema allows it for a key's version: `1`, `1.1`. */
const VERSION = /^[0-9]+(\.[0-9]+)?$/;
const CERTIFICATE = /^[0-9]{1,10}$/;

/**
 * The signer that the environment configures: CHAZEMO_FISCAL_KEY (a PEM file, or the PEM itself),
 * CHAZEMO_FISCAL_KEY_VERSION (1), CHAZEMO_SOFTWARE_CERTIFICATE (0: the program is not certified). null without a key.
 * Throws with what is wrong.
 */
export function openFiscalSigner(environment: Readonly<Record<string, string | undefined>>): FiscalSigner | null {
  const key = environment['CHAZEMO_FISCAL_KEY']?.trim();
  if (key === undefined || key === '') return null;
  const keyVersion = given(environment['CHAZEMO_FISCAL_KEY_VERSION'], '1');
  const certificate = given(environment['CHAZEMO_SOFTWARE_CERTIFICATE'], '0');
  if (!VERSION.test(keyVersion)) throw new Error(`CHAZEMO_FISCAL_KEY_VERSION "${keyVersion}": expected 1 or 1.1`);
  if (!CERTIFICATE.test(certificate)) throw new Error(`CHAZEMO_SOFTWARE_CERTIFICATE "${certificate}" is no number`);
  const privateKey = privateKeyOf(key);
  return { privateKey, publicKey: publicPem(privateKey), keyVersion, certificate };
}

function given(value: string | undefined, otherwise: string): string {
  return value === undefined || value.trim() === '' ? otherwise : value.trim();
}

/** Never tells what the file or variable holds. */
function privateKeyOf(key: string): KeyObject {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(key.startsWith('-----BEGIN') ? key : readFileSync(key, 'utf8'));
  } catch {
    throw new Error('CHAZEMO_FISCAL_KEY is neither a private key (PEM) nor a file with one');
  }
  const { modulusLength } = privateKey.asymmetricKeyDetails ?? {};
  if (privateKey.asymmetricKeyType !== 'rsa' || modulusLength !== FISCAL_KEY_BITS) {
    throw new Error(`CHAZEMO_FISCAL_KEY must be an RSA key of ${FISCAL_KEY_BITS} bits`);
  }
  return privateKey;
}

/** PEM (SPKI) of the public half. */
function publicPem(privateKey: KeyObject): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
}
