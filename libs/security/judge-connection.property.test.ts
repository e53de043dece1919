import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { COMMAND_STATES } from '#libs/commands/command-states.js';
import { RESULT_STATUSES } from '#libs/ocpp/commands.js';

import { judgeConnection, SECURITY_PROFILES } from './judge-connection.js';
import { isUnderWay, mayComeWith } from './password-state.js';

const approaches = fc.record({
  isEncrypted: fc.boolean(),
  password: fc.constantFrom('right' as const, 'wrong' as const, 'missing' as const, 'unset' as const),
  certificate: fc.constantFrom('right' as const, 'missing' as const, 'certificate-foreign' as const),
});
const standings = fc.record({ profile: fc.constantFrom(...SECURITY_PROFILES), allowUnsecured: fc.boolean() });

describe('whoever comes', () => {
  it('comes in with what it must have or more, and only with what it has shown', () => {
    fc.assert(
      fc.property(approaches, standings, (approach, standing) => {
        const judged = judgeConnection(approach, standing);
        if ('refused' in judged) return;
        expect(judged.reached).toBeGreaterThanOrEqual(standing.profile);
        if (judged.reached === 3) expect(approach.certificate).toBe('right');
        else if (judged.reached >= 1) expect(approach.password).toBe('right');
        if (judged.reached >= 2) expect(approach.isEncrypted).toBe(true);
        if (judged.reached === 0) expect(standing).toEqual({ profile: 0, allowUnsecured: true });
      }),
    );
  });

  it('is never let in for showing less, nor turned away for showing more', () => {
    fc.assert(
      fc.property(approaches, standings, (approach, standing) => {
        if ('refused' in judgeConnection(approach, standing)) return;
        expect(judgeConnection({ ...approach, isEncrypted: true }, standing)).toHaveProperty('reached');
        expect(judgeConnection({ ...approach, isEncrypted: true, certificate: 'right' }, standing)).toEqual({
          reached: 3,
        });
        if (approach.certificate === 'right') return;
        expect(judgeConnection({ ...approach, password: 'wrong' }, standing)).toEqual({ refused: 'wrong-password' });
      }),
    );
  });
});

it('a password whose change is under way is always accepted, and every state has an answer', () => {
  for (const state of COMMAND_STATES) {
    for (const status of [null, ...RESULT_STATUSES]) {
      const may = mayComeWith({ state, status });
      if (isUnderWay({ state, status }) || state === 'timed-out') expect(may).toBe(true);
      if (state === 'answered' && status === 'accepted') expect(may).toBe(true);
      if (state === 'answered' && status === 'rejected') expect(may).toBe(false);
    }
  }
});
