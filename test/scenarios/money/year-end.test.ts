import { createReadStream } from 'node:fs';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql as raw } from 'kysely';

import { prepareSchemaValidator, validateXml } from '#apps/cli/servers/schema-validator.js';
import { verifyFiscalChain } from '#libs/invoicing/fiscal/verify-chain.js';
import { issueInvoice } from '#libs/invoicing/issue-invoice.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { postInvoiceIssued, postPayment } from '#libs/ledger/post-events.js';
import { creditInvoice } from '#libs/payments/credit-invoice.js';
import { checkReceipts } from '#libs/payments/receipts/check-receipts.js';
import { issueReceipt } from '#libs/payments/receipts/issue-receipt.js';
import type { Sql } from '#libs/persistence/database.js';
import { monthSpan } from '#libs/registry/period.js';
import { DEFAULT_POLICY } from '#libs/registry/policy.js';
import { checkSaft } from '#libs/reporting/saft/check-saft.js';
import { seedCycle } from '#test/data/cycles.js';
import { seedLines } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { saftFile } from '#test/data/saft.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { printedLedger, tell } from './printed-ledger.js';

const ISSUERS = [
  { id: 'lisboa', nif: '509442013', timeZone: 'Europe/Lisbon', region: 'PT' },
  { id: 'acores', nif: '501442600', timeZone: 'Atlantic/Azores', region: 'PT-AC' },
] as const;
type Issuer = (typeof ISSUERS)[number];
const PEOPLE = [1, 2, 3, 4, 5, 6] as const;
const SOME_DAYS_BEFORE = new Date('2030-12-28T10:00:00Z');
/** A tenth of a second before and after the year begins in Lisbon, and an hour later in the Azores. */
const AROUND_LISBON = [new Date('2030-12-31T23:59:59.900Z'), new Date('2031-01-01T00:00:00.100Z')] as const;
const AROUND_AZORES = [new Date('2031-01-01T00:59:59.900Z'), new Date('2031-01-01T01:00:00.100Z')] as const;

const BALANCES = `\
---
bank/acores             +34.80
bank/lisboa             +36.90
receivable/acores-1      +4.64
receivable/acores-2      +9.28
receivable/acores-3     +13.92
receivable/acores-4     +18.56
receivable/acores-5     +23.20
receivable/acores-6     +27.84
receivable/lisboa-1      +4.92
receivable/lisboa-2      +9.84
receivable/lisboa-3     +14.76
receivable/lisboa-4     +19.68
receivable/lisboa-5     +24.60
receivable/lisboa-6     +29.52
recovered/acores       -114.00
recovered/lisboa       -114.00
vat/1600                -18.24
vat/2300                -26.22`;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await prepareSchemaValidator();
  for (const issuer of ISSUERS) await seedPark(database.sql, issuer);
}, 300_000);
afterAll(() => database.drop());

const transact = <T>(run: (trx: Sql) => Promise<T>) => database.sql.transaction().execute(run);
const personOf = ({ id }: Issuer, no: number) => `${id}-${no}`;

/** A car park with its issuer, three rated months and six people in each. */
async function seedPark(sql: Sql, { id, nif, timeZone, region }: Issuer): Promise<void> {
  const place = { address: 'Rua do Porto, 1', postal_code: '9500-001', city: 'Ponta Delgada' };
  const issuer = { id, name: `Carregamentos ${id}`, nif, email: `${id}@example.org`, time_zone: timeZone, ...place };
  await sql.insertInto('issuer').values(issuer).execute();
  const manager = { manager_name: 'Gestora', manager_email: 'gestora@example.org' };
  await sql
    .insertInto('condominium')
    .values({ id, name: `Condomínio ${id}`, nif: '901234567', ...manager, ...place })
    .execute();
  const installation = { id, condominium_id: id, issuer_id: id, name: id, time_zone: timeZone, region };
  await sql.insertInto('installation').values(installation).execute();
  await sql
    .insertInto('installation_policy')
    .values({ installation_id: id, valid_from: '2020-01-01', policy: DEFAULT_POLICY })
    .execute();
  const chargerId = `charger-${id}`;
  await sql.insertInto('charger').values({ id: chargerId, installation_id: id, label: chargerId }).execute();
  for (const no of PEOPLE) {
    const customerId = `${id}-${no}`;
    const person = { id: customerId, condominium_id: id, name: `Cliente ${no}`, nif: '123456789', ...place };
    await sql
      .insertInto('customer')
      .values({ ...person, payment_method: 'transfer' })
      .execute();
  }
  for (const period of ['2030-10', '2030-11', '2030-12']) {
    const { startsAt, endsAt } = monthSpan(period, timeZone);
    const span = { starts_at: startsAt, ends_at: endsAt };
    const cycleId = await seedCycle(sql, id, period, { ...span, rated_at: SOME_DAYS_BEFORE });
    for (const no of PEOPLE) {
      const line = { dayType: 'Semana', band: 'cheias', label: 'Cheia 1', interval: '07.00-09.15' };
      const rated = { ...line, wh: 10_000 * no, microsPerKWh: 200_000, cents: 200 * no };
      await seedLines(sql, { cycleId, customerId: `${id}-${no}`, spotId: null, chargerId }, [rated]);
    }
  }
}

async function cycleOf({ id }: Issuer, period: string): Promise<string> {
  const cycle = database.sql.selectFrom('billing_cycle').select('id').where('installation_id', '=', id);
  return (await cycle.where('period', '=', period).executeTakeFirstOrThrow()).id;
}

type Deed = () => Promise<unknown>;

/** Every deed twice, all of them at once, those of the two sides of midnight among each other. */
async function allAtOnce(deeds: readonly Deed[]): Promise<void> {
  const twice = [...deeds, ...deeds.toReversed()];
  await Promise.all(twice.map((deed) => deed()));
}

