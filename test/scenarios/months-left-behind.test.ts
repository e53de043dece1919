import { afterEach, describe, expect, it } from '@jest/globals';

import { decideAdjustment } from '#libs/invoicing/decide-adjustment.js';
import { issueCreditNote } from '#libs/invoicing/issue-credit-note.js';
import { issueInvoice } from '#libs/invoicing/issue-invoice.js';
import { differencesOf, proposeAdjustments, proposeForFormerMonths } from '#libs/invoicing/propose-adjustments.js';
import { recordCycleProgress } from '#libs/rating/cycle.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';

import { CarPark } from './car-park.js';

const JUNE = new Date('2026-06-01T04:00:00Z');
const JULY = new Date('2026-07-01T04:00:00Z');
const AUGUST = new Date('2026-08-01T04:00:00Z');
const SEPTEMBER = new Date('2026-09-01T04:00:00Z');

let park: CarPark;
afterEach(() => park.close());

const SPOTS = [
  ['1001', '3012', 'zcs031903'],
  ['1002', '3049', 'zcs031974'],
] as const;

/** Two customers, each with a spot and a charger that has charged nothing yet. */
async function openPark(): Promise<void> {
  park = await CarPark.open([
    ['cheias', 200_000, '2020-01-01', null],
    ['vazio', 100_000, '2020-01-01', null],
  ]);
  for (const [customer, spot, charger] of SPOTS) {
    await park.customer(customer);
    await park.spot(spot, charger, [{ customerId: customer }]);
  }
}

/** 10 kWh at 0,20 € on a Monday of June. */
const inJune = (charger: string, fromWh = 0, toWh = 10_000) =>
  park.charge(charger, [
    ['2026-06-15T13:00:00Z', fromWh],
    ['2026-06-15T13:15:00Z', toWh],
  ]);

/** 10 kWh in July, so that July has an invoice and is the last month billed. */
const inJuly = (charger: string) =>
  park.charge(charger, [
    ['2026-07-15T13:00:00Z', 10_000],
    ['2026-07-15T13:15:00Z', 20_000],
  ]);

const proposals = async () =>
  (await park.adjustments()).map(({ period, customer_id: customer, net_cents: cents, state }) => {
    return [period, customer, cents, state];
  });

const nothingDue = (cycleId: string, now: Date) =>
  recordCycleProgress(park.database.sql, cycleId, {
    step: 'done',
    since: now,
    waitsFor: null,
    done: 0,
    total: 0,
    finishedAt: now,
    outcome: 'nothing-due',
  });

describe('a month in which nobody was invoiced', () => {
  it('is looked at like others when its readings come late', async () => {
    await openPark();
    const june = await park.bill('2026-06', JULY);
    expect(june.invoices.size).toBe(0);
    await nothingDue(june.cycleId, JULY);
    await inJune('zcs031903');
    const { cycleId } = await park.rate('2026-07', AUGUST);
    expect(await proposals()).toEqual([['2026-06', '1001', 200, 'proposed']]);
    for (const { id } of await park.adjustments()) {
      await decideAdjustment(park.database.sql, { adjustmentId: id, decision: 'accept', by: 'ines', now: AUGUST });
    }
    expect((await park.invoice(cycleId, AUGUST)).get('1001')?.grossCents).toBe(246);
  });

  it('is left alone while it is still to be invoiced, or was cancelled', async () => {
    await openPark();
    await inJune('zcs031903');
    const { cycleId } = await park.rate('2026-06', JULY);
    await park.rate('2026-07', AUGUST);
    expect(await proposals()).toEqual([]);
    expect(await differencesOf(park.database.sql, cycleId)).toMatchObject({ refused: { code: 'MONTH.NOT_BILLED' } });
  });
});

it('a customer whose invoice of a month still waits for a person is not charged by a difference as well', async () => {
  await openPark();
  for (const [, , charger] of SPOTS) await inJune(charger);
  const { sql } = park.database;
  const { cycleId: june } = await park.rate('2026-06', JULY);
  const issue = (customerId: string) =>
    sql
      .transaction()
      .execute((trx) => issueInvoice(trx, { cycleId: june, customerId, now: JULY, signer: TEST_SIGNER }));
  await issue('1001');
  await park.rate('2026-07', AUGUST);
  expect(await proposals()).toEqual([]);
  await issue('1002');
  expect(await differencesOf(sql, june)).toEqual({ ok: [] });
});

