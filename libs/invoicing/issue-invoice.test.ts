import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { DEFAULT_POLICY } from '#libs/registry/policy.js';
import {
  GOLDEN_LINES,
  seedCustomer,
  seedGoldenJune,
  seedInstallation,
  seedJuneCycle,
  seedLines,
  seedSpot,
} from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { compareCustomerNumbers, customersToInvoice } from './customers-to-invoice.js';
import { issueInvoice, type InvoiceOrder, type IssuedInvoice } from './issue-invoice.js';

const NOW = new Date('2026-07-01T05:00:00Z');

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const issue = (order: Omit<InvoiceOrder, 'now' | 'signer'> & { now?: Date }) =>
  database.sql.transaction().execute((trx) => issueInvoice(trx, { now: NOW, signer: TEST_SIGNER, ...order }));

async function issued(order: Omit<InvoiceOrder, 'now' | 'signer'> & { now?: Date }): Promise<IssuedInvoice> {
  const result = await issue(order);
  if ('refused' in result) throw new Error(`refused: ${result.refused.code}`);
  return result;
}

/** `count` customers at one charger, each with 1 kWh for 0,23 €. */
async function seedCustomers(count: number): Promise<string> {
  await seedInstallation(database.sql);
  const cycleId = await seedJuneCycle(database.sql);
  const spotId = await seedSpot(database.sql, { name: '3012', chargerId: 'zcs031903' });
  for (let index = 1; index <= count; index += 1) {
    await seedCustomer(database.sql, { id: String(index) });
    await seedLines(database.sql, { cycleId, customerId: String(index), spotId, chargerId: 'zcs031903' }, [
      { ...(GOLDEN_LINES[0] ?? fail()), cents: 23 },
    ]);
  }
  return cycleId;
}

function fail(): never {
  throw new Error('the golden report has lines');
}