const sideOf = (sides: readonly [Date, Date], no: number): Date => sides[no % 2 === 0 ? 1 : 0];

/** Invoices of a month: of the people with odd numbers before midnight, of the others after it. */
async function invoices(issuer: Issuer, period: string, sides: readonly [Date, Date]): Promise<Deed[]> {
  const cycleId = await cycleOf(issuer, period);
  return PEOPLE.map((no) => () => invoice(cycleId, personOf(issuer, no), sideOf(sides, no)));
}

async function invoice(cycleId: string, customerId: string, now: Date): Promise<void> {
  await transact(async (trx) => {
    const issued = await issueInvoice(trx, { cycleId, customerId, now, signer: TEST_SIGNER });
    if ('refused' in issued) throw new Error(JSON.stringify(issued.refused));
    await postInvoiceIssued(trx, { documentId: issued.documentId });
  });
}

async function invoiceOf(customerId: string): Promise<{ id: string; grossCents: number }> {
  const first = database.sql.selectFrom('fiscal_document').select(['id', 'gross_cents as grossCents']);
  return first.where('customer_id', '=', customerId).where('type', '=', 'FT').executeTakeFirstOrThrow();
}

/** October's invoices: of the first three people credited, of the others paid some days before and receipted now. */
async function creditsAndReceipts(issuer: Issuer, sides: readonly [Date, Date]): Promise<Deed[]> {
  const deeds: Deed[] = [];
  for (const no of PEOPLE) {
    const { id: documentId, grossCents } = await invoiceOf(personOf(issuer, no));
    const now = sideOf(sides, no);
    const key = `transfer/${documentId}`;
    if (no <= 3) {
      const order = { documentId, key: 'a', choice: 'whole', reason: 'Contador trocado', now } as const;
      deeds.push(() => transact((trx) => creditInvoice(trx, { ...order, signer: TEST_SIGNER })));
      continue;
    }
    const payment = { key, documentId, source: 'bank', amountCents: grossCents, occurredAt: SOME_DAYS_BEFORE } as const;
    await transact((trx) => postPayment(trx, payment));
    deeds.push(() => transact((trx) => issueReceipt(trx, { keys: [key], now, signer: TEST_SIGNER })));
  }
  return deeds;
}

/** How many documents each series has, and the first and last local day of issue. */
async function seriesAsTheyStand(): Promise<string[]> {
  const { rows } = await raw<{ text: string }>`
    select format('%s %s: %s, %s to %s', series.type, series.code, count(*), min(taken.day), max(taken.day)) as text
    from document_series series join (
      select series_id, issue_date as day from fiscal_document union all select series_id, issue_date from receipt
    ) taken on taken.series_id = series.id
    group by series.id order by series.issuer_id desc, series.type, series.code`.execute(database.sql);
  return rows.map(({ text }) => text);
}

test('year end and numbering: each series ends with its issuer’s own year, whoever issues at the same time', async () => {
  const { sql } = database;
  const [lisbon, azores] = ISSUERS;
  for (const issuer of ISSUERS) {
    await allAtOnce(await invoices(issuer, '2030-10', [SOME_DAYS_BEFORE, SOME_DAYS_BEFORE]));
  }
  await allAtOnce([
    ...(await invoices(lisbon, '2030-11', AROUND_LISBON)),
    ...(await invoices(azores, '2030-11', AROUND_LISBON)), // both sides are the old year there
    ...(await creditsAndReceipts(lisbon, AROUND_LISBON)),
  ]);
  await allAtOnce([
    ...(await invoices(lisbon, '2030-12', AROUND_AZORES)), // both sides are the new year there
    ...(await invoices(azores, '2030-12', AROUND_AZORES)),
    ...(await creditsAndReceipts(azores, AROUND_AZORES)),
  ]);

  expect(await seriesAsTheyStand()).toEqual([
    'FT LISBOA2030: 9, 2030-12-28 to 2030-12-31',
    'FT LISBOA2031: 9, 2031-01-01 to 2031-01-01',
    'NC LISBOA2030: 2, 2030-12-31 to 2030-12-31',
    'NC LISBOA2031: 1, 2031-01-01 to 2031-01-01',
    'RG LISBOA2030: 1, 2030-12-31 to 2030-12-31',
    'RG LISBOA2031: 2, 2031-01-01 to 2031-01-01',
    'FT ACORES2030: 15, 2030-12-28 to 2030-12-31',
    'FT ACORES2031: 3, 2031-01-01 to 2031-01-01',
    'NC ACORES2030: 2, 2030-12-31 to 2030-12-31',
    'NC ACORES2031: 1, 2031-01-01 to 2031-01-01',
    'RG ACORES2030: 1, 2030-12-31 to 2030-12-31',
    'RG ACORES2031: 2, 2031-01-01 to 2031-01-01',
  ]);
  expect(await verifyFiscalChain(sql)).toEqual({ documents: 42, problems: [] });
  expect(await checkReceipts(sql)).toEqual([]);
  for (const { id } of ISSUERS) {
    for (const period of ['2030-12', '2031-01']) {
      const { path } = await saftFile(sql, period, id);
      expect(await validateXml(path, 'saft')).toEqual({ faults: [], faultCount: 0 });
      expect(await checkSaft(sql, createReadStream(path))).toMatchObject({ ok: { problems: [], problemCount: 0 } });
    }
  }

  const told = tell('Year end and numbering', await printedLedger(sql));
  // Who gets which number is decided by who comes first; what is owed is not.
  expect(told.slice(told.indexOf('---'))).toBe(BALANCES);
  expect(await checkLedger(sql)).toEqual({ balanced: true, problems: [] });
}, 180_000);
