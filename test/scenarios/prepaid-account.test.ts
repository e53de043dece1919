import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { dueCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { lookAtPrepaid } from '#libs/notifications/prepaid-look.js';
import { deductPrepaid } from '#libs/payments/deduct-prepaid.js';
import { orderConversion } from '#libs/payments/prepaid/conversion.js';
import { leaveOrder } from '#libs/payments/prepaid/leave-order.js';
import { prepaidPosition } from '#libs/payments/prepaid/position.js';
import { setRules } from '#libs/payments/prepaid/settings.js';
import { recordTopUp } from '#libs/payments/record-top-up.js';

import { CarPark } from './car-park.js';
import { printedLedger, tell } from './money/printed-ledger.js';

/** 20 cents a kWh, whenever. */
const PRICES = [
  ['ponta', 200_000, '2020-01-01', null],
  ['cheias', 200_000, '2020-01-01', null],
  ['vazio', 200_000, '2020-01-01', null],
] as const;

let park: CarPark;
beforeAll(async () => {
  park = await CarPark.open(PRICES);
  for (const [id, spot, from, until] of [
    ['ana', '1', '2026-01-01', null],
    ['rui', '2', '2026-01-01', '2026-06-20'],
    ['eva', '3', '2026-01-01', null],
  ] as const) {
    await park.customer(id);
    await sqlOf().updateTable('customer').set({ payment_method: 'prepaid' }).where('id', '=', id).execute();
    const holder = { customerId: id, from: at(`${from}T00:00`) };
    await park.spot(spot, `car-${id}`, [until === null ? holder : { ...holder, until: at(`${until}T00:00`) }]);
  }
});
afterAll(() => park.close());

const sqlOf = () => park.database.sql;
const at = (text: string) => new Date(`${text}:00Z`);
const topUp = (customerId: string, amountCents: number, key = 'first') =>
  recordTopUp(sqlOf(), { customerId, source: 'bank', amountCents, key, now: at('2026-06-01T08:00') });
const look = (customerId: string, now: Date) =>
  lookAtPrepaid(sqlOf(), { customerId, now, publicUrl: 'https://chazemo.example/' });
const balance = (customerId: string) => prepaidBalanceCents(sqlOf(), customerId);
const mailsOf = async (customerId: string) => {
  const mails = sqlOf().selectFrom('mail').select(['key', 'subject', 'body']).where('customer_id', '=', customerId);
  return mails.where('key', 'like', 'prepaid-%').orderBy('created_at').orderBy('id').execute();
};
const keysOf = async (customerId: string) => (await mailsOf(customerId)).map(({ key }) => key.split('/')[0]);

/** Writes the books down under a story's name; gives those lines in which a customer has a part. */
async function booksOf(customerId: string, title: string): Promise<string[]> {
  const lines = tell(title, await printedLedger(sqlOf(), at('2026-06-01T00:00'))).split('\n');
  return lines.filter((line) => line.includes(`/${customerId}`));
}

/** One session of so many kWh on a morning of June. */
async function charge(customerId: string, day: string, kWh: number): Promise<void> {
  const register = Number(day.slice(-2)) * 1_000_000;
  await park.charge(`car-${customerId}`, [
    [`${day}T08:00:00Z`, register],
    [`${day}T09:00:00Z`, register + kWh * 500],
    [`${day}T10:00:00Z`, register + kWh * 1_000],
  ]);
}

test('prepaid emptied mid-session: told at each fall, billed whole, the balance pays what it can', async () => {
  const sql = sqlOf();
  await topUp('ana', 2_000);
  const rules = { customerId: 'ana', floorCents: 100, lowBalanceCents: 1_000, autoTopUp: null, by: 'staff' };
  await setRules(sql, { ...rules, now: at('2026-06-01T09:00') });
  await charge('ana', '2026-06-10', 20); // 4.00 € and VAT
  expect(await prepaidPosition(sql, 'ana', at('2026-06-10T12:00'))).toMatchObject({
    balanceCents: 2_000,
    unbilledCents: 492,
    availableCents: 1_508,
    months: [{ period: '2026-06', energyWh: 20_000, grossCents: 492, fixedAs: 'unknown' }],
  });
  await look('ana', at('2026-06-10T12:00'));
  expect(await keysOf('ana')).toEqual([]);
  await charge('ana', '2026-06-11', 30); // 7.38 € with VAT
  for (const hour of ['12', '13', '14']) await look('ana', at(`2026-06-11T${hour}:00`));
  expect(await keysOf('ana')).toEqual(['prepaid-low']);
  await charge('ana', '2026-06-12', 60); // 14.76 €: in the middle of it the balance is gone
  for (const hour of ['12', '13', '14']) await look('ana', at(`2026-06-12T${hour}:00`));
  expect(await keysOf('ana')).toEqual(['prepaid-low', 'prepaid-floor']);
  const [low] = await mailsOf('ana');
  expect(low?.subject).toBe('Saldo pré-pago baixo: 7,70\u00A0€');
  expect(low?.body).toContain('https://chazemo.example/customers/ana');

  const { invoices } = await park.bill('2026-06', at('2026-07-02T05:00'));
  const invoice = invoices.get('ana');
  expect(invoice?.grossCents).toBe(2_706);
  const documentId = invoice?.documentId ?? '';
  // Billed and not yet deducted: what is available does not jump back.
  expect((await prepaidPosition(sql, 'ana', at('2026-07-03T12:00'))).availableCents).toBe(2_000 - 2_706);
  const deduct = () => deductPrepaid(sql, { documentId, now: at('2026-07-16T05:00') });
  await Promise.all([deduct(), deduct()]);
  expect(await balance('ana')).toBe(100);
  expect(await dueCents(sql, documentId)).toBe(806);
  // The next top-up is told of nothing twice, and a later fall is told again.
  await topUp('ana', 5_000, 'second');
  await look('ana', at('2026-07-17T12:00'));
  expect(await keysOf('ana')).toEqual(['prepaid-low', 'prepaid-floor']);
  expect(await booksOf('ana', 'Prepaid emptied mid-session')).toEqual([
    'top-up: top-up by bank: bank/czm +20.00, prepaid/ana -20.00',
    'top-up: top-up by bank: bank/czm +50.00, prepaid/ana -50.00',
    'invoice-issued: FT CZM2026/1: receivable/ana +27.06, vat/2300 -5.06, recovered/aurora -22.00',
    'payment: FT CZM2026/1 by prepaid: prepaid/ana +19.00, receivable/ana -19.00',
    'prepaid/ana          -51.00',
    'receivable/ana        +8.06',
  ]);
  expect(await park.booksBalance()).toBe(true);
});

test('moved out with a balance: nothing goes back before the last invoice is paid, then the rest', async () => {
  const sql = sqlOf();
  await topUp('rui', 3_000);
  await charge('rui', '2026-06-15', 10); // billed with June, above
  const { documentId } = await sql
    .selectFrom('fiscal_document')
    .select('id as documentId')
    .where('customer_id', '=', 'rui')
    .executeTakeFirst()
    .then((row) => row ?? { documentId: null });
  expect(documentId).toBeNull(); // his session came in after the invoices
  await look('rui', at('2026-06-25T12:00'));
  expect(await leaveOrder(sql, { customerId: 'rui', occasion: 'x', by: 'staff', now: at('2026-06-25T12:00') })).toEqual(
    {
      refused: { code: 'LEAVING.NOT_BILLED' },
    },
  );
  await sql
    .updateTable('billing_cycle')
    .set({ finished_at: at('2026-07-20T00:00'), outcome: 'settled' })
    .execute();
  for (const day of ['21', '22']) await look('rui', at(`2026-07-${day}T12:00`));
  const orders = await sql.selectFrom('refund_order').selectAll().where('customer_id', '=', 'rui').execute();
  expect(orders.map((order) => [order.amount_cents, order.state, order.iban])).toEqual([[3_000, 'proposed', null]]);
  expect((await keysOf('rui')).filter((key) => key === 'prepaid-refund')).toHaveLength(1);
  expect(await booksOf('rui', 'Moved out with a balance')).toEqual([
    'top-up: top-up by bank: bank/czm +30.00, prepaid/rui -30.00',
    'prepaid/rui          -30.00',
  ]);
  expect(await park.booksBalance()).toBe(true);
});

test('from prepaid to transfer at the end of the month: June keeps its method, the rest goes back after its invoice', async () => {
  const sql = sqlOf();
  await topUp('eva', 1_000);
  const order = { customerId: 'eva', method: 'transfer', rest: 'refund', by: 'eva@example.org' } as const;
  expect(await orderConversion(sql, { ...order, now: at('2026-07-05T12:00') })).toMatchObject({
    ok: { fromPeriod: '2026-08' },
  });
  await charge('eva', '2026-07-10', 10);
  await look('eva', at('2026-07-31T12:00'));
  await look('eva', at('2026-08-01T12:00'));
  const method = () =>
    sql.selectFrom('customer').select('payment_method').where('id', '=', 'eva').executeTakeFirstOrThrow();
  expect((await method()).payment_method).toBe('transfer');
  const refunds = () => sql.selectFrom('refund_order').selectAll().where('customer_id', '=', 'eva').execute();
  expect(await refunds()).toEqual([]); // July is not billed yet
  const { invoices } = await park.bill('2026-07', at('2026-08-02T05:00'));
  const documentId = invoices.get('eva')?.documentId ?? '';
  const document = sql
    .selectFrom('fiscal_document')
    .select(['payment_method', 'gross_cents'])
    .where('id', '=', documentId);
  expect(await document.executeTakeFirstOrThrow()).toEqual({ payment_method: 'prepaid', gross_cents: 246 });
  await look('eva', at('2026-08-02T12:00'));
  expect((await refunds()).map((refund) => refund.amount_cents)).toEqual([754]);
  expect(await dueCents(sql, documentId)).toBe(0);
  expect(await park.booksBalance()).toBe(true);
});
