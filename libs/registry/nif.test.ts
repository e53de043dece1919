import { describe, expect, test } from '@jest/globals';

import { isValidNif } from './nif.js';

describe('isValidNif', () => {
  test.each(['999999990', '501964843', '123456789', '500000000'])('%s is valid', (nif) => {
    expect(isValidNif(nif)).toBe(true);
  });

  test.each([
    ['501964842', 'wrong check digit'],
    ['050196484', 'leading zero'],
    ['50196484', 'too short'],
    ['PT501964843', 'with a prefix'],
    ['50196484x', 'a letter'],
    ['', 'nothing'],
  ])('%s is not (%s)', (nif) => {
    expect(isValidNif(nif)).toBe(false);
  });
});
