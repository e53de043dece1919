import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { dailyEnergy } from '#apps/backoffice/daily-energy.js';
import { openCycle } from '#libs/rating/cycle.js';
import { rateMonth } from '#libs/rating/rate-month.js';
import { monthSpan, shiftPeriod } from '#libs/registry/period.js';
import { EXPORTS, exportRows } from '#libs/reporting/exports/exports.js';
import { loadInvoiceFacts } from '#libs/reporting/invoice-facts.js';

import { INSTALLATION_ID } from '../data/documents.js';
import { ingestCall } from '../data/messages.js';
import { CarPark } from './car-park.js';

/** Faults that peers shipped and we must not: each test names the report it comes from. */

const PRICES = [
  ['ponta', 250_000, '2020-01-01', null],
  ['cheias', 200_000, '2020-01-01', null],
  ['vazio', 100_000, '2020-01-01', null],
] as const;

let park: CarPark;
beforeEach(async () => {
  park = await CarPark.open(PRICES);
  await park.customer('1001');
  await park.spot('3012', 'zcs031903', [{ customerId: '1001' }]);
});
afterEach(() => park.close());

async function liveIn(timeZone: string): Promise<void> {
  const { sql } = park.database;
  await sql.updateTable('installation').set({ time_zone: timeZone }).where('id', '=', INSTALLATION_ID).execute();
}

async function documents() {
  const { sql } = park.database;
  return await sql.selectFrom('fiscal_document').select(['customer_id', 'period_from', 'net_cents']).execute();
}

/** The totals of some months, billed one after the other in the night after each. */
async function bill(...periods: string[]) {
  const totals: number[] = [];
  for (const period of periods) {
    const month = await park.bill(period, new Date(`${shiftPeriod(period, 1)}-02T05:00:00Z`));
    totals.push(month.totals.totalWh);
  }
  return totals;
}

/** A message as the gateway takes it. */
function tell(action: string, payload: Record<string, unknown>, messageId: string) {
  const told = { chargerId: 'zcs031903', messageId, action, payload };
  return ingestCall(park.database.sql, { ...told, receivedAt: new Date('2026-06-15T15:00:00Z') });
}

