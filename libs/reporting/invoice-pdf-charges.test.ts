import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { issueCreditNote } from '#libs/invoicing/issue-credit-note.js';
import type { ChargeLine } from '#libs/invoicing/plan-invoice.js';
import { NO_ENERGY } from '#libs/invoicing/stored-line.js';
import { postInvoiceIssued } from '#libs/ledger/post-events.js';
import { issueAll, seedFormerMonth, seedGoldenJune } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { pagesOf, textOf } from '#test/data/pdf-text.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { loadInvoiceFacts, type InvoiceFacts } from './invoice-facts.js';
import { renderInvoicePdf } from './invoice-pdf.js';
import { netCentsOf, sectionsOf } from './invoice-sections.js';
import { queueInvoiceMail } from './queue-reports.js';
import { storeInvoicePdf } from './store-invoice-pdf.js';

const NOW = new Date('2026-07-01T05:00:00Z');
const REASON = 'Leitura trocada: a ponta foi contada duas vezes.';

let database: TestDatabase;
let facts: InvoiceFacts;
let noteId: string;

async function seedCharges(cycleId: string): Promise<void> {
  const month = { cycle_id: cycleId, customer_id: '1001', from_date: '2026-06-01', days: 30, vat_code: 'NOR' };
  const power = { code: 'contracted-power', label: 'Potência contratada', unit: 'per-day', micros: 1_040_000 };
  const shared = { share_by: 'permillage', total_cents: 3_120, weight: 1_250, total_weight: 100_000, net_cents: 39 };
  const fee = { code: 'fee-invoice', label: 'Emissão de fatura', unit: 'per-invoice', micros: 500_000 };
  const own = { share_by: 'own', total_cents: 500, weight: 1, total_weight: 10, net_cents: 50 };
  const untaxed = { vat_code: 'ISE', exemption_code: 'M99' };
  await database.sql
    .insertInto('imputed_line')
    .values([
      { ...month, position: 1, party: 'retailer', ...power, ...shared, exemption_code: null },
      { ...month, position: 2, party: 'bpo', ...fee, ...own, ...untaxed },
    ])
    .execute();
}

/** May was billed without a part of its energy, and with a fee too many. */
async function seedAdjustment(): Promise<void> {
  const common = { ...NO_ENERGY, spotName: '3012', vatCode: 'NOR', exemptionCode: null } as const;
  const late: ChargeLine = {
    ...common,
    kind: 'energy',
    party: 'retailer',
    season: 'Verão',
    dayType: 'Semana',
    band: 'cheias',
    label: 'Cheia 2',
    interval: '12.15-23.59',
    wh: 2_000,
    estimatedWh: 1_200,
    estimatedErrorWh: 420,
    microsPerKWh: 227_756,
    isAveragePrice: true,
    netCents: 46,
  };
  const fee: ChargeLine = { ...common, kind: 'fixed-charge', party: 'bpo', label: 'Serviço por lugar', netCents: -25 };
  await seedFormerMonth(database.sql, '2026-05', [late, fee], NOW);
}

beforeAll(async () => {
  database = await createTestDatabase();
  const { cycleId, spotId } = await seedGoldenJune(database.sql);
  await database.sql
    .insertInto('rated_line')
    .values({
      cycle_id: cycleId,
      customer_id: '1001',
      spot_id: spotId,
      charger_id: 'zcs031903',
      position: 90,
      season: 'Verão',
      day_type: 'Semana',
      band: 'ponta',
      label: 'Ponta',
      interval: '09.15-12.15',
      direction: 'export',
      wh: 5_000,
      estimated_wh: 0,
      micros_per_kwh: 120_000,
      cents: -60,
      calendar_id: 'pt-mainland-weekly',
    })
    .execute();
  await seedCharges(cycleId);
  await seedAdjustment();
  const documentId = (await issueAll(database.sql, cycleId, NOW)).get('1001') ?? '';
  facts = await loadInvoiceFacts(database.sql, documentId);
  noteId = await database.sql.transaction().execute(async (trx) => {
    const choice = [{ lineNo: 3 }];
    const note = await issueCreditNote(trx, {
      documentId,
      key: 'a',
      choice,
      reason: REASON,
      now: NOW,
      signer: TEST_SIGNER,
    });
    if ('refused' in note) throw new Error(note.refused.code);
    await postInvoiceIssued(trx, { documentId: note.documentId });
    return note.documentId;
  });
});
afterAll(() => database.drop());

