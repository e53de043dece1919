import { scryptSync } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { hashPassword, PasswordVerifier, verifyPassword } from './password.js';

describe("a charger's password", () => {
  it('is verified against its hash, whatever bytes it has', async () => {
    const password = Buffer.from([0, 255, 58, 10, 128]);
    const stored = await hashPassword(password);
    expect(await verifyPassword(password, stored)).toBe(true);
    expect(await verifyPassword('other', stored)).toBe(false);
    expect(await hashPassword(password)).not.toBe(stored); // a salt of its own
  });

  it('is never none', async () => {
    await expect(hashPassword('')).rejects.toThrow('empty');
    const stored = ['scrypt', 1024, 8, 1, 'c2FsdA==', scryptSync('', 'salt', 32, { N: 1024 }).toString('base64')];
    expect(await verifyPassword('', stored.join('$'))).toBe(false);
  });

  it('matches nothing that is no hash', async () => {
    expect(await verifyPassword('', '')).toBe(false);
    expect(await verifyPassword('plain', 'plain')).toBe(false);
  });

  it('is remembered once verified, and only that one', async () => {
    const verifier = new PasswordVerifier();
    const stored = await hashPassword('key');
    for (const text of ['wrong', 'key', 'key', 'wrong']) {
      expect(await verifier.verify(Buffer.from(text), stored)).toBe(text === 'key');
    }
    expect(await verifier.verify(Buffer.from('key'), null)).toBe(false);
    expect(await verifier.verify(Buffer.from('key'), await hashPassword('changed'))).toBe(false);
  });
});
