import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { z } from 'zod';

import { createUser } from '#libs/identity/users.js';
import { dueCents } from '#libs/ledger/balances.js';
import { createTestDatabase } from '#test/setup/database.js';

import { customerPageSchema, monthPageSchema, problemSchema, type Problem } from './api-types.js';
import { PASSWORD, WEBHOOK_SECRET, type Answer, type Caller, type RunningApi } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';
import type { Tenant } from './testing/world.js';

let world: StaffedApi;
let database: StaffedApi['database'];
let api: RunningApi;
let tenant: Tenant;
let staff: Caller;
let consoleFolder: string;

beforeAll(async () => {
  consoleFolder = await mkdtemp(join(tmpdir(), 'console-'));
  await mkdir(join(consoleFolder, 'assets'));
  await writeFile(join(consoleFolder, 'index.html'), '<!doctype html><title>the console</title>');
  await writeFile(join(consoleFolder, 'assets', 'app-1a2b.js'), 'export {}');
  world = await runStaffedApi(await createTestDatabase(), { consoleFolder });
  ({ database, api, tenant, staff } = world);
});
afterAll(async () => {
  await world.stop();
  await rm(consoleFolder, { recursive: true });
});
beforeEach(() => api.workflows.reset());

const json = { 'content-type': 'application/json' };

function problemOf(answer: Answer): Problem {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = problemSchema.parse(answer.body);
  expect(problem.status).toBe(answer.status);
  return problem;
}

const audit = () => database.sql.selectFrom('audit_entry').selectAll().orderBy('id', 'desc').limit(2).execute();

