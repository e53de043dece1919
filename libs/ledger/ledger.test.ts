import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { issueCreditNote } from '#libs/invoicing/issue-credit-note.js';
import { issueInvoice } from '#libs/invoicing/issue-invoice.js';
import type { CreditChoice } from '#libs/invoicing/plan-credit-note.js';
import { seedCustomer } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import {
  GOLDEN_GROSS as GROSS,
  LEDGER_CUSTOMER as CUSTOMER,
  LEDGER_NOW as NOW,
  openGoldenLedger,
  type GoldenLedger,
} from '#test/data/golden-ledger.js';
import type { TestDatabase } from '#test/setup/database.js';

import { dueCents, dueCentsOf, lockCustomerBooks, prepaidBalanceCents } from './balances.js';
import { checkLedger } from './check-ledger.js';
import { postInvoiceIssued, postPayment, postPaymentReversed } from './post-events.js';
import { postTopUp } from './post-money.js';

let ledger: GoldenLedger;
let database: TestDatabase;
let documentId: string;
beforeEach(async () => {
  ledger = await openGoldenLedger();
  ({ database, documentId } = ledger);
});
afterEach(() => database.drop());

const inTransaction: GoldenLedger['post'] = (run) => ledger.post(run);
const balances = () => ledger.balances();
const issue = () => inTransaction((trx) => postInvoiceIssued(trx, { documentId }));
const pay = (key: string, amountCents: number, source: 'stripe' | 'bank' | 'prepaid' = 'stripe') =>
  inTransaction((trx) => postPayment(trx, { key, documentId, source, amountCents, occurredAt: NOW }));
const reverse = (key: string, amountCents: number) =>
  inTransaction((trx) => postPaymentReversed(trx, { key, documentId, source: 'stripe', amountCents, occurredAt: NOW }));
const topUp = (key: string, amountCents: number, source: 'stripe' | 'bank' = 'stripe') =>
  inTransaction((trx) => postTopUp(trx, { key, customerId: CUSTOMER, source, amountCents, occurredAt: NOW }));

