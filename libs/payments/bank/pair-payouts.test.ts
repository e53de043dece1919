import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { mayBe, pairPayouts, type PayoutLine, type UnseenPayout } from './pair-payouts.js';

const line = (lineId: string, more: Partial<PayoutLine> = {}): PayoutLine => ({
  lineId,
  amountCents: 5000,
  bookedOn: '2026-07-20',
  text: 'TRF CRED SEPA',
  isPayout: false,
  customer: null,
  ...more,
});
const payout = (payoutId: string, more: Partial<UnseenPayout> = {}): UnseenPayout => ({
  payoutId,
  amountCents: 5000,
  arrivesOn: '2026-07-20',
  descriptor: null,
  traceId: null,
  ...more,
});
const pairs = (lines: readonly PayoutLine[], payouts: readonly UnseenPayout[]) =>
  pairPayouts(lines, payouts)
    .map((pair) => `${pair.lineId}=${pair.payoutId} ${pair.foundBy}`)
    .toSorted();

describe('the payout of a line', () => {
  it('is the only one of its amount around its day', () => {
    const payouts = [payout('po_first'), payout('po_other', { amountCents: 5001 })];
    expect(pairs([line('a')], payouts)).toEqual(['a=po_first payout-amount']);
    expect(pairs([line('a', { text: 'STRIPE TECHNOLOGY EUROPE' })], payouts)).toEqual(['a=po_first payout-text']);
  });

  it.each([
    ['2026-07-18', false],
    ['2026-07-19', true],
    ['2026-07-25', true],
    ['2026-07-26', false],
  ])('booked on %s may be one of the 20th: %s', (bookedOn, is) => {
    expect(mayBe(line('a', { bookedOn }), payout('po_first'))).toBe(is);
  });

  it('is known by its number or the bank’s whatever the day, never with another amount', () => {
    const late = { bookedOn: '2026-09-01' };
    const numbered = payout('po_1PgafmB7WZ01zgkW');
    expect(pairs([line('a', { ...late, text: 'STRIPE PO1PGAFMB7WZ01ZGKW' })], [numbered])).toHaveLength(1);
    expect(pairs([line('a', { ...late, text: 'REF E2E-778812' })], [payout('x', { traceId: 'E2E 778812' })])).toEqual([
      'a=x payout-id',
    ]);
    expect(pairs([line('a', { amountCents: 4999, text: 'po_1PgafmB7WZ01zgkW' })], [numbered])).toEqual([]);
  });

  it('is told from one of the same amount by its number, its name, the provider’s name, in this order', () => {
    const two = [payout('po_1111111111', { descriptor: 'GARAGEM SUL' }), payout('po_2222222222')];
    const lines = [line('a', { text: 'STRIPE Garagem Sul' }), line('b', { text: 'STRIPE' })];
    expect(pairs(lines, two)).toEqual(['a=po_1111111111 payout-text', 'b=po_2222222222 payout-text']);
    const byNumber = [line('a', { text: 'STRIPE Garagem Sul po_2222222222' }), line('b')];
    expect(pairs(byNumber, two)).toEqual(['a=po_2222222222 payout-id', 'b=po_1111111111 payout-amount']);
  });

  it('is not another that the line names by its number, though that has not been told yet', () => {
    expect(pairs([line('a', { text: 'STRIPE po_3333333333' })], [payout('po_1111111111')])).toEqual([]);
  });

  it('is left to people where two lines or two payouts are alike', () => {
    expect(pairs([line('a')], [payout('one'), payout('two')])).toEqual([]);
    expect(pairs([line('a'), line('b')], [payout('one')])).toEqual([]);
    expect(pairs([line('a'), line('b')], [payout('one'), payout('two')])).toEqual([]);
  });

  it('is none where the money is a customer’s, and by the amount alone where it may be one’s', () => {
    const named = { text: 'STRIPE' };
    expect(pairs([line('a', { ...named, customer: 'certain' })], [payout('one')])).toEqual([]);
    expect(pairs([line('a', { customer: 'likely' })], [payout('one')])).toEqual([]);
    expect(pairs([line('a', { ...named, customer: 'likely' })], [payout('one')])).toEqual(['a=one payout-text']);
  });

  it('is found for a line that a person has called a payout', () => {
    expect(pairs([line('a', { isPayout: true }), line('b')], [payout('one')])).toEqual(['a=one payout-text']);
  });
});

const days = fc.integer({ min: 1, max: 28 }).map((day) => `2026-07-${String(day).padStart(2, '0')}`);
const amounts = fc.constantFrom(5000, 5001);
const lines = fc.array(
  fc.record({
    amountCents: amounts,
    bookedOn: days,
    text: fc.constantFrom('', 'STRIPE', 'po_aaaaaaaa0', 'GARAGEM SUL'),
    isPayout: fc.boolean(),
    customer: fc.constantFrom(null, 'likely' as const, 'certain' as const),
  }),
  { maxLength: 6 },
);
const payouts = fc.array(
  fc.record({
    amountCents: amounts,
    arrivesOn: days,
    descriptor: fc.constantFrom(null, 'GARAGEM SUL'),
    traceId: fc.constant(null),
  }),
  { maxLength: 6 },
);

describe('pairs of lines and payouts', () => {
  it('never share one, are of one amount, and are the same in whatever order both are told', () => {
    fc.assert(
      fc.property(lines, payouts, fc.integer(), (someLines, somePayouts, seed) => {
        const toldLines = someLines.map((one, index) => ({ lineId: `l${index}`, ...one }));
        const toldPayouts = somePayouts.map((one, index) => ({ payoutId: `po_aaaaaaaa${index}`, ...one }));
        const found = pairPayouts(toldLines, toldPayouts);
        expect(new Set(found.map(({ lineId }) => lineId)).size).toBe(found.length);
        expect(new Set(found.map(({ payoutId }) => payoutId)).size).toBe(found.length);
        for (const { lineId, payoutId } of found) {
          const [its, of] = [
            toldLines.find((one) => one.lineId === lineId),
            toldPayouts.find((one) => one.payoutId === payoutId),
          ];
          expect(its?.amountCents).toBe(of?.amountCents);
        }
        const rotate = <T>(all: readonly T[]) =>
          all.map((_, index) => all[(((index + seed) % all.length) + all.length) % all.length] as T).toReversed();
        expect(pairs(rotate(toldLines), rotate(toldPayouts))).toEqual(pairs(toldLines, toldPayouts));
      }),
    );
  });
});
