import { describe, expect, it } from '@jest/globals';

import { decidePayout, payableCents, type RecoveredDocument } from './decide-payout.js';

const invoice = (facts: Partial<RecoveredDocument>): RecoveredDocument => ({
  documentId: 'a',
  numberText: 'FT CZM2026/1',
  recoveredCents: 8_038,
  claimedCents: 9_887,
  paidCents: 0,
  takenCents: 0,
  ...facts,
});

describe('what of an invoice is payable', () => {
  it.each([
    [0, 0],
    [1, 0],
    [5_000, 4_064],
    [9_886, 8_037],
    [9_887, 8_038],
    [12_000, 8_038],
    [-20, 0],
  ])('of 98,87 with %i cents paid: %i', (paidCents, cents) => {
    expect(payableCents(invoice({ paidCents }))).toBe(cents);
  });

  it('of an invoice that the condominium owes something of, all when paid and never less than its part before', () => {
    const energyGivenBack = invoice({ recoveredCents: -200, claimedCents: 300 });
    expect(payableCents({ ...energyGivenBack, paidCents: 100 })).toBe(-67);
    expect(payableCents({ ...energyGivenBack, paidCents: 300 })).toBe(-200);
  });

  it('of an invoice that was credited in full is nothing', () => {
    expect(payableCents(invoice({ recoveredCents: 0, claimedCents: 0, paidCents: 0 }))).toBe(0);
  });

  it('is exact for sums beyond what a double multiplies exactly', () => {
    const huge = { recoveredCents: 899_999_999_999, claimedCents: 999_999_999_999, paidCents: 999_999_999_998 };
    expect(payableCents(huge)).toBe(899_999_999_998);
  });
});

describe('a payout', () => {
  it('is what was recovered and received, line by line', () => {
    const paid = invoice({ paidCents: 9_887 });
    const part = invoice({ documentId: 'b', paidCents: 5_000, takenCents: 64 });
    const decided = decidePayout([paid, part, invoice({ documentId: 'c' })]);
    expect(decided).toMatchObject({ totalCents: 8_038 + 4_000, feesCents: 0 });
    expect('lines' in decided && decided.lines.map(({ cents }) => cents)).toEqual([8_038, 4_000]);
  });

  it('carries what is below zero: a dispute after the payout is taken from the next one', () => {
    const disputed = invoice({ paidCents: 0, takenCents: 8_038 });
    expect(decidePayout([disputed])).toEqual({ refused: { code: 'PAYOUT.NOTHING_TO_PAY', carriedCents: -8_038 } });
    const next = decidePayout([
      disputed,
      invoice({ documentId: 'b', recoveredCents: 9_000, claimedCents: 9_000, paidCents: 9_000 }),
    ]);
    expect(next).toMatchObject({ totalCents: 962 });
  });

  it('carries a credit note after the payout', () => {
    const credited = invoice({ recoveredCents: 2_000, claimedCents: 2_460, paidCents: 2_460, takenCents: 8_038 });
    expect(decidePayout([credited])).toEqual({ refused: { code: 'PAYOUT.NOTHING_TO_PAY', carriedCents: -6_038 } });
  });

  it('pays nothing of what was written off', () => {
    expect(decidePayout([invoice({ paidCents: 0 })])).toMatchObject({ refused: { carriedCents: 0 } });
  });

  it('takes agreed fees, and waits when they are more than it', () => {
    const fees = { permyriad: 250, months: [{ month: '2026-06', cents: 1_000 }] };
    const decided = decidePayout([invoice({ paidCents: 9_887 })], fees);
    expect(decided).toMatchObject({ feesCents: 1_200, totalCents: 6_838 });
    const small = decidePayout([invoice({ paidCents: 500 })], fees);
    expect(small).toEqual({ refused: { code: 'PAYOUT.NOTHING_TO_PAY', carriedCents: 406 - 10 - 1_000 } });
  });
});
