import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { programOnPath } from '#apps/cli/processes/run-program.js';
import { programFolder } from '#apps/cli/servers/folders.js';
import { reconcileAttempts } from '#libs/payments/reconcile-attempts.js';
import { recordDispute } from '#libs/payments/record-dispute.js';
import { recoverEvents } from '#libs/payments/recover-events.js';
import { refreshAttempt } from '#libs/payments/refresh-attempt.js';
import { refreshMandate } from '#libs/payments/refresh-mandate.js';
import { registerMandate } from '#libs/payments/register-mandate.js';
import { startDebit } from '#libs/payments/start-debit.js';
import { openStripe } from '#libs/payments/stripe-client.js';

import { createTestDatabase, type TestDatabase } from '../setup/database.js';
import { playEverything } from './contract-calls.js';
import { addCustomer, addInstallation, addInvoice } from './invoice-fixture.js';
import { OpenApiCheck, type Specification } from './openapi-check.js';
import type { LoggedRequest } from './request-log.js';
import { openBench, type SandboxBench } from './sandbox-bench.js';
import { sdkFields } from './sdk-types.js';
import { findStripeMock, startStripeMock, type RunningStripeMock } from './stripe-mock.js';
import { TEST_IBANS } from './test-ibans.js';

const NOW = new Date('2026-07-15T09:00:00Z');
const DAY_MS = 86_400_000;
const STATES = [
  'balance',
  'balance_transaction available',
  'balance_transaction pending',
  'charge failed',
  'charge pending',
  'charge succeeded',
  'checkout.session complete',
  'checkout.session expired',
  'checkout.session open',
  'customer',
  'dispute lost',
  'dispute needs_response',
  'dispute under_review',
  'dispute won',
  'event',
  'mandate active',
  'mandate inactive',
  'payment_intent canceled',
  'payment_intent processing',
  'payment_intent requires_action',
  'payment_intent requires_confirmation',
  'payment_intent requires_payment_method',
  'payment_intent succeeded',
  'payment_method',
  'payout failed',
  'payout in_transit',
  'payout paid',
  'payout pending',
  'refund failed',
  'refund pending',
  'refund succeeded',
  'setup_intent canceled',
  'setup_intent requires_confirmation',
  'setup_intent requires_payment_method',
  'setup_intent succeeded',
];

/** What stripe-node 23 (2026-10-28.endive) has and the specification of 2026-08-26.dahlia does not know. */
const NOT_IN_SPECIFICATION = new Set([
  'charge.source: is unknown',
  'checkout.session.allowed_payment_method_types: is unknown',
  'dispute.intended_submission_method: is unknown',
  'dispute.network_reason_code: is unknown',
  'payment_intent.payment_record: is unknown',
  'payment_intent.source: is unknown',
]);

const mock = await findStripeMock();

/** Our own operations on money, from the mandate to the dispute and the nightly look. */
async function runOperations(database: TestDatabase, stripe: Stripe, bench: SandboxBench): Promise<void> {
  const deps = { sql: database.sql, stripe };
  await addInstallation(database.sql);
  const customerId = await addCustomer(database.sql, { id: 'contract' });
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
  await registerMandate(deps, { customerId, key: 'm-0', acceptance, now: NOW });
  const iban = TEST_IBANS.succeeds;
  const mandate = await registerMandate(deps, { customerId, key: 'm-1', acceptance, iban, now: NOW });
  if ('refused' in mandate) throw new Error(mandate.refused.code);
  await refreshMandate(deps, { mandateId: mandate.mandateId, now: NOW });
  const documentId = await addInvoice(database.sql, { customerId, grossCents: 5000 });
  await bench.control.failNext('error-500', { pathPrefix: '/v1/payment_intents' });
  await startDebit(deps, { documentId, attemptNo: 1, now: NOW }).catch(() => null);
  await bench.control.advance({ days: 1 });
  const started = await startDebit(deps, { documentId, attemptNo: 1, now: NOW });
  if ('refused' in started || started.providerPaymentId === null) throw new Error('the debit was not started');
  const { providerPaymentId } = started;
  await bench.control.advance({ hours: 1 });
  await refreshAttempt(deps, { providerPaymentId, now: NOW });
  const dispute = await bench.control.dispute(providerPaymentId);
  await recordDispute(deps, { disputeId: String(dispute?.id), now: NOW });
  await recoverEvents(deps, { since: new Date(NOW.getTime() - 30 * DAY_MS), now: NOW });
  await reconcileAttempts(deps, { olderThan: new Date(NOW.getTime() + DAY_MS), now: NOW });
}

let bench: SandboxBench;
let database: TestDatabase;
let ours: readonly LoggedRequest[];
let all: readonly LoggedRequest[];
/** every object that the sandbox gave, events included */
let objects: readonly { readonly object: string }[];

async function everyObject(stripe: Stripe): Promise<{ readonly object: string }[]> {
  const found: { readonly object: string }[] = [await stripe.balance.retrieve()];
  for await (const event of stripe.events.list({ limit: 100 })) found.push(event, event.data.object);
  for await (const moved of stripe.balanceTransactions.list({ limit: 100 })) found.push(moved);
  for await (const session of stripe.checkout.sessions.list({ limit: 100 })) found.push(session);
  return found;
}

