import { createReadStream, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';

import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { prepareSchemaValidator, validateXml } from '#apps/cli/servers/schema-validator.js';
import { issueCreditNote } from '#libs/invoicing/issue-credit-note.js';
import { postInvoiceIssued, postPayment, postPaymentReversed } from '#libs/ledger/post-events.js';
import { keepReceipts } from '#libs/payments/receipts/keep-receipts.js';
import { checkSaft } from '#libs/reporting/saft/check-saft.js';
import { writeSaft } from '#libs/reporting/saft/write-saft.js';
import { issueAll, seedGoldenJune, seedMixedJune } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { saftFile, TEST_SOFTWARE, type SaftFile } from '#test/data/saft.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

const JULY = new Date('2026-07-01T05:00:00Z');

let database: TestDatabase;
// The validator is built once a machine.
beforeAll(() => prepareSchemaValidator(), 300_000);
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const check = (path: string) => checkSaft(database.sql, createReadStream(path));

/** Allowed by the schema with its assertions, and as the database has it. */
async function expectGood(file: SaftFile): Promise<void> {
  expect(await validateXml(file.path, 'saft')).toEqual({ faults: [], faultCount: 0 });
  expect(await check(file.path)).toMatchObject({ ok: { problems: [], problemCount: 0 } });
}

async function goldenInvoice(region?: string): Promise<string> {
  const { cycleId } = await seedGoldenJune(database.sql, region === undefined ? {} : { region });
  return (await issueAll(database.sql, cycleId, JULY)).get('1001') ?? '';
}

const credit = (documentId: string, choice: 'whole' | { lineNo: number; netCents: number }[], now = JULY) =>
  database.sql.transaction().execute(async (trx) => {
    const order = { documentId, key: 'a', choice, reason: 'Leitura corrigida', now, signer: TEST_SIGNER };
    const note = await issueCreditNote(trx, order);
    if ('refused' in note) throw new Error(JSON.stringify(note.refused));
    await postInvoiceIssued(trx, { documentId: note.documentId });
  });

describe('the golden June', () => {
  it('is valid, agrees with the database, and says what the invoice says', async () => {
    await goldenInvoice();
    const file = await saftFile(database.sql, '2026-07');
    await expectGood(file);
    expect(file.written).toMatchObject({ sales: { entries: 1, debitCents: 0, creditCents: 8_038 } });
    for (const text of [
      '<InvoiceNo>FT CZM2026/1</InvoiceNo>',
      '<TaxAccountingBasis>F</TaxAccountingBasis>',
      '<Quantity>222.036</Quantity>',
      '<UnitPrice>0.227756</UnitPrice>',
      '<CreditAmount>50.57</CreditAmount>',
      '<ProductCode>ENERGIA-SUPER-VAZIO</ProductCode>',
      '<TaxPointDate>2026-06-30</TaxPointDate>',
      '<TaxPayable>18.49</TaxPayable>',
      '<NetTotal>80.38</NetTotal>',
      '<GrossTotal>98.87</GrossTotal>',
    ]) {
      expect(file.text).toContain(text);
    }
  });

  it('is of the month of issue alone: the month before has none', async () => {
    await goldenInvoice();
    const file = await saftFile(database.sql, '2026-06');
    await expectGood(file);
    expect(file.written.sales.entries).toBe(0);
  });

  it('is Windows-1252 in bytes too', async () => {
    await goldenInvoice();
    const { text } = await saftFile(database.sql, '2026-07');
    expect(text.startsWith('<?xml version="1.0" encoding="Windows-1252"?>')).toBe(true);
    expect(text).toContain('ChaZeMo \u0096 Servi\u00e7os de Carregamento, Lda.');
  });
});

describe('an assertion of the schema', () => {
  it('refuses a line with tax and a reason for none, and one without tax and without a reason', async () => {
    await goldenInvoice();
    const { path, text } = await saftFile(database.sql, '2026-07');
    const reason = '<TaxExemptionReason>Isento artigo 9</TaxExemptionReason><TaxExemptionCode>M07</TaxExemptionCode>';
    for (const broken of [
      text.replace('</Tax>\n', `</Tax>\n${reason}`),
      text.replace('<CreditAmount>1.56</CreditAmount>', '$&').replace(/(<Line>[\s\S]*?<TaxPercentage>)23.00/, '$10.00'),
    ]) {
      writeFileSync(path, broken, 'latin1');
      const { faults, faultCount } = await validateXml(path, 'saft');
      expect(faultCount).toBe(1);
      expect(faults[0]?.message).toContain('cvc-assertion');
      expect(faults[0]?.line).toBeGreaterThan(1);
    }
  });

  it('refuses a receipt under cash VAT without its tax', async () => {
    const documentId = await goldenInvoice();
    await database.tamper((trx) => trx.updateTable('fiscal_document').set({ cash_vat: true }).execute());
    await pay(documentId, 'transfer/a', 9_887);
    const file = await saftFile(database.sql, '2026-07');
    await expectGood(file);
    expect(file.text).toContain('<PaymentType>RC</PaymentType>');
    const payments = file.text.indexOf('<Payments>');
    const stripped = file.text.slice(payments).replace(/<Tax>[\s\S]*?<\/Tax>/g, '');
    writeFileSync(file.path, file.text.slice(0, payments) + stripped, 'latin1');
    const { faults } = await validateXml(file.path, 'saft');
    expect(faults.map(({ message }) => message).join()).toContain('cvc-assertion');
  });
});

describe('credit notes', () => {
  it('are debits with the invoice they correct and why, in part and in whole', async () => {
    const documentId = await goldenInvoice();
    await credit(documentId, [{ lineNo: 1, netCents: 1 }]);
    const file = await saftFile(database.sql, '2026-07');
    await expectGood(file);
    expect(file.written.sales).toEqual({ entries: 2, debitCents: 1, creditCents: 8_038 });
    expect(file.text).toMatch(
      /<Reference>FT CZM2026\/1<\/Reference>\s+<Reason>Leitura corrigida<\/Reason>[\s\S]*<DebitAmount>0.01</,
    );
  });

  it('of another month stand in theirs, over an invoice that is not in the file', async () => {
    const documentId = await goldenInvoice();
    await credit(documentId, 'whole', new Date('2026-08-03T10:00:00Z'));
    const august = await saftFile(database.sql, '2026-08');
    await expectGood(august);
    expect(august.written.sales).toEqual({ entries: 1, debitCents: 8_038, creditCents: 0 });
    expect((await saftFile(database.sql, '2026-07')).written.sales.entries).toBe(1);
  });
});

describe('a year end', () => {
  it('is where a series ends and another begins, in the issuer’s zone', async () => {
    const { cycleId } = await seedGoldenJune(database.sql);
    await issueAll(database.sql, cycleId, new Date('2026-12-31T23:59:59Z'));
    const documents = await database.sql.selectFrom('fiscal_document').select('id').execute();
    await credit(documents[0]?.id ?? '', 'whole', new Date('2027-01-01T00:00:00Z'));
    const [december, january] = [await saftFile(database.sql, '2026-12'), await saftFile(database.sql, '2027-01')];
    await expectGood(december);
    await expectGood(january);
    expect(december.text).toContain('<InvoiceNo>FT CZM2026/1</InvoiceNo>');
    expect(january.text).toContain('<InvoiceNo>NC CZM2027/1</InvoiceNo>');
    expect(january.text).toContain('<FiscalYear>2027</FiscalYear>');
  });
});

describe('taxes and customers', () => {
  it.each([
    ['PT-AC', '16.00'],
    ['PT-MA', '22.00'],
  ])('of %s are those of the region', async (region, rate) => {
    await goldenInvoice(region);
    const file = await saftFile(database.sql, '2026-07');
    await expectGood(file);
    expect(file.text).toMatch(new RegExp(`<TaxCountryRegion>${region}</TaxCountryRegion>\\s+<TaxCode>NOR</TaxCode>`));
    expect(file.text).toContain(`<TaxPercentage>${rate}</TaxPercentage>`);
  });

  it('gives the code and the words of what is exempt', async () => {
    const { cycleId } = await seedGoldenJune(database.sql);
    await database.sql.updateTable('rated_line').set({ vat_code: 'ISE', exemption_code: 'M99' }).execute();
    await issueAll(database.sql, cycleId, JULY);
    const file = await saftFile(database.sql, '2026-07');
    await expectGood(file);
    expect(file.text).toMatch(
      /<TaxExemptionReason>N\u00e3o sujeito ou n\u00e3o tributado<\/TaxExemptionReason>\s+<TaxExemptionCode>M99</,
    );
  });

  it('knows who gave no number as the one final consumer', async () => {
    const { cycleId } = await seedGoldenJune(database.sql);
    await database.sql.updateTable('customer').set({ nif: null }).execute();
    await database.sql.updateTable('issuer').set({ simplified_invoices: 'other' }).execute();
    await issueAll(database.sql, cycleId, JULY);
    const file = await saftFile(database.sql, '2026-07');
    await expectGood(file);
    expect(file.text).toContain('<InvoiceNo>FS CZM2026/1</InvoiceNo>');
    expect(file.text).toContain('<CustomerID>Consumidor final</CustomerID>');
    expect(file.text).toContain('<CustomerTaxID>999999990</CustomerTaxID>');
    expect(file.text).not.toContain('Ana Silva');
  });

  it('tells apart a customer’s tax numbers when it changed within the month', async () => {
    const documentId = await goldenInvoice();
    await database.tamper((trx) =>
      trx
        .updateTable('fiscal_document')
        .set({ customer_snapshot: { ...SNAPSHOT, nif: '501442600' } })
        .execute(),
    );
    await credit(documentId, 'whole');
    await database.tamper((trx) =>
      trx.updateTable('fiscal_document').set({ customer_snapshot: SNAPSHOT }).where('type', '=', 'NC').execute(),
    );
    const file = await saftFile(database.sql, '2026-07');
    expect(await validateXml(file.path, 'saft')).toEqual({ faults: [], faultCount: 0 });
    expect(file.text.match(/<Customer>/g)).toHaveLength(2);
  });
});

const SNAPSHOT = {
  id: '1001',
  name: 'Ana Silva',
  nif: '123456789',
  address: null,
  postalCode: null,
  city: null,
  country: 'PT',
};

async function pay(documentId: string, key: string, amountCents: number): Promise<void> {
  const payment = { key, documentId, source: 'bank', amountCents, occurredAt: JULY } as const;
  await database.sql.transaction().execute((trx) => postPayment(trx, payment));
  await keepReceipts(database.sql, { now: JULY, signer: TEST_SIGNER });
}

describe('receipts', () => {
  it('are there with their documents; annulled ones are counted, their amounts are not', async () => {
    const documentId = await goldenInvoice();
    await pay(documentId, 'transfer/a', 5_000);
    await pay(documentId, 'transfer/b', 4_887);
    const before = await saftFile(database.sql, '2026-07');
    await expectGood(before);
    expect(before.written.payments).toEqual({ entries: 2, debitCents: 0, creditCents: 8_038 });
    expect(before.text).toContain('<PaymentMechanism>TB</PaymentMechanism>');
    const reversal = { key: 'r', documentId, source: 'bank', amountCents: 4_887, occurredAt: JULY } as const;
    await database.sql.transaction().execute((trx) => postPaymentReversed(trx, reversal));
    await keepReceipts(database.sql, { now: JULY, signer: TEST_SIGNER });
    expect(await check(before.path)).toMatchObject({
      ok: { problems: expect.arrayContaining([expect.objectContaining({ code: 'DOCUMENT.DIFFERS' })]) },
    });
    const after = await saftFile(database.sql, '2026-07');
    await expectGood(after);
    expect(after.text).toContain('<PaymentStatus>A</PaymentStatus>');
    expect(after.written.payments.creditCents).toBeLessThan(8_038);
  });

  it('beyond the document’s total are interest, which bears no tax', async () => {
    const documentId = await goldenInvoice();
    await pay(documentId, 'transfer/a', 9_887);
    await database.tamper(async (trx) => {
      await trx.updateTable('receipt').set({ amount_cents: 10_000 }).execute();
      await trx.updateTable('receipt_line').set({ amount_cents: 10_000 }).execute();
    });
    const file = await saftFile(database.sql, '2026-07');
    await expectGood(file);
    expect(file.text).toMatch(
      /<CreditAmount>1.13<\/CreditAmount>[\s\S]*<TaxExemptionCode>M01<[\s\S]*<GrossTotal>100.00</,
    );
  });
});

describe('writeSaft refuses', () => {
  const order = { issuerId: 'czm', period: '2026-07', software: TEST_SOFTWARE, now: JULY };
  const refusal = async (issuerId = 'czm') => writeSaft(database.sql, { ...order, issuerId }, new PassThrough());

  it('an issuer that is not there, one outside Portugal, another currency', async () => {
    await goldenInvoice();
    expect(await refusal('x')).toEqual({ refused: { code: 'SAFT.ISSUER_NOT_FOUND', issuerId: 'x' } });
    await database.tamper((trx) => trx.updateTable('fiscal_document').set({ currency: 'USD' }).execute());
    expect(await refusal()).toEqual({ refused: { code: 'SAFT.CURRENCY', document: 'FT CZM2026/1' } });
    await database.sql.updateTable('issuer').set({ country: 'ES' }).execute();
    expect(await refusal()).toEqual({ refused: { code: 'SAFT.NOT_PORTUGUESE', issuerId: 'czm', country: 'ES' } });
  });
});

describe('checkSaft', () => {
  const codes = async (path: string) => {
    const result = await check(path);
    return 'refused' in result
      ? [result.refused.code]
      : [...new Set(result.ok.problems.map(({ code }) => code))].sort();
  };

  it('finds what was changed, left out, twice, or is not the month’s', async () => {
    await seedMixedJune(database.sql, 4);
    const { path, text } = await saftFile(database.sql, '2026-07');
    await expectGood({ path, text, written: (await saftFile(database.sql, '2026-07')).written });
    const invoices = text.match(/ {6}<Invoice>[\s\S]*?<\/Invoice>\n/g) ?? [];
    const second = invoices[1] ?? '';
    const write = (changed: string) => writeFileSync(path, changed, 'latin1');

    write(text.replace(/(<GrossTotal>)\d+/, '$11'));
    expect(await codes(path)).toEqual(['DOCUMENT.DIFFERS', 'DOCUMENT.HASH_INVALID', 'DOCUMENT.SUM_WRONG']);
    write(text.replace(second, ''));
    expect(await codes(path)).toEqual(['DOCUMENT.HASH_INVALID', 'SERIES.GAP', 'TOTAL.DIFFERS']);
    write(text.replace(second, second + second));
    expect(await codes(path)).toContain('SERIES.ORDER');
    write(text.replace(invoices.at(-1) ?? '', ''));
    expect(await codes(path)).toEqual(['DOCUMENT.MISSING', 'TOTAL.DIFFERS']);
    write(text.replaceAll('FT CZM2026/2<', 'FT CZM2026/9<'));
    expect(await codes(path)).toContain('DOCUMENT.UNKNOWN');
    write(text.replace('<UnitPrice>0.227756<', '<UnitPrice>0.327756<'));
    expect(await codes(path)).toEqual(['DOCUMENT.SUM_WRONG']);
    write(text.replace('<FiscalYear>2026<', '<FiscalYear>2025<'));
    expect(await codes(path)).toEqual(['HEADER.DIFFERS']);
    write(text.slice(0, 2_000));
    expect(await codes(path)).toEqual(['SAFT.UNREADABLE']);
    write(text.replace('Windows-1252', 'UTF-8'));
    expect(await codes(path)).toEqual(['SAFT.UNREADABLE']);
    write(text.replace('<TaxRegistrationNumber>509442013', '<TaxRegistrationNumber>501442600'));
    expect(await codes(path)).toEqual(['SAFT.ISSUER_UNKNOWN']);
  });
});
