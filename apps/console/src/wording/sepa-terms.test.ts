import { expect, test } from '@jest/globals';

import { termsStates } from './sepa-terms.js';

const from = (validFrom: string, validUntil: string | null = null) => ({ validFrom, validUntil });

test('the terms that began last are in force, until they end', () => {
  const terms = [from('2027-01-01'), from('2026-07-01', '2026-12-01'), from('2026-01-01')];
  expect(termsStates(terms, '2026-11-30')).toEqual(['future', 'in-force', 'past']);
  expect(termsStates(terms, '2026-12-01')).toEqual(['future', 'past', 'past']);
  expect(termsStates(terms, '2027-01-01')).toEqual(['in-force', 'past', 'past']);
  expect(termsStates([], '2026-01-01')).toEqual([]);
});
