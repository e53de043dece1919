import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { customerReference, formatReference, paymentReference } from '../payment-reference.js';
import { LineMatcher, type LineToMatch, type MatchDocument } from './match-line.js';
import { documentNumberSearch, referencesIn } from './references-in-text.js';

const invoice = (customerId: string, number: number, dueCents: number, more: Partial<MatchDocument> = {}) => {
  const numberText = `FT CZM2026/${number}`;
  return { customerId, documentId: `d${number}`, numberText, dueCents, dueDate: '2026-07-31', ...more };
};
const documents = [
  invoice('1001', 1, 3000),
  invoice('1001', 2, 4000, { dueDate: '2026-08-31' }),
  invoice('1002', 11, 5000),
  invoice('1003', 12, 5000),
  invoice('1004', 3, 0),
];
const matcher = new LineMatcher({
  documents,
  customers: [
    { customerId: '1001', name: 'Ana Sá' },
    { customerId: '1002', name: 'Rui Conceição Dias' },
    { customerId: '1003', name: 'Eva' },
    { customerId: '1004', name: 'Zé Mário' },
    { customerId: '2026', name: 'Ano Novo' },
  ],
  payers: new Map([
    ['hash-ana', ['1001']],
    ['hash-firm', ['1001', '1002']],
  ]),
});
const NOTHING: LineToMatch = {
  amountCents: 0,
  text: '',
  reference: null,
  counterpartyName: null,
  counterpartyHash: null,
};
const match = (line: Partial<LineToMatch>) => matcher.match({ ...NOTHING, ...line });
const referenceOf = (number: number) => paymentReference({ numberText: `FT CZM2026/${number}` });

describe('a reference', () => {
  it('is certain, however it was typed: part payment, overpayment, and one payment for several invoices', () => {
    const typed = `trf ${formatReference(referenceOf(2)).toLowerCase()} ana`;
    expect(match({ amountCents: 1000, text: typed }).certain).toEqual({
      foundBy: 'reference',
      parts: [{ customerId: '1001', documentId: 'd2', amountCents: 1000 }],
    });
    expect(match({ amountCents: 8000, reference: referenceOf(2) }).certain?.parts).toEqual([
      { customerId: '1001', documentId: 'd2', amountCents: 4000 },
      { customerId: '1001', documentId: 'd1', amountCents: 3000 },
      { customerId: '1001', documentId: null, amountCents: 1000 },
    ]);
  });

  it('of the customer pays the oldest first, and of a paid invoice still finds its customer', () => {
    const text = customerReference({ customerId: '1001' });
    expect(match({ amountCents: 3500, text }).certain?.parts).toEqual([
      { customerId: '1001', documentId: 'd1', amountCents: 3000 },
      { customerId: '1001', documentId: 'd2', amountCents: 500 },
    ]);
    expect(match({ amountCents: 100, text: referenceOf(3) }).certain?.parts).toEqual([
      { customerId: '1004', documentId: null, amountCents: 100 },
    ]);
  });

  it('of two customers is certain only to the cent', () => {
    const text = `${referenceOf(11)} ${referenceOf(12)}`;
    expect(match({ amountCents: 10_000, text }).certain?.parts.map(({ documentId }) => documentId)).toEqual([
      'd11',
      'd12',
    ]);
    const other = match({ amountCents: 9000, text });
    expect(other.certain).toBeNull();
    expect(other.proposals.slice(0, 2).map(({ parts }) => parts[0]?.customerId)).toEqual(['1002', '1003']);
  });

  it('is found whatever marks and case stand in it, and not when a digit is wrong', () => {
    const known = new Map([
      [referenceOf(1), 1],
      [referenceOf(11), 11],
    ]);
    fc.assert(
      fc.property(
        fc.constantFrom(1, 11),
        fc.array(fc.constantFrom('', ' ', '-', '.'), { minLength: 25, maxLength: 25 }),
        (number, gaps) => {
          const spread = [...referenceOf(number)].map((letter, at) => letter.toLowerCase() + (gaps[at] ?? '')).join('');
          expect(referencesIn(`pag ${spread} obrigado`, known)).toEqual([referenceOf(number)]);
        },
      ),
    );
    expect(referencesIn(referenceOf(1).replace('RF', 'RF9'), known)).toEqual([]);
  });
});

