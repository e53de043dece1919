import { describe, expect, test } from '@jest/globals';

import type { DueInvoice, Money } from '#apps/backoffice/api-types.js';

import { dueParts, payableOf } from './due-parts.js';
import { monthAfter, spanOf } from './months.js';

const invoice = (number: string, dueDate: string, more: Partial<DueInvoice> = {}): DueInvoice => ({
  documentId: number,
  number,
  dueDate,
  dueCents: 1000,
  currency: 'EUR',
  debitInFlight: false,
  transfer: null,
  ...more,
});

describe('what is due', () => {
  test('by how it stands: late, in time, or at the bank already, which is neither', () => {
    const due = [
      invoice('a', '2026-11-09'),
      invoice('b', '2026-11-10'),
      invoice('c', '2026-11-01', { debitInFlight: true }),
    ];
    expect(dueParts(due, '2026-11-10')).toEqual([
      { part: 'overdue', cents: 1000 },
      { part: 'open', cents: 1000 },
      { part: 'debited', cents: 1000 },
    ]);
    expect(dueParts([], '2026-11-10')).toEqual([]);
  });

  test('what a voucher is out for, or a debit, is not offered: it would be paid twice', () => {
    const voucher: Money['underWay'][number] = {
      kind: 'checkout',
      id: 'x',
      state: 'pending',
      method: 'multibanco',
      amountCents: 1000,
      currency: 'EUR',
      since: '2026-11-01T00:00:00Z',
      until: null,
      numbers: ['b'],
      voucher: null,
      url: null,
    };
    const due = [
      invoice('a', '2026-11-09'),
      invoice('b', '2026-11-10'),
      invoice('c', '2026-11-01', { debitInFlight: true }),
      invoice('d', '2026-11-01', { currency: 'NOK' }),
    ];
    expect(payableOf({ due, underWay: [voucher] }).map(({ number }) => number)).toEqual(['a']);
    const opened = { ...voucher, state: 'open' };
    expect(payableOf({ due, underWay: [opened] }).map(({ number }) => number)).toEqual(['a', 'b']);
  });
});

test('months go on over the year', () => {
  expect(monthAfter('2026-12', 1)).toBe('2027-01');
  expect(monthAfter('2026-01', -1)).toBe('2025-12');
  expect(spanOf('2026-02')).toEqual({ from: '2026-02-01', to: '2026-03-01' });
});
