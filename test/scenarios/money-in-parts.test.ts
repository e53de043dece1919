import { afterEach, describe, expect, it } from '@jest/globals';

import { dueCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { postPayment } from '#libs/ledger/post-events.js';
import { postTopUp } from '#libs/ledger/post-money.js';

import { CarPark } from './car-park.js';

let park: CarPark;
afterEach(() => park.close());

describe('a month that is paid bit by bit', () => {
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
