import { describe, expect, test } from '@jest/globals';
import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

import { GiveUpInterceptor, isTransient } from './give-up.js';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('waiting may cure', () => {
  test.each([
    ['the database is not there', withCode('ECONNREFUSED')],
    ['PostgreSQL is being stopped', withCode('57P01')],
    ['too many connections', withCode('53300')],
    ['a deadlock', withCode('40P01')],
    ['a serialization failure', withCode('40001')],
    ['a connection that broke', new Error('Connection terminated unexpectedly')],
    ['both loopback addresses refuse', new AggregateError([withCode('ECONNREFUSED')], '')],
    ['an outage inside a cause', new Error('mail was not sent', { cause: withCode('ESOCKET') })],
    ['Stripe is asked too often', Object.assign(new Error('x'), { type: 'StripeRateLimitError' })],
    ['Stripe is not reachable', Object.assign(new Error('x'), { type: 'StripeConnectionError' })],
    ['a mail box says later', new Error('x', { cause: Object.assign(new Error('y'), { responseCode: 451 }) })],
  ])('%s', (_what, error) => expect(isTransient(error)).toBe(true));

  test.each([
    ['a broken invariant', new Error('cycle has documents')],
    ['a unique violation', withCode('23505')],
    ['a wrong request to Stripe', Object.assign(new Error('x'), { type: 'StripeInvalidRequestError' })],
    ['text', 'ECONNREFUSED'],
  ])('not %s', (_what, error) => expect(isTransient(error)).toBe(false));
});

describe('giving up', () => {
  const run = (error: unknown, attempt: number, activityType = 'rateMonth'): Promise<unknown> => {
    const context = { info: { attempt, activityType } } as unknown as Context;
    return new GiveUpInterceptor(context)
      .execute({ args: [], headers: {} }, async () => {
        throw error;
      })
      .catch((failure: unknown) => failure);
  };
  const broken = new Error('cycle has documents');

  test('a broken invariant is tried five times', async () => {
    expect(await run(broken, 4)).toBe(broken);
    const failure = await run(broken, 5);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ nonRetryable: true, type: 'ACTIVITY.FAILED', message: 'cycle has documents' });
  });

  test('an outage is waited out for ever, and so are records of progress', async () => {
    const outage = withCode('ECONNREFUSED');
    expect(await run(outage, 500)).toBe(outage);
    expect(await run(broken, 500, 'recordMonth')).toBe(broken);
  });
});