describe('the ledger', () => {
  it('posts an issued invoice once, in the accounts of the field', async () => {
    expect(await issue()).toEqual({ posted: true });
    expect(await issue()).toEqual({ posted: false });
    expect(await balances()).toEqual({ 'receivable/1001': GROSS, 'recovered/aurora': -8_038, 'vat/2300': -1_849 });
    expect(await dueCents(database.sql, documentId)).toBe(GROSS);
    expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
  });

  it('due = gross - paid, and what is reversed is due again', async () => {
    await issue();
    await pay('settle/a', 5_000);
    expect(await dueCents(database.sql, documentId)).toBe(4_887);
    await pay('settle/b', 4_887, 'bank');
    expect(await dueCents(database.sql, documentId)).toBe(0);
    await reverse('reverse/a', 5_000);
    expect(await dueCents(database.sql, documentId)).toBe(5_000);
    expect(await balances()).toMatchObject({ 'processor/stripe': 0, 'bank/czm': 4_887, 'receivable/1001': 5_000 });
    expect((await checkLedger(database.sql)).balanced).toBe(true);
  });

  it('pitfall 10: ten settlements at once with one key post once', async () => {
    await issue();
    const results = await Promise.all(Array.from({ length: 10 }, () => pay('settle/once', GROSS)));
    expect(results.filter(({ posted }) => posted)).toHaveLength(1);
    expect(await dueCents(database.sql, documentId)).toBe(0);
  });

  it('pitfall 11: a top-up told twice is credited once', async () => {
    const results = await Promise.all([topUp('top-up/1', 2_500), topUp('top-up/1', 2_500), topUp('top-up/2', 100)]);
    expect(results.filter(({ posted }) => posted)).toHaveLength(2);
    expect(await prepaidBalanceCents(database.sql, CUSTOMER)).toBe(2_600);
  });

  it('two deductions at once, decided under the lock, never go below zero', async () => {
    await issue();
    await topUp('top-up/1', 6_000);
    const deduct = (key: string) =>
      inTransaction(async (trx) => {
        await lockCustomerBooks(trx, CUSTOMER);
        const balance = await prepaidBalanceCents(trx, CUSTOMER);
        const amountCents = Math.min(balance, 5_000);
        if (amountCents > 0) {
          await postPayment(trx, { key, documentId, source: 'prepaid', amountCents, occurredAt: NOW });
        }
        return amountCents;
      });
    const taken = await Promise.all([deduct('prepaid/1'), deduct('prepaid/2'), deduct('prepaid/3')]);
    expect(taken.toSorted((a, b) => b - a)).toEqual([5_000, 1_000, 0]);
    expect(await prepaidBalanceCents(database.sql, CUSTOMER)).toBe(0);
    expect(await dueCents(database.sql, documentId)).toBe(GROSS - 6_000);
  });

  it('refuses deductions that were decided without the lock, instead of going below zero', async () => {
    await issue();
    await topUp('top-up/1', 5_000);
    const results = await Promise.allSettled([pay('prepaid/1', 5_000, 'prepaid'), pay('prepaid/2', 5_000, 'prepaid')]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await prepaidBalanceCents(database.sql, CUSTOMER)).toBe(0);
    expect((await checkLedger(database.sql)).balanced).toBe(true);
  });

  it('pitfall 18: a key whose transaction is rolled back posts the next time', async () => {
    await issue();
    const lost = inTransaction(async (trx) => {
      await postPayment(trx, { key: 'settle/a', documentId, source: 'stripe', amountCents: GROSS, occurredAt: NOW });
      throw new Error('worker died');
    });
    await expect(lost).rejects.toThrow('worker died');
    expect(await pay('settle/a', GROSS)).toEqual({ posted: true });
    expect(await dueCents(database.sql, documentId)).toBe(0);
  });

  it('credits a top-up by transfer to the bank of the only issuer, and asks where there are several', async () => {
    await topUp('top-up/1', 100, 'bank');
    expect(await balances()).toMatchObject({ 'bank/czm': 100, 'prepaid/1001': -100 });
    const issuer = await database.sql.selectFrom('issuer').selectAll().executeTakeFirstOrThrow();
    await database.sql
      .insertInto('issuer')
      .values({ ...issuer, id: 'other' })
      .execute();
    await database.sql
      .insertInto('installation')
      .values({ id: 'second', condominium_id: 'aurora', issuer_id: 'other', name: 'Second' })
      .execute();
    await expect(topUp('top-up/2', 100, 'bank')).rejects.toThrow('several issuers');
  });

  it('answers for many documents in one query', async () => {
    await issue();
    const unknown = '00000000-0000-0000-0000-000000000000';
    expect(await dueCentsOf(database.sql, [documentId, unknown])).toEqual(
      new Map([
        [documentId, GROSS],
        [unknown, 0],
      ]),
    );
    expect(await dueCentsOf(database.sql, [])).toEqual(new Map());
  });

  it('writes only inside a transaction', async () => {
    await expect(postInvoiceIssued(database.sql, { documentId })).rejects.toThrow('inside a transaction');
    await expect(lockCustomerBooks(database.sql, CUSTOMER)).rejects.toThrow('open one');
  });
});

