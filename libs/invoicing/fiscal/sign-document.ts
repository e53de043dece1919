import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** What of a document is signed. */
export interface SignedFacts {
  /** yyyy-mm-dd */
  readonly issueDate: string;
  /** YYYY-MM-DDTHH:MM:SS, local */
  readonly systemEntry: string;
  /** as printed: FT CZM2026/1 */
  readonly numberText: string;
  /** Of a credit note negative: its total is signed as it is printed, positive. */
  readonly grossCents: number;
  /** The hash of the document before it in the series; empty for the first one. */
  readonly previousHash: string;
}

/** Who signs: the private key of the software's producer, and its version as documents name it. */
export interface FiscalSigner {
  readonly privateKey: KeyObject;
  /** PEM (SPKI) */
  readonly publicKey: string;
  readonly keyVersion: string;
  /** Number of the tax authority's certificate of this program; 0 while it has none. */
  readonly certificate: string;
}

/** Cents as the tax authority reads them: 312 → `3.12`, without sign. */
export function fiscalAmount(cents: number): string {
  if (!Number.isSafeInteger(cents)) throw new RangeError(`${cents} is no whole cent`);
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * The text under a document's signature: `InvoiceDate;SystemEntryDate;InvoiceNo;GrossTotal;PreviousHash`, without
 * quotes or end of line; of the first document of a series it ends in the semicolon. Source: Portaria 363/2010 art. 6,
 * Despacho 8632/2014.
 */
export function signedText({ issueDate, systemEntry, numberText, grossCents, previousHash }: SignedFacts): string {
  return [issueDate, systemEntry, numberText, fiscalAmount(grossCents), previousHash].join(';');
}

/** RSA with SHA-1 and PKCS#1 v1.5 padding, in base64 on one line. */
export function documentHash(facts: SignedFacts, privateKey: KeyObject): string {
  return sign('RSA-SHA1', Buffer.from(signedText(facts), 'utf8'), privateKey).toString('base64');
}

/** Whether a hash is the signature over these facts by the holder of the key. */
export function isHashValid(facts: SignedFacts, hash: string, publicKey: string): boolean {
  const signature = Buffer.from(hash, 'base64');
  if (signature.toString('base64') !== hash) return false;
  return verify('RSA-SHA1', Buffer.from(signedText(facts), 'utf8'), createPublicKey(publicKey), signature);
}

/** The four characters of a hash that the document prints: the 1st, 11th, 21st and 31st. */
export function printedHashCharacters(hash: string): string {
  const characters = [0, 10, 20, 30].map((index) => hash[index]);
  if (characters.includes(undefined)) throw new RangeError(`"${hash}" is too short for the hash of a document`);
  return characters.join('');
}

/** Whether two PEM texts are one key, however they are wrapped. */
export function isSameKey(a: string, b: string): boolean {
  const fingerprint = (pem: string) =>
    createHash('sha256')
      .update(createPublicKey(pem).export({ type: 'spki', format: 'der' }))
      .digest('hex');
  return fingerprint(a) === fingerprint(b);
}
