import { defineEntity, p } from '@mikro-orm/core';

import { Condominium, Customer } from '../registry/registry.entity.js';

export const LedgerAccount = defineEntity({
  name: 'LedgerAccount',
  tableName: 'ledger_account',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    /** `<kind>/<owner>`, as accounts.ts makes them: `receivable/1001`, `vat/2300`, `bank/czm@GBP` */
    code: p.text().unique('ledger_account_code_unique'),
    kind: p.text(),
    condominium: () => p.manyToOne(Condominium).mapToPk().nullable(),
    customer: () => p.manyToOne(Customer).mapToPk().nullable(),
    currency: p.text(),
  },
  indexes: [
    { name: 'ledger_account_customer_index', properties: ['customer'] },
    { name: 'ledger_account_condominium_index', properties: ['condominium'] },
  ],
});

/** One business event in the books. Its postings sum to zero: a deferred trigger refuses anything else. */
export const JournalEntry = defineEntity({
  name: 'JournalEntry',
  tableName: 'journal_entry',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    /** idempotency: `issue/<document>`, `settle/<payment attempt>`, `reverse/<dispute>`, ... */
    key: p.text().unique('journal_entry_key_unique'),
    kind: p.text(),
    /** pending reserves, posted moves, void releases what was pending */
    phase: p.text().default('posted'),
    /** The pending entry that this one posts or voids; each is resolved once. */
    resolves: () => p.oneToOne(JournalEntry).mapToPk().owner().nullable(),
    description: p.text(),
    /** The invoice whose balance it changes; of a credit note the invoice that it corrects. */
    documentId: p.uuid().nullable(),
    occurredAt: p.datetime(3),
    postedAt: p.datetime(3).defaultRaw('now()'),
  },
  indexes: [{ name: 'journal_entry_document_index', properties: ['documentId'] }],
});

/** Debit positive, credit negative, in cents. Never changed. */
export const Posting = defineEntity({
  name: 'Posting',
  tableName: 'posting',
  properties: {
    entry: () => p.manyToOne(JournalEntry).mapToPk().primary(),
    account: () => p.manyToOne(LedgerAccount).mapToPk().primary(),
    /** What is posted: balances are sums of it. */
    amountCents: p.bigint('number'),
    /** What is reserved by a pending entry, or released again by the one that resolves it. */
    pendingCents: p.bigint('number').default(0),
  },
  indexes: [{ name: 'posting_account_index', properties: ['account'] }],
});
