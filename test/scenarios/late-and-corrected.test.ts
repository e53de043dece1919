import { afterEach, describe, expect, it } from '@jest/globals';

import { billedLines } from '#libs/invoicing/billed-lines.js';
import { creditAdjustment } from '#libs/invoicing/credit-adjustment.js';
import { decideAdjustment, type AdjustmentDecision } from '#libs/invoicing/decide-adjustment.js';
import { differencesOf, formerMonthAnomalies } from '#libs/invoicing/propose-adjustments.js';
import { postInvoiceIssued } from '#libs/ledger/post-events.js';

import { TEST_SIGNER } from '../data/fiscal.js';
import { CarPark } from './car-park.js';

const JULY = new Date('2026-07-01T04:00:00Z');
const AUGUST = new Date('2026-08-01T04:00:00Z');
const SEPTEMBER = new Date('2026-09-01T04:00:00Z');

let park: CarPark;
afterEach(() => park.close());

/** Two customers charge in June, 10 kWh each at 0,20 €, and June is billed. */
async function billedJune() {
  park = await CarPark.open([
    ['cheias', 200_000, '2020-01-01', null],
    ['vazio', 100_000, '2020-01-01', null],
  ]);
  for (const [customer, spot, charger] of [
    ['1001', '3012', 'zcs031903'],
    ['1002', '3049', 'zcs031974'],
  ] as const) {
    await park.customer(customer);
    await park.spot(spot, charger, [{ customerId: customer }]);
    await park.charge(charger, [
      ['2026-06-15T13:00:00Z', 0],
      ['2026-06-15T13:15:00Z', 10_000],
    ]);
  }
  return park.bill('2026-06', JULY);
}

const decide = async (decision: AdjustmentDecision, at = AUGUST) => {
  for (const { id } of await park.adjustments()) {
    await decideAdjustment(park.database.sql, { adjustmentId: id, decision, by: 'ines', now: at });
  }
};

async function documents() {
  const { sql } = park.database;
  const rows = await sql.selectFrom('fiscal_document').selectAll().orderBy('issued_at').orderBy('number').execute();
  return rows.map(({ type, customer_id: customer, net_cents: netCents }) => [type, customer, netCents]);
}

describe('readings that come after the month was billed', () => {
  it('are a difference of that customer alone, found when the next month is checked, billed when accepted, once', async () => {
    const june = await billedJune();
    const before = await documents();
    await park.charge('zcs031903', [
      ['2026-06-22T13:00:00Z', 10_000],
      ['2026-06-22T13:15:00Z', 15_000],
    ]);
    const { cycleId } = await park.rate('2026-07', AUGUST);

    expect(await park.adjustments()).toMatchObject([
      { period: '2026-06', customer_id: '1001', net_cents: 100, reasons: ['late-readings'], state: 'proposed' },
    ]);
    expect(await formerMonthAnomalies(park.database.sql, cycleId)).toEqual([
      {
        code: 'former-month-differs',
        subject: '2026-06',
        detail: { cycleId: june.cycleId, customers: 1, cents: 100, reasons: ['late-readings'] },
      },
    ]);
    await decide('accept');
    await park.invoice(cycleId, AUGUST);

    expect(await documents()).toEqual([...before, ['FT', '1001', 100]]);
    const lines = await park.database.sql
      .selectFrom('document_line')
      .select(['adjusts_period', 'wh', 'net_cents'])
      .where('adjusts_period', 'is not', null)
      .execute();
    expect(lines).toEqual([{ adjusts_period: '2026-06', wh: 5_000, net_cents: 100 }]);
    expect(await differencesOf(park.database.sql, june.cycleId)).toEqual({ ok: [] });
    await park.bill('2026-08', SEPTEMBER);
    expect(await documents()).toHaveLength(3);
    expect(await park.booksBalance()).toBe(true);
  });

  it('a dry run tells the same and keeps nothing', async () => {
    const june = await billedJune();
    await park.charge('zcs031974', [
      ['2026-06-30T22:45:00Z', 10_000],
      ['2026-06-30T23:15:00Z', 12_000],
    ]);
    const dry = await differencesOf(park.database.sql, june.cycleId);
    expect(dry).toMatchObject({ ok: [{ customerId: '1002', netCents: 20, lines: [{ wh: 1_000, netCents: 20 }] }] });
    expect(await park.adjustments()).toEqual([]);
    await park.rate('2026-07', AUGUST);
    expect(await park.adjustments()).toMatchObject([{ customer_id: '1002', net_cents: 20 }]);
  });

  it('a person who dismisses a difference is not asked again, until more of it comes', async () => {
    const june = await billedJune();
    await park.charge('zcs031903', [
      ['2026-06-22T13:00:00Z', 10_000],
      ['2026-06-22T13:15:00Z', 15_000],
    ]);
    await park.rate('2026-07', AUGUST);
    await decide('dismiss');
    expect(await differencesOf(park.database.sql, june.cycleId)).toEqual({ ok: [] });
    await park.charge('zcs031903', [
      ['2026-06-23T13:00:00Z', 15_000],
      ['2026-06-23T13:15:00Z', 16_000],
    ]);
    expect(await differencesOf(park.database.sql, june.cycleId)).toMatchObject({ ok: [{ netCents: 20 }] });
    await decide('reconsider');
    expect(await differencesOf(park.database.sql, june.cycleId)).toMatchObject({ ok: [{ netCents: 120 }] });
  });
});

