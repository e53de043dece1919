import * as crypto from 'node:crypto';

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane. */
const ARGON2 = { memoryKiB: 19_456, passes: 2, lanes: 1, tagBytes: 32, saltBytes: 16 } as const;
/** The same sheet, where argon2 is not available: N = 2^17, r = 8, p = 1. */
const SCRYPT = { logN: 17, r: 8, p: 1 } as const;

/** Built into Node from 24.7; a Node built without it has no such function, whatever its types say. */
const argon2 = crypto.argon2 as typeof crypto.argon2 | undefined;

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

function argon2Tag(password: string, salt: Buffer, memory: number, passes: number, lanes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (argon2 === undefined) {
      reject(new Error('this Node has no argon2: the password was hashed on another build'));
      return;
    }
    const parameters = {
      message: password,
      nonce: salt,
      memory,
      passes,
      parallelism: lanes,
      tagLength: ARGON2.tagBytes,
    };
    argon2('argon2id', parameters, (error, tag) => (error === null ? resolve(tag) : reject(error)));
  });
}

function scryptTag(password: string, salt: Buffer, logN: number, r: number, p: number): Promise<Buffer> {
  const options = { N: 2 ** logN, r, p, maxmem: 256 * 2 ** logN * r };
  return new Promise((resolve, reject) => {
    crypto.scrypt(password, salt, ARGON2.tagBytes, options, (error, tag) =>
      error === null ? resolve(tag) : reject(error),
    );
  });
}

/** A PHC string (`$argon2id$…` or `$scrypt$…`) with its own salt and parameters. The password itself is kept nowhere. */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.randomBytes(ARGON2.saltBytes);
  if (argon2 !== undefined) {
    const { memoryKiB, passes, lanes } = ARGON2;
    const tag = await argon2Tag(password, salt, memoryKiB, passes, lanes);
    return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${base64(salt)}$${base64(tag)}`;
  }
  const { logN, r, p } = SCRYPT;
  const tag = await scryptTag(password, salt, logN, r, p);
  return `$scrypt$ln=${logN},r=${r},p=${p}$${base64(salt)}$${base64(tag)}`;
}

const PHC_ARGON2 = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const PHC_SCRYPT = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** True when `password` is the one behind `hash`; compares in constant time. Throws on a hash that is none. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const match = PHC_ARGON2.exec(hash) ?? PHC_SCRYPT.exec(hash);
  const [, first, second, third, salt, tag] = match ?? [];
  if (salt === undefined || tag === undefined)
    throw new Error('the stored password hash is neither argon2id nor scrypt');
  const derive = hash.startsWith('$argon2id$') ? argon2Tag : scryptTag;
  const actual = await derive(password, Buffer.from(salt, 'base64'), Number(first), Number(second), Number(third));
  const expected = Buffer.from(tag, 'base64');
  return actual.length === expected.length && crypto.timingSafeEqual(actual, expected);
}

let decoy: Promise<string> | undefined;

/** Costs as much as a real check: an unknown address must not answer faster than a wrong password. */
export async function verifyNothing(password: string): Promise<false> {
  decoy ??= hashPassword(crypto.randomBytes(16).toString('hex'));
  await verifyPassword(password, await decoy);
  return false;
}
