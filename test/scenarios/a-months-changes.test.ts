import { afterEach, describe, expect, it } from '@jest/globals';

import { dueCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { postPayment, postTopUp } from '#libs/ledger/post-events.js';

import { CarPark } from './car-park.js';

let park: CarPark;
afterEach(() => park.close());

describe('a month in which everything changes', () => {
  it('a new price on the 17th, a tenant gone on the 12th at 18:30: the parts add up to the register', async () => {
    park = await CarPark.open([
      ['ponta', 250_000, '2020-01-01', null],
      ['cheias', 200_000, '2020-01-01', '2026-06-16'],
      ['cheias', 220_000, '2026-06-17', null],
      ['vazio', 100_000, '2020-01-01', null],
    ]);
    const gone = new Date('2026-06-12T17:30:00Z');
    await park.customer('1001');
    await park.customer('1002');
    await park.spot('3049', 'zcs031974', [
      { customerId: '1001', until: gone },
      { customerId: '1002', from: gone },
    ]);
    await park.charge('zcs031974', [
      ['2026-06-12T16:30:00Z', 10_000],
      ['2026-06-12T18:30:00Z', 22_000],
    ]);
    await park.charge('zcs031974', [
      ['2026-06-16T21:00:00Z', 22_000],
      ['2026-06-17T01:00:00Z', 34_000],
    ]);
    await park.charge('zcs031974', [
      ['2026-06-17T14:00:00Z', 34_000],
      ['2026-06-17T15:00:00Z', 40_000],
    ]);
    const june = await park.bill('2026-06', new Date('2026-07-01T04:00:00Z'));
    const lines = await park.lines(june.cycleId);
    expect(lines.map(({ customer_id, band, wh, micros_per_kwh }) => [customer_id, band, wh, micros_per_kwh])).toEqual(
      expect.arrayContaining([
        ['1001', 'cheias', 6_000, 200_000],
        ['1002', 'cheias', 12_000, 200_000], // the rest of the 12th, and the 16th from 22:00 to midnight
        ['1002', 'cheias', 6_000, 220_000],
        ['1002', 'vazio', 6_000, 100_000],
      ]),
    );
    expect(lines.reduce((total, { wh }) => total + wh, 0)).toBe(30_000);
    expect(june.totals.totalCents).toBe(lines.reduce((total, { cents }) => total + cents, 0));
    expect([...june.invoices.keys()].sort()).toEqual(['1001', '1002']);
    expect(await park.booksBalance()).toBe(true);
  });

  it('money comes in parts, goes back and comes again: what is due is always what the books say', async () => {
    park = await CarPark.open([['cheias', 200_000, '2020-01-01', null]]);
    await park.customer('1001');
    await park.spot('3012', 'zcs031903', [{ customerId: '1001' }]);
    await park.charge('zcs031903', [
      ['2026-06-15T13:00:00Z', 0],
      ['2026-06-15T15:00:00Z', 20_000],
    ]);
    const june = await park.bill('2026-06', new Date('2026-07-01T04:00:00Z'));
    const documentId = june.invoices.get('1001')?.documentId ?? '';
    const { sql } = park.database;
    const pay = (key: string, amountCents: number, source: 'bank' | 'prepaid' = 'bank') =>
      sql
        .transaction()
        .execute((trx) => postPayment(trx, { key, documentId, source, amountCents, occurredAt: new Date() }));

    expect(await dueCents(sql, documentId)).toBe(492); // 4,00 € and 23 %
    await pay('transfer/1', 200);
    await pay('transfer/1', 200); // the bank's file is read twice
    expect(await dueCents(sql, documentId)).toBe(292);
    await sql.transaction().execute((trx) =>
      postTopUp(trx, {
        key: 'top-up/1',
        customerId: '1001',
        source: 'bank',
        amountCents: 1_000,
        occurredAt: new Date(),
      }),
    );
    await pay('prepaid/1', 292, 'prepaid');
    expect(await dueCents(sql, documentId)).toBe(0);
    expect(await prepaidBalanceCents(sql, '1001')).toBe(708);
    await expect(pay('prepaid/2', 709, 'prepaid')).rejects.toThrow(/less|leave|balance/i);
    expect(await park.booksBalance()).toBe(true);
  });
});
