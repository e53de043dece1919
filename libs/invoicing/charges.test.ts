import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { seedCycle } from '#test/data/cycles.js';
import { GOLDEN_LINES, seedCustomer, seedGoldenJune, seedLines } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { customersToInvoice } from './customers-to-invoice.js';
import { issueInvoice } from './issue-invoice.js';

const NOW = new Date('2026-08-01T05:00:00Z');

let database: TestDatabase;
let june: string;
let july: string;
let spotId: string;
beforeEach(async () => {
  database = await createTestDatabase();
  ({ cycleId: june, spotId } = await seedGoldenJune(database.sql));
  july = await seedCycle(database.sql, 'aurora', '2026-07', { step: 'invoicing' });
  await seedCustomer(database.sql, { id: '1002' });
});
afterEach(() => database.drop());

const issue = (cycleId: string, customerId: string, now = NOW) =>
  database.sql.transaction().execute((trx) => issueInvoice(trx, { cycleId, customerId, now, signer: TEST_SIGNER }));

async function issued(cycleId: string, customerId: string): Promise<string> {
  const result = await issue(cycleId, customerId);
  if ('refused' in result) throw new Error(result.refused.code);
  return result.documentId;
}

const linesOf = (documentId: string) =>
  database.sql
    .selectFrom('document_line')
    .selectAll()
    .where('document_id', '=', documentId)
    .orderBy('line_no')
    .execute();

interface ImputedSeed {
  readonly position: number;
  readonly party: string;
  readonly code: string;
  readonly netCents: number;
  readonly vatCode?: string;
}

async function impute(cycleId: string, customerId: string, seeds: readonly ImputedSeed[]): Promise<void> {
  const values = seeds.map(({ position, party, code, netCents, vatCode = 'NOR' }) => ({
    cycle_id: cycleId,
    customer_id: customerId,
    spot_id: spotId,
    position,
    party,
    code,
    label: code,
    unit: 'per-month',
    micros: netCents * 10_000,
    from_date: '2026-06-01',
    days: 30,
    share_by: 'spot',
    total_cents: netCents,
    weight: 1,
    total_weight: 1,
    net_cents: netCents,
    vat_code: vatCode,
  }));
  await database.sql.insertInto('imputed_line').values(values).execute();
}

async function adjust(cycleId: string, customerId: string, netCents: number, party = 'retailer'): Promise<string> {
  const { id } = await database.sql
    .insertInto('adjustment')
    .values({ cycle_id: cycleId, customer_id: customerId, net_cents: netCents, state: 'accepted', found_at: NOW })
    .returning('id')
    .executeTakeFirstOrThrow();
  await database.sql
    .insertInto('adjustment_line')
    .values({
      adjustment_id: id,
      position: 1,
      kind: 'energy',
      party,
      label: 'Cheia 1',
      band: 'cheias',
      wh: 500,
      net_cents: netCents,
      vat_code: 'NOR',
    })
    .execute();
  return id;
}

const adjustments = () =>
  database.sql
    .selectFrom('adjustment')
    .select(['customer_id', 'net_cents', 'state', 'document_id', 'reasons'])
    .orderBy('found_at')
    .orderBy('id')
    .execute();

const export3 = (cents: number) => ({ ...(GOLDEN_LINES[0] ?? fail()), cents, direction: 'export' as const });

function fail(): never {
  throw new Error('the golden report has lines');
}

const seedMonth = (cycleId: string, lines: Parameters<typeof seedLines>[2]) =>
  seedLines(database.sql, { cycleId, customerId: '1002', spotId, chargerId: 'zcs031903' }, lines);

