import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { decidePayout, payableCents, type RecoveredDocument } from './decide-payout.js';

/** An invoice as its events make it. */
interface Books {
  recovered: number;
  claimed: number;
  paid: number;
  taken: number;
}

type Event =
  | { readonly kind: 'pay' | 'reverse' | 'credit' | 'interest'; readonly invoice: number; readonly permille: number }
  | { readonly kind: 'payout' };

const eventOf: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('pay' as const, 'reverse' as const, 'credit' as const, 'interest' as const),
    invoice: fc.nat(2),
    permille: fc.integer({ min: 1, max: 1_000 }),
  }),
  fc.constant({ kind: 'payout' as const }),
);

/** Net for the condominium, fees of the BPO, VAT: the parts of a gross. */
const invoiceOf = fc
  .tuple(fc.nat(1_000_000), fc.nat(50_000), fc.integer({ min: 0, max: 230 }))
  .map(([recovered, fees, vat]): Books => {
    const claimed = recovered + fees + Math.round(((recovered + fees) * vat) / 1_000);
    return { recovered, claimed, paid: 0, taken: 0 };
  });

function happen(books: Books, kind: 'pay' | 'reverse' | 'credit' | 'interest', permille: number): void {
  const part = (cents: number) => Math.floor((cents * permille) / 1_000);
  if (kind === 'pay') books.paid += part(Math.max(0, books.claimed - books.paid));
  if (kind === 'reverse') books.paid -= part(books.paid);
  if (kind === 'interest') {
    books.claimed += permille;
    books.recovered += permille;
  }
  if (kind !== 'credit') return;
  const recovered = part(books.recovered);
  books.claimed -= Math.min(books.claimed, recovered + part(books.claimed - books.recovered));
  books.recovered -= recovered;
  books.paid = Math.min(books.paid, books.claimed); // what is too much then is moved to the customer's own balance
}

function documents(all: readonly Books[]): RecoveredDocument[] {
  return all.map((books, index) => ({
    documentId: String(index),
    numberText: `FT ${index}`,
    recoveredCents: books.recovered,
    claimedCents: books.claimed,
    paidCents: books.paid,
    takenCents: books.taken,
  }));
}

/** Pays out what is owed now; answers what was paid. */
function payOut(all: readonly Books[]): number {
  const decided = decidePayout(documents(all));
  if ('refused' in decided) return 0;
  for (const line of decided.lines) {
    const books = line.kind === 'document' ? all[Number(line.documentId)] : undefined;
    if (books !== undefined) books.taken += line.cents;
  }
  return decided.totalCents;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('payouts, in whatever order money comes and goes back', () => {
  it('are never negative, and at each payout their sum is no more than was received', () => {
    fc.assert(
      fc.property(
        fc.array(invoiceOf, { minLength: 3, maxLength: 3 }),
        fc.array(eventOf, { maxLength: 40 }),
        (all, events) => {
          let paidOut = 0;
          for (const event of events) {
            if (event.kind !== 'payout') {
              const books = all[event.invoice];
              if (books !== undefined) happen(books, event.kind, event.permille);
              continue;
            }
            const cents = payOut(all);
            expect(cents).toBeGreaterThanOrEqual(0);
            paidOut += cents;
            expect(paidOut).toBe(sum(all.map(({ taken }) => taken)));
            if (cents > 0) expect(paidOut).toBeLessThanOrEqual(sum(all.map(({ paid }) => paid)));
          }
        },
      ),
    );
  });

  it('are all that is recovered once all is paid, but for what was paid out too much before', () => {
    fc.assert(
      fc.property(
        fc.array(invoiceOf, { minLength: 3, maxLength: 3 }),
        fc.array(eventOf, { maxLength: 40 }),
        (all, events) => {
          for (const event of events) {
            const books = event.kind === 'payout' ? undefined : all[event.invoice];
            if (event.kind === 'payout') payOut(all);
            else if (books !== undefined) happen(books, event.kind, event.permille);
          }
          for (const books of all) books.paid = books.claimed;
          payOut(all);
          const taken = sum(all.map((books) => books.taken));
          const recovered = sum(all.map((books) => books.recovered));
          expect(taken).toBeGreaterThanOrEqual(recovered);
          // More was paid out only where credit notes came after a payout: it waits, and is taken from the next one.
          if (taken > recovered) expect(events.some(({ kind }) => kind === 'credit')).toBe(true);
        },
      ),
    );
  });

  it('take of an invoice no more for a payment in parts than for one in full', () => {
    fc.assert(
      fc.property(invoiceOf, fc.array(fc.nat(1_000), { maxLength: 8 }), (books, parts) => {
        let before = 0;
        for (const permille of parts) {
          happen(books, 'pay', permille);
          const payable = payableCents({
            recoveredCents: books.recovered,
            claimedCents: books.claimed,
            paidCents: books.paid,
          });
          expect(payable).toBeGreaterThanOrEqual(before);
          expect(payable).toBeLessThanOrEqual(Math.min(books.paid, books.recovered));
          before = payable;
        }
      }),
    );
  });

  it('less percentage and monthly fees are below what is recovered by exactly these', () => {
    fc.assert(
      fc.property(invoiceOf, fc.nat(2_000), fc.nat(100_000), (books, permyriad, perMonthCents) => {
        books.paid = books.claimed;
        const decided = decidePayout(documents([books]), {
          permyriad,
          months: ['2026-06', '2026-07'].map((month) => ({ month, cents: perMonthCents })),
        });
        const fees = Math.floor((books.recovered * permyriad) / 10_000) + 2 * perMonthCents;
        if ('refused' in decided) expect(books.recovered === 0 || books.recovered - fees <= 0).toBe(true);
        else expect([decided.totalCents, decided.feesCents]).toEqual([books.recovered - fees, fees]);
      }),
    );
  });
});
