import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { issueAll, seedGoldenJune, seedTransaction } from '#test/data/documents.js';
import { pagesOf, textOf } from '#test/data/pdf-text.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { loadInvoiceFacts, type InvoiceFacts } from './invoice-facts.js';
import { renderInvoicePdf } from './invoice-pdf.js';
import { QR_MM } from './pdf-fiscal.js';
import { winAnsiText } from './pdf-page.js';
import { qrModules } from './qr-modules.js';
import { storeInvoicePdf } from './store-invoice-pdf.js';
import { readStoredFile } from './stored-files.js';

let database: TestDatabase;
let facts: InvoiceFacts;
let documentId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const { cycleId } = await seedGoldenJune(database.sql);
  await seedTransaction(database.sql, {
    chargerId: 'zcs031903',
    readings: [
      ['2026-05-30T10:00:00Z', 1_100_000],
      ['2026-05-30T12:00:00Z', 1_204_500],
    ],
  });
  await seedTransaction(database.sql, {
    chargerId: 'zcs031903',
    readings: [
      ['2026-06-01T00:10:00Z', 1_204_500],
      ['2026-06-15T00:10:00Z', 1_300_000],
      ['2026-06-30T20:10:00Z', 1_564_518],
    ],
  });
  documentId = (await issueAll(database.sql, cycleId, new Date('2026-07-01T05:00:00Z'))).get('1001') ?? '';
  facts = await loadInvoiceFacts(database.sql, documentId);
});
afterAll(() => database.drop());