describe('an invoice with charges and fees', () => {
  it('has energy, then the retailer’s charges, then the BPO’s fees apart, each with its VAT', async () => {
    await impute(june, '1001', [
      { position: 1, party: 'bpo', code: 'fee-spot', netCents: 250 },
      { position: 2, party: 'retailer', code: 'contracted-power', netCents: 1_000 },
      { position: 3, party: 'retailer', code: 'cav', netCents: 95, vatCode: 'RED' },
    ]);
    const documentId = await issued(june, '1001');
    const lines = await linesOf(documentId);
    expect(lines.slice(8).map((line) => [line.kind, line.party, line.label, line.net_cents, line.vat_code])).toEqual([
      ['fixed-charge', 'retailer', 'contracted-power', 1_000, 'NOR'],
      ['fixed-charge', 'retailer', 'cav', 95, 'RED'],
      ['fixed-charge', 'bpo', 'fee-spot', 250, 'NOR'],
    ]);
    const codes = lines.map((line) => line.charge_code);
    expect(codes.slice(7)).toEqual([null, 'contracted-power', 'cav', 'fee-spot']);
    const document = await database.sql.selectFrom('fiscal_document').selectAll().executeTakeFirstOrThrow();
    expect(document).toMatchObject({
      net_cents: 9_383,
      vat_rounding: 'group',
      vat_groups: [
        { code: 'NOR', ratePermyriad: 2_300, netCents: 9_288, vatCents: 2_136 },
        { code: 'RED', ratePermyriad: 600, netCents: 95, vatCents: 6 },
      ],
    });
  });

  it('pitfall 8: with VAT per line, as the issuer has set, each line stores its own and the total is their sum', async () => {
    await database.sql.updateTable('issuer').set({ vat_rounding: 'line' }).execute();
    const lines = await linesOf(await issued(june, '1001'));
    const document = await database.sql.selectFrom('fiscal_document').selectAll().executeTakeFirstOrThrow();
    expect(document.vat_rounding).toBe('line');
    expect(lines.map(({ vat_cents }) => vat_cents)).toEqual([36, 1_163, 258, 6, 87, 17, 89, 194]);
    expect(document.vat_cents).toBe(1_850);
  });

  it('takes the energy’s VAT code from the rated line and refuses an exemption without a reason', async () => {
    await database.sql.updateTable('rated_line').set({ vat_code: 'ISE' }).execute();
    expect(await issue(june, '1001')).toMatchObject({
      refused: { code: 'VAT.EXEMPTION_MISSING', exemptionCode: null },
    });
    await database.sql.updateTable('rated_line').set({ exemption_code: 'M99' }).execute();
    const lines = await linesOf(await issued(june, '1001'));
    expect(new Set(lines.map((line) => line.exemption_code))).toEqual(new Set(['M99']));
    const { vat_groups: groups } = await database.sql
      .selectFrom('fiscal_document')
      .select('vat_groups')
      .executeTakeFirstOrThrow();
    expect(groups).toMatchObject([{ exemptionCode: 'M99', exemptionReason: 'Não sujeito ou não tributado' }]);
  });
});

describe('accepted adjustments', () => {
  it('stand in the next invoice as lines of their own month, once, and are billed by it', async () => {
    await adjust(june, '1001', 300);
    await adjust(june, '1001', 40, 'bpo');
    await impute(july, '1001', [{ position: 1, party: 'bpo', code: 'fee-spot', netCents: 250 }]);
    const documentId = await issued(july, '1001');
    expect((await linesOf(documentId)).map((line) => [line.party, line.net_cents, line.adjusts_period])).toEqual([
      ['retailer', 300, '2026-06'],
      ['bpo', 250, null],
      ['bpo', 40, '2026-06'],
    ]);
    expect(await adjustments()).toMatchObject([
      { state: 'billed', document_id: documentId },
      { state: 'billed', document_id: documentId },
    ]);
    const august = await seedCycle(database.sql, 'aurora', '2026-08', { step: 'invoicing' });
    expect(await issue(august, '1001')).toMatchObject({ refused: { code: 'NOTHING_DUE' } });
  });

  it('are taxed as the invoice was that they correct, where the rate has changed since', async () => {
    await database.sql.updateTable('installation').set({ region: 'PT-MA' }).execute();
    await issue(june, '1001', new Date('2024-09-01T05:00:00Z'));
    const adjustmentId = await adjust(june, '1001', 300);
    await database.sql
      .updateTable('adjustment_line')
      .set({ vat_code: 'RED' })
      .where('adjustment_id', '=', adjustmentId)
      .execute();
    await impute(july, '1001', [{ position: 1, party: 'bpo', code: 'fee', netCents: 250, vatCode: 'RED' }]);
    const lines = await linesOf(await issued(july, '1001'));
    expect(lines.map((line) => [line.net_cents, line.vat_rate_permyriad])).toEqual([
      [300, 500],
      [250, 400],
    ]);
  });

  it('are taken by one of two invoices that are issued at once', async () => {
    const august = await seedCycle(database.sql, 'aurora', '2026-08', { step: 'invoicing' });
    await adjust(june, '1001', 300);
    for (const cycle of [july, august]) {
      await impute(cycle, '1001', [{ position: 1, party: 'bpo', code: 'fee', netCents: 100 }]);
    }
    await Promise.all([issued(july, '1001'), issued(august, '1001')]);
    const lines = await database.sql
      .selectFrom('document_line')
      .select('net_cents')
      .where('adjusts_period', '=', '2026-06')
      .execute();
    expect(lines).toEqual([{ net_cents: 300 }]);
  });

  it('are left alone by their own month and by earlier ones, and when they are only proposed', async () => {
    await adjust(july, '1001', 300);
    const id = await adjust(june, '1001', 50);
    await database.sql.updateTable('adjustment').set({ state: 'proposed' }).where('id', '=', id).execute();
    expect(await linesOf(await issued(june, '1001'))).toHaveLength(8);
    expect((await adjustments()).map(({ state }) => state).toSorted()).toEqual(['accepted', 'proposed']);
  });
});

