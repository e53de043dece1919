import { afterEach, describe, expect, it } from '@jest/globals';

import { installationsTable } from '#libs/registry/tables/installations.js';
import { readSheet } from '#libs/registry/tabular/sheet.js';
import { importSheet, type Table } from '#libs/registry/tabular/table.js';
import { loadInvoiceFacts } from '#libs/reporting/invoice-facts.js';
import { importSeries } from '#libs/tariff/series-import.js';
import { pricePlanTable } from '#libs/tariff/tables/price-plan.js';

import { CarPark } from './car-park.js';

let park: CarPark;
afterEach(() => park.close());

/** A list as staff import it; everything of a country comes this way, nothing from code. */
async function imported<Row>(table: Table<Row>, lines: readonly string[]): Promise<void> {
  const sheet = await readSheet('list.csv', Buffer.from(lines.join('\n')));
  const hashPassword = async (password: string) => password;
  const options = { create: false, dryRun: false, installationId: null, now: new Date(), by: 'ines', hashPassword };
  const result = await importSheet(park.database.sql, table, sheet, options);
  expect(result.problems).toEqual([]);
}

/** The car park moves: zone, currency, country and VAT region come with the installation. */
async function openIn(place: string, planLines: readonly string[], beforePlan = async () => {}): Promise<void> {
  park = await CarPark.open([]);
  await imported(installationsTable, [
    'installation,name,condominium,issuer,timeZone,currency,country,municipality,vatRegion',
    `aurora,Edifício Aurora,aurora,czm,${place}`,
  ]);
  await beforePlan();
  await imported(pricePlanTable, planLines);
  await park.customer('1001');
  await park.spot('3012', 'zcs031903', [{ customerId: '1001' }]);
}

const PLAN = 'installation;plan;planFrom;calendar;bands;band;component;perKWh;from';

async function facts(period: string, now: string) {
  const month = await park.bill(period, new Date(now));
  const lines = await park.lines(month.cycleId);
  const documentId = month.invoices.get('1001')?.documentId ?? '';
  return { lines, invoice: await loadInvoiceFacts(park.database.sql, documentId) };
}

describe('Spain', () => {
  it('bills three periods, with the sixth of January and the weekend as valle, at 21 % of IVA', async () => {
    await openIn('Europe/Madrid,EUR,ES,Madrid,ES', [
      PLAN,
      ...['punta;;0,20', 'llano;;0,15', 'valle;;0,10', 'valle;network-access;0,01'].map(
        (price) => `aurora;2.0TD;2027-01-01;es-20td;3;${price};2027-01-01`,
      ),
    ]);
    // Tuesday 5 January 2027, 11:00 in Madrid: punta. The 6th at the same hour: valle, though a Wednesday.
    for (const [day, wh] of [
      ['05', 0],
      ['06', 10_000],
      ['09', 20_000],
    ] as const) {
      await park.charge('zcs031903', [
        [`2027-01-${day}T10:00:00Z`, wh],
        [`2027-01-${day}T10:15:00Z`, wh + 10_000],
      ]);
    }
    const { lines, invoice } = await facts('2027-01', '2027-02-01T05:00:00Z');
    expect(lines.map(({ day_type, band, wh, micros_per_kwh }) => [day_type, band, wh, micros_per_kwh])).toEqual([
      ['Fim de semana', 'valle', 20_000, 110_000],
      ['Semana', 'punta', 10_000, 200_000],
    ]);
    expect(invoice).toMatchObject({ currency: 'EUR', netCents: 420, vatCents: 88 });
    expect(await park.booksBalance()).toBe(true);
  });
});

describe('Norway', () => {
  it('bills each hour at its own spot price and the grid by day and night, in NOK with 25 % of VAT, over the clock change', async () => {
    const spot = async () => {
      // Hour by hour, the 25 hours of 25 October 2026 too: 10 øre more each hour of the day's count.
      const rows = ['date,period,value'];
      for (let day = 1; day <= 31; day += 1) {
        const date = `2026-10-${String(day).padStart(2, '0')}`;
        const { hoursInDay } = Temporal.PlainDate.from(date).toZonedDateTime('Europe/Oslo');
        for (let hour = 1; hour <= hoursInDay; hour += 1) rows.push(`${date},${hour},${hour * 100}`);
      }
      const series = { seriesId: 'no1', name: 'NO1', kind: 'price', clockZone: 'Europe/Oslo' } as const;
      const options = {
        ...series,
        resolutionMinutes: 60,
        currency: 'NOK',
        unit: 'NOK/MWh',
        source: 'a market',
      } as const;
      const sheet = await readSheet('no1.csv', Buffer.from(rows.join('\n')));
      const result = await importSeries(park.database.sql, options, sheet, { dryRun: false });
      expect(result).toMatchObject({ imported: true, problems: [], added: 31 * 24 + 1, gaps: [] });
    };
    const plan = 'aurora;Spot;2026-01-01;no-day-night;2';
    await openIn(
      'Europe/Oslo,NOK,NO,Oslo,NO',
      [
        `${PLAN};indexSeries;margin`,
        `${plan};dag;network-access;0,40;2026-01-01;no1;0,05`,
        `${plan};natt;network-access;0,30;2026-01-01;no1;0,05`,
      ],
      spot,
    );
    // 01:30 to 03:30 on the clock of the night that has three o'clock hours enough: 3 hours, 1 kWh each half hour.
    const start = Date.parse('2026-10-24T23:30:00Z');
    await park.charge(
      'zcs031903',
      Array.from({ length: 7 }, (_, half) => [new Date(start + half * 1_800_000).toISOString(), half * 1_000] as const),
    );
    const { lines, invoice } = await facts('2026-10', '2026-11-01T05:00:00Z');
    expect(lines).toHaveLength(1);
    // Half hours in the hours 2, 3, 3, 4, 4, 5 of the day: 0,20 + 0,30 + 0,30 + 0,40 + 0,40 + 0,50, margin and grid 0,35.
    expect(lines[0]).toMatchObject({ band: 'natt', wh: 6_000, cents: 420, micros_per_kwh: 700_000 });
    expect(invoice).toMatchObject({ currency: 'NOK', netCents: 420, vatCents: 105, grossCents: 525 });
    expect(invoice.lines[0]).toMatchObject({ isAveragePrice: true });
    expect(await park.booksBalance()).toBe(true);
  });
});