describe('the invoice as PDF', () => {
  it('says the total and its collection first, then the golden report to the cent', async () => {
    const text = textOf(await renderInvoicePdf(facts));
    expect(text.indexOf('98,87 €')).toBeLessThan(text.indexOf('Relatório de carregamentos'));
    for (const part of [
      'FT CZM2026/1',
      'Ana Silva',
      'NIF 123456789  ·  Cliente n.º 1001',
      '01/06/2026 a 30/06/2026',
      'Débito direto em 15/07/2026',
      'Lugar 3012 (ZCS031903)',
      'Verão/Semana\nCheia 1\n07.00 – 09.15\n6,867 kWh\n0,227756 €\n1,56 €',
      'Verão/Sábado\nCheia 1\n09.00 – 14.00\n3,140 kWh\n0,227756 €\n0,72 €',
      'Vazio 2\n06.00 – 23.59\n42,547 kWh\n0,198418 €\n8,44 €',
      'Total sem IVA\n360,018 kWh\n80,38 €',
      '23 %\n80,38\n18,49',
      'suporte@chazemo.com',
      'Página 1 de 1',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('prints the meter at both ends of the month, not of a session before it', async () => {
    expect(facts.meters).toHaveLength(1);
    expect(textOf(await renderInvoicePdf(facts))).toContain(
      '3012\nZCS031903\n01/06/2026 01:10\n1.204,500 kWh\n30/06/2026 21:10\n1.564,518 kWh\n360,018 kWh',
    );
  });

  it('is the same bytes for the same facts', async () => {
    const first = await renderInvoicePdf(facts);
    await new Promise((resolve) => {
      setTimeout(resolve, 1_100); // PDF counts time in seconds
    });
    const second = await renderInvoicePdf(await loadInvoiceFacts(database.sql, documentId));
    expect(first.equals(second)).toBe(true);
    expect(first.toString('latin1')).toContain('(D:20260701050000Z)');
  });

  it('has the ATCUD, four characters of the hash and the program on every page, and says when it is not certified', async () => {
    const mark = facts.fiscalMark;
    if (mark === null) throw new Error('no mark');
    const { hash } = await database.sql.selectFrom('fiscal_document').select('hash').executeTakeFirstOrThrow();
    const four = [0, 10, 20, 30].map((index) => hash?.[index]).join('');
    const uncertified = textOf(await renderInvoicePdf(facts));
    expect(uncertified).toContain(`${four}-Processado por programa não certificado (certificado n.º 0/AT)`);
    expect(uncertified).toContain('documento sem validade fiscal');
    const certified = { ...facts, fiscalMark: { ...mark, certificate: '9999', atcud: 'CSDF7T5H-1', cashVat: true } };
    const text = textOf(await renderInvoicePdf(certified));
    expect(text).toContain(`ATCUD:CSDF7T5H-1  ·  ${four}-Processado por programa certificado n.º 9999/AT`);
    expect(text).toContain('FT CZM2026/1  ·  ATCUD:CSDF7T5H-1');
    expect(text).toContain('IVA – regime de caixa');
    expect(text).not.toContain('sem validade fiscal');
  });

  it('has none of that for an issuer in another country', async () => {
    const text = textOf(await renderInvoicePdf({ ...facts, fiscalMark: null }));
    for (const word of ['ATCUD', 'programa', 'livroreclamacoes']) expect(text).not.toContain(word);
  });

  it('has its particulars in a QR code of at least 30 mm', () => {
    expect(facts.fiscalMark?.qrText).toMatch(
      /^A:509442013\*B:123456789\*C:PT\*D:FT\*E:N\*F:20260701\*G:FT CZM2026\/1\*H:0\*I1:PT\*I7:80\.38\*I8:18\.49\*N:18\.49\*O:98\.87\*Q:.{4}\*R:0$/,
    );
    expect(QR_MM).toBeGreaterThanOrEqual(30);
    const modules = qrModules(facts.fiscalMark?.qrText ?? '');
    expect((modules.size - 17) % 4).toBe(0);
    expect([0, 1, 2, 3, 4, 5, 6].map((column) => modules.isDark(0, column))).not.toContain(false);
    expect(modules.isDark(1, 1)).toBe(false);
  });

  it('is called what it is, and an invoice-receipt asks for nothing', async () => {
    expect(textOf(await renderInvoicePdf({ ...facts, type: 'FS' }))).toContain('FATURA SIMPLIFICADA');
    const text = textOf(await renderInvoicePdf({ ...facts, type: 'FR' }));
    for (const part of ['FATURA-RECIBO', 'Total pago', 'Paga do saldo pré-pago em 01/07/2026']) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('Vencimento');
  });

  it('is in English for who wants it', async () => {
    expect(textOf(await renderInvoicePdf(await loadInvoiceFacts(database.sql, documentId, 'en')))).toContain('INVOICE');
    expect(facts.language).toBe('pt');
  });

  it('words each way of collecting', async () => {
    const worded = async (paymentMethod: string) => textOf(await renderInvoicePdf({ ...facts, paymentMethod }));
    expect(await worded('prepaid')).toContain('Saldo pré-pago em 15/07/2026');
    expect(await worded('transfer')).toContain('Transferência até 15/07/2026');
    expect(await worded('transfer')).toContain('PT50 0002 0123 1234 5678 9015 4');
    const pay = { ...facts.pay, mandateLast4: '0154' };
    expect(pay.paymentReference).toBe('RF33 1FTC ZM20 26');
    expect(textOf(await renderInvoicePdf({ ...facts, pay }))).toContain('terminada em 0154');
    const transfer = textOf(await renderInvoicePdf({ ...facts, pay, paymentMethod: 'transfer' }));
    expect(transfer).toContain('RF33 1FTC ZM20 26');
  });

  it('tells of estimated energy, and only then', async () => {
    expect(textOf(await renderInvoicePdf(facts))).not.toContain('estimada');
    const lines = facts.lines.map((line, index) =>
      index === 0 ? Object.assign({}, line, { estimatedWh: 120 }) : line,
    );
    const text = textOf(await renderInvoicePdf({ ...facts, lines }));
    expect(text).toContain('Energia estimada: 0,120 kWh.');
    expect(text).toContain('Cheia 1 *');
  });

  it('flows many lines over pages, each with its table header and number, and loses none', async () => {
    const lines = Array.from({ length: 12 }, (_, spot) =>
      facts.lines.map((line) => Object.assign({}, line, { spotName: String(3012 + spot) })),
    ).flat();
    const pdf = await renderInvoicePdf({ ...facts, lines });
    const text = textOf(pdf);
    const pages = pagesOf(pdf);
    expect(pages).toBeGreaterThan(2);
    for (let page = 1; page <= pages; page += 1) expect(text).toContain(`Página ${page} de ${pages}`);
    expect(text.match(/ \(continuação\)/g)?.length).toBeGreaterThan(0);
    expect(text.match(/\n6,867 kWh\n/g)).toHaveLength(12);
    expect(text).toContain('Total carregado de 01/06/2026 até 30/06/2026: 4.320,216 kWh');
  });

  it('prints letters that its fonts lack as the nearest they have', () => {
    expect(winAnsiText('Łukasz Dvořák – “1 €” ñ')).toBe('?ukasz Dvorák – “1 €” ñ');
  });

  it('is made once and kept with its checksum', async () => {
    const first = await storeInvoicePdf(database.sql, { documentId });
    expect(first.fileName).toBe('FT-CZM2026-1.pdf');
    await database.sql.updateTable('installation').set({ name: 'Outro nome' }).execute();
    expect(await storeInvoicePdf(database.sql, { documentId })).toEqual(first);
    const file = await readStoredFile(database.sql, first.fileId);
    expect(file).toMatchObject({ key: `invoice-pdf/${documentId}`, contentType: 'application/pdf' });
    expect(file?.bytes.equals(await renderInvoicePdf(facts))).toBe(true);
    expect(await readStoredFile(database.sql, '00000000-0000-0000-0000-000000000000')).toBeUndefined();
  });
});