describe('readings that come late', () => {
  it('are found of a charger that is at another installation by then', async () => {
    await openPark();
    await park.bill('2026-06', JULY).then(({ cycleId }) => nothingDue(cycleId, JULY));
    await park.bill('2026-07', AUGUST).then(({ cycleId }) => nothingDue(cycleId, AUGUST));
    const { sql } = park.database;
    await sql
      .insertInto('installation')
      .values({ id: 'boreal', condominium_id: 'aurora', issuer_id: 'czm', name: 'Boreal' })
      .execute();
    await sql.updateTable('charger_placement').set({ until: JULY }).where('charger_id', '=', 'zcs031903').execute();
    await park.rate('2026-08', SEPTEMBER);
    await sql.updateTable('charger').set({ installation_id: 'boreal' }).where('id', '=', 'zcs031903').execute();
    await sql
      .updateTable('billing_cycle')
      .set({ inputs_as_of: new Date('2100-01-01T00:00:00Z') })
      .execute();
    await inJune('zcs031903');
    await park.rate('2026-08', SEPTEMBER);
    expect(await proposals()).toEqual([['2026-06', '1001', 200, 'proposed']]);
  });

  it('correct the month next to theirs too, where they move the energy across its midnight', async () => {
    await openPark();
    await park.charge('zcs031903', [
      ['2026-05-31T22:00:00Z', 0],
      ['2026-06-01T00:00:00Z', 10_000],
    ]);
    await park.bill('2026-05', JUNE);
    await park.bill('2026-06', JULY);
    await park.bill('2026-07', AUGUST).then(({ cycleId }) => nothingDue(cycleId, AUGUST));
    const { id } = await park.database.sql.selectFrom('charging_transaction').select('id').executeTakeFirstOrThrow();
    const message = await park.database.sql.selectFrom('ocpp_message').select('id').executeTakeFirstOrThrow();
    await park.database.sql
      .insertInto('meter_reading')
      .values({
        charger_id: 'zcs031903',
        connector_id: 1,
        transaction_id: id,
        at: new Date('2026-05-31T23:30:00Z'), // half past midnight in Lisbon
        import_wh: 9_000,
        context: 'Sample.Periodic',
        message_id: message.id,
      })
      .execute();
    await park.rate('2026-08', SEPTEMBER);
    // 5 kWh on each side of midnight become 6 and 4.
    expect(await proposals()).toEqual([
      ['2026-05', '1001', 10, 'proposed'],
      ['2026-06', '1001', -10, 'proposed'],
    ]);
  });

  it('are found where months were billed out of order', async () => {
    await openPark();
    await inJune('zcs031903');
    const june = await park.rate('2026-06', JULY);
    await inJune('zcs031974');
    await inJuly('zcs031974');
    await park.bill('2026-07', AUGUST);
    expect(await proposals()).toEqual([]); // June is not invoiced yet
    await park.invoice(june.cycleId, SEPTEMBER);
    await park.rate('2026-08', SEPTEMBER);
    expect(await proposals()).toEqual([['2026-06', '1002', 200, 'proposed']]);
  });
});

it('an occupancy that ended before a month, as somebody enters later, is a difference of that month', async () => {
  await openPark();
  await inJune('zcs031903');
  await park.bill('2026-06', JULY);
  await inJuly('zcs031974');
  await park.bill('2026-07', AUGUST);
  await park.database.sql
    .updateTable('occupancy')
    .set({ until: new Date('2026-05-20T12:00:00Z') })
    .where('customer_id', '=', '1001')
    .execute();
  await park.rate('2026-08', SEPTEMBER);
  expect(await proposals()).toEqual([['2026-06', '1001', -200, 'proposed']]);
});