describe('sign-in', () => {
  const signIn = (email: string, password: string, headers: Record<string, string> = {}) =>
    api.call('/api/v1/session', {
      method: 'POST',
      headers: { ...json, ...headers },
      body: JSON.stringify({ email, password }),
    });

  it('gives a cookie that scripts cannot read, and takes it back', async () => {
    await createUser(database.sql, { email: 'ana@example.pt', name: 'Ana', password: PASSWORD, role: 'staff' });
    const answer = await signIn('ana@example.pt', PASSWORD);
    expect(answer).toMatchObject({ status: 200, body: { email: 'ana@example.pt', role: 'staff' } });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^chazemo_session=czs_[\w-]{43};/);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    const headers = { cookie: cookie.split(';', 1)[0] ?? '', origin: api.origin };
    expect(await api.call('/api/v1/session', { headers })).toMatchObject({
      status: 200,
      body: {
        user: { email: 'ana@example.pt' },
        labels: { stripe: 'a label', temporalUi: 'http://temporal.test:8080/' },
      },
    });
    expect((await api.call('/api/v1/session', { method: 'DELETE', headers })).status).toBe(204);
    expect((await api.call('/api/v1/session', { headers })).status).toBe(401);
  });

  it('is limited per account', async () => {
    await createUser(database.sql, { email: 'rui@example.pt', name: 'Rui', password: PASSWORD, role: 'staff' });
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect((await signIn('rui@example.pt', 'errado')).status).toBe(401);
    const answer = await signIn('rui@example.pt', PASSWORD);
    expect(problemOf(answer)).toMatchObject({ status: 429, type: '/problems/too-many-sign-ins' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('is refused from a foreign page', async () => {
    expect(problemOf(await signIn('ana@example.pt', PASSWORD, { origin: 'https://evil.example' })).status).toBe(403);
  });
});

describe('a write that rides on the cookie', () => {
  const write = (headers: Record<string, string>) =>
    api.call(`/api/v1/oddities/${tenant.oddityId}/resolve`, {
      method: 'POST',
      headers: { ...staff.headers, ...headers },
    });

  it('must come from our own page', async () => {
    expect(problemOf(await write({ origin: 'https://evil.example' })).type).toBe('/problems/foreign-origin');
    expect(problemOf(await write({ origin: 'null' })).type).toBe('/problems/foreign-origin');
    expect(problemOf(await write({})).type).toBe('/problems/foreign-origin');
    expect((await write({ origin: api.origin })).status).toBe(200);
  });
});

describe('problems', () => {
  it.each([
    ['an unknown address', 'GET', '/api/v1/nothing', undefined, 404, 'not-found', undefined],
    ['malformed JSON', 'POST', '/api/v1/months', '{"installationId":', 400, 'malformed-json', undefined],
    [
      'a body of 2 MB',
      'POST',
      '/api/v1/months',
      JSON.stringify({ x: 'x'.repeat(2_000_000) }),
      413,
      'too-large',
      undefined,
    ],
    [
      'a wrong field',
      'POST',
      '/api/v1/months',
      '{"installationId":"a","period":"2026-13"}',
      400,
      'invalid-input',
      'period',
    ],
    ['a missing field', 'POST', '/api/v1/months', '{"period":"2026-06"}', 400, 'invalid-input', 'installationId'],
    [
      'a surplus field',
      'POST',
      '/api/v1/months',
      '{"installationId":"a","period":"2026-06","x":1}',
      400,
      'invalid-input',
      'x',
    ],
    ['no body', 'POST', '/api/v1/months', undefined, 400, 'invalid-input', 'installationId'],
    ['a body that is no object', 'POST', '/api/v1/months', '7', 400, 'invalid-input', ''],
    [
      'an unknown installation',
      'POST',
      '/api/v1/months',
      '{"installationId":"a","period":"2026-06"}',
      400,
      'invalid-input',
      'installationId',
    ],
    ['a limit of 0', 'GET', '/api/v1/months?limit=0', undefined, 400, 'invalid-input', 'limit'],
    ['an unknown filter', 'GET', '/api/v1/months?from=x', undefined, 400, 'invalid-input', 'from'],
    ['a made-up cursor', 'GET', '/api/v1/months?cursor=abc', undefined, 400, 'invalid-input', 'cursor'],
    ['an id that is none', 'GET', '/api/v1/months/7', undefined, 400, 'invalid-input', 'cycleId'],
    ['a NUL in a text', 'GET', '/api/v1/customers?q=a%00b', undefined, 400, 'invalid-input', undefined],
    ['an address that does not decode', 'GET', '/api/v1/customers/%E0%A4%A', undefined, 400, 'malformed', undefined],
  ])('%s', async (_, method, path, body, status, code, field) => {
    const headers = { ...staff.headers, origin: api.origin, ...json };
    const answer = await api.call(path, { method, headers, ...(body === undefined ? {} : { body }) });
    expect(problemOf(answer)).toMatchObject({
      status,
      type: `/problems/${code}`,
      ...(field === undefined ? {} : { field }),
    });
  });

  it('another media type', async () => {
    const headers = { ...staff.headers, origin: api.origin, 'content-type': 'text/plain' };
    const answer = await api.call('/api/v1/months', { method: 'POST', headers, body: 'x' });
    expect(problemOf(answer).status).toBe(415);
  });
});

describe('an Idempotency-Key', () => {
  const body = { installationId: 'park-Aeiou', period: '2026-04' };

  it('does the write once and repeats the answer', async () => {
    const first = await staff.post('/api/v1/months', body, { 'idempotency-key': 'one' });
    const again = await staff.post('/api/v1/months', body, { 'idempotency-key': 'one' });
    expect(first).toMatchObject({ status: 201, body: { workflowId: 'bill/park-Aeiou/2026-04' } });
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const withoutKey = await staff.post('/api/v1/months', body);
    expect(problemOf(withoutKey)).toMatchObject({ status: 409, type: '/problems/month-exists' });
  });

  it("is refused for another request, and is nobody else's", async () => {
    await staff.post('/api/v1/months', { ...body, period: '2026-03' }, { 'idempotency-key': 'two' });
    const other = await staff.post('/api/v1/months', body, { 'idempotency-key': 'two' });
    expect(problemOf(other)).toMatchObject({ status: 422, type: '/problems/idempotency-key-reused' });
    const colleague = await api.token('staff');
    const theirs = await colleague.post('/api/v1/months', { ...body, period: '2026-02' }, { 'idempotency-key': 'two' });
    expect(theirs.status).toBe(201);
  });

  it('repeats a refusal, but not a failure of ours', async () => {
    api.workflows.answer = { kind: 'refused', words: 'nothing to approve' };
    const path = `/api/v1/months/${tenant.cycleId}/approve`;
    const refused = await staff.post(path, {}, { 'idempotency-key': 'three' });
    api.workflows.reset();
    const again = await staff.post(path, {}, { 'idempotency-key': 'three' });
    expect(problemOf(again)).toEqual(problemOf(refused));
    expect(api.workflows.commands).toEqual([]);
    api.workflows.isAway = true;
    expect((await staff.post(path, {}, { 'idempotency-key': 'four' })).status).toBe(503);
    api.workflows.isAway = false;
    expect((await staff.post(path, {}, { 'idempotency-key': 'four' })).status).toBe(200);
  });

  it('of one command is one command to the workflow, though it comes twice at once', async () => {
    const path = `/api/v1/months/${tenant.cycleId}/retry`;
    const send = () => staff.post(path, {}, { 'idempotency-key': 'five' });
    const answers = await Promise.all([send(), send(), send()]);
    expect(answers.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    expect(api.workflows.commands).toHaveLength(1);
  });
});

describe('a command', () => {
  const path = () => `/api/v1/months/${tenant.cycleId}/hold`;

  it('goes to the workflow with who and why, and into the audit log with before and after', async () => {
    const progress = {
      step: 'collecting',
      since: '2026-07-01T10:00:00.000Z',
      waitsFor: 'person:held',
      done: 3,
      total: 9,
      held: true,
    };
    api.workflows.answer = { kind: 'accepted', progress };
    const answer = await staff.post(path(), { reason: 'a confirmar' });
    expect(answer).toMatchObject({ status: 200, body: { held: true, done: 3, total: 9, waitsFor: 'person:held' } });
    expect(api.workflows.commands).toMatchObject([
      { workflowId: 'bill/park-Aeiou/2026-06', update: 'hold', by: 'user-1@example.pt', reason: 'a confirmar' },
    ]);
    expect(await audit()).toMatchObject([
      { action: 'month.hold.done', actor: 'user-1@example.pt', before: { step: 'collecting' }, after: progress },
      { action: 'month.hold.asked', subject: `month/${tenant.cycleId}`, after: { reason: 'a confirmar' } },
    ]);
  });

  it('that needs a reason is not sent without one', async () => {
    expect(problemOf(await staff.post(path(), {}))).toMatchObject({ status: 400, field: 'reason' });
    expect(problemOf(await staff.post(path(), { reason: '  ' }))).toMatchObject({ status: 400, field: 'reason' });
    expect(api.workflows.commands).toEqual([]);
  });

  it("refused by the workflow is a 409 in the workflow's words", async () => {
    api.workflows.answer = { kind: 'refused', words: 'the month is already held' };
    const problem = problemOf(await staff.post(path(), { reason: 'x' }));
    expect(problem).toMatchObject({ status: 409, detail: 'the month is already held' });
    expect(await audit()).toMatchObject([{ action: 'month.hold.refused' }, { action: 'month.hold.asked' }]);
  });

  it('to a workflow that has ended is a 409', async () => {
    api.workflows.answer = { kind: 'not-running' };
    expect(problemOf(await staff.post(path(), { reason: 'x' })).type).toBe('/problems/workflow-not-running');
  });

  it('while Temporal is away is a 503 that says what was kept', async () => {
    api.workflows.isAway = true;
    const problem = problemOf(await staff.post(path(), { reason: 'x' }));
    const [kept] = await audit();
    expect(kept).toMatchObject({ action: 'month.hold.asked' });
    expect(problem).toMatchObject({ status: 503, type: '/problems/workflows-away' });
    expect(problem.detail).toContain(`entry ${kept?.id}`);
  });
});

describe('a bank transfer', () => {
  it('is booked once per reference, and the workflows are told', async () => {
    const path = `/api/v1/collections/${tenant.documentId}/record-transfer`;
    const body = { amountCents: 100, reference: 'extracto 7' };
    expect(await staff.post(path, body)).toMatchObject({
      status: 200,
      body: { invoice: { dueCents: 146, state: 'arrears' } },
    });
    expect(await staff.post(path, body)).toMatchObject({ status: 200, body: { invoice: { dueCents: 146 } } });
    expect(await dueCents(database.sql, tenant.documentId)).toBe(146);
    expect(api.workflows.signals).toContain(`ledgerChanged ${tenant.documentId}`);
    expect(problemOf(await staff.post(path, { ...body, amountCents: 99 })).type).toBe('/problems/reference-used');
  });

  it('is kept though Temporal is away', async () => {
    api.workflows.isAway = true;
    const path = `/api/v1/collections/${tenant.documentId}/record-transfer`;
    const answer = await staff.post(path, { amountCents: 46, reference: 'extracto 8' });
    expect(problemOf(answer)).toMatchObject({ status: 503, type: '/problems/workflows-away' });
    expect(await dueCents(database.sql, tenant.documentId)).toBe(100);
  });
});

describe('lists', () => {
  it('come in pages that together are everything once', async () => {
    const ids = Array.from({ length: 7 }, (_, index) => `200-${index}`);
    const values = ids.map((id) => ({ id, condominium_id: tenant.condominiumId, name: '100% _igual_' }));
    await database.sql.insertInto('customer').values(values).execute();
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 10; pages += 1) {
      const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = customerPageSchema.parse((await staff.get(`/api/v1/customers?limit=3${after}`)).body);
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map((customer) => customer.id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual([tenant.customerId, ...ids]);
  });

  it('take % and _ in a search for what they are', async () => {
    const found = async (q: string) =>
      customerPageSchema.parse((await staff.get(`/api/v1/customers?q=${encodeURIComponent(q)}`)).body).items.length;
    expect(await found('100%')).toBe(7);
    expect(await found('0%_')).toBe(0);
    expect(await found('_igual_')).toBe(7);
  });

  it('of customers are searched by spot too, as the field says', async () => {
    const found = await staff.get('/api/v1/customers?q=30-aeiou');
    expect(customerPageSchema.parse(found.body).items.map(({ id }) => id)).toEqual([tenant.customerId]);
  });

  it('of months come newest first over pages, with the figures of the ledger', async () => {
    for (const period of ['2026-01', '2026-07']) {
      await database.sql
        .insertInto('billing_cycle')
        .values({
          installation_id: tenant.installationId,
          period,
          starts_at: new Date(0),
          ends_at: new Date(1),
          workflow_id: `bill/${tenant.installationId}/${period}`,
          step: 'rating',
          step_since: new Date(2),
        })
        .execute();
    }
    const first = monthPageSchema.parse((await staff.get('/api/v1/months?limit=2')).body);
    expect(first.items.map(({ period }) => period)).toEqual(['2026-07', '2026-06']);
    expect(first.items[1]).toMatchObject({
      invoices: { issued: 1, grossCents: 246, paidCents: 146, arrears: 1, settled: 0, processing: 0 },
      anomalies: [{ code: 'spike', acceptedAt: null }],
      workflowUrl: 'http://temporal.test:8080/namespaces/default/workflows/bill%2Fpark-Aeiou%2F2026-06',
    });
    const second = monthPageSchema.parse((await staff.get(`/api/v1/months?limit=2&cursor=${first.nextCursor}`)).body);
    expect(second).toMatchObject({ items: [{ period: '2026-01' }], nextCursor: null });
  });
});

describe('webhooks', () => {
  const event = (id: string) =>
    JSON.stringify({ id, object: 'event', type: 'payment_intent.succeeded', data: { object: { id: 'pi_1' } } });
  const deliver = (payload: string, secret = WEBHOOK_SECRET) => {
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret });
    const headers = { ...json, 'stripe-signature': signature };
    return api.call('/webhooks/stripe', { method: 'POST', headers, body: payload });
  };
  const stored = () => database.sql.selectFrom('webhook_event').select(['id', 'times', 'raw']).execute();

  it('are stored raw and once, however often they come', async () => {
    const payload = event('evt_1');
    for (const answer of await Promise.all([deliver(payload), deliver(payload), deliver(payload)])) {
      expect(answer.status).toBe(200);
    }
    expect(await stored()).toEqual([{ id: 'evt_1', times: 3, raw: payload }]);
    expect(api.wokenForwarder).toBe(3);
  });

  it('of somebody else are refused and leave nothing', async () => {
    expect(problemOf(await deliver(event('evt_2'), 'whsec_other')).type).toBe('/problems/signature-invalid');
    const unsigned = await api.call('/webhooks/stripe', { method: 'POST', headers: json, body: event('evt_3') });
    expect(problemOf(unsigned).status).toBe(400);
    expect(problemOf(await api.call('/webhooks/stripe', { method: 'POST' })).status).toBe(400);
    expect(await stored()).toHaveLength(1);
  });
});

describe('pages and their guard', () => {
  it('carry a strict content security policy and no trace of the framework', async () => {
    const { headers, text } = await api.call('/months/1', { headers: { accept: 'text/html' } });
    expect(text).toContain('the console');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'self';script-src 'self';style-src 'self' 'unsafe-inline';img-src 'self' data:;font-src 'self';" +
        "connect-src 'self';object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('keep hashed assets for good, and answer 404 for a missing one', async () => {
    const asset = await api.call('/assets/app-1a2b.js');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await api.call('/assets/app-gone.js')).status).toBe(404);
  });

  it('give away no file outside their folder', async () => {
    const { hostname, port } = new URL(api.origin);
    const text = await new Promise((resolve, reject) => {
      const sent = httpRequest({ hostname, port, path: '/assets/../../../../../../../../etc/passwd' }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        response.on('end', () => resolve(body));
      });
      sent.on('error', reject).end();
    });
    expect(text).toContain('the console');
  });

  it('do not shadow the API, whose answers nobody keeps', async () => {
    const answer = await api.call('/api/v1/nothing', { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(404);
    expect((await staff.get('/api/v1/session')).headers.get('cache-control')).toBe('no-store');
  });
});

describe('operation', () => {
  it('answers health, readiness and metrics', async () => {
    expect(await api.call('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await api.call('/readyz')).toMatchObject({ status: 200 });
    const { text } = await api.call('/metrics');
    expect(text).toContain('chazemo_http_request_seconds_count{method="POST",area="/api/v1/months",status="201"}');
    expect(text).not.toContain(tenant.cycleId);
  });

  it('describes every operation with its schemas', async () => {
    const { body } = await api.call('/api/openapi.json');
    expect(body).toMatchObject({
      openapi: expect.stringMatching(/^3\./),
      paths: {
        '/api/v1/months': {
          get: { responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } } } },
          post: {
            requestBody: { content: { 'application/json': { schema: { required: ['installationId', 'period'] } } } },
          },
        },
      },
    });
  });

  it('says of every operation what it is for, what it takes and what it answers, to a bearer token too', async () => {
    const response = z.object({ content: z.record(z.string(), z.object({ schema: z.object() })).optional() });
    const operation = z.object({
      summary: z.string().min(1),
      parameters: z.array(z.object({ name: z.string(), schema: z.object() })),
      requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.object() })) }).optional(),
      responses: z.record(z.string(), response),
      security: z.array(z.unknown()).optional(),
    });
    const document = z.object({
      security: z.array(z.record(z.string(), z.array(z.string()))),
      paths: z.record(z.string(), z.record(z.string(), operation)),
    });
    const { status, body } = await (await api.token('staff')).get('/api/openapi.json');
    expect(status).toBe(200);
    const { security, paths } = document.parse(body);
    expect(security).toEqual([{ bearer: [] }, { cookie: [] }]);
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, found]) => ({ name: `${method} ${path}`, method, path, found })),
    );
    expect(operations.length).toBeGreaterThan(20);
    for (const { name, method, found } of operations) {
      const { responses, parameters, security: own } = found;
      const done = Object.entries(responses).filter(([code]) => code.startsWith('2'));
      expect([name, done.length]).toEqual([name, 1]);
      const [[code, answer] = ['', undefined]] = done;
      expect([name, code === '204' || answer?.content !== undefined]).toEqual([name, true]);
      expect([name, Object.keys(responses['default']?.content ?? {})]).toEqual([name, ['application/problem+json']]);
      const signsIn = name === 'post /api/v1/session';
      expect([name, own]).toEqual([name, signsIn ? [] : undefined]);
      const takesKey = parameters.some((parameter) => parameter.name === 'Idempotency-Key');
      expect([name, takesKey]).toEqual([name, method === 'post' && !signsIn]);
    }
    const bodyless = operations.filter(({ found, method }) => method === 'post' && found.requestBody === undefined);
    expect(bodyless.map(({ name }) => name)).toEqual([
      'post /api/v1/chargers/{id}/password',
      'post /api/v1/chargers/{id}/certificate/renew',
      'post /api/v1/installations/{id}/enrolment/close',
      'post /api/v1/enrolment/{candidateId}/refuse',
      'post /api/v1/oddities/{id}/resolve',
      'post /api/v1/customers/{id}/checkouts/{checkoutId}/refresh',
      'post /api/v1/sepa/batches/{batchId}/{action}',
      'post /api/v1/documents/{documentId}/reissue',
      'post /api/v1/payouts/{id}/approve',
      'post /api/v1/customers/{id}/mandate-links',
      'post /api/v1/customers/{id}/mandates/{mandateId}/withdraw',
    ]);
    expect(
      operations.filter(({ found, method }) => !['post', 'put'].includes(method) && found.requestBody !== undefined),
    ).toEqual([]);
  });

  it('serves a file with its name, also one with accents', async () => {
    const answer = await staff.get(`/api/v1/files/${tenant.excelFileId}`);
    expect(answer.text).toBe(`content of manager-excel/${tenant.cycleId}`);
    expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''relat%C3%B3rio-Aeiou.xlsx");
  });
});
