import { describe, expect, it } from '@jest/globals';

import { secretVault } from './secret-vault.js';

describe('a sealed secret', () => {
  const vault = secretVault('a secret for the tests', 'one');

  it('tells nothing, is another text each time, and opens', () => {
    const sealed = vault.seal('chave-ção');
    expect(sealed).not.toContain('chave');
    expect(vault.seal('chave-ção')).not.toBe(sealed);
    expect(vault.open(sealed)).toBe('chave-ção');
  });

  it('does not open under another secret, for another purpose, or changed', () => {
    const sealed = vault.seal('x');
    expect(() => secretVault('another secret here', 'one').open(sealed)).toThrow('CHAZEMO_SECRET');
    expect(() => secretVault('a secret for the tests', 'two').open(sealed)).toThrow('CHAZEMO_SECRET');
    expect(() => vault.open(`${sealed.slice(0, -2)}AA`)).toThrow('CHAZEMO_SECRET');
    expect(() => vault.open('v1.')).toThrow('CHAZEMO_SECRET');
    expect(() => vault.open('plain')).toThrow('unknown way');
  });
});