describe('a price list that came late', () => {
  it('takes the old line back and bills the new one; the invoice of June stays as it was', async () => {
    const june = await billedJune();
    const { sql } = park.database;
    await sql.updateTable('band_price').set({ micros_per_kwh: 180_000 }).where('band', '=', 'cheias').execute();
    const { cycleId } = await park.rate('2026-07', AUGUST);
    const found = await park.adjustments();
    expect(found).toMatchObject([
      { customer_id: '1001', net_cents: -20, reasons: ['price-plan'] },
      { customer_id: '1002', net_cents: -20, reasons: ['price-plan'] },
    ]);
    const lines = await sql
      .selectFrom('adjustment_line')
      .select(['wh', 'micros_per_kwh', 'net_cents'])
      .where('adjustment_id', '=', found[0]?.id ?? '')
      .orderBy('position')
      .execute();
    expect(lines).toEqual([
      { wh: 10_000, micros_per_kwh: 180_000, net_cents: 180 },
      { wh: -10_000, micros_per_kwh: 200_000, net_cents: -200 },
    ]);
    await decide('accept');

    // Nothing else is due in July: a credit is no invoice. One leaves and gets a credit note, the other waits.
    await park.invoice(cycleId, AUGUST);
    expect(await documents()).toHaveLength(2);
    const credit = () =>
      sql.transaction().execute(async (trx) => {
        const order = {
          adjustmentId: found[0]?.id ?? '',
          reason: 'Tarifa de junho corrigida',
          now: AUGUST,
          signer: TEST_SIGNER,
        };
        const note = await creditAdjustment(trx, order);
        if ('refused' in note) throw new Error(JSON.stringify(note.refused));
        await postInvoiceIssued(trx, { documentId: note.documentId });
        return note.documentId;
      });
    expect(await credit()).toBe(await credit());
    expect((await documents()).at(-1)).toEqual(['NC', '1001', -20]);
    expect(await differencesOf(sql, june.cycleId)).toEqual({ ok: [] });

    await park.charge('zcs031974', [
      ['2026-08-20T13:00:00Z', 10_000],
      ['2026-08-20T13:15:00Z', 20_000],
    ]);
    await park.bill('2026-08', SEPTEMBER);
    expect((await documents()).at(-1)).toEqual(['FT', '1002', 160]);
    const billed = await billedLines(sql, june.cycleId);
    expect([...billed.values()].map((all) => all.reduce((cents, line) => cents + line.netCents, 0))).toEqual([
      180, 180,
    ]);
    expect(await park.booksBalance()).toBe(true);
  });
});

describe('who held a spot is corrected', () => {
  it('moves the energy from one customer to the other: one is credited what the other is charged', async () => {
    await billedJune();
    const { sql } = park.database;
    await sql.updateTable('occupancy').set({ customer_id: '1002' }).where('customer_id', '=', '1001').execute();
    await park.rate('2026-07', AUGUST);
    expect(await park.adjustments()).toMatchObject([
      { customer_id: '1001', net_cents: -200, reasons: ['registry'] },
      { customer_id: '1002', net_cents: 200, reasons: ['registry'] },
    ]);
  });
});