describe('time', () => {
  it('getlago/lago-api PR 879: ahead of UTC a month is invoiced once, not once by each clock', async () => {
    await liveIn('Europe/Madrid');
    // 23:30 on 30 June in Madrid is still June there and June in UTC; 00:30 on 1 July is June in UTC only
    await park.charge('zcs031903', [
      ['2026-06-30T21:30:00Z', 0],
      ['2026-06-30T21:45:00Z', 1_000],
    ]);
    await park.charge('zcs031903', [
      ['2026-06-30T22:30:00Z', 1_000],
      ['2026-06-30T22:45:00Z', 5_000],
    ]);
    const june = await park.bill('2026-06', new Date('2026-06-30T22:00:00Z'));
    await expect(park.bill('2026-06', new Date('2026-07-01T00:00:00Z'))).rejects.toThrow(/document/i);
    const july = await park.bill('2026-07', new Date('2026-07-31T22:00:00Z'));
    expect([june.totals.totalWh, july.totals.totalWh]).toEqual([1_000, 4_000]);
    expect((await documents()).map(({ period_from }) => period_from)).toEqual(['2026-06-01', '2026-07-01']);
  });

  it('getlago/lago-api PR 1074: asked on both sides of local midnight, a month has one cycle and one invoice', async () => {
    const { sql } = park.database;
    const key = { installationId: INSTALLATION_ID, period: '2026-06', workflowId: 'bill/aurora/2026-06' };
    const before = await openCycle(sql, { ...key, now: new Date('2026-06-30T22:59:59Z') });
    const after = await openCycle(sql, { ...key, now: new Date('2026-06-30T23:00:01Z') });
    expect(after).toEqual(before);
    await park.charge('zcs031903', [
      ['2026-06-30T22:59:00Z', 0],
      ['2026-06-30T23:01:00Z', 101],
    ]);
    expect(await bill('2026-06', '2026-07')).toEqual([51, 50]); // 50,5 at midnight, half up
    expect(await documents()).toHaveLength(2);
  });

  it('killbill #445: through both clock changes month follows month, and billing comes to an end', async () => {
    const { sql } = park.database;
    for (const timeZone of ['Europe/Lisbon', 'Atlantic/Azores', 'America/Santiago']) {
      const spans = Array.from({ length: 12 }, (_, index) => monthSpan(shiftPeriod('2026-01', index), timeZone));
      for (const [index, span] of spans.slice(1).entries()) expect(span.startsAt).toEqual(spans[index]?.endsAt);
    }
    await park.charge('zcs031903', [
      ['2026-03-29T00:45:00Z', 0],
      ['2026-03-29T01:00:00Z', 250],
    ]);
    expect(await bill('2026-03', '2026-04')).toEqual([250, 0]);
    const cycles = await sql.selectFrom('billing_cycle').select('period').orderBy('period').execute();
    expect(cycles.map(({ period }) => period)).toEqual(['2026-03', '2026-04']);
  });

  it('killbill #1934: who came before the clock change pays what who came after it pays', async () => {
    const days = ['2026-03-20T10:00:00Z', '2026-04-02T10:00:00Z'] as const;
    for (const [index, from] of days.entries()) {
      await park.customer(`200${index}`);
      await park.spot(`40${index}`, `zcs04000${index}`, [{ customerId: `200${index}`, from: new Date(from) }]);
      await park.charge(`zcs04000${index}`, [
        ['2026-04-10T05:45:00Z', 1_000],
        ['2026-04-10T06:15:00Z', 4_333], // 06:45 to 07:15 local: vazio, then cheias
      ]);
    }
    const april = await park.bill('2026-04', new Date('2026-05-01T05:00:00Z'));
    const [early, late] = ['2000', '2001'].map((id) => april.invoices.get(id)?.grossCents);
    expect(early).toBe(late);
    const lines = await park.lines(april.cycleId);
    const of = (id: string) => lines.filter((line) => line.customer_id === id).map(({ band, wh }) => [band, wh]);
    expect(of('2000')).toEqual([
      ['cheias', 1_666],
      ['vazio', 1_667],
    ]);
    expect(of('2001')).toEqual(of('2000'));
  });

  it('killbill #743: who moves out within the hour that comes twice pays up to that minute of that hour', async () => {
    const moved = new Date('2026-10-25T01:30:00Z'); // 01:30 for the second time
    await park.customer('1002');
    await park.spot('3049', 'zcs031974', [
      { customerId: '1001', until: moved },
      { customerId: '1002', from: moved },
    ]);
    await park.charge('zcs031974', [
      ['2026-10-25T00:00:00Z', 0],
      ['2026-10-25T02:00:00Z', 8_000],
    ]);
    const october = await park.bill('2026-10', new Date('2026-11-01T05:00:00Z'));
    const lines = await park.lines(october.cycleId);
    expect(lines.map(({ customer_id, wh }) => [customer_id, wh])).toEqual([
      ['1001', 6_000],
      ['1002', 2_000],
    ]);
  });

  it('killbill PR 1856: behind UTC what was used in the last local hour is billed in its month and never again', async () => {
    await liveIn('Atlantic/Azores');
    await park.charge('zcs031903', [
      ['2026-02-01T00:30:00Z', 0], // 23:30 on 31 January
      ['2026-02-01T00:45:00Z', 700],
    ]);
    expect(await bill('2026-01', '2026-02', '2026-03')).toEqual([700, 0, 0]);
    expect((await documents()).map(({ period_from }) => period_from)).toEqual(['2026-01-01']);
  });

  it("killbill #150: whatever zone the database's session keeps, the month is the same and invoiced once", async () => {
    const { sql } = park.database;
    await park.charge('zcs031903', [
      ['2026-05-31T22:30:00Z', 0],
      ['2026-06-30T23:30:00Z', 43_260],
    ]);
    const rated: Awaited<ReturnType<typeof rateMonth>>[] = [];
    for (const zone of ['UTC', 'Pacific/Auckland', 'America/St_Johns']) {
      await sql.transaction().execute(async (trx) => {
        await raw`select set_config('timezone', ${zone}, true)`.execute(trx);
        rated.push(await rateMonth(trx, { installationId: INSTALLATION_ID, ...monthSpan('2026-06', 'Europe/Lisbon') }));
      });
    }
    expect(rated[1]).toEqual(rated[0]);
    expect(rated[2]).toEqual(rated[0]);
    expect(await bill('2026-06')).toEqual([43_200]); // 60 Wh an hour, 720 hours
    await expect(bill('2026-06')).rejects.toThrow(/document/i);
    expect(await documents()).toHaveLength(1);
  });
});

