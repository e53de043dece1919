import { ApiError } from './api-error.js';
import { move } from './balance.js';
import { payOnPage } from './checkout-payment.js';
import { closeDispute, disputePayment } from './disputes.js';
import { revokeMandate } from './mandates.js';
import { METHOD_TYPES } from './objects.js';
import type { Order } from './order.js';
import { authenticate } from './pay-by-card.js';
import { answerPhone } from './pay-by-phone.js';
import { expireVoucher, payVoucher } from './pay-by-voucher.js';
import { failPayout } from './payouts.js';
import { failRefund } from './refunds.js';

const PHONE_ANSWERS = ['confirm', 'refuse', 'time-out'] as const;
const PLACE = { ipAddress: '203.0.113.7', userAgent: 'sandbox control' };

function unknown(name: string, deed: string): ApiError {
  return new ApiError(404, { type: 'invalid_request_error', message: `There is no ${name}/:id/${deed}` });
}

/** `disputes {payment_intent, reason, afterMs}`, or `disputes/:id/won` and `/lost`. */
const dispute: Order = ({ world }, body, id, deed) => {
  if (deed === 'won' || deed === 'lost') return closeDispute(world, id, deed);
  if (id !== '') throw unknown('disputes', deed);
  const intentId = body.text('payment_intent') ?? '';
  const reason = body.text('reason') ?? 'customer_initiated';
  const afterMs = body.number('afterMs');
  if (afterMs === 0) return disputePayment(world, intentId, reason);
  world.find('payment_intent', intentId);
  world.schedule.at('dispute', `${intentId}/${reason}`, world.nowMs() + afterMs);
  return { payment_intent: intentId, dueAtMs: world.nowMs() + afterMs };
};

const voucher: Order = ({ world }, body, id, deed) => {
  if (deed === 'pay') return payVoucher(world, id, body.number('confirmedAfterMs'));
  if (deed === 'expire') return expireVoucher(world, id);
  throw unknown('multibanco', deed);
};

const phone: Order = ({ world }, _body, id, deed) => {
  const answer = PHONE_ANSWERS.find((one) => one === deed);
  if (answer === undefined) throw unknown('mb-way', deed);
  return answerPhone(world, id, answer);
};

const checkout: Order = ({ world }, body, id, deed) => {
  if (deed !== 'pay') throw unknown('checkout', deed);
  const [card, phoneNumber, email] = [body.text('card'), body.text('phone'), body.text('email')];
  const [name, iban] = [body.text('name'), body.text('iban')];
  const method = body.oneOf('method', METHOD_TYPES);
  return payOnPage(world, id, { method, card, phone: phoneNumber, email, name, iban }, PLACE);
};

/** What Stripe takes for the account itself. */
const fee: Order = ({ world }, body) =>
  move(world, {
    type: 'stripe_fee',
    amount: -body.number('cents'),
    reportingCategory: 'fee',
    source: null,
    description: body.text('description') ?? 'Account fee',
  });

export const MONEY_ORDERS: Readonly<Record<string, Order>> = {
  'POST disputes': dispute,
  'POST mandates': ({ world }, _body, id) => revokeMandate(world, id),
  'POST multibanco': voucher,
  'POST mb-way': phone,
  'POST cards': ({ world }, body, id) => authenticate(world, id, body.flag('agrees') ?? true),
  'POST checkout': checkout,
  'POST fees': fee,
  'POST refunds': ({ world }, body, id, deed) => {
    if (deed !== 'fail') throw unknown('refunds', deed);
    return failRefund(world, id, body.text('reason') ?? 'declined');
  },
  'POST payouts': ({ world }, body, id, deed) => {
    if (deed !== 'fail') throw unknown('payouts', deed);
    return failPayout(world, id, body.text('code') ?? 'account_closed');
  },
  'POST fail-next': ({ world }, body) => {
    world.failNext.refunds = body.number('refunds', world.failNext.refunds);
    world.failNext.payouts = body.number('payouts', world.failNext.payouts);
    return world.failNext;
  },
};
