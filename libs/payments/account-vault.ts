import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

import { normaliseIban } from './iban.js';

/** Keeps account numbers so that a copy of the database alone tells none of them. */
export interface AccountVault {
  /** What the tables keep: AES-256-GCM under a key of its own; another text each time. */
  seal(iban: string): string;
  /** Throws when the text was sealed under another secret, or changed. */
  open(sealed: string): string;
  /** The same account is the same hash; without the secret no list of IBANs can be tried against it. */
  hashOf(iban: string): string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1.';

/** The keys are derived from CHAZEMO_SECRET (HKDF), each for its one purpose. */
export function accountVault(secret: string): AccountVault {
  const key = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', secret, 'chazemo', `account/${purpose}`, 32));
  const sealKey = key('seal');
  const hashKey = key('hash');
  return {
    seal(iban) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce);
      const sealed = Buffer.concat([cipher.update(normaliseIban(iban), 'utf8'), cipher.final()]);
      return VERSION + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(sealed) {
      if (!sealed.startsWith(VERSION)) throw new Error('this account number was sealed in an unknown way');
      const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString();
      } catch (cause) {
        throw new Error('an account number cannot be opened: CHAZEMO_SECRET is not the one it was sealed with', {
          cause,
        });
      }
    },
    hashOf: (iban) => createHmac('sha256', hashKey).update(normaliseIban(iban)).digest('base64url'),
  };
}

/** What people see of an account. */
export const lastFour = (iban: string): string => normaliseIban(iban).slice(-4);
