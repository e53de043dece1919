import { describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { debitOutcome } from './debit-outcome.js';
import { causeOf, FAILURE_CAUSES, isCurable, isKnownFailure } from './failure-causes.js';
import { effectOf } from './record-dispute.js';
import { openStripe } from './stripe-client.js';

const intent = (more: object) => ({ last_payment_error: null, latest_charge: null, ...more }) as Stripe.PaymentIntent;
const failed = (last_payment_error: object, latest_charge: object | null = null) =>
  debitOutcome(intent({ status: 'requires_payment_method', last_payment_error, latest_charge }));

describe('what a payment intent means', () => {
  it.each(['processing', 'requires_action', 'requires_confirmation', 'requires_capture', 'a_new_status'])(
    '%s is neither paid nor failed',
    (status) => expect(debitOutcome(intent({ status }))).toEqual({ state: 'processing' }),
  );

  it('succeeded is what was received', () => {
    expect(debitOutcome(intent({ status: 'succeeded', amount_received: 12 }))).toEqual({
      state: 'succeeded',
      receivedCents: 12,
    });
  });

  it('failed takes the word that says most: SEPA errors come with an empty code and a decline code', () => {
    expect(failed({ code: 'insufficient_funds' })).toMatchObject({ cause: 'insufficient-funds' });
    expect(failed({ code: '', decline_code: 'generic_decline' })).toMatchObject({ cause: 'bank-unreachable' });
    expect(failed({ code: 'payment_intent_payment_attempt_failed', network_decline_code: 'AM04' })).toMatchObject({
      cause: 'insufficient-funds',
      providerCode: 'AM04',
    });
    expect(failed({ code: '' }, { failure_code: 'account_closed' })).toMatchObject({ cause: 'account-closed' });
    expect(failed({ code: 'something_new' })).toMatchObject({ cause: 'debit-failed', providerCode: 'something_new' });
    expect(failed({})).toMatchObject({ cause: 'debit-failed', providerCode: null });
    expect(debitOutcome(intent({ status: 'canceled', cancellation_reason: 'abandoned' }))).toMatchObject({
      state: 'failed',
      cause: 'cancelled',
    });
  });
});

describe('a failure', () => {
  it('is curable only for want of money', () => {
    const curable = FAILURE_CAUSES.filter((row) => row.curable).map((row) => row.cause);
    expect(curable).toEqual(['insufficient-funds']);
    expect(['AM04', 'insufficient_funds', 'insufficient-funds'].map(isCurable)).toEqual([true, true, true]);
    expect(['AC04', 'MD06', 'disputed', 'no-mandate', 'unheard-of', null].some(isCurable)).toBe(false);
  });

  it('has one cause for each word, and our own words mean themselves', () => {
    const words = FAILURE_CAUSES.flatMap((row) => [row.cause, ...row.sepa, ...row.provider]);
    expect(new Set(words).size).toBe(words.length);
    for (const { cause } of FAILURE_CAUSES) expect(causeOf(cause)).toBe(cause);
    expect([isKnownFailure('AC01'), isKnownFailure('parameter_unknown'), isKnownFailure(undefined)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('a dispute', () => {
  it.each([
    ['lost', 'reverse'],
    ['needs_response', 'reverse'],
    ['under_review', 'reverse'],
    ['won', 'reinstate'],
    ['warning_needs_response', 'none'],
    ['warning_closed', 'none'],
  ])('that is %s: %s', (status, effect) => expect(effectOf(status)).toBe(effect));
});

describe('the client', () => {
  it('goes where STRIPE_API_BASE says, and retries nothing by itself', () => {
    const stripe = openStripe({ secretKey: 'sk_test_x', apiBase: 'http://127.0.0.1:12111' });
    expect([stripe.getApiField('host'), stripe.getApiField('port'), stripe.getApiField('protocol')]).toEqual([
      '127.0.0.1',
      12111,
      'http',
    ]);
    expect(stripe.getMaxNetworkRetries()).toBe(0);
    expect(openStripe({ secretKey: 'sk_test_x' }).getApiField('host')).toBe('api.stripe.com');
    expect(() => openStripe({ secretKey: 'x', apiBase: 'ftp://x' })).toThrow('http or https');
  });
});
