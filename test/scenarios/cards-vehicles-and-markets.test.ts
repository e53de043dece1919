import { afterEach, describe, expect, it } from '@jest/globals';

import { calculateMonth } from '#libs/imputation/calculate-month.js';
import { openCycle } from '#libs/rating/cycle.js';
import { readSheet } from '#libs/registry/tabular/sheet.js';
import { importSeries } from '#libs/tariff/series-import.js';

import { INSTALLATION_ID } from '../data/documents.js';
import { CarPark } from './car-park.js';

const JULY = new Date('2026-07-01T04:00:00Z');
const AUGUST = new Date('2026-08-01T04:00:00Z');
const PRICES = [
  ['cheias', 200_000, '2020-01-01', null],
  ['vazio', 100_000, '2020-01-01', null],
] as const;

let park: CarPark;
afterEach(() => park.close());

async function documents() {
  const { sql } = park.database;
  const rows = await sql
    .selectFrom('fiscal_document')
    .selectAll()
    .orderBy('issued_at')
    .orderBy('customer_id')
    .execute();
  return rows.map(({ customer_id: customer, net_cents: netCents }) => [customer, netCents]);
}

describe('a spot that is shared by card', () => {
  it('bills each card’s customer what they charged; a card that nobody knows is the condominium’s', async () => {
    park = await CarPark.open(PRICES);
    const { sql } = park.database;
    for (const id of ['1001', '1002', '1003']) await park.customer(id);
    // 1003 holds the spot by contract, but each pays with their own card.
    await park.spot('V1', 'zcs031903', [{ customerId: '1003' }]);
    await sql.updateTable('charger_placement').set({ sharing: 'token' }).execute();
    await sql
      .insertInto('token')
      .values([
        { installation_id: INSTALLATION_ID, id_tag: 'CARD1', customer_id: '1001' },
        { installation_id: INSTALLATION_ID, id_tag: 'CARD2', customer_id: '1002' },
      ])
      .execute();
    for (const [day, card, wh] of [
      ['15', 'card1', 0],
      ['16', 'CARD2', 10_000],
      ['17', 'stranger', 40_000],
    ] as const) {
      const more = card === 'CARD2' ? 30_000 : 10_000;
      const at = (minute: string) => `2026-06-${day}T13:${minute}:00Z`;
      await park.charge('zcs031903', [[at('00'), wh] as const, [at('15'), wh + more] as const], card);
    }
    const june = await park.bill('2026-06', JULY);
    expect(await documents()).toEqual([
      ['1001', 200],
      ['1002', 600],
    ]);
    const lines = await park.lines(june.cycleId);
    expect(lines.map(({ customer_id, wh }) => [customer_id, wh]).sort()).toEqual([
      [null, 10_000],
      ['1001', 10_000],
      ['1002', 30_000],
    ]);
    expect(lines.reduce((sum, { wh }) => sum + wh, 0)).toBe(50_000);
    expect(await park.booksBalance()).toBe(true);
  });
});

