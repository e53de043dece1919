import { expect, test } from '@jest/globals';

import type { PriceEffect } from '#libs/rating/price-preview.js';

import { effectText } from './price-effect-text.js';

const open: PriceEffect = {
  kind: 'open',
  installationId: 'aurora',
  period: '2026-06',
  beforeCents: 12_345,
  afterCents: 12_005,
  refusedBefore: null,
  refusedAfter: null,
  customers: 2,
  differenceCents: -340,
  largest: { customerId: '1001', differenceCents: -345 },
};

test.each<[Partial<PriceEffect>, string]>([
  [{}, 'aurora 2026-06: energy 123.45 → 120.05, 2 customers by -3.40, the most 1001 by -3.45'],
  [{ customers: 0, differenceCents: 0, largest: null, afterCents: 12_345 }, 'aurora 2026-06: energy 123.45, unchanged'],
  [
    {
      beforeCents: null,
      refusedBefore: { code: 'TARIFF.NOT_FOUND', band: 'ponta', direction: 'import', date: '2026-06-03' },
      largest: null,
    },
    'aurora 2026-06: energy not rated (no price for ponta on 2026-06-03) → 120.05',
  ],
  [{ kind: 'billed' }, 'aurora 2026-06: billed: the difference would be an adjustment'],
])('%j', (part, text) => expect(effectText(Object.assign({}, open, part))).toBe(text));
