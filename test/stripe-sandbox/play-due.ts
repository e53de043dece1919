import { expireSession } from './checkout-sessions.js';
import { disputeIsDue, disputePayment } from './disputes.js';
import { settleDebit } from './pay-by-debit.js';
import { phoneIsDue } from './pay-by-phone.js';
import { confirmVoucher, expireVoucher } from './pay-by-voucher.js';
import { arrivePayout, payOut, sendPayout } from './payouts.js';
import { refundIsDue } from './refunds.js';
import type { Due } from './store.js';
import type { World } from './world.js';

const PERFORMERS: Readonly<Record<string, (world: World, subject: string) => unknown>> = {
  'answer-phone': phoneIsDue,
  'arrive-payout': arrivePayout,
  'confirm-voucher': confirmVoucher,
  dispute: (world, subject) => {
    const [intentId = '', reason = ''] = subject.split('/');
    return disputePayment(world, intentId, reason);
  },
  'dispute-is-due': disputeIsDue,
  'expire-session': expireSession,
  'expire-voucher': expireVoucher,
  payout: payOut,
  'send-payout': sendPayout,
  'settle-debit': settleDebit,
  'settle-refund': refundIsDue,
};

/** What happens by itself when its time has come. */
export function performDue(world: World, { kind, subject }: Due): void {
  PERFORMERS[kind]?.(world, subject);
}