describe('metering', () => {
  const values = (wh: string, at: string) => {
    return { connectorId: 1, transactionId: 1, meterValue: [{ timestamp: at, sampledValue: [{ value: wh }] }] };
  };

  it('openmeter #5118: a message whose write failed is metered when it comes again, once', async () => {
    const { sql } = park.database;
    await park.charge('zcs031903', [['2026-06-15T13:00:00Z', 1_000]]);
    await sql.updateTable('charging_transaction').set({ stopped_at: null, meter_stop_wh: null }).execute();
    const { id } = await sql.selectFrom('charging_transaction').select('id').executeTakeFirstOrThrow();
    await park.database.asOwner(async ({ sql: owner }) => {
      await raw`create function refuse() returns trigger language plpgsql as 'begin raise ''disk full''; end'`.execute(
        owner,
      );
      await raw`create trigger refusing before insert on meter_reading execute function refuse()`.execute(owner);
    });
    const reading = { ...values('3000', '2026-06-15T13:15:00Z'), transactionId: id };
    await expect(tell('MeterValues', reading, 'm1')).rejects.toThrow('disk full');
    await park.database.asOwner(({ sql: owner }) => raw`drop trigger refusing on meter_reading`.execute(owner));
    expect(await tell('MeterValues', reading, 'm1')).toMatchObject({ repeated: false });
    expect(await tell('MeterValues', reading, 'm1')).toMatchObject({ repeated: true });
    expect(await bill('2026-06')).toEqual([2_000]);
  });

  it('evcc #30058: a session in which the meter is missing for a while has no absurd kWh', async () => {
    const start = { connectorId: 1, idTag: 'CARD', meterStart: 1_234_500, timestamp: '2026-06-15T13:00:00Z' };
    const id = Number((await tell('StartTransaction', start, 's')).answer['transactionId']);
    const power = {
      timestamp: '2026-06-15T13:15:00Z',
      sampledValue: [{ value: '7200', measurand: 'Power.Active.Import' }],
    };
    await tell('MeterValues', { connectorId: 1, transactionId: id, meterValue: [power] }, 'm');
    const end = { transactionId: id, meterStop: 1_236_300, timestamp: '2026-06-15T13:30:00Z' };
    await tell('StopTransaction', end, 'e');
    expect(await bill('2026-06')).toEqual([1_800]);
  });

  it('evcc #25956: with a card shown to pause and one to go on, the sessions are what the register moved', async () => {
    await park.charge('zcs031903', [
      ['2026-06-15T13:00:00Z', 10_000],
      ['2026-06-15T13:40:00Z', 14_800],
    ]);
    await park.charge('zcs031903', [
      ['2026-06-15T14:10:00Z', 14_800],
      ['2026-06-15T14:25:00Z', 14_800], // the car waits
      ['2026-06-15T15:00:00Z', 19_050],
    ]);
    const june = await park.bill('2026-06', new Date('2026-07-01T05:00:00Z'));
    expect(june.totals).toMatchObject({ totalWh: 19_050 - 10_000, unattributedWh: 0 });
  });
});

