import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  creditNoteIssuedEntry,
  invoiceIssuedEntry,
  paymentEntry,
  paymentReversedEntry,
  type LedgerDocument,
} from './document-entries.js';
import { sumByCurrency, type Entry } from './entry.js';
import { topUpEntry } from './money-entries.js';

const AT = new Date('2026-07-01T00:00:00Z');

function documentOf(id: number, gross: number, currency: string): LedgerDocument {
  const vatCents = Math.floor(gross / 5);
  return {
    documentId: `document-${id}`,
    numberText: `FT CZM2026/${id}`,
    customerId: `customer-${id % 3}`,
    condominiumId: 'aurora',
    issuerId: 'czm',
    currency,
    issuedAt: AT,
    netCents: gross - vatCents,
    feesCents: Math.floor((gross - vatCents) / 7),
    vatCents,
    grossCents: gross,
    vatGroups: [{ ratePermyriad: 2_300, vatCents }],
  };
}

/** Books in memory with the rule of the database: a key is posted once. */
class Books {
  readonly entries = new Map<string, Entry>();

  post(entry: Entry): boolean {
    if (this.entries.has(entry.key)) return false;
    this.entries.set(entry.key, entry);
    return true;
  }

  postings() {
    return [...this.entries.values()].flatMap((entry) => entry.postings);
  }

  due(documentId: string): number {
    return [...this.entries.values()]
      .filter((entry) => entry.documentId === documentId)
      .flatMap((entry) => entry.postings)
      .filter(({ account }) => account.kind === 'receivable')
      .reduce((sum, { amountCents }) => sum + amountCents, 0);
  }

  prepaid(customerId: string, currency: string): number {
    return this.postings()
      .filter(({ account }) => account.kind === 'prepaid')
      .filter(({ account }) => account.customerId === customerId && account.currency === currency)
      .reduce((sum, { amountCents }) => sum - amountCents, 0);
  }
}

const cents = fc.integer({ min: 1, max: 1_000_000 });
const documentId = fc.integer({ min: 0, max: 5 });
const key = fc.integer({ min: 0, max: 12 }).map((number) => `key-${number}`);
const source = fc.constantFrom('stripe' as const, 'bank' as const, 'prepaid' as const);
const command = fc.oneof(
  fc.record({ kind: fc.constant('issue' as const), id: documentId, cents }),
  fc.record({ kind: fc.constant('pay' as const), id: documentId, key, source, cents }),
  fc.record({ kind: fc.constant('reverse' as const), id: documentId, key, source, cents }),
  fc.record({ kind: fc.constant('credit' as const), id: documentId, key, cents }),
  fc.record({ kind: fc.constant('top-up' as const), id: documentId, key, cents }),
  fc.record({ kind: fc.constant('deduct' as const), id: documentId, key, cents }),
);

/** A credit note over a part of the invoice, with a part of its fees and VAT. */
function noteOn(invoice: LedgerDocument, key: string, gross: number): LedgerDocument {
  const { netCents, feesCents, vatCents, vatGroups, ...same } = documentOf(0, gross, invoice.currency);
  return {
    ...same,
    customerId: invoice.customerId,
    documentId: `note-${invoice.documentId}-${key}`,
    netCents: -netCents,
    feesCents: -feesCents,
    vatCents: -vatCents,
    grossCents: -gross,
    vatGroups: vatGroups.map((group) => ({ ratePermyriad: group.ratePermyriad, vatCents: -group.vatCents })),
  };
}

describe('any sequence of issue, credit, pay, reverse, top up and deduct', () => {
  it('keeps every currency at zero, and due = gross - credited - paid + reversed', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), fc.constantFrom('EUR', 'GBP'), (commands, otherCurrency) => {
        const books = new Books();
        const documents = new Map<number, LedgerDocument>();
        const expected = new Map<string, number>();
        for (const step of commands) {
          const currency = step.id % 2 === 0 ? 'EUR' : otherCurrency;
          const document = documents.get(step.id);
          if (step.kind === 'issue') {
            const issued = document ?? documentOf(step.id, step.cents, currency);
            documents.set(step.id, issued);
            if (books.post(invoiceIssuedEntry(issued))) expected.set(issued.documentId, issued.grossCents);
          } else if (step.kind === 'top-up') {
            const customerId = `customer-${step.id % 3}`;
            const topUp = { key: step.key, customerId, issuerId: 'czm', amountCents: step.cents, currency };
            books.post(topUpEntry({ ...topUp, source: 'stripe', occurredAt: AT }));
          } else if (step.kind === 'credit') {
            if (document === undefined) continue;
            const note = noteOn(document, step.key, step.cents);
            const due = books.due(document.documentId);
            if (books.post(creditNoteIssuedEntry(note, document.documentId))) {
              expected.set(document.documentId, due - step.cents);
            }
          } else if (document !== undefined) {
            settle(books, expected, document, step);
          }
          for (const sum of sumByCurrency(books.postings()).values()) expect(sum).toBe(0);
          for (const [id, due] of expected) expect(books.due(id)).toBe(due);
        }
      }),
    );
  });
});

type Settlement = {
  kind: 'pay' | 'reverse' | 'deduct';
  key: string;
  cents: number;
  source?: 'stripe' | 'bank' | 'prepaid';
};

function settle(books: Books, expected: Map<string, number>, document: LedgerDocument, step: Settlement): void {
  const due = books.due(document.documentId);
  const balance = books.prepaid(document.customerId, document.currency);
  const amountCents = step.kind === 'deduct' ? Math.min(step.cents, due, balance) : step.cents;
  if (amountCents <= 0) return;
  const facts = {
    key: step.key,
    source: step.kind === 'deduct' ? 'prepaid' : (step.source ?? 'stripe'),
    amountCents,
    occurredAt: AT,
  } as const;
  const entry = step.kind === 'reverse' ? paymentReversedEntry(document, facts) : paymentEntry(document, facts);
  if (!books.post(entry)) return;
  expected.set(document.documentId, due + (step.kind === 'reverse' ? amountCents : -amountCents));
  if (step.kind === 'deduct') expect(books.prepaid(document.customerId, document.currency)).toBe(balance - amountCents);
}

describe('an entry', () => {
  it('debits what is owed and credits net, fees and VAT', () => {
    const { postings } = invoiceIssuedEntry(documentOf(1, 9_887, 'EUR'));
    expect(postings.map(({ account, amountCents }) => [account.code, amountCents])).toEqual([
      ['receivable/customer-1', 9_887],
      ['recovered/aurora', -6_780],
      ['fees/czm', -1_130],
      ['vat/2300', -1_977],
    ]);
  });

  it('keeps the books of another currency apart by their codes', () => {
    const { postings } = invoiceIssuedEntry(documentOf(1, 100, 'GBP'));
    expect(postings.map(({ account }) => account.code)).toEqual([
      'receivable/customer-1@GBP',
      'recovered/aurora@GBP',
      'fees/czm@GBP',
      'vat/2300@GBP',
    ]);
  });

  it('throws when a document does not add up, and for amounts that are not positive whole cents', () => {
    const document = documentOf(1, 100, 'EUR');
    expect(() => invoiceIssuedEntry({ ...document, netCents: 1 })).toThrow('out of balance by 79 cents of EUR');
    for (const amountCents of [0, -1, 0.5]) {
      const facts = { key: 'k', source: 'bank', amountCents, occurredAt: AT } as const;
      expect(() => paymentEntry(document, facts)).toThrow(RangeError);
      expect(() => paymentReversedEntry(document, facts)).toThrow(RangeError);
    }
  });
});
