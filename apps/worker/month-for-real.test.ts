import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { pino } from 'pino';

import { timeSkippingServerPath } from '#apps/cli/servers/time-skipping-server.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import type { MailTransport } from '#libs/notifications/send-mail.js';
import { recordTopUp } from '#libs/payments/record-top-up.js';
import { registerMandate } from '#libs/payments/register-mandate.js';
import { openStripe } from '#libs/payments/stripe-client.js';
import { DEFAULT_POLICY } from '#libs/registry/policy.js';
import { addSearchAttributes } from '#temporal/prepare.js';
import { startMonthOnce } from '#temporal/start-workflows.js';
import { bundleStories } from '#temporal/stories/story-server.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import {
  addCustomer,
  addInstallation,
  INSTALLATION,
  type CustomerFixture,
} from '#test/stripe-sandbox/invoice-fixture.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { activitiesOf, stripeActivitiesOf } from './activities.js';
import { TemporalWorkers } from './temporal-workers.js';
import { WorkerModule } from './worker.module.js';

const NOW = new Date('2026-07-01T04:00:00Z');
const SECOND = { seconds: 1 } as const;

let database: TestDatabase;
let sandbox: RunningSandbox;
let env: TestWorkflowEnvironment;
let workers: TemporalWorkers;
let client: Client;
const sent: string[] = [];
const transport: MailTransport = {
  sendMail: async (mail) => {
    if (mail.to === 'gone@example.com') throw Object.assign(new Error('no such box'), { responseCode: 550 });
    sent.push(`${String(mail.to)}: ${String(mail.subject)}`);
  },
  close: () => undefined,
};

/** A spot with its charger and holder, and 40 kWh charged in June. */
async function charged(customerId: string): Promise<void> {
  const { sql } = database;
  const from = new Date('2026-01-01T00:00:00Z');
  const charger = { id: `zcs-${customerId}`, installation_id: INSTALLATION, label: `ZCS-${customerId}` };
  await sql
    .insertInto('charger')
    .values({ ...charger, last_seen_at: NOW })
    .execute();
  const spot = await sql
    .insertInto('spot')
    .values({ installation_id: INSTALLATION, name: `L${customerId}` })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql.insertInto('charger_placement').values({ charger_id: charger.id, spot_id: spot.id, from }).execute();
  const occupancy = { spot_id: spot.id, customer_id: customerId, kind: 'owner', from };
  await sql.insertInto('occupancy').values(occupancy).execute();
  const message = await sql
    .insertInto('ocpp_message')
    .values({
      charger_id: charger.id,
      received_at: NOW,
      message_id: 'm',
      action: 'MeterValues',
      payload: {},
      answer: {},
      key: charger.id,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const transaction = await sql
    .insertInto('charging_transaction')
    .values({
      charger_id: charger.id,
      connector_id: 1,
      started_at: new Date('2026-06-10T20:00:00Z'),
      stopped_at: new Date('2026-06-10T21:00:00Z'),
      start_key: charger.id,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const reading = { charger_id: charger.id, connector_id: 1, transaction_id: transaction.id, message_id: message.id };
  await sql
    .insertInto('meter_reading')
    .values([
      { ...reading, at: new Date('2026-06-10T20:00:00Z'), import_wh: 1000, context: 'Transaction.Begin' },
      { ...reading, at: new Date('2026-06-10T21:00:00Z'), import_wh: 41_000, context: 'Transaction.End' },
    ])
    .execute();
}

async function residents(): Promise<void> {
  const { sql } = database;
  const stripe = openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url });
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
  const people: readonly CustomerFixture[] = [
    { id: '1', paymentMethod: 'direct-debit' },
    { id: '2', paymentMethod: 'direct-debit' },
    { id: '3', paymentMethod: 'prepaid' },
    { id: '4', paymentMethod: 'direct-debit' },
    { id: '5', paymentMethod: 'transfer', email: 'gone@example.com' },
  ];
  const ibans: Readonly<Record<string, string>> = { '1': TEST_IBANS.succeeds, '2': TEST_IBANS.fails };
  for (const person of people) {
    await addCustomer(sql, person);
    await charged(person.id);
    const iban = ibans[person.id];
    if (iban === undefined) continue;
    await registerMandate({ sql, stripe }, { customerId: person.id, key: person.id, acceptance, iban, now: NOW });
  }
  await recordTopUp(sql, { customerId: '3', source: 'bank', amountCents: 50_000, key: 't', now: NOW });
}

async function policyAndPrices(): Promise<void> {
  const { sql } = database;
  const policy = {
    ...DEFAULT_POLICY,
    lateReadingsLimit: SECOND,
    preNotification: SECOND,
    processingPoll: SECOND,
    processingLimit: { seconds: 20 },
    arrears: {
      ...DEFAULT_POLICY.arrears,
      noticeAfter: { seconds: 1 },
      reminderAfter: SECOND,
      retryAfter: { seconds: 2 },
      formalNoticeAfter: { seconds: 3 },
      suspensionProposalAfterNotice: { days: 20 },
    },
  };
  const row = { installation_id: INSTALLATION, valid_from: '2026-01-01' };
  await sql
    .insertInto('installation_policy')
    .values({ ...row, policy })
    .execute();
  const plan = await sql
    .insertInto('price_plan')
    .values({ ...row, name: 'simples', calendar_id: 'pt-mainland-weekly', bands: 1 })
    .returning('id')
    .executeTakeFirstOrThrow();
  const price = { plan_id: plan.id, band: 'simples', valid_from: '2026-01-01', micros_per_kwh: 200_000 };
  await sql.insertInto('band_price').values(price).execute();
}

beforeAll(async () => {
  const workflowBundle = await bundleStories();
  const path = await timeSkippingServerPath();
  const server = { executable: { type: 'existing-path', path } } as const;
  [database, sandbox, env] = await Promise.all([
    createTestDatabase(),
    startSandbox({ processingMs: 300 }),
    TestWorkflowEnvironment.createTimeSkipping({ server }),
  ]);
  await addInstallation(database.sql);
  await policyAndPrices();
  await residents();
  await addSearchAttributes(env.client);
  client = new Client({ connection: env.connection });
  const log = pino({ level: 'silent' });
  const app = await NestFactory.createApplicationContext(
    WorkerModule.forResources({
      sql: database.sql,
      stripe: openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url }),
      mail: { transport, from: 'ChaZeMo <suporte@chazemo.com>' },
      signer: TEST_SIGNER,
      log,
    }),
    { logger: false },
  );
  workers = new TemporalWorkers({
    temporal: { address: env.address, namespace: 'default', tls: false, apiKey: undefined },
    workflowBundle,
    activities: activitiesOf(app),
    stripeActivities: stripeActivitiesOf(app),
    log,
  });
  workers.start();
}, 120_000);
afterAll(async () => {
  await workers.stop();
  await env.teardown();
  await sandbox.close();
  await database.drop();
});

