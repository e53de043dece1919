import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { allocatePayment, type OpenDocument } from './allocate-payment.js';

const june: OpenDocument = { documentId: 'june', dueCents: 3000, dueDate: '2026-07-31', numberText: 'FT A/1' };
const july: OpenDocument = { documentId: 'july', dueCents: 4000, dueDate: '2026-08-31', numberText: 'FT A/2' };
const august: OpenDocument = { documentId: 'august', dueCents: 5000, dueDate: '2026-09-30', numberText: 'FT A/3' };
const all = [august, june, july];

describe('allocatePayment', () => {
  it('pays the oldest first, the last one in part', () => {
    expect(allocatePayment(all, 5000)).toEqual({
      parts: [
        { documentId: 'june', amountCents: 3000 },
        { documentId: 'july', amountCents: 2000 },
      ],
      restCents: 0,
    });
  });

  it('pays what the payer named first, and with the rest the oldest', () => {
    expect(allocatePayment(all, 6000, [{ documentId: 'august' }]).parts).toEqual([
      { documentId: 'august', amountCents: 5000 },
      { documentId: 'june', amountCents: 1000 },
    ]);
  });

  it('takes the payer at their word on the amount', () => {
    const wanted = [{ documentId: 'july', amountCents: 1500 }, { documentId: 'june' }];
    expect(allocatePayment(all, 4500, wanted).parts).toEqual([
      { documentId: 'july', amountCents: 1500 },
      { documentId: 'june', amountCents: 3000 },
    ]);
  });

  it('leaves beyond all debt a rest that is paid ahead', () => {
    expect(allocatePayment(all, 12_345).restCents).toBe(345);
    expect(allocatePayment([], 100)).toEqual({ parts: [], restCents: 100 });
  });

  it('leaves alone what a debit is about to pay, unless it was named', () => {
    const debited = { ...june, debitInFlight: true };
    expect(allocatePayment([debited, july], 4500)).toEqual({
      parts: [{ documentId: 'july', amountCents: 4000 }],
      restCents: 500,
    });
    expect(allocatePayment([debited, july], 3000, [{ documentId: 'june' }]).parts).toEqual([
      { documentId: 'june', amountCents: 3000 },
    ]);
  });

  it.each([0, -1, 0.5, Number.NaN, 2 ** 60])('refuses %d cents', (amountCents) => {
    expect(() => allocatePayment(all, amountCents)).toThrow(RangeError);
  });

  const documents = fc.uniqueArray(
    fc.record({
      documentId: fc.string({ minLength: 1, maxLength: 3 }),
      dueCents: fc.integer({ min: -500, max: 9000 }),
      dueDate: fc.constantFrom('2026-07-31', '2026-08-31', '2026-09-30'),
      numberText: fc.constantFrom('FT A/1', 'FT A/2', 'FT A/3'),
      debitInFlight: fc.boolean(),
    }),
    { selector: ({ documentId }) => documentId, maxLength: 8 },
  );

  it('neither makes nor loses a cent, and pays no document beyond its due, whatever the payer says', () => {
    const words = fc.array(
      fc.record(
        { documentId: fc.string({ minLength: 1, maxLength: 3 }), amountCents: fc.integer({ min: -10, max: 9000 }) },
        { requiredKeys: ['documentId'] },
      ),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(documents, fc.integer({ min: 1, max: 60_000 }), words, (open, amountCents, wanted) => {
        const { parts, restCents } = allocatePayment(open, amountCents, wanted);
        const paid = parts.reduce((sum, part) => sum + part.amountCents, 0);
        expect(paid + restCents).toBe(amountCents);
        expect(restCents).toBeGreaterThanOrEqual(0);
        expect(new Set(parts.map(({ documentId }) => documentId)).size).toBe(parts.length);
        for (const { documentId, amountCents: cents } of parts) {
          expect(cents).toBeGreaterThan(0);
          expect(cents).toBeLessThanOrEqual(open.find((one) => one.documentId === documentId)?.dueCents ?? 0);
        }
      }),
    );
  });

  it('does not depend on the order in which the documents come', () => {
    fc.assert(
      fc.property(documents, fc.integer({ min: 1, max: 60_000 }), (open, amountCents) => {
        expect(allocatePayment(open.toReversed(), amountCents)).toEqual(allocatePayment(open, amountCents));
      }),
    );
  });
});
