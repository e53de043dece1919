import { deductPrepaid } from '#libs/payments/deduct-prepaid.js';
import { approvePayout, cancelPayout, markPayoutPaid } from '#libs/payments/payout/decide-on-payout.js';
import { setPayoutPolicy } from '#libs/payments/payout/payout-policy.js';
import { makePayoutRound, payoutRoundsDue } from '#libs/payments/payout/propose-due.js';
import { proposePayout } from '#libs/payments/payout/propose-payout.js';
import { leaveOrder } from '#libs/payments/prepaid/leave-order.js';
import { makeRefundFile } from '#libs/payments/prepaid/refund-file.js';
import { decideRefund, type RefundDecision } from '#libs/payments/prepaid/refunds.js';
import { recordTopUp } from '#libs/payments/record-top-up.js';
import { recordTransfer } from '#libs/payments/record-transfer.js';
import { startRefund } from '#libs/payments/refunds/start-refund.js';
import type { Sql } from '#libs/persistence/database.js';
import { storePayoutFile } from '#libs/reporting/store-payout-files.js';
import { addCustomer, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';

import { deed, done, type Deed, type World } from './world.js';

const NOW = new Date('2026-07-20T10:00:00Z');
const BY = 'ana';
const IBAN = 'PT50000201231234567890154';
const PARTIES = { condominiumId: 'condo', issuerId: 'issuer', currency: 'EUR' };
const ROUND = new Date('2026-08-20T10:00:00Z');

async function paidInvoice({ sql }: World, customerId: string, cents: number): Promise<void> {
  await addCustomer(sql, { id: customerId, paymentMethod: 'transfer' });
  const documentId = await addInvoice(sql, { customerId, grossCents: cents });
  await recordTransfer(sql, { documentId, amountCents: cents, key: customerId, now: NOW });
}

/** Of what is proposed for a payout, in a transaction of its own, as the console and the command do it. */
const decided = (name: string, run: (trx: Sql, of: { payoutId: string; by: string; now: Date }) => Promise<unknown>) =>
  deed(
    name,
    async ({ sql }) => {
      const last = sql.selectFrom('payout').select('id').orderBy('number', 'desc').limit(1);
      return { payoutId: (await last.executeTakeFirstOrThrow()).id, by: BY, now: NOW };
    },
    ({ sql }, of) => done(sql.transaction().execute((trx) => run(trx, of))),
  );

const proposed = (key: string, customerId: string, cents: number) =>
  deed(
    `a payout to a condominium is proposed (${key})`,
    async (world) => {
      await paidInvoice(world, customerId, cents);
      await world.sql.updateTable('condominium').set({ iban: IBAN }).execute();
    },
    ({ sql }) => done(sql.transaction().execute((trx) => proposePayout(trx, { ...PARTIES, key, by: BY, now: NOW }))),
  );

/** A refund that somebody decides on. The same word again is refused, because it is in another state by then. */
const refundDecided = (decision: RefundDecision) =>
  deed(
    `a refund by the bank: ${decision}`,
    ({ sql }) => sql.selectFrom('refund_order').select('id').orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow(),
    ({ sql }, { id: orderId }) => decideRefund(sql, { orderId, decision, by: BY, now: NOW }),
  );

const refundFile = deed(
  'the file of approved refunds is made',
  () => Promise.resolve(),
  ({ sql }) => makeRefundFile(sql, { issuerId: 'issuer', now: NOW }),
);

export const PAYOUT_DEEDS: readonly Deed[] = [
  proposed('first', '6001', 4_000),
  decided('it is approved', approvePayout),
  decided('its file is made for the bank', (trx, of) => storePayoutFile(trx, { ...of, executionDate: '2026-07-21' })),
  decided('it is paid', (trx, of) => markPayoutPaid(trx, { ...of, paidOn: '2026-07-20', bankReference: 'TRF 1' })),
  proposed('second', '6002', 900),
  decided('it is cancelled', (trx, of) => cancelPayout(trx, { ...of, reason: 'too early' })),
  deed(
    'the round of a month is made',
    async ({ sql }) => {
      const policy = { validFrom: '2026-08-01', feePermyriad: 250, feePerMonthCents: 100, proposeOnDay: 10 };
      await done(
        sql.transaction().execute((trx) => setPayoutPolicy(trx, { condominiumId: 'condo', policy, now: NOW })),
      );
    },
    async ({ sql }) => {
      for (const round of await payoutRoundsDue(sql, ROUND)) await makePayoutRound(sql, round, ROUND);
    },
  ),
  deed(
    'money is paid ahead',
    ({ sql }) => addCustomer(sql, { id: '6003', paymentMethod: 'prepaid' }),
    ({ sql }, customerId) =>
      done(recordTopUp(sql, { customerId, source: 'bank', amountCents: 5_000, key: 'ahead', now: NOW })),
  ),
  deed(
    'an invoice is paid from what was paid ahead',
    ({ sql }) => addInvoice(sql, { customerId: '6003', grossCents: 1_200 }),
    ({ sql }, documentId) => deductPrepaid(sql, { documentId, now: NOW }),
  ),
  deed(
    'a refund by the bank is proposed',
    () => Promise.resolve(),
    ({ sql, stripe }) => {
      const to = { way: 'bank', iban: IBAN } as const;
      const order = { customerId: '6003', key: 'back', amountCents: 500, to, reason: 'asked', by: BY, now: NOW };
      return done(startRefund({ sql, stripe }, order));
    },
  ),
  refundDecided('approve'),
  refundFile,
  refundDecided('fail'),
  deed(
    'a prepaid customer leaves: open invoices are paid, a refund of the rest is proposed',
    ({ sql }) => addInvoice(sql, { customerId: '6003', grossCents: 700 }),
    ({ sql }) => leaveOrder(sql, { customerId: '6003', occasion: 'leaving', iban: IBAN, by: BY, now: NOW }),
  ),
  refundDecided('approve'),
  refundFile,
  refundDecided('done'),
];