describe('what people are shown', () => {
  it('evcc #7766: a session over the end of a month is split, and console, export and lines agree', async () => {
    const { sql } = park.database;
    await park.charge('zcs031903', [
      ['2026-06-30T22:10:00Z', 50_000],
      ['2026-07-01T01:40:00Z', 62_345],
    ]);
    const [june = NaN, july = NaN] = await bill('2026-06', '2026-07');
    expect([june, july]).toEqual([2_939, 9_406]); // 50 of 210 minutes: 12 345 × 50/210 = 2 939,3
    for (const [period, wh] of [
      ['2026-06', june],
      ['2026-07', july],
    ] as const) {
      const query = { customerId: '1001', installationId: INSTALLATION_ID, timeZone: 'Europe/Lisbon' };
      const days = await dailyEnergy(sql, { ...query, ...monthSpan(period, 'Europe/Lisbon') });
      const shown = days.flatMap(({ byBand }) => Object.values(byBand)).reduce((sum, of) => sum + of, 0);
      expect(shown).toBe(wh);
    }
    const list = EXPORTS['transactions'];
    if (list === undefined) throw new Error('there is no export of transactions');
    const rows: unknown[][] = [];
    for await (const row of exportRows(sql, list, { from: '2026-06-01', to: '2026-07-31' })) rows.push([...row]);
    const energyAt = list.columns.indexOf('energyWh');
    expect(rows.map((row) => Number(row[energyAt]))).toEqual([june + july]);
  });

  it('evcc #23868: each site has its own price list, in the same month, for drivers of the same habits', async () => {
    const { sql } = park.database;
    await sql
      .insertInto('installation')
      .values({ id: 'bela', condominium_id: 'aurora', issuer_id: 'czm', name: 'Edifício Bela' })
      .execute();
    const plan = { installation_id: 'bela', name: 'Simples', calendar_id: 'pt-mainland-daily', bands: 1 };
    const { id } = await sql
      .insertInto('price_plan')
      .values({ ...plan, valid_from: '2020-01-01' })
      .returning('id')
      .executeTakeFirstOrThrow();
    await sql
      .insertInto('band_price')
      .values({ plan_id: id, band: 'simples', micros_per_kwh: 175_000, valid_from: '2020-01-01' })
      .execute();
    await sql.insertInto('charger').values({ id: 'zcs05', installation_id: 'bela', label: 'ZCS05' }).execute();
    const session = [
      ['2026-06-15T13:00:00Z', 0],
      ['2026-06-15T13:15:00Z', 2_000],
    ] as const;
    for (const charger of ['zcs031903', 'zcs05']) await park.charge(charger, session);
    const rated = await Promise.all(
      [INSTALLATION_ID, 'bela'].map((installationId) =>
        sql
          .transaction()
          .execute((trx) => rateMonth(trx, { installationId, ...monthSpan('2026-06', 'Europe/Lisbon') })),
      ),
    );
    const prices = rated.map((month) => ('ok' in month ? month.ok.lines.map((line) => line.microsPerKWh) : []));
    expect(prices).toEqual([[200_000], [175_000]]);
  });

  it("evcc discussion 11903: each kWh has the retailer's price of its own hour, never a mix or a mean", async () => {
    await park.charge('zcs031903', [
      ['2026-06-15T07:30:00Z', 0], // 08:30 local: cheias to 09:15, then ponta
      ['2026-06-15T08:15:00Z', 1_001],
      ['2026-06-15T08:30:00Z', 1_500],
    ]);
    const june = await park.bill('2026-06', new Date('2026-07-01T05:00:00Z'));
    const facts = await loadInvoiceFacts(park.database.sql, june.invoices.get('1001')?.documentId ?? '');
    const shown = facts.lines.filter(({ wh }) => wh !== null);
    expect(shown.map(({ band, wh, microsPerKWh, netCents }) => [band, wh, microsPerKWh, netCents])).toEqual([
      ['cheias', 1_001, 200_000, 20],
      ['ponta', 499, 250_000, 12],
    ]);
  });

  it('openWB(snaptec) #2024: the price on the invoice is the one that was billed, whatever the list says later', async () => {
    const { sql } = park.database;
    await park.charge('zcs031903', [
      ['2026-06-15T13:00:00Z', 0],
      ['2026-06-15T13:15:00Z', 3_000],
    ]);
    const june = await park.bill('2026-06', new Date('2026-07-01T05:00:00Z'));
    await sql.updateTable('band_price').set({ micros_per_kwh: 999_000 }).where('band', '=', 'cheias').execute();
    const facts = await loadInvoiceFacts(sql, june.invoices.get('1001')?.documentId ?? '');
    const billed = facts.lines.find(({ wh }) => wh !== null);
    const [line] = await park.lines(june.cycleId);
    expect(billed).toMatchObject({ wh: 3_000, microsPerKWh: 200_000, netCents: 60 });
    expect(line).toMatchObject({ wh: 3_000, micros_per_kwh: 200_000, cents: 60 });
    expect(facts.netCents).toBe(60);
  });
});