describe('an invoice with charges, fees and adjustments', () => {
  it('has each line in exactly one section, and the sections make the net total', () => {
    const { energy, charges, fees, adjustments } = sectionsOf(facts);
    const sections = [energy, charges, fees, ...adjustments.map(([, lines]) => lines)];
    expect(sections.flat()).toHaveLength(facts.lines.length);
    expect(sections.map(netCentsOf)).toEqual([7_978, 39, 50, 21]);
    expect(facts.netCents).toBe(8_088);
  });

  it("says how the customer's part of a charge came about", async () => {
    expect(textOf(await renderInvoicePdf(facts))).toContain(
      'Potência contratada\n23 %\n0,39 €\n1,04 € por dia × 30 dias = 31,20 €; por permilagem: 12,500 ‰',
    );
  });

  it('has the fees apart, under the contract that they come from', async () => {
    const text = textOf(await renderInvoicePdf(facts));
    const fees = text.lastIndexOf('Serviço, pelo contrato com o condomínio');
    expect(fees).toBeGreaterThan(text.lastIndexOf('Outros encargos do comercializador'));
    expect(text.slice(fees)).toContain('Emissão de fatura\n0 %\n0,50 €\n0,50 € por fatura');
  });

  it('names the month that an adjustment corrects, estimates with their error, and average prices', async () => {
    const text = textOf(await renderInvoicePdf(facts));
    const adjustments = text.slice(text.lastIndexOf('Acertos de maio de 2026'));
    expect(adjustments).toContain('Lugar 3012 · Verão/Semana · Cheia 2\n12.15 – 23.59\n2,000 kWh\n0,227756 € †');
    expect(adjustments).toContain('estimado 1,200 kWh, erro máximo 0,420 kWh');
    expect(adjustments).toContain('Serviço por lugar (serviço)');
    expect(text).toContain('† preço médio; calculado por quarto de hora');
  });

  it('credits energy fed back, and never nets it', async () => {
    const text = textOf(await renderInvoicePdf(facts));
    expect(text).toContain('Verão/Semana – energia devolvida à rede (crédito)\nPonta\n09.15 – 12.15\n5,000 kWh');
    expect(text).toContain('Total carregado de 01/06/2026 até 30/06/2026: 360,018 kWh');
    expect(text).toContain('Devolvido à rede: 5,000 kWh, a seu favor 0,60 €');
  });

  it('gives the reason where no tax is charged, and says how tax is rounded', async () => {
    const text = textOf(await renderInvoicePdf(facts));
    expect(text).toContain('0 %\n0,50\n0,00\nIVA não cobrado (M99): Não sujeito ou não tributado');
    expect(text).toContain('IVA arredondado ao cêntimo uma vez por taxa.');
    const perLine = textOf(await renderInvoicePdf({ ...facts, vatRounding: 'line' }));
    expect(perLine).toContain('IVA arredondado ao cêntimo em cada linha.');
  });

  it("speaks the installation's language and counts in its currency", async () => {
    const text = textOf(await renderInvoicePdf({ ...facts, language: 'en', currency: 'NOK' }));
    for (const part of [
      'INVOICE',
      'Total to pay',
      'Summer/Weekday\nCheia 1\n07.00 – 09.15\n6.867 kWh\n0.227756 NOK\n23 %\n1.56 NOK',
      '1.04 NOK per day × 30 days = 31.20 NOK; by permillage: 12.500 ‰',
      'Adjustments of May 2026',
      'Page 1 of 2',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('€');
    expect(text).not.toMatch(/IVA|Fatura |Lugar/);
  });

  it('loses no line of a section that goes over pages, and repeats its heading', async () => {
    const fee = sectionsOf(facts).fees[0];
    if (fee === undefined) throw new Error('no fee');
    const fees = Array.from({ length: 80 }, (_, index) => ({ ...fee, label: `Taxa ${index}.` }));
    const pdf = await renderInvoicePdf({ ...facts, lines: [...facts.lines, ...fees] });
    const text = textOf(pdf);
    expect(pagesOf(pdf)).toBeGreaterThan(3);
    for (const { label } of fees) expect(text).toContain(`${label}\n`);
    expect(text).toContain('Serviço, pelo contrato com o condomínio (continuação)');
  });
});

describe('a credit note', () => {
  it('says what it corrects and why, with negative amounts', async () => {
    const text = textOf(await renderInvoicePdf(await loadInvoiceFacts(database.sql, noteId)));
    for (const part of [
      'NOTA DE CRÉDITO\nNC CZM2026/1',
      'Total creditado\n-13,79 €',
      'Corrige a fatura FT CZM2026/1',
      `Motivo: ${REASON}`,
      'Corrige\nFT CZM2026/1 de 01/07/2026',
      'Ponta\n09.15 – 12.15\n-45,730 kWh\n0,245102 €\n-11,21 €',
      '23 %\n-11,21\n-2,58',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toMatch(/Débito direto|Vencimento|Total carregado|Total a pagar/);
  });

  it('has its PDF kept as an invoice has, and no mail that announces a debit', async () => {
    const first = await storeInvoicePdf(database.sql, { documentId: noteId });
    expect(first.fileName).toBe('NC-CZM2026-1.pdf');
    expect(await storeInvoicePdf(database.sql, { documentId: noteId })).toEqual(first);
    await expect(queueInvoiceMail(database.sql, { documentId: noteId, payUrl: null })).rejects.toThrow('no invoice');
  });
});
