import { generateKeyPairSync } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { GOLDEN_LINES, seedCustomer, seedGoldenJune, seedLines, seedSpot } from '#test/data/documents.js';
import { CERTIFIED_SIGNER, TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { issueCreditNote } from '../issue-credit-note.js';
import { issueInvoice, type InvoiceOrder } from '../issue-invoice.js';
import type { FiscalSigner } from './sign-document.js';
import { isHashValid } from './sign-document.js';
import { verifyFiscalChain } from './verify-chain.js';

const NOW = new Date('2026-07-01T05:00:00Z');
const CODE = 'CSDF7T5H';

let database: TestDatabase;
let cycleId: string;
beforeEach(async () => {
  database = await createTestDatabase();
  ({ cycleId } = await seedGoldenJune(database.sql));
});
afterEach(() => database.drop());

const issue = (order: Partial<InvoiceOrder> = {}) =>
  database.sql
    .transaction()
    .execute((trx) => issueInvoice(trx, { cycleId, customerId: '1001', now: NOW, signer: TEST_SIGNER, ...order }));
const credit = (documentId: string, key: string, signer: FiscalSigner = TEST_SIGNER) =>
  database.sql
    .transaction()
    .execute((trx) =>
      issueCreditNote(trx, { documentId, key, choice: [{ lineNo: 1, netCents: 1 }], reason: 'x', now: NOW, signer }),
    );
const documents = () => database.sql.selectFrom('fiscal_document').selectAll().orderBy('number').execute();
const register = (type: string, code = 'CZM2026') =>
  database.sql.insertInto('document_series').values({ issuer_id: 'czm', type, code, validation_code: CODE }).execute();

async function anotherCustomer(id: string, index: number): Promise<void> {
  await seedCustomer(database.sql, { id });
  const chargerId = `zcs9${index}`;
  const spotId = await seedSpot(database.sql, { name: `9${index}`, chargerId, holders: [{ customerId: id }] });
  await seedLines(database.sql, { cycleId, customerId: id, spotId, chargerId }, GOLDEN_LINES);
}

const tamper = (statement: string) => database.tamper((trx) => raw.raw(statement).execute(trx));
const codes = async () => (await verifyFiscalChain(database.sql)).problems.map(({ code }) => code);

describe('an issued document', () => {
  it('has hash, ATCUD, key version and moment in its row; uncertified the ATCUD is 0', async () => {
    await issue();
    const [document] = await documents();
    expect(document).toMatchObject({
      atcud: '0',
      hash_control: '1',
      system_entry: '2026-07-01T06:00:00',
      software_certificate: '0',
      vat_region: 'PT',
      issued_by: 'chazemo',
    });
    const facts = { issueDate: '2026-07-01', systemEntry: '2026-07-01T06:00:00', numberText: 'FT CZM2026/1' };
    const signed = { ...facts, grossCents: 9_887, previousHash: '' };
    expect(isHashValid(signed, document?.hash ?? '', TEST_SIGNER.publicKey)).toBe(true);
    expect(await verifyFiscalChain(database.sql)).toEqual({ documents: 1, problems: [] });
  });

  it('is signed over the one before it in its own series; credit notes are a chain of their own', async () => {
    await anotherCustomer('1002', 2);
    await issue();
    await issue({ customerId: '1002' });
    const [first] = await documents();
    await credit(first?.id ?? '', 'a');
    await credit(first?.id ?? '', 'b');
    const hashes = (await documents()).map(({ hash }) => hash);
    expect(new Set(hashes).size).toBe(4);
    expect(await verifyFiscalChain(database.sql)).toEqual({ documents: 4, problems: [] });
    expect(await verifyFiscalChain(database.sql, TEST_SIGNER.publicKey)).toMatchObject({ problems: [] });
  });

  it('has the code of its series once the program is certified and the series registered', async () => {
    const refused = { refused: { code: 'SERIES.NOT_REGISTERED', series: 'FT CZM2026' } };
    expect(await issue({ signer: CERTIFIED_SIGNER })).toEqual(refused);
    expect(await documents()).toEqual([]);
    await database.sql.updateTable('document_series').set({ validation_code: CODE }).execute();
    await issue({ signer: CERTIFIED_SIGNER });
    const [document] = await documents();
    expect(document).toMatchObject({ number: 1, atcud: `${CODE}-1`, software_certificate: '9999' });
    expect(await credit(document?.id ?? '', 'a', CERTIFIED_SIGNER)).toMatchObject({
      refused: { code: 'SERIES.NOT_REGISTERED' },
    });
    expect(await verifyFiscalChain(database.sql)).toEqual({ documents: 1, problems: [] });
  });

  it('without a key, or with another key of the same version, is none, and no number is taken', async () => {
    expect(await issue({ signer: null })).toEqual({ refused: { code: 'FISCAL.NO_KEY' } });
    await anotherCustomer('1002', 2);
    await issue();
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const other = { ...TEST_SIGNER, privateKey, publicKey: pem };
    const order = { customerId: '1002', signer: other };
    expect(await issue(order)).toEqual({ refused: { code: 'FISCAL.KEY_CHANGED', keyVersion: '1' } });
    await issue({ ...order, signer: { ...other, keyVersion: '2' } });
    expect((await documents()).map(({ number, hash_control }) => [number, hash_control])).toEqual([
      [1, '1'],
      [2, '2'],
    ]);
    expect(await verifyFiscalChain(database.sql)).toEqual({ documents: 2, problems: [] });
  });

  it('of an issuer in another country is plain', async () => {
    await database.sql.updateTable('issuer').set({ country: 'ES', time_zone: 'Europe/Madrid' }).execute();
    await issue({ signer: null });
    expect((await documents())[0]).toMatchObject({
      type: 'FT',
      atcud: null,
      hash: null,
      software_certificate: null,
      system_entry: '2026-07-01T07:00:00',
    });
    expect(await verifyFiscalChain(database.sql)).toEqual({ documents: 1, problems: [] });
  });
});

describe('kinds of invoices', () => {
  const set = (values: object) => database.sql.updateTable('customer').set(values).where('id', '=', '1001').execute();

  it('refuses a wrong tax number, and issues to a final consumer without one', async () => {
    await set({ nif: '123456780' });
    expect(await issue()).toEqual({ refused: { code: 'CUSTOMER.NIF_INVALID', nif: '123456780' } });
    await set({ nif: null });
    expect(await issue()).toMatchObject({ type: 'FT', numberText: 'FT CZM2026/1' });
  });

  it('issues simplified invoices in their own series where the issuer wants them', async () => {
    await set({ nif: null });
    await database.sql.updateTable('issuer').set({ simplified_invoices: 'other' }).execute();
    expect(await issue()).toMatchObject({ type: 'FS', numberText: 'FS CZM2026/1' });
  });

  it('is its own receipt when a prepaid balance pays all of it', async () => {
    expect(await issue({ paidAheadCents: 9_887 })).toMatchObject({ type: 'FT' });
    await anotherCustomer('1002', 2);
    await database.sql.updateTable('customer').set({ payment_method: 'prepaid' }).execute();
    expect(await issue({ customerId: '1002', paidAheadCents: 9_887 })).toMatchObject({ type: 'FR' });
  });
});

describe('numbers', () => {
  it('20 at once: no gap, and the chain is valid', async () => {
    const customers = Array.from({ length: 20 }, (_, index) => String(2001 + index));
    for (const [index, id] of customers.entries()) await anotherCustomer(id, 100 + index);
    await Promise.all(customers.map((customerId) => issue({ customerId, now: new Date() })));
    expect((await documents()).map(({ number }) => number)).toEqual(customers.map((_, index) => index + 1));
    expect(await verifyFiscalChain(database.sql)).toEqual({ documents: 20, problems: [] });
  });

  it('a crash before the commit gives the number back', async () => {
    const crash = database.sql.transaction().execute(async (trx) => {
      await issueInvoice(trx, { cycleId, customerId: '1001', now: NOW, signer: TEST_SIGNER });
      throw new Error('killed');
    });
    await expect(crash).rejects.toThrow('killed');
    expect(await issue()).toMatchObject({ numberText: 'FT CZM2026/1' });
    expect(await verifyFiscalChain(database.sql)).toEqual({ documents: 1, problems: [] });
  });

  it('begin again at 1 with the year in the issuer’s zone, not the installation’s or the machine’s', async () => {
    await anotherCustomer('1002', 2);
    await anotherCustomer('1003', 3);
    const at = (instant: string) => new Date(instant);
    expect(await issue({ now: at('2026-12-31T23:59:59Z') })).toMatchObject({ numberText: 'FT CZM2026/1' });
    await database.sql.updateTable('installation').set({ time_zone: 'Atlantic/Azores' }).execute();
    expect(await issue({ customerId: '1002', now: at('2027-01-01T00:00:00Z') })).toMatchObject({
      numberText: 'FT CZM2027/1',
    });
    await database.sql.updateTable('issuer').set({ time_zone: 'Atlantic/Azores' }).execute();
    expect(await issue({ customerId: '1003', now: at('2027-01-01T00:59:59Z') })).toMatchObject({
      numberText: 'FT CZM2026/2',
    });
    expect((await documents()).map(({ issue_date }) => issue_date)).toEqual(['2026-12-31', '2027-01-01', '2026-12-31']);
    expect(await verifyFiscalChain(database.sql)).toEqual({ documents: 3, problems: [] });
  });

  it('of the next year may be registered ahead', async () => {
    await register('FT', 'CZM2027');
    const now = new Date('2027-01-02T10:00:00Z');
    expect(await issue({ now, signer: CERTIFIED_SIGNER })).toMatchObject({ numberText: 'FT CZM2027/1' });
    expect((await documents())[0]?.atcud).toBe(`${CODE}-1`);
  });
});

describe('verifyFiscalChain', () => {
  beforeEach(async () => {
    for (const index of [2, 3]) await anotherCustomer(`100${index}`, index);
    await issue();
    for (const index of [2, 3])
      await issue({ customerId: `100${index}`, now: new Date(NOW.getTime() + index * 1_000) });
    expect(await codes()).toEqual([]);
  });

  it('finds a changed total, and the next document whose hash no longer follows only if a hash changed', async () => {
    await tamper(`update fiscal_document set gross_cents = gross_cents + 1 where number = 2`);
    expect(await codes()).toEqual(['DOCUMENT.HASH_INVALID']);
    await tamper(
      `update fiscal_document set hash = (select hash from fiscal_document where number = 3) where number = 2`,
    );
    expect(await codes()).toEqual(['DOCUMENT.HASH_INVALID', 'DOCUMENT.HASH_INVALID']);
  });

  it('finds a missing document, at the end of a series too', async () => {
    await tamper(`update document_series set last_number = 4`);
    expect(await codes()).toEqual(['SERIES.GAP']);
    await tamper(`delete from document_line; delete from fiscal_document where number = 2`);
    expect(new Set(await codes())).toEqual(new Set(['SERIES.GAP', 'DOCUMENT.HASH_INVALID']));
  });

  it('finds a fallen date, a stripped signature, another ATCUD and an unknown key', async () => {
    await tamper(`update fiscal_document set system_entry = '2026-06-30T00:00:00' where number = 3`);
    expect(await codes()).toEqual(['SERIES.DATE_FELL', 'DOCUMENT.HASH_INVALID']);
    await tamper(`update fiscal_document set hash = null, atcud = 'X-3' where number = 3`);
    expect(await codes()).toEqual(['SERIES.DATE_FELL', 'DOCUMENT.ATCUD_WRONG', 'DOCUMENT.UNSIGNED']);
    await tamper(`delete from fiscal_key`);
    expect(await codes()).toContain('DOCUMENT.KEY_UNKNOWN');
  });
});