describe('a document number', () => {
  it('is certain with the exact amount, else proposed', () => {
    const text = 'Fatura FT CZM2026/2';
    expect(match({ amountCents: 4000, text }).certain?.parts).toEqual([
      { customerId: '1001', documentId: 'd2', amountCents: 4000 },
    ]);
    expect(match({ amountCents: 3999, text })).toMatchObject({
      certain: null,
      proposals: [{ foundBy: 'document-number', parts: [{ documentId: 'd2', amountCents: 3999 }] }],
    });
  });

  it.each(['ft czm2026 2', 'FTCZM2026/2', 'czm 2026-0002', 'FT CZM2026 / 2.'])('is read from "%s"', (text) => {
    expect(documentNumberSearch(['FT CZM2026/2', 'FT CZM2026/22']).in(text)).toEqual(['FT CZM2026/2']);
  });

  it('is not read from what only begins like it', () => {
    const search = documentNumberSearch(['FT CZM2026/2']);
    expect(search.in('FT CZM2026/22 XFTCZM2026/2')).toEqual([]);
  });
});

describe('a customer number or a payer seen before', () => {
  it('is certain with the amount of all that is due, or of one invoice', () => {
    expect(match({ amountCents: 7000, counterpartyHash: 'hash-ana' }).certain?.parts).toHaveLength(2);
    expect(match({ amountCents: 4000, text: 'cliente 1001' }).certain?.parts).toEqual([
      { customerId: '1001', documentId: 'd2', amountCents: 4000 },
    ]);
  });

  it('is a proposal with any other amount, for several customers, and where the number may be a year', () => {
    expect(match({ amountCents: 4001, counterpartyHash: 'hash-ana' })).toMatchObject({
      certain: null,
      proposals: [{ foundBy: 'payer' }],
    });
    expect(match({ amountCents: 7000, counterpartyHash: 'hash-firm' }).certain).toBeNull();
    expect(match({ amountCents: 100, text: 'quotas 2026' }).certain).toBeNull();
  });

  it('does not count on an invoice that a debit is about to pay', () => {
    const debited = new LineMatcher({
      documents: [invoice('1001', 1, 3000, { debitInFlight: true })],
      customers: [{ customerId: '1001', name: 'Ana Sá' }],
      payers: new Map([['hash-ana', ['1001']]]),
    });
    const line = { ...NOTHING, amountCents: 3000, counterpartyHash: 'hash-ana' };
    const { certain, proposals } = debited.match(line);
    expect(certain).toBeNull();
    expect(proposals[0]?.parts).toEqual([{ customerId: '1001', documentId: null, amountCents: 3000 }]);
  });
});

it('proposes by name and by amount, and never more than what came in', () => {
  expect(match({ amountCents: 5000, counterpartyName: 'RUI CONCEICAO DIAS' })).toMatchObject({
    certain: null,
    proposals: [
      { foundBy: 'name', parts: [{ documentId: 'd11' }] },
      { foundBy: 'amount', parts: [{ documentId: 'd12' }] },
    ],
  });
  expect(match({ amountCents: 17, text: 'juros' })).toEqual({ certain: null, proposals: [] });
  const words = fc.constantFrom('1001', '1002', 'FT CZM2026/2', referenceOf(11), referenceOf(1), 'Ana Sá', 'x');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), fc.array(words, { maxLength: 4 }), (amountCents, said) => {
      const { certain, proposals } = match({ amountCents, text: said.join(' ') });
      for (const { parts } of certain === null ? proposals : [certain]) {
        expect(parts.reduce((sum, part) => sum + part.amountCents, 0)).toBe(amountCents);
      }
    }),
  );
});