describe('fees and credit notes', () => {
  const addFee = async () => {
    const { id: cycleId } = await database.sql.selectFrom('billing_cycle').select('id').executeTakeFirstOrThrow();
    await seedCustomer(database.sql, { id: '1002' });
    const terms = { unit: 'per-month', micros: 5_000_000, from_date: '2026-06-01', days: 30, share_by: 'spot' };
    const fee = { ...terms, total_cents: 500, weight: 1, total_weight: 1, vat_code: 'NOR' };
    const of = { cycle_id: cycleId, customer_id: '1002' };
    await database.sql
      .insertInto('imputed_line')
      .values([
        { ...of, ...fee, position: 1, party: 'retailer', code: 'cav', label: 'CAV', net_cents: 285 },
        { ...of, ...fee, position: 2, party: 'bpo', code: 'fee-spot', label: 'Taxa por lugar', net_cents: 500 },
      ])
      .execute();
    return inTransaction(async (trx) => {
      const invoice = await issueInvoice(trx, { cycleId, customerId: '1002', now: NOW, signer: TEST_SIGNER });
      if ('refused' in invoice) throw new Error(invoice.refused.code);
      await postInvoiceIssued(trx, { documentId: invoice.documentId });
      return invoice.documentId;
    });
  };
  const credit = (invoiceId: string, key: string, choice: CreditChoice) =>
    inTransaction(async (trx) => {
      const note = await issueCreditNote(trx, {
        documentId: invoiceId,
        key,
        choice,
        reason: 'saiu em maio',
        now: NOW,
        signer: TEST_SIGNER,
      });
      if ('refused' in note) throw new Error(note.refused.code);
      return postInvoiceIssued(trx, { documentId: note.documentId });
    });

  it('books the BPO’s fees apart from what the condominium recovers', async () => {
    await issue();
    await addFee();
    expect(await balances()).toEqual({
      'receivable/1001': GROSS,
      'receivable/1002': 966,
      'recovered/aurora': -8_038 - 285,
      'fees/czm': -500,
      'vat/2300': -1_849 - 181,
    });
    expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
  });

  it('posts a credit note in reverse on its invoice, in parts and then the rest', async () => {
    await issue();
    const invoiceId = await addFee();
    expect(await credit(invoiceId, 'a', [{ lineNo: 2, netCents: 100 }])).toEqual({ posted: true });
    expect(await credit(invoiceId, 'a', [{ lineNo: 2, netCents: 100 }])).toEqual({ posted: false });
    expect(await balances()).toMatchObject({ 'fees/czm': -400, 'recovered/aurora': -8_038 - 285 });
    expect(await dueCents(database.sql, invoiceId)).toBe(966 - 123);
    expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
    await credit(invoiceId, 'b', 'whole');
    expect(await dueCents(database.sql, invoiceId)).toBe(0);
    expect(await balances()).toEqual({
      'receivable/1001': GROSS,
      'receivable/1002': 0,
      'recovered/aurora': -8_038,
      'fees/czm': 0,
      'vat/2300': -1_849,
    });
    expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
  });

  it('of an invoice that is paid, leaves what is owed to the customer', async () => {
    await issue();
    await pay('settle/a', GROSS);
    await credit(documentId, 'a', [{ lineNo: 1 }]);
    expect(await dueCents(database.sql, documentId)).toBe(-192);
    expect((await checkLedger(database.sql)).balanced).toBe(true);
  });
});

