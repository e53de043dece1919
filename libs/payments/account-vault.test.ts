import { describe, expect, it } from '@jest/globals';

import { accountVault, lastFour } from './account-vault.js';

const IBAN = 'PT50 0002 0123 1234 5678 9015 4';
const vault = accountVault('a secret of the installation');

describe('the account vault', () => {
  it('gives an account back, however it was written, and never the same text twice', () => {
    const sealed = vault.seal(IBAN);
    expect(vault.open(sealed)).toBe('PT50000201231234567890154');
    expect(vault.seal(IBAN)).not.toBe(sealed);
    expect(sealed).not.toContain('9015');
    expect(lastFour(IBAN)).toBe('0154');
  });

  it('opens nothing that was changed, or sealed with another secret', () => {
    const sealed = vault.seal(IBAN);
    const middle = Math.floor(sealed.length / 2);
    const changed = sealed.slice(0, middle) + (sealed[middle] === 'A' ? 'B' : 'A') + sealed.slice(middle + 1);
    expect(() => vault.open(changed)).toThrow('cannot be opened');
    expect(() => accountVault('another secret here').open(sealed)).toThrow('CHAZEMO_SECRET');
    expect(() => vault.open(IBAN)).toThrow('unknown way');
  });

  it('knows an account again by its hash, which another secret does not have', () => {
    expect(vault.hashOf(IBAN)).toBe(vault.hashOf('pt50000201231234567890154'));
    expect(accountVault('another secret here').hashOf(IBAN)).not.toBe(vault.hashOf(IBAN));
  });
});
