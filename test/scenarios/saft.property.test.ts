import { createReadStream } from 'node:fs';

import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { prepareSchemaValidator, validateXml } from '#apps/cli/servers/schema-validator.js';
import { issueCreditNote } from '#libs/invoicing/issue-credit-note.js';
import { postInvoiceIssued, postPayment, postPaymentReversed } from '#libs/ledger/post-events.js';
import { keepReceipts } from '#libs/payments/receipts/keep-receipts.js';
import { checkSaft } from '#libs/reporting/saft/check-saft.js';
import { issueAll, seedCustomer, seedInstallation, seedJuneCycle, seedLines, seedSpot } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { saftFile } from '#test/data/saft.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

const NOW = new Date('2026-07-01T05:00:00Z');

const line = fc.record({
  dayType: fc.constantFrom('Semana', 'Sábado', 'Domingo ≥ 1'),
  band: fc.constantFrom('ponta', 'cheias', 'vazio-normal'),
  label: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((text) => !text.includes('\u0000')),
  interval: fc.constant('07.00-09.15'),
  wh: fc.integer({ min: 0, max: 900_000 }),
  microsPerKWh: fc.integer({ min: 1_000, max: 400_000 }),
  cents: fc.integer({ min: 1, max: 20_000 }),
  isExport: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
});
const customer = fc.record({
  name: fc.string({ minLength: 1, maxLength: 120, unit: 'grapheme' }).filter((text) => !text.includes('\u0000')),
  nif: fc.constantFrom('123456789', null, '501442600'),
  lines: fc.array(line, { minLength: 1, maxLength: 6 }),
  exempt: fc.boolean(),
  credited: fc.constantFrom('none', 'part', 'whole'),
  paid: fc.constantFrom('none', 'part', 'whole', 'returned'),
});
const month = fc.record({
  region: fc.constantFrom('PT', 'PT-AC', 'PT-MA'),
  rounding: fc.constantFrom('group', 'line'),
  simplified: fc.constantFrom('never', 'other'),
  cashVat: fc.boolean(),
  customers: fc.array(customer, { minLength: 1, maxLength: 6 }),
});
type Month = Parameters<
  Parameters<typeof fc.asyncProperty<[typeof month extends fc.Arbitrary<infer T> ? T : never]>>[1]
>[0];

let database: TestDatabase;
beforeAll(() => prepareSchemaValidator(), 300_000);
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

async function play(wanted: Month): Promise<void> {
  const { sql } = database;
  await seedInstallation(sql, { region: wanted.region });
  const { rounding, simplified, cashVat } = wanted;
  const policy = { vat_rounding: rounding, simplified_invoices: simplified, cash_vat: cashVat };
  await sql.updateTable('issuer').set(policy).execute();
  const cycleId = await seedJuneCycle(sql);
  for (const [index, { name, nif, lines, exempt }] of wanted.customers.entries()) {
    const id = String(1001 + index);
    await seedCustomer(sql, { id, name });
    await sql.updateTable('customer').set({ nif }).where('id', '=', id).execute();
    const chargerId = `c${index}`;
    const spotId = await seedSpot(sql, { name: `L${index}`, chargerId, holders: [{ customerId: id }] });
    const seeds = lines.map((one) => {
      const { isExport, cents, ...rest } = one;
      const direction: 'import' | 'export' = isExport ? 'export' : 'import';
      return Object.assign(rest, { cents: isExport ? -cents : cents, direction });
    });
    await seedLines(sql, { cycleId, customerId: id, spotId, chargerId }, seeds);
    const exemption = { vat_code: 'ISE', exemption_code: 'M40' };
    if (exempt) await sql.updateTable('rated_line').set(exemption).where('customer_id', '=', id).execute();
  }
  const issued = await issueAll(sql, cycleId, NOW);
  for (const [customerId, documentId] of issued) {
    const how = wanted.customers[Number(customerId) - 1001];
    if (how !== undefined) await settle(documentId, how);
  }
  await keepReceipts(sql, { now: NOW, signer: TEST_SIGNER });
}

async function settle(documentId: string, { paid, credited }: Month['customers'][number]): Promise<void> {
  const { gross_cents: grossCents } = await database.sql
    .selectFrom('fiscal_document')
    .select('gross_cents')
    .where('id', '=', documentId)
    .executeTakeFirstOrThrow();
  const amountCents = paid === 'part' ? Math.ceil(grossCents / 3) : grossCents;
  const payment = { key: `pay/${documentId}`, documentId, source: 'bank', amountCents, occurredAt: NOW } as const;
  if (paid !== 'none') await database.sql.transaction().execute((trx) => postPayment(trx, payment));
  if (paid === 'returned') {
    await keepReceipts(database.sql, { now: NOW, signer: TEST_SIGNER });
    const back = { ...payment, key: `back/${documentId}` };
    await database.sql.transaction().execute((trx) => postPaymentReversed(trx, back));
  }
  if (credited === 'none') return;
  await database.sql.transaction().execute(async (trx) => {
    const positive = await trx
      .selectFrom('document_line')
      .select('line_no')
      .where('document_id', '=', documentId)
      .where('net_cents', '>', 0)
      .orderBy('line_no')
      .executeTakeFirst();
    const part = [{ lineNo: positive?.line_no ?? 1, netCents: 1 }];
    const choice = credited === 'whole' ? ('whole' as const) : part;
    const order = { documentId, key: 'a', choice, reason: 'Correção', now: NOW, signer: TEST_SIGNER };
    const note = await issueCreditNote(trx, order);
    if (!('refused' in note)) await postInvoiceIssued(trx, { documentId: note.documentId });
  });
}

describe('a month of any documents', () => {
  it('is valid by the schema with its assertions, and agrees with the database', async () => {
    await fc.assert(
      fc
        .asyncProperty(month, async (wanted) => {
          await play(wanted);
          const { path } = await saftFile(database.sql, '2026-07');
          expect(await validateXml(path, 'saft')).toEqual({ faults: [], faultCount: 0 });
          expect(await checkSaft(database.sql, createReadStream(path))).toMatchObject({
            ok: { problems: [], problemCount: 0 },
          });
        })
        .beforeEach(async () => {
          await database.drop();
          database = await createTestDatabase();
        }),
      { numRuns: 6 },
    );
  }, 300_000);
});