it('a difference given back by a credit note over another month’s invoice is settled, and that month stays as it is', async () => {
  await openPark();
  await inJune('zcs031903');
  const june = await park.bill('2026-06', JULY);
  await inJuly('zcs031903');
  const july = await park.bill('2026-07', AUGUST);
  const { sql } = park.database;
  await sql
    .insertInto('band_price')
    .values(await cheaperCheiasInJune())
    .execute();
  await park.rate('2026-08', SEPTEMBER);
  const [found] = await park.adjustments();
  expect(await proposals()).toEqual([['2026-06', '1001', -50, 'proposed']]);
  const adjustmentId = found?.id ?? '';
  await decideAdjustment(sql, { adjustmentId, decision: 'accept', by: 'ines', now: SEPTEMBER });
  const note = await sql.transaction().execute((trx) => {
    const documentId = july.invoices.get('1001')?.documentId ?? '';
    const choice = [{ lineNo: 1, netCents: 50 }];
    const order = {
      documentId,
      key: 'k',
      choice,
      reason: 'Tarifa de junho',
      adjustmentId,
      now: SEPTEMBER,
      signer: TEST_SIGNER,
    };
    return issueCreditNote(trx, order);
  });
  expect(note).toMatchObject({ grossCents: -61 });
  expect(await differencesOf(sql, june.cycleId)).toEqual({ ok: [] });
  expect(await differencesOf(sql, july.cycleId)).toEqual({ ok: [] });
});

async function cheaperCheiasInJune() {
  const { id } = await park.database.sql.selectFrom('price_plan').select('id').executeTakeFirstOrThrow();
  const days = { valid_from: '2026-06-01', valid_to: '2026-06-30' };
  return { plan_id: id, band: 'cheias', micros_per_kwh: 150_000, ...days };
}

describe('proposals that nobody decided', () => {
  /** June, with a proposal for what came late. */
  async function withProposal(): Promise<{ june: string; july: string; adjustmentId: string }> {
    await openPark();
    await inJune('zcs031903');
    const { cycleId: june } = await park.bill('2026-06', JULY);
    await inJune('zcs031974');
    await inJuly('zcs031974');
    const { cycleId: july } = await park.rate('2026-07', AUGUST);
    const [found] = await park.adjustments();
    expect(await proposals()).toEqual([['2026-06', '1002', 200, 'proposed']]);
    return { june, july, adjustmentId: found?.id ?? '' };
  }

  it('stay where the month cannot be rated as things are, and that is told', async () => {
    const { july } = await withProposal();
    await park.database.sql.deleteFrom('band_price').execute();
    const refused = await proposeForFormerMonths(park.database.sql, { cycleId: july, now: AUGUST });
    expect(refused).toMatchObject([{ period: '2026-06', code: 'TARIFF.NOT_FOUND' }]);
    expect(await proposals()).toEqual([['2026-06', '1002', 200, 'proposed']]);
  });

  it('are brought up to date by later months, and keep their reasons', async () => {
    const { july } = await withProposal();
    await park.invoice(july, AUGUST);
    await park.charge('zcs031974', [
      ['2026-06-22T13:00:00Z', 20_000],
      ['2026-06-22T13:15:00Z', 25_000],
    ]);
    await park.database.sql.updateTable('billing_cycle').set({ rated_up_to_reading_id: 1_000 }).execute();
    await park.rate('2026-08', SEPTEMBER);
    expect(await park.adjustments()).toMatchObject([
      { period: '2026-06', customer_id: '1002', net_cents: 300, reasons: ['late-readings'] },
    ]);
  });

  it('keep their lines when one is accepted just as they are looked for again', async () => {
    const { june, adjustmentId } = await withProposal();
    const { sql } = park.database;
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: decided, resolve: hasDecided } = Promise.withResolvers<void>();
    const deciding = sql.transaction().execute(async (trx) => {
      await decideAdjustment(trx, { adjustmentId, decision: 'accept', by: 'ines', now: AUGUST });
      hasDecided();
      await held;
    });
    await decided;
    const proposing = sql.transaction().execute((trx) => {
      return proposeAdjustments(trx, { cycleId: june, now: AUGUST });
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    release();
    await deciding;
    expect(await proposing).toEqual({ ok: [] });
    expect(await proposals()).toEqual([['2026-06', '1002', 200, 'accepted']]);
    const lines = await sql.selectFrom('adjustment_line').select(['adjustment_id', 'net_cents']).execute();
    expect(lines).toEqual([{ adjustment_id: adjustmentId, net_cents: 200 }]);
  });
});