describe('pitfall 9 (negative invoice totals: lago-api PR 4642, 4273): a month of zero or less', () => {
  it('is kept whole for the next invoice, once, and no adjustment is marked', async () => {
    await seedMonth(june, [{ ...(GOLDEN_LINES[0] ?? fail()), cents: 100 }, export3(-300)]);
    expect(await customersToInvoice(database.sql, { cycleId: june })).toEqual(['1001', '1002']);
    expect(await issue(june, '1002')).toEqual({ refused: { code: 'NOTHING_DUE', grossCents: -246 } });
    await issue(june, '1002');
    await Promise.all([issue(june, '1002'), issue(june, '1002')]);
    expect(await adjustments()).toMatchObject([
      { customer_id: '1002', net_cents: -200, state: 'accepted', document_id: null, reasons: ['credit-carried'] },
    ]);
    expect(await customersToInvoice(database.sql, { cycleId: june })).toEqual(['1001']);

    await seedMonth(july, [{ ...(GOLDEN_LINES[0] ?? fail()), cents: 1_000 }]);
    const lines = await linesOf(await issued(july, '1002'));
    expect(lines.map((line) => [line.kind, line.net_cents, line.adjusts_period])).toEqual([
      ['energy', 1_000, null],
      ['energy', 100, '2026-06'],
      ['energy-export', -300, '2026-06'],
    ]);
    expect(await adjustments()).toMatchObject([{ state: 'billed' }]);
  });

  it('is carried on when the next month does not cover it either; what is billed later is their sum', async () => {
    await seedMonth(june, [export3(-300)]);
    await issue(june, '1002');
    await seedMonth(july, [{ ...(GOLDEN_LINES[0] ?? fail()), cents: 100 }]);
    expect(await issue(july, '1002')).toMatchObject({ refused: { code: 'NOTHING_DUE' } });
    expect((await adjustments()).map(({ net_cents, state }) => [net_cents, state])).toEqual([
      [-300, 'accepted'],
      [100, 'accepted'],
    ]);
    const august = await seedCycle(database.sql, 'aurora', '2026-08', { step: 'invoicing' });
    await seedMonth(august, [{ ...(GOLDEN_LINES[0] ?? fail()), cents: 1_000 }]);
    await issued(august, '1002');
    const { net_cents: net } = await database.sql
      .selectFrom('fiscal_document')
      .select('net_cents')
      .where('customer_id', '=', '1002')
      .executeTakeFirstOrThrow();
    expect(net).toBe(800);
  });

  it('keeps nothing where there is no amount', async () => {
    await seedMonth(june, [{ ...(GOLDEN_LINES[0] ?? fail()), cents: 0 }]);
    expect(await issue(june, '1002')).toEqual({ refused: { code: 'NOTHING_DUE', grossCents: 0 } });
    expect(await adjustments()).toEqual([]);
  });
});

describe('customersToInvoice', () => {
  it('knows who has only imputed lines, and who has only adjustments that are more than nothing', async () => {
    for (const id of ['1003', '1004']) await seedCustomer(database.sql, { id });
    await impute(july, '1002', [{ position: 1, party: 'bpo', code: 'fee', netCents: 100 }]);
    await adjust(june, '1003', 50);
    await adjust(june, '1004', -50);
    expect(await customersToInvoice(database.sql, { cycleId: july })).toEqual(['1002', '1003']);
    await issued(july, '1003');
    expect(await customersToInvoice(database.sql, { cycleId: july })).toEqual(['1002']);
    expect(await customersToInvoice(database.sql, { cycleId: june })).toEqual(['1001']);
  });
});