test('a month on the real database and the real libs, to money, mails, arrears and the Excel', async () => {
  const { sql } = database;
  const input = { installationId: INSTALLATION, period: '2026-06' };
  const workflowId = await startMonthOnce(client, input);
  expect(await startMonthOnce(client, input)).toBe(workflowId);
  expect(await client.workflow.result(workflowId)).toEqual({
    outcome: 'arrears',
    collections: { settled: 2, arrears: 3, cancelled: 0 },
  });

  const collections = await sql
    .selectFrom('collection')
    .select(['customer_id', 'step', 'outcome', 'reason'])
    .orderBy('customer_id')
    .execute();
  expect(collections).toEqual([
    { customer_id: '1', step: 'settled', outcome: 'settled', reason: null },
    { customer_id: '2', step: 'handed-to-arrears', outcome: 'arrears', reason: 'bank-unreachable' },
    { customer_id: '3', step: 'settled', outcome: 'settled', reason: null },
    { customer_id: '4', step: 'handed-to-arrears', outcome: 'arrears', reason: 'no-mandate' },
    { customer_id: '5', step: 'handed-to-arrears', outcome: 'arrears', reason: 'not-paid' },
  ]);
  const cycle = await sql.selectFrom('billing_cycle').selectAll().executeTakeFirstOrThrow();
  expect(cycle).toMatchObject({ step: 'done', outcome: 'arrears', done: 5, total: 5, total_wh: 200_000 });
  expect(cycle.finished_at).not.toBeNull();
  expect(await checkLedger(sql)).toMatchObject({ balanced: true });
  const files = await sql.selectFrom('stored_file').select('content_type').execute();
  expect(files.filter(({ content_type: type }) => type === 'application/pdf')).toHaveLength(5);
  expect(files).toHaveLength(7); // the Excel as it was sent, and as it stands when every collection has ended
  expect(sent.filter((mail) => mail.startsWith('g@example.com'))).toHaveLength(1);
  expect(sent.filter((mail) => mail.startsWith('1@example.com'))).toHaveLength(1);
  const refused = await sql.selectFrom('mail').select('last_error').where('customer_id', '=', '5').execute();
  expect(refused[0]?.last_error).toBe('no such box');
}, 90_000);