describe('issueInvoice', () => {
  it('issues the golden month: number, lines, VAT, snapshots and due date', async () => {
    const { cycleId } = await seedGoldenJune(database.sql);
    const invoice = await issued({ cycleId, customerId: '1001' });
    expect(invoice).toMatchObject({ numberText: 'FT CZM2026/1', grossCents: 9_887, method: 'direct-debit' });
    expect(invoice.dueAt).toEqual(new Date('2026-07-15T05:00:00Z'));

    const document = await database.sql.selectFrom('fiscal_document').selectAll().executeTakeFirstOrThrow();
    expect(document).toMatchObject({
      issue_date: '2026-07-01',
      due_date: '2026-07-15',
      period_from: '2026-06-01',
      period_to: '2026-06-30',
      net_cents: 8_038,
      vat_cents: 1_849,
      vat_groups: [{ code: 'NOR', ratePermyriad: 2_300, netCents: 8_038, vatCents: 1_849 }],
      issuer_snapshot: { id: 'czm', nif: '509442013', email: 'suporte@chazemo.com', softwareCertificate: '0' },
      customer_snapshot: { id: '1001', name: 'Ana Silva', nif: '123456789' },
    });
    const lines = await database.sql.selectFrom('document_line').selectAll().orderBy('line_no').execute();
    expect(lines.map(({ label, net_cents }) => [label, net_cents])).toEqual(
      GOLDEN_LINES.map(({ label, cents }) => [label, cents]),
    );
    expect(lines.reduce((sum, line) => sum + (line.wh ?? 0), 0)).toBe(360_018);
  });

  it('pitfalls 1 and 2: asked twice, also near local midnight in another zone, it is the same invoice', async () => {
    const { cycleId } = await seedGoldenJune(database.sql);
    const first = await issued({ cycleId, customerId: '1001', now: new Date('2026-07-01T22:59:59Z') });
    const again = await issued({ cycleId, customerId: '1001', now: new Date('2026-07-01T23:00:01Z') });
    expect(again).toEqual(first);
    await database.sql.updateTable('installation').set({ time_zone: 'Asia/Tokyo' }).execute();
    expect(await issued({ cycleId, customerId: '1001', now: new Date('2027-01-02T00:00:00Z') })).toEqual(first);
    expect(await database.sql.selectFrom('fiscal_document').select('id').execute()).toHaveLength(1);
  });

  it('asked by ten at once, it is one invoice', async () => {
    const { cycleId } = await seedGoldenJune(database.sql);
    const results = await Promise.all(Array.from({ length: 10 }, () => issued({ cycleId, customerId: '1001' })));
    expect(new Set(results.map(({ documentId }) => documentId)).size).toBe(1);
    const series = await database.sql.selectFrom('document_series').select('last_number').execute();
    expect(series).toEqual([{ last_number: 1 }]);
  });

  it('waits for a rating that is still under way and invoices what that has decided', async () => {
    const { cycleId } = await seedGoldenJune(database.sql);
    let waiting: Promise<IssuedInvoice> | undefined;
    await database.sql.transaction().execute(async (rating) => {
      await rating.selectFrom('billing_cycle').select('id').where('id', '=', cycleId).forUpdate().execute();
      waiting = issued({ cycleId, customerId: '1001' });
      await rating.updateTable('rated_line').set({ cents: 0 }).execute();
      await rating.updateTable('rated_line').set({ cents: 100 }).where('position', '=', 1).execute();
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    expect(await waiting).toMatchObject({ grossCents: 123 });
  });

  it('numbers without gaps under 20 parallel issues and one that is rolled back', async () => {
    const cycleId = await seedCustomers(20);
    const rolledBack = database.sql.transaction().execute(async (trx) => {
      await issueInvoice(trx, { cycleId, customerId: '7', now: NOW, signer: TEST_SIGNER });
      throw new Error('the ledger refused');
    });
    const all = Array.from({ length: 20 }, (_, index) => issued({ cycleId, customerId: String(index + 1) }));
    await expect(rolledBack).rejects.toThrow('the ledger refused');
    await Promise.all(all);
    const documents = await database.sql
      .selectFrom('fiscal_document')
      .select(['number', 'number_text'])
      .orderBy('number')
      .execute();
    expect(documents.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(documents.at(-1)?.number_text).toBe('FT CZM2026/20');
  });

  it('dates rise with numbers: who waited for the series is not dated before who went first', async () => {
    const cycleId = await seedCustomers(2);
    await issued({ cycleId, customerId: '1', now: new Date('2026-07-01T23:00:00.001Z') });
    await issued({ cycleId, customerId: '2', now: new Date('2026-07-01T22:59:59.999Z') });
    const rows = await database.sql.selectFrom('fiscal_document').select('issue_date').orderBy('number').execute();
    expect(rows.map((row) => row.issue_date)).toEqual(['2026-07-02', '2026-07-02']);
  });

  it('starts a new series with the local year', async () => {
    const cycleId = await seedCustomers(2);
    expect(await issued({ cycleId, customerId: '1', now: new Date('2026-12-31T23:59:59Z') })).toMatchObject({
      numberText: 'FT CZM2026/1',
    });
    expect(await issued({ cycleId, customerId: '2', now: new Date('2027-01-01T00:00:00Z') })).toMatchObject({
      numberText: 'FT CZM2027/1',
    });
  });

  it('is never changed: the database refuses UPDATE and DELETE of document and lines', async () => {
    const { cycleId } = await seedGoldenJune(database.sql);
    await issued({ cycleId, customerId: '1001' });
    const refused = 'is never changed: correct by adding';
    await database.asOwner(async ({ sql }) => {
      await expect(sql.updateTable('fiscal_document').set({ gross_cents: 1 }).execute()).rejects.toThrow(refused);
      await expect(sql.updateTable('document_line').set({ net_cents: 1 }).execute()).rejects.toThrow(refused);
      await expect(sql.deleteFrom('document_line').execute()).rejects.toThrow(refused);
    });
  });

  it('keeps the parties as they were on the day', async () => {
    const { cycleId } = await seedGoldenJune(database.sql);
    await issued({ cycleId, customerId: '1001' });
    await database.sql.updateTable('customer').set({ name: 'Ana Silva Costa' }).execute();
    const document = await database.sql.selectFrom('fiscal_document').selectAll().executeTakeFirstOrThrow();
    expect(document.customer_snapshot.name).toBe('Ana Silva');
  });

  it('pitfall 9: more fed back than drawn gives no invoice and takes no number', async () => {
    await seedInstallation(database.sql);
    const cycleId = await seedJuneCycle(database.sql);
    const spotId = await seedSpot(database.sql, { name: '3012', chargerId: 'zcs031903' });
    await seedCustomer(database.sql, { id: '1' });
    const line = GOLDEN_LINES[0] ?? fail();
    await seedLines(database.sql, { cycleId, customerId: '1', spotId, chargerId: 'zcs031903' }, [
      { ...line, cents: 100 },
      { ...line, cents: -300, direction: 'export' },
    ]);
    expect(await issue({ cycleId, customerId: '1' })).toEqual({ refused: { code: 'NOTHING_DUE', grossCents: -246 } });
    expect(await database.sql.selectFrom('document_series').selectAll().execute()).toEqual([]);
  });

  it('counts the due date by the policy of the day', async () => {
    const { cycleId } = await seedGoldenJune(database.sql, {
      policy: { ...DEFAULT_POLICY, preNotification: { businessDays: 2 } },
    });
    // Friday 3 July at 17:00 in Lisbon: two business days later is Tuesday.
    const invoice = await issued({ cycleId, customerId: '1001', now: new Date('2026-07-03T16:00:00Z') });
    expect(invoice.dueAt).toEqual(new Date('2026-07-07T16:00:00Z'));
  });

  it('refuses to run outside a transaction', async () => {
    const { cycleId } = await seedGoldenJune(database.sql);
    await expect(
      issueInvoice(database.sql, { cycleId, customerId: '1001', now: NOW, signer: TEST_SIGNER }),
    ).rejects.toThrow('inside a transaction');
  });
});

describe('customersToInvoice', () => {
  it('lists customers with lines and no document, by number; nobody for energy without a customer', async () => {
    const cycleId = await seedCustomers(11);
    await seedLines(database.sql, { cycleId, customerId: null, spotId: null, chargerId: 'zcs031903' }, GOLDEN_LINES);
    expect(await customersToInvoice(database.sql, { cycleId })).toEqual(
      Array.from({ length: 11 }, (_, index) => String(index + 1)),
    );
    await issued({ cycleId, customerId: '2' });
    expect(await customersToInvoice(database.sql, { cycleId })).not.toContain('2');
  });
});

describe('the order of customers', () => {
  it('is by number and total: after any of them the list can be taken up again and nobody is left out', () => {
    const ids = ['10', '9', '007', '7', 'a7', 'A7', '1001-b', '1001-B'];
    const sorted = ids.toSorted(compareCustomerNumbers);
    expect(sorted.slice(0, 4)).toEqual(['007', '7', '9', '10']);
    for (const [index, id] of sorted.entries()) {
      expect(sorted.filter((other) => compareCustomerNumbers(other, id) > 0)).toEqual(sorted.slice(index + 1));
    }
  });
});