describe('a vehicle that feeds back', () => {
  async function openWithFeedIn() {
    park = await CarPark.open(PRICES);
    const { sql } = park.database;
    const plan = await sql.selectFrom('price_plan').select('id').executeTakeFirstOrThrow();
    await sql
      .insertInto('band_price')
      .values({
        plan_id: plan.id,
        band: 'cheias',
        direction: 'export',
        micros_per_kwh: 80_000,
        valid_from: '2020-01-01',
      })
      .execute();
    await park.customer('1001');
    await park.spot('3012', 'zcs031903', [{ customerId: '1001' }]);
  }

  it('is credited at its own price: energy in and energy out are two lines, never netted before rating', async () => {
    await openWithFeedIn();
    await park.charge('zcs031903', [
      ['2026-06-15T13:00:00Z', 0, 0],
      ['2026-06-15T13:15:00Z', 10_000, 4_000],
    ]);
    await park.bill('2026-06', JULY);
    const lines = await park.database.sql
      .selectFrom('document_line')
      .select(['kind', 'wh', 'net_cents'])
      .orderBy('kind')
      .execute();
    expect(lines).toEqual([
      { kind: 'energy', wh: 10_000, net_cents: 200 },
      { kind: 'energy-export', wh: 4_000, net_cents: -32 },
    ]);
    expect(await documents()).toEqual([['1001', 168]]);
    expect(await park.booksBalance()).toBe(true);
  });

  it('a month of more out than in is no invoice, and is credited in the next one, once', async () => {
    await openWithFeedIn();
    await park.charge('zcs031903', [
      ['2026-06-15T13:00:00Z', 0, 0],
      ['2026-06-15T13:15:00Z', 1_000, 9_000],
    ]);
    await park.bill('2026-06', JULY);
    expect(await documents()).toEqual([]);
    await park.charge('zcs031903', [
      ['2026-07-15T13:00:00Z', 1_000, 9_000],
      ['2026-07-15T13:15:00Z', 11_000, 9_000],
    ]);
    await park.bill('2026-07', AUGUST);
    // July's 2,00 € less June's 0,72 € out and 0,20 € in.
    expect(await documents()).toEqual([['1001', 148]]);
    expect((await park.adjustments()).map(({ state }) => state)).toEqual(['billed']);
    expect(await park.booksBalance()).toBe(true);
  });
});

describe('a market that has not told its price yet', () => {
  it('holds the month, which keeps nothing half done, until the price is imported', async () => {
    park = await CarPark.open([]);
    const { sql } = park.database;
    const at = (quarter: string) => `2026-06-15T14:${quarter}:00+01:00`;
    const load = async (...lines: string[]) => {
      const series = { seriesId: 'omie-pt', name: 'OMIE', kind: 'price', clockZone: 'Europe/Madrid' } as const;
      const options = { ...series, resolutionMinutes: 15, currency: 'EUR', unit: 'EUR/MWh', source: null } as const;
      const sheet = await readSheet('omie.csv', Buffer.from(['startsAt,value', ...lines].join('\n')));
      expect(await importSeries(sql, options, sheet, { dryRun: false })).toMatchObject({ imported: true });
    };
    await load(`${at('00')},100`);
    await sql
      .insertInto('price_plan')
      .values({
        installation_id: INSTALLATION_ID,
        name: 'Indexado',
        calendar_id: 'pt-mainland-weekly',
        bands: 1,
        valid_from: '2026-01-01',
        index_series_id: 'omie-pt',
        losses_ppm: 1_100_000,
        margin_micros: 10_000,
      })
      .execute();
    await park.customer('1001');
    await park.spot('3012', 'zcs031903', [{ customerId: '1001' }]);
    await park.charge('zcs031903', [
      [at('00'), 0],
      [at('15'), 1_000],
      [at('30'), 3_000],
    ]);
    const key = { installationId: INSTALLATION_ID, period: '2026-06', workflowId: 'bill', now: JULY };
    const { cycleId } = await openCycle(sql, key);
    expect(await calculateMonth(sql, { cycleId, now: JULY })).toEqual({
      refused: {
        code: 'TARIFF.SERIES_MISSING',
        seriesId: 'omie-pt',
        at: '2026-06-15T13:15:00.000Z',
        date: '2026-06-15',
      },
    });
    expect(await sql.selectFrom('rated_line').selectAll().execute()).toEqual([]);
    expect(await sql.selectFrom('reading_seal').selectAll().execute()).toEqual([]);

    await load(`${at('15')},-20`);
    // 1 kWh at 0,100 × 1,1 + 0,01 and 2 kWh at −0,020 × 1,1 + 0,01: 0,12 − 0,024 €.
    expect(await calculateMonth(sql, { cycleId, now: JULY })).toMatchObject({ ok: { totalWh: 3_000, totalCents: 10 } });
    const [line] = await park.lines(cycleId);
    expect(line).toMatchObject({ wh: 3_000, cents: 10, micros_per_kwh: 32_000 });
  });
});
