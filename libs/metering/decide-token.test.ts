import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { tokenAnswer, tokenFlag, tokenStatus } from './decide-token.js';
import type { TokenFacts } from './facts.js';

const AT = new Date('2026-07-02T08:00:00Z');
const later = new Date('2026-07-02T08:00:00.001Z');
const GOOD: TokenFacts = {
  at: AT,
  idTag: 'CARD',
  status: 'active',
  expiresAt: null,
  validFrom: null,
  groupTag: null,
  suspended: false,
  elsewhere: false,
  withoutCredit: false,
};

describe('what a card is worth', () => {
  it.each([
    ['Accepted', GOOD],
    ['Unknown', null],
    ['Blocked', { ...GOOD, status: 'blocked' }],
    ['Blocked', { ...GOOD, suspended: true }],
    ['Expired', { ...GOOD, expiresAt: AT }],
    ['Accepted', { ...GOOD, expiresAt: later }],
    ['Accepted', { ...GOOD, validFrom: AT }],
    ['NotAtThisTime', { ...GOOD, validFrom: later }],
    ['NotAtThisLocation', { ...GOOD, elsewhere: true }],
    ['NoCredit', { ...GOOD, withoutCredit: true }],
    ['Blocked', { ...GOOD, status: 'blocked', expiresAt: AT, elsewhere: true, withoutCredit: true }],
    ['Expired', { ...GOOD, expiresAt: AT, elsewhere: true, withoutCredit: true }],
  ] as const)('%s', (status, token) => {
    expect(tokenStatus(token)).toBe(status);
  });

  it('a good one is told with its end and its group, another with neither', () => {
    const token = { ...GOOD, expiresAt: later, groupTag: 'CASA' };
    expect(tokenAnswer(token)).toEqual({
      kind: 'token',
      status: 'Accepted',
      expiresAt: later.toISOString(),
      group: 'CASA',
    });
    expect(tokenAnswer({ ...token, elsewhere: true })).toEqual({ kind: 'token', status: 'NotAtThisLocation' });
  });

  it('only a card without any objection is accepted, and every other one is flagged', () => {
    const facts = fc.record({
      at: fc.constant(AT),
      idTag: fc.constant('CARD'),
      status: fc.constantFrom('active', 'blocked'),
      expiresAt: fc.constantFrom(null, AT, later),
      validFrom: fc.constantFrom(null, AT, later),
      groupTag: fc.constantFrom(null, 'CASA'),
      suspended: fc.boolean(),
      elsewhere: fc.boolean(),
      withoutCredit: fc.boolean(),
    });
    fc.assert(
      fc.property(facts, (token) => {
        const isGood =
          token.status === 'active' &&
          !token.suspended &&
          !token.elsewhere &&
          !token.withoutCredit &&
          token.expiresAt !== AT &&
          token.validFrom !== later;
        const status = tokenStatus(token);
        expect(status === 'Accepted').toBe(isGood);
        expect(tokenFlag(status) === null).toBe(isGood);
      }),
    );
  });
});
