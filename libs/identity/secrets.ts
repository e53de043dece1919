import { createHash, createHmac, randomBytes } from 'node:crypto';

/** 256 random bits, url-safe, with a prefix that says what it is (and lets scanners find a leaked one). */
export function newToken(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** What the tables keep of a token. The tokens are random, so one fast hash is enough. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** What the tables keep of a session: keyed, so that a new CHAZEMO_SECRET signs everybody out. */
export function hashSession(token: string, secret: string): string {
  return createHmac('sha256', secret).update(token).digest('hex');
}
