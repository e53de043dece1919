import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { customerReference, formatReference, isValidReference, paymentReference } from './payment-reference.js';

const upper = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: 10 });
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const documentNumber = fc
  .record({
    type: fc.constantFrom('FT', 'FS', 'FR', 'ND'),
    series: upper(`${LETTERS}0123456789`),
    number: fc.integer({ min: 1, max: 999_999 }),
  })
  .map(({ type, series, number }) => `${type} ${series}/${number}`);

describe('paymentReference', () => {
  it('is an RF creditor reference with the check digits of ISO 11649', () => {
    expect(isValidReference('RF18 5390 0754 7034')).toBe(true); // the standard's own example
    expect(isValidReference('RF19 5390 0754 7034')).toBe(false);
    const reference = paymentReference({ numberText: 'FT CZM2026/17' });
    expect(reference).toMatch(/^RF\d\d17FTCZM2026$/);
    expect(isValidReference(reference)).toBe(true);
  });

  it('is printed in groups of four', () => {
    expect(formatReference('RF18539007547034')).toBe('RF18 5390 0754 7034');
    expect(formatReference('RF18539')).toBe('RF18 539');
  });

  it('is another one for another document, and valid', () => {
    fc.assert(
      fc.property(documentNumber, documentNumber, (one, other) => {
        fc.pre(one !== other);
        expect(isValidReference(paymentReference({ numberText: one }))).toBe(true);
        expect(paymentReference({ numberText: one })).not.toBe(paymentReference({ numberText: other }));
      }),
    );
  });

  it('tells every single mistyped digit or letter, and two that changed places', () => {
    fc.assert(
      fc.property(documentNumber, fc.nat(), fc.constantFrom(...LETTERS, ...'0123456789'), (numberText, at, typed) => {
        const reference = paymentReference({ numberText });
        const place = 4 + (at % (reference.length - 4));
        const wrong = reference.slice(0, place) + typed + reference.slice(place + 1);
        const isDigit = (character = '') => /\d/.test(character);
        if (isDigit(reference[place]) === isDigit(typed)) expect(isValidReference(wrong)).toBe(wrong === reference);
        const [first = '', second = ''] = [reference[place], reference[place + 1]];
        const swapped = reference.slice(0, place) + second + first + reference.slice(place + 2);
        // A letter counts as two digits: only characters of one kind change places in the digits too.
        if (/^(\d\d|[A-Z]{2})$/.test(first + second)) expect(isValidReference(swapped)).toBe(swapped === reference);
      }),
    );
  });

  it('never mistakes a customer for a document', () => {
    expect(customerReference({ customerId: '1001' })).toMatch(/^RF\d\d0CL1001$/);
    expect(isValidReference(customerReference({ customerId: 'fração-12.B' }))).toBe(true);
  });

  it('keeps the end of a name that is too long', () => {
    const reference = paymentReference({ numberText: 'FT CONDOMINIODOPARQUE2026/123456' });
    expect(reference).toHaveLength(25);
    expect(reference).toMatch(/^RF\d\d123456FT.*2026$/);
  });

  it('refuses what is no document number', () => {
    expect(() => paymentReference({ numberText: 'CZM2026/17' })).toThrow(/no document number/);
  });
});
