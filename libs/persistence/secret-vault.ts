import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Keeps texts so that a copy of the database alone tells none of them. */
export interface SecretVault {
  /** What the tables keep: AES-256-GCM; another text each time. */
  seal(text: string): string;
  /** Throws when the text was sealed under another secret or for another purpose, or changed. */
  open(sealed: string): string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1.';

/** The key is derived from CHAZEMO_SECRET (HKDF) for its one purpose, e.g. `charger-commands`. */
export function secretVault(secret: string, purpose: string): SecretVault {
  const key = Buffer.from(hkdfSync('sha256', secret, 'chazemo', `secret/${purpose}`, 32));
  return {
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return VERSION + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(sealed) {
      if (!sealed.startsWith(VERSION)) throw new Error('this secret was sealed in an unknown way');
      const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString();
      } catch (cause) {
        throw new Error('a secret cannot be opened: CHAZEMO_SECRET is not the one it was sealed with', { cause });
      }
    },
  };
}

/** What commands to chargers carry of passwords while they wait. */
export const commandVault = (secret: string): SecretVault => secretVault(secret, 'charger-commands');

/** The private keys of the CA. */
export const authorityVault = (secret: string): SecretVault => secretVault(secret, 'certificate-authority');