describe('checkLedger', () => {
  const tamper = (statement: string) => database.tamper((trx) => raw.raw(statement).execute(trx));
  const codes = async () => (await checkLedger(database.sql)).problems.map(({ code }) => code);

  it('finds an invoice that was not posted', async () => {
    expect((await checkLedger(database.sql)).problems).toEqual([
      { code: 'INVOICE_NOT_POSTED', subject: 'FT CZM2026/1', detail: '9887 cents' },
    ]);
  });

  it('finds books and entries out of balance, and that the invoice differs', async () => {
    await issue();
    await tamper(`update posting set amount_cents = amount_cents + 1 where amount_cents > 0`);
    expect(await codes()).toEqual(['BOOKS_UNBALANCED', 'ENTRY_UNBALANCED', 'INVOICE_DIFFERS_FROM_POSTINGS']);
  });

  it('finds an invoice changed behind its postings and lines', async () => {
    await issue();
    await tamper(`update fiscal_document set net_cents = net_cents + 1, gross_cents = gross_cents + 1`);
    expect(await codes()).toEqual(['INVOICE_DIFFERS_FROM_POSTINGS', 'INVOICE_DIFFERS_FROM_LINES']);
  });

  it('finds an issue booked to another customer', async () => {
    await issue();
    await tamper(`update ledger_account set code = 'receivable/1002' where kind = 'receivable'`);
    expect(await codes()).toEqual(['INVOICE_DIFFERS_FROM_POSTINGS']);
  });

  it('finds VAT booked at another rate, and what a condominium recovers booked to another', async () => {
    await issue();
    await tamper(`update ledger_account set code = 'vat/600' where kind = 'vat'`);
    expect(new Set(await codes())).toEqual(new Set(['INVOICE_DIFFERS_FROM_POSTINGS']));
    await tamper(`update ledger_account set code = 'vat/2300' where kind = 'vat'`);
    expect(await codes()).toEqual([]);
    const { condominium_id: id } = await database.sql
      .selectFrom('installation')
      .select('condominium_id')
      .executeTakeFirstOrThrow();
    await tamper(`insert into condominium select (jsonb_populate_record(c, '{"id": "other"}')).* from condominium c;
      update ledger_account set condominium_id = 'other' where kind = 'recovered'`);
    expect(await codes()).toEqual(['INVOICE_DIFFERS_FROM_POSTINGS']);
    await tamper(`update ledger_account set condominium_id = '${id}' where kind = 'recovered'`);
    expect(await codes()).toEqual([]);
  });

  it('finds a payment that another customer was given for', async () => {
    await issue();
    await pay('settle/a', GROSS);
    await seedCustomer(database.sql, { id: '1002' });
    await tamper(`insert into ledger_account (code, kind, currency, customer_id)
        values ('receivable/1002', 'receivable', 'EUR', '1002');
      update posting set account_id = (select id from ledger_account where code = 'receivable/1002')
        where amount_cents < 0 and entry_id = (select id from journal_entry where key = 'settle/a')
          and account_id = (select id from ledger_account where code = 'receivable/1001')`);
    expect(await codes()).toEqual(['POSTED_TO_STRANGER']);
  });

  it('finds credit notes that together give back more than the invoice', async () => {
    await issue();
    await inTransaction(async (trx) => {
      const order = { documentId, key: 'a', choice: 'whole', reason: 'erro', now: NOW, signer: TEST_SIGNER } as const;
      const note = await issueCreditNote(trx, order);
      if ('refused' in note) throw new Error(note.refused.code);
      await postInvoiceIssued(trx, { documentId: note.documentId });
    });
    await tamper(
      `update fiscal_document set vat_cents = vat_cents - 1, gross_cents = gross_cents - 1 where type = 'NC'`,
    );
    expect(await codes()).toContain('CREDITED_BEYOND_INVOICE');
  });

  it('finds fees booked as recovered, and a credit note of more than its line', async () => {
    await issue();
    await tamper(`update document_line set party = 'bpo' where line_no = 1`);
    expect(await codes()).toEqual(['INVOICE_DIFFERS_FROM_POSTINGS']);
    await tamper(`update document_line set party = 'retailer'`);
    await inTransaction(async (trx) => {
      const note = await issueCreditNote(trx, {
        documentId,
        key: 'a',
        choice: 'whole',
        reason: 'erro',
        now: NOW,
        signer: TEST_SIGNER,
      });
      if ('refused' in note) throw new Error(note.refused.code);
      await postInvoiceIssued(trx, { documentId: note.documentId });
    });
    expect(await codes()).toEqual([]);
    await tamper(`update document_line set credits_line_no = 2 where credits_line_no = 1`);
    expect(await codes()).toEqual(['CREDITED_BEYOND_INVOICE']);
  });

  it('finds postings of a document that is not there, and a prepaid balance below zero', async () => {
    await issue();
    await topUp('top-up/1', 100);
    await pay('prepaid/1', 100, 'prepaid');
    await tamper(`delete from fiscal_document; delete from posting where entry_id =
      (select id from journal_entry where key = 'top-up/1'); delete from journal_entry where key = 'top-up/1'`);
    expect(new Set(await codes())).toEqual(new Set(['PREPAID_BELOW_ZERO', 'POSTED_WITHOUT_INVOICE']));
  });
});
