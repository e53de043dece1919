import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { issueAll, seedCustomer, seedGoldenJune } from '#test/data/documents.js';
import { CERTIFIED_SIGNER, TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { postPayment, postPaymentReversed } from '../../ledger/post-events.js';
import { postPaymentPending, settlePending } from '../../ledger/post-pending.js';
import { creditInvoice } from '../credit-invoice.js';
import { checkReceipts } from './check-receipts.js';
import { keepReceipts, receiptGroups } from './keep-receipts.js';
import { paymentMechanism } from './payment-mechanism.js';
import { receiptParts } from './receipt-parts.js';

const NOW = new Date('2026-07-15T10:00:00Z');

let database: TestDatabase;
let documentId: string;
beforeEach(async () => {
  database = await createTestDatabase();
  const { cycleId } = await seedGoldenJune(database.sql);
  documentId = (await issueAll(database.sql, cycleId, new Date('2026-07-01T05:00:00Z'))).get('1001') ?? '';
});
afterEach(() => database.drop());

const keep = (now = NOW, signer = TEST_SIGNER) => keepReceipts(database.sql, { now, signer });
const pay = (key: string, amountCents: number, source: 'stripe' | 'bank' = 'bank') =>
  database.sql
    .transaction()
    .execute((trx) => postPayment(trx, { key, documentId, source, amountCents, occurredAt: NOW }));
const reverse = (key: string, amountCents: number) =>
  database.sql
    .transaction()
    .execute((trx) => postPaymentReversed(trx, { key, documentId, source: 'bank', amountCents, occurredAt: NOW }));
const receipts = () => database.sql.selectFrom('receipt').selectAll().orderBy('number').execute();
const standing = async () => {
  const cancelled = new Set(
    (await database.sql.selectFrom('receipt_cancellation').select('receipt_id').execute()).map((row) => row.receipt_id),
  );
  return (await receipts()).filter(({ id }) => !cancelled.has(id)).map((row) => [row.number_text, row.amount_cents]);
};

describe('receipts', () => {
  it('are issued once for each payment, however often and at once it is asked', async () => {
    await pay('transfer/a', 5_000);
    await Promise.all([keep(), keep(), keep()]);
    await pay('transfer/b', 4_887);
    await keep();
    expect(await keep()).toEqual({ issued: [], cancelled: 0, refused: [] });
    expect((await receipts()).map((row) => [row.number_text, row.amount_cents, row.mechanism, row.paid_on])).toEqual([
      ['RG CZM2026/1', 5_000, 'TB', '2026-07-15'],
      ['RG CZM2026/2', 4_887, 'TB', '2026-07-15'],
    ]);
    expect((await receipts()).reduce((sum, row) => sum + row.vat_cents, 0)).toBe(1_849);
    expect(await checkReceipts(database.sql)).toEqual([]);
  });

  it('wait until the money is there: a debit that is processing has none', async () => {
    const pending = { key: 'debit/1', documentId, source: 'stripe', amountCents: 9_887, occurredAt: NOW } as const;
    await database.sql.transaction().execute((trx) => postPaymentPending(trx, pending));
    expect((await keep()).issued).toEqual([]);
    await database.sql
      .transaction()
      .execute((trx) =>
        settlePending(trx, { key: 'settle/1', pendingKey: 'debit/1', amountCents: 9_887, occurredAt: NOW }),
      );
    expect((await keep()).issued).toHaveLength(1);
  });

  it('are cancelled, never changed, when the money goes back; what stands of it gets another one', async () => {
    await pay('transfer/a', 9_887);
    await keep();
    const [issued] = await receipts();
    await reverse('returned/1', 887);
    expect(await keep()).toMatchObject({ cancelled: 1 });
    expect(await standing()).toEqual([['RG CZM2026/2', 9_000]]);
    await reverse('returned/2', 9_000);
    expect(await keep()).toMatchObject({ cancelled: 1, issued: [] });
    expect(await standing()).toEqual([]);
    expect((await receipts())[0]).toEqual(issued);
    expect(await keep()).toEqual({ issued: [], cancelled: 0, refused: [] });
    await expect(database.sql.deleteFrom('receipt').execute()).rejects.toThrow();
  });

  it('of a certified program wait for their series to be registered', async () => {
    await pay('transfer/a', 100);
    expect(await keep(NOW, CERTIFIED_SIGNER)).toMatchObject({
      issued: [],
      refused: [{ refused: { code: 'SERIES.NOT_REGISTERED', series: 'RG CZM2026' } }],
    });
    await database.sql
      .updateTable('document_series')
      .set({ validation_code: 'RGDF7T5H' })
      .where('type', '=', 'RG')
      .execute();
    await keep(NOW, CERTIFIED_SIGNER);
    expect((await receipts())[0]).toMatchObject({ atcud: 'RGDF7T5H-1', software_certificate: '9999' });
  });

  it('are RC where the VAT is owed when it is paid', async () => {
    await database.tamper((trx) => trx.updateTable('fiscal_document').set({ cash_vat: true }).execute());
    await pay('transfer/a', 9_887);
    await keep();
    expect((await receipts())[0]).toMatchObject({ type: 'RC', number_text: 'RC CZM2026/1', vat_cents: 1_849 });
  });
});

describe('a receipt of an invoice that was given back in part before it was paid', () => {
  it('states the VAT of what is left of it, not of what was given back', async () => {
    const { sql } = database;
    const { id: cycleId } = await sql.selectFrom('billing_cycle').select('id').executeTakeFirstOrThrow();
    await seedCustomer(sql, { id: '1002' });
    const terms = {
      unit: 'per-month',
      micros: 1,
      from_date: '2026-06-01',
      days: 30,
      share_by: 'spot',
      party: 'retailer',
    };
    const charge = { ...terms, total_cents: 10_000, weight: 1, total_weight: 1, net_cents: 10_000 };
    const of = { cycle_id: cycleId, customer_id: '1002', ...charge };
    await sql
      .insertInto('imputed_line')
      .values([
        { ...of, position: 1, code: 'a', label: 'A', vat_code: 'NOR' },
        { ...of, position: 2, code: 'b', label: 'B', vat_code: 'RED' },
      ])
      .execute();
    documentId = (await issueAll(sql, cycleId, new Date('2026-07-01T05:00:00Z'))).get('1002') ?? '';
    await pay('transfer/a', 2_290);
    const order = { documentId, key: 'a', reason: 'erro', signer: TEST_SIGNER, now: new Date('2026-07-10T05:00:00Z') };
    await sql.transaction().execute((trx) => creditInvoice(trx, { ...order, choice: [{ lineNo: 2 }] }));
    await pay('transfer/b', 10_010);
    await keep();
    const lines = await sql.selectFrom('receipt_line').select('vat_groups').execute();
    const groups = lines.flatMap(({ vat_groups: own }) => own);
    const ofCode = (code: string) => groups.filter((group) => group.code === code);
    expect(ofCode('NOR').reduce((sum, { vatCents }) => sum + vatCents, 0)).toBe(2_300);
    expect(ofCode('RED').every(({ netCents, vatCents }) => netCents === 0 && vatCents === 0)).toBe(true);
    expect((await receipts()).reduce((sum, row) => sum + row.vat_cents, 0)).toBe(2_300);
  });
});

describe('one receipt', () => {
  const payment = { customerId: '1', issuerId: 'czm', currency: 'EUR', cashVat: false };
  it('is for all invoices that one payment paid', () => {
    const keys = ['match/7/a', 'match/7/b', 'match/8/a', 'other'];
    const payments = keys.map((key) => Object.assign({ key, documentId: key.at(-1) ?? '' }, payment));
    expect(receiptGroups(payments)).toEqual([['match/7/a', 'match/7/b'], ['match/8/a'], ['other']]);
    expect(
      receiptGroups(payments.map((one, index) => Object.assign({}, one, { customerId: String(index) }))),
    ).toHaveLength(4);
  });

  it('says how it was paid as SAF-T does', () => {
    expect(paymentMechanism({ source: 'processor', method: 'stripe-sepa' })).toBe('TB');
    expect(paymentMechanism({ source: 'processor', method: 'card' })).toBe('CC');
    expect(paymentMechanism({ source: 'processor', method: 'multibanco' })).toBe('MB');
    expect(paymentMechanism({ source: 'processor', method: 'mb_way' })).toBe('OU');
    expect(paymentMechanism({ source: 'unmatched', method: null })).toBe('TB');
    expect(paymentMechanism({ source: 'prepaid', method: null })).toBe('CS');
  });
});

describe('parts of a payment', () => {
  it('add up to the document’s VAT to the cent, in whatever payments (lago-api PR 821)', () => {
    const group = fc.record({
      ratePermyriad: fc.constant(2_300),
      code: fc.constant('NOR'),
      netCents: fc.integer({ min: 1, max: 100_000 }),
      vatCents: fc.integer({ min: 0, max: 23_000 }),
    });
    const payments = fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 10 });
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 3 }), payments, (vatGroups, amounts) => {
        const grossCents = vatGroups.reduce((sum, { netCents, vatCents }) => sum + netCents + vatCents, 0);
        const document = { grossCents, vatGroups };
        let paidBeforeCents = 0;
        let vatCents = 0;
        for (const amount of [...amounts, grossCents]) {
          const amountCents = Math.min(amount, grossCents - paidBeforeCents);
          if (amountCents <= 0) break;
          const parts = receiptParts(document, { paidBeforeCents, amountCents });
          expect(parts.reduce((sum, part) => sum + part.netCents + part.vatCents, 0)).toBe(amountCents);
          paidBeforeCents += amountCents;
          vatCents += parts.reduce((sum, part) => sum + part.vatCents, 0);
        }
        expect(vatCents).toBe(vatGroups.reduce((sum, part) => sum + part.vatCents, 0));
      }),
    );
  });

  it.each([1, 2, 3])('have net and VAT of one sign in payments of %d cents, also of several rates', (amountCents) => {
    const group = (ratePermyriad: number, netCents: number, vatCents: number) => ({
      code: 'NOR',
      ratePermyriad,
      netCents,
      vatCents,
    });
    const documents = [
      [group(2_300, 200, 46)],
      [group(2_300, 100, 23), group(600, 50, 3), group(0, 7, 0)],
      [group(0, 1, 0), group(600, 17, 1), group(1_300, 31, 4), group(2_300, 999, 230)],
    ];
    for (const vatGroups of documents) {
      const grossCents = vatGroups.reduce((sum, { netCents, vatCents }) => sum + netCents + vatCents, 0);
      for (let paidBeforeCents = 0; paidBeforeCents < grossCents; paidBeforeCents += amountCents) {
        const paid = Math.min(amountCents, grossCents - paidBeforeCents);
        const parts = receiptParts({ grossCents, vatGroups }, { paidBeforeCents, amountCents: paid });
        const netCents = parts.reduce((sum, part) => sum + part.netCents, 0);
        const vatCents = parts.reduce((sum, part) => sum + part.vatCents, 0);
        expect(Math.min(netCents, vatCents)).toBeGreaterThanOrEqual(0);
        expect(netCents + vatCents).toBe(paid);
      }
    }
  });
});
