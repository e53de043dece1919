import { expect, test } from '@jest/globals';

import type { PrepaidSession } from '#apps/backoffice/api-types.js';

import { prepaidSessionState } from './prepaid.js';

const AT = '2026-07-15T10:00:00.000Z';
const stop = (outcome: NonNullable<PrepaidSession['stop']>['outcome']) => ({
  decidedAt: AT,
  outcome,
  leftCents: -17,
  floorCents: 0,
  unbilledCents: 517,
  atHighestPrice: false,
});

test.each([
  ['running', { stop: null, stoppedAt: null, warnedAt: null }],
  ['warned', { stop: null, stoppedAt: null, warnedAt: AT }],
  ['stopping', { stop: stop(null), stoppedAt: null, warnedAt: AT }],
  ['not-stopped', { stop: stop('given-up'), stoppedAt: null, warnedAt: AT }],
  ['stopped', { stop: stop('stopped'), stoppedAt: AT, warnedAt: AT }],
  ['running', { stop: stop('cancelled'), stoppedAt: null, warnedAt: AT }],
  [null, { stop: stop('ended'), stoppedAt: AT, warnedAt: AT }],
])('a session is %s', (state, session) => {
  expect(prepaidSessionState(session)).toBe(state);
});
