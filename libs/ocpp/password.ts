import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * Charger passwords are random keys of 16 to 40 characters (OCPP security whitepaper), not words a person chose,
 * so a light scrypt keeps a leaked table useless while 500 chargers reconnecting cost seconds, not minutes.
 */
const COST = { N: 4096, r: 8, p: 1, keyBytes: 32, saltBytes: 16 } as const;

function derive(password: Buffer, salt: Buffer, N: number, r: number, p: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  scrypt(password, salt, COST.keyBytes, { N, r, p }, (error, key) => (error === null ? resolve(key) : reject(error)));
  return promise;
}

/** A charger's password as it is stored: `scrypt$N$r$p$salt$key`, base64. */
export async function hashPassword(password: string | Buffer): Promise<string> {
  if (password.length === 0) throw new Error('an empty password is none');
  const salt = randomBytes(COST.saltBytes);
  const key = await derive(Buffer.from(password), salt, COST.N, COST.r, COST.p);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join('$');
}

const STORED = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

/** Whether the password is the stored one, compared in constant time. False for a stored text that is no hash, and for none. */
export async function verifyPassword(password: string | Buffer, stored: string): Promise<boolean> {
  const parts = STORED.exec(stored);
  if (parts === null || password.length === 0) return false;
  const [, N, r, p, salt = '', expected = ''] = parts;
  const key = await derive(Buffer.from(password), Buffer.from(salt, 'base64'), Number(N), Number(r), Number(p));
  const wanted = Buffer.from(expected, 'base64');
  return wanted.length === key.length && timingSafeEqual(wanted, key);
}

/** A hash of nothing anybody knows: unknown chargers cost as much time as known ones. */
const NOBODY = hashPassword(randomBytes(32));

/** Remembers verified passwords of this process, so that a charger that reconnects costs one HMAC. */
export class PasswordVerifier {
  private readonly key = randomBytes(32);
  private readonly known = new Map<string, Buffer>();

  constructor(private readonly limit = 10_000) {}

  /** Whether `password` matches `stored`; null for an identity without a stored hash (takes the same time, is false). */
  async verify(password: Buffer, stored: string | null): Promise<boolean> {
    if (stored === null) {
      await verifyPassword(password, await NOBODY);
      return false;
    }
    const digest = createHmac('sha256', this.key).update(password).digest();
    const remembered = this.known.get(stored);
    if (remembered !== undefined && timingSafeEqual(remembered, digest)) return true;
    if (!(await verifyPassword(password, stored))) return false;
    if (this.known.size >= this.limit) this.known.clear();
    this.known.set(stored, digest);
    return true;
  }
}
