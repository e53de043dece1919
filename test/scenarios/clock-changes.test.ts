import { afterEach, describe, expect, it } from '@jest/globals';

import { CarPark } from './car-park.js';

const PRICES = [
  ['ponta', 250_000, '2020-01-01', null],
  ['cheias', 200_000, '2020-01-01', null],
  ['vazio', 100_000, '2020-01-01', null],
] as const;

let park: CarPark;
afterEach(() => park.close());

describe('a car that charges through the night when the clock changes', () => {
  it('in March the hour that is missing takes no energy with it', async () => {
    park = await CarPark.open(PRICES);
    await park.customer('1001');
    await park.spot('3012', 'zcs031903', [{ customerId: '1001' }]);
    // Saturday 28 March 22:00 local (UTC) to Sunday 29 March 08:00 local (UTC+1): nine hours, not ten, at 7,2 kW
    await park.charge('zcs031903', [
      ['2026-03-28T22:00:00Z', 100_000],
      ['2026-03-29T00:00:00Z', 114_400],
      ['2026-03-29T07:00:00Z', 164_800],
    ]);
    const march = await park.bill('2026-03', new Date('2026-04-01T04:00:00Z'));
    const lines = await park.lines(march.cycleId);
    expect(march.totals).toMatchObject({ totalWh: 64_800, unattributedWh: 0 });
    expect(lines.map(({ season, day_type, band, wh }) => [season, day_type, band, wh])).toEqual([
      // the day belongs to the season of its own noon: Saturday is still winter, Sunday summer already
      ['Inverno', 'Sabado', 'vazio', 14_400],
      ['Verão', 'Domingo', 'vazio', 50_400],
    ]);
    expect(await park.booksBalance()).toBe(true);
  });

  it('in October the hour that comes twice is charged twice, once for each time it was used', async () => {
    park = await CarPark.open(PRICES);
    await park.customer('1001');
    await park.spot('3012', 'zcs031903', [{ customerId: '1001' }]);
    // Sunday 25 October, 01:00 to 02:00 comes twice: 00:00Z and 01:00Z; 1 kWh in the first, 3 kWh in the second
    await park.charge('zcs031903', [
      ['2026-10-25T00:00:00Z', 0],
      ['2026-10-25T01:00:00Z', 1_000],
      ['2026-10-25T02:00:00Z', 4_000],
    ]);
    const october = await park.bill('2026-10', new Date('2026-11-01T05:00:00Z'));
    const lines = await park.lines(october.cycleId);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ season: 'Inverno', day_type: 'Domingo', band: 'vazio', wh: 4_000, cents: 40 });
  });

  it('a session over the end of October is in both months, each its part, and the parts are the whole', async () => {
    park = await CarPark.open(PRICES);
    await park.customer('1001');
    await park.spot('3012', 'zcs031903', [{ customerId: '1001' }]);
    await park.charge('zcs031903', [
      ['2026-10-31T22:10:00Z', 50_000],
      ['2026-11-01T01:40:00Z', 62_345],
    ]);
    const october = await park.bill('2026-10', new Date('2026-11-02T04:00:00Z'));
    const november = await park.bill('2026-11', new Date('2026-12-01T04:00:00Z'));
    // 110 of 210 minutes lie before local midnight: 12 345 Wh × 110/210, half up
    expect(october.totals.totalWh).toBe(6_466);
    expect(november.totals.totalWh).toBe(12_345 - 6_466);
  });

  it('a month is billed once, however often it is asked for, in the weeks around both changes', async () => {
    park = await CarPark.open(PRICES);
    await park.customer('1001');
    await park.spot('3012', 'zcs031903', [{ customerId: '1001' }]);
    await park.charge('zcs031903', [
      ['2026-03-29T00:30:00Z', 0],
      ['2026-03-29T01:30:00Z', 5_000],
    ]);
    const first = await park.bill('2026-03', new Date('2026-04-01T04:00:00Z'));
    await expect(park.bill('2026-03', new Date('2026-04-01T04:00:01Z'))).rejects.toThrow(/document/i);
    const documents = await park.database.sql.selectFrom('fiscal_document').select('id').execute();
    expect(documents).toHaveLength(1);
    expect(first.invoices.get('1001')?.grossCents).toBe(62); // 0,50 € and 23 % VAT, half up
  });
});