beforeAll(async () => {
  database = await createTestDatabase();
  bench = await openBench();
  await runOperations(database, openStripe({ secretKey: 'sk_test_x', apiBase: bench.sandbox.url }), bench);
  ours = await bench.control.requests();
  await playEverything(bench.stripe, bench.control);
  all = await bench.control.requests();
  objects = await everyObject(bench.stripe);
});
afterAll(async () => {
  await bench.close();
  await database.drop();
});

describe('the requests that are recorded', () => {
  it('are those that our operations on money make', () => {
    const made = new Set(
      ours.map(({ method, path }) => `${method} ${path.split('?')[0]?.replace(/\/[a-z]+_[0-9a-f]{24}/g, '/:id')}`),
    );
    expect([...made].sort()).toEqual([
      'GET /v1/disputes',
      'GET /v1/disputes/:id',
      'GET /v1/events',
      'GET /v1/mandates/:id',
      'GET /v1/payment_intents',
      'GET /v1/payment_intents/:id',
      'GET /v1/payment_methods/:id',
      'GET /v1/setup_intents/:id',
      'POST /v1/customers',
      'POST /v1/payment_intents',
      'POST /v1/payment_methods',
      'POST /v1/setup_intents',
    ]);
    expect(ours.filter(({ method }) => method === 'POST').every((one) => one.idempotencyKey !== null)).toBe(true);
  });
});

/** `stripe.checkout.sessions.create` and its like, in the text of some files. */
function callsIn(files: readonly string[]): Set<string> {
  const calls = files.flatMap((file) =>
    [...readFileSync(join(programFolder(), file), 'utf8').matchAll(/\bstripe\s*\.((?:\w+\.)+\w+)\(/g)].map(
      (match) => match[1],
    ),
  );
  return new Set(calls.map(String));
}

describe('the calls of Stripe that our code has', () => {
  it('are all among those that are recorded here', () => {
    const sources = globSync('{apps,libs}/**/*.ts', { cwd: programFolder(), exclude: ['**/*.test.ts'] });
    const played = callsIn(['contract-calls.ts', 'sandbox-bench.ts'].map((file) => `test/stripe-sandbox/${file}`));
    const inCode = callsIn(sources.filter((file) => !file.endsWith('.test.ts')));
    expect([...inCode].filter((call) => !played.has(call))).toEqual([]);
    expect(inCode.size).toBeGreaterThan(5);
  });
});

describe('the objects that the sandbox gives', () => {
  it('are of every kind, in every state that it plays', () => {
    const states = new Set(
      objects.map((one) => ('status' in one ? `${one.object} ${String(one.status)}` : one.object)),
    );
    expect([...states].sort()).toEqual(STATES);
  });

  it('have the fields of the API version that stripe-node speaks, and no others', () => {
    const fields = sdkFields();
    const problems = new Set<string>();
    for (const one of objects) {
      const known = fields.get(one.object);
      if (known === undefined) continue;
      for (const name of known.required) if (!(name in one)) problems.add(`${one.object}.${name} is missing`);
      for (const name of Object.keys(one)) if (!known.all.has(name)) problems.add(`${one.object}.${name} is unknown`);
    }
    expect([...problems].sort()).toEqual([]);
    // The compiler reads all of stripe-node's types.
  }, 180_000);
});

if (mock === null) {
  it('without Go: neither a Go toolchain nor a cached stripe-mock is here, so nothing is held against Stripe’s schema', () => {
    expect(programOnPath('go')).toBeNull();
  });
} else {
  describe("Stripe's own schema (stripe-mock)", () => {
    let running: RunningStripeMock;
    beforeAll(async () => void (running = await startStripeMock(mock)));
    afterAll(() => running.stop());

    /** Its Checkout still has the name that 2026-09-30.endive changed. */
    function asOfItsVersion({ path, body }: LoggedRequest): string {
      if (path !== '/v1/checkout/sessions') return body;
      return body.replaceAll('allowed_payment_method_types', 'payment_method_types');
    }

    async function refusalOf(request: LoggedRequest): Promise<string | null> {
      const answer = await fetch(`${running.url}${request.path}`, {
        method: request.method,
        headers: {
          authorization: 'Bearer sk_test_123',
          'content-type': 'application/x-www-form-urlencoded',
          ...(request.idempotencyKey === null ? {} : { 'idempotency-key': request.idempotencyKey }),
        },
        ...(request.method === 'GET' ? {} : { body: asOfItsVersion(request) }),
      });
      const text = await answer.text();
      return answer.ok ? null : `${request.method} ${request.path} ${request.body}: ${answer.status} ${text}`;
    }

    it('accepts every request that we make', async () => {
      const refusals: string[] = [];
      for (const request of all) {
        const refusal = await refusalOf(request);
        if (refusal !== null) refusals.push(refusal);
      }
      expect(refusals).toEqual([]);
      expect(all.length).toBeGreaterThan(60);
    });

    it('refuses a request that is wrong', async () => {
      const wrong = { method: 'POST', path: '/v1/refunds', body: 'colour=red', idempotencyKey: null, status: 400 };
      expect(await refusalOf(wrong)).toContain('additional properties are not allowed');
    });

    it('describes every object that the sandbox gives', async () => {
      const check = new OpenApiCheck(JSON.parse(readFileSync(mock.specification, 'utf8')) as Specification);
      const problems = new Set(objects.flatMap((one) => check.problemsOf(one.object, one)));
      expect([...problems].filter((problem) => !NOT_IN_SPECIFICATION.has(problem))).toEqual([]);
    });
  });
}
