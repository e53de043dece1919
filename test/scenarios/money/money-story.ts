import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { NestFactory } from '@nestjs/core';
import { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { pino } from 'pino';

import { paymentSignals } from '#apps/backoffice/payment-signals.js';
import { TemporalWorkflowGateway } from '#apps/backoffice/temporal-workflow-gateway.js';
import { WebhookForwarder } from '#apps/backoffice/webhook-forwarder.js';
import { timeSkippingServerPath } from '#apps/cli/servers/time-skipping-server.js';
import { activitiesOf, stripeActivitiesOf } from '#apps/worker/activities.js';
import { TemporalWorkers } from '#apps/worker/temporal-workers.js';
import { WorkerModule } from '#apps/worker/worker.module.js';
import type { MailTransport } from '#libs/notifications/send-mail.js';
import { handleWebhook } from '#libs/payments/handle-webhook.js';
import { storeWebhook } from '#libs/payments/store-webhook.js';
import { openStripe } from '#libs/payments/stripe-client.js';
import { unhandledWebhooks } from '#libs/payments/unhandled-webhooks.js';
import type { Sql } from '#libs/persistence/database.js';
import { addSearchAttributes } from '#temporal/prepare.js';
import { bundleStories } from '#temporal/stories/story-server.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { sandboxControl } from '#test/stripe-sandbox/sandbox-control.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';

/** A Monday, far enough from today that the skipped clock has not passed it: what day of the week it is matters. */
export const DAY_0 = new Date('2030-06-03T09:00:00Z');
export const DAY_MS = 86_400_000;
const STEP_MS = DAY_MS / 4;
const PROCESSING_MS = 3 * DAY_MS;
const WEBHOOK_SECRET = 'whsec_story';
/** A mail server that takes everything and says so: the proof of a letter. */
const takingAll: MailTransport = {
  sendMail: async ({ to }) => ({ accepted: [to], rejected: [], response: '250 2.0.0 accepted' }),
  close: () => undefined,
};

/** Real time that a story waits for what is under way to end. */
/**
 * On a busy machine an activity is now and then handed out and never run: Temporal gives it out again when its time is
 * over, which is up to two minutes by the clock on the wall, since no time is skipped while one is under way.
 */
const PATIENCE_MS = 150_000;
/** A story takes seconds; this is for one in which that happened. */
export const STORY_LIMIT_MS = 600_000;

/**
 * A story of money: real PostgreSQL, Temporal (its time skipped), worker and webhooks, and the Stripe sandbox, all on one
 * clock that begins at {@link DAY_0} and moves by {@link advance} alone.
 */
export class MoneyStory {
  readonly database: TestDatabase;
  readonly client: Client;
  readonly stripe: ReturnType<typeof openStripe>;
  readonly control: ReturnType<typeof sandboxControl>;
  readonly #env: TestWorkflowEnvironment;
  readonly #forwarder: WebhookForwarder;
  readonly #ends: (() => Promise<unknown>)[];

  private constructor(parts: {
    readonly database: TestDatabase;
    readonly env: TestWorkflowEnvironment;
    readonly sandbox: RunningSandbox;
    readonly client: Client;
    readonly stripe: ReturnType<typeof openStripe>;
    readonly forwarder: WebhookForwarder;
    readonly ends: (() => Promise<unknown>)[];
  }) {
    this.database = parts.database;
    this.client = parts.client;
    this.stripe = parts.stripe;
    this.control = sandboxControl(parts.sandbox.url);
    this.#env = parts.env;
    this.#forwarder = parts.forwarder;
    this.#ends = parts.ends;
  }

  get sql(): Sql {
    return this.database.sql;
  }

  static async open(): Promise<MoneyStory> {
    const ends: (() => Promise<unknown>)[] = [];
    const path = await timeSkippingServerPath();
    const server = { executable: { type: 'existing-path', path } } as const;
    const [workflowBundle, database, env] = await Promise.all([
      bundleStories(),
      createTestDatabase(),
      TestWorkflowEnvironment.createTimeSkipping({ server }),
    ]);
    ends.push(
      () => database.drop(),
      () => env.teardown(),
    );
    await addSearchAttributes(env.client);
    await env.sleep(DAY_0.getTime() - (await env.currentTimeMs()));
    const client = new Client({ connection: env.connection });
    const log = pino({ level: 'silent' });
    const gateway = new TemporalWorkflowGateway(async () => client);
    const receiver = await receive(database.sql, () => forwarder.wake());
    ends.push(() => new Promise((resolve) => receiver.server.close(resolve)));
    const sandbox = await startSandbox({
      processingMs: PROCESSING_MS,
      webhook: { url: receiver.url, secret: WEBHOOK_SECRET },
    });
    ends.push(() => sandbox.close());
    const stripe = openStripe({ secretKey: 'sk_test_story', apiBase: sandbox.url });
    const { sql } = database;
    const signals = paymentSignals(gateway, { sql, moneyPageUrl: 'http://localhost/my-money' });
    const forwarder = new WebhookForwarder(
      {
        unhandled: (except) => unhandledWebhooks(sql, { limit: 500, except }),
        handle: async (eventId) =>
          handleWebhook({ sql, stripe, signals }, eventId, new Date(await env.currentTimeMs())),
      },
      log,
    );
    ends.push(() => forwarder.close());
    const mail = { transport: takingAll, from: 'ChaZeMo <a@example.org>' };
    const app = await NestFactory.createApplicationContext(
      WorkerModule.forResources({ sql, stripe, mail, log, signer: TEST_SIGNER }),
      {
        logger: false,
      },
    );
    const workers = new TemporalWorkers({
      temporal: { address: env.address, namespace: 'default', tls: false, apiKey: undefined },
      workflowBundle,
      activities: activitiesOf(app),
      stripeActivities: stripeActivitiesOf(app),
      log,
    });
    workers.start();
    ends.push(() => workers.stop());
    const story = new MoneyStory({ database, env, sandbox, client, stripe, forwarder, ends });
    await story.control.setClock(DAY_0);
    await story.control.freeze();
    return story;
  }

  async close(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
  }

  async now(): Promise<Date> {
    return new Date(await this.#env.currentTimeMs());
  }

  /** Lets so many days pass, a quarter of a day at a time, at the provider and at home. */
  async advance(days: number): Promise<void> {
    for (let passed = 0; passed < days * DAY_MS; passed += STEP_MS) {
      await this.#env.sleep(STEP_MS);
      await this.control.setClock(await this.now());
      await this.settled();
    }
  }

  /** Lets days pass until it is so; a story that waits in vain fails. */
  async until(so: () => Promise<boolean>, what: string, mostDays = 120): Promise<void> {
    for (let day = 0; day <= mostDays; day += 0.25) {
      if (await so()) return;
      await this.advance(0.25);
    }
    throw new Error(`waited ${mostDays} days in vain: ${what}`);
  }

  /** Waits for what follows at once, however busy the machine is: no time passes in the story. */
  async soon(so: () => Promise<boolean>, what: string): Promise<void> {
    const untilMs = performance.now() + PATIENCE_MS;
    while (!(await so())) {
      if (performance.now() > untilMs) throw new Error(`waited in vain: ${what}`);
      await pause(20);
    }
  }

  /** Every webhook that was not kept back has come and has been acted upon. */
  async settled(): Promise<void> {
    const untilMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const { webhooksOwed, webhooksHeld } = await this.control.counters();
      const { length } = await unhandledWebhooks(this.sql, { limit: 1 });
      const toCome = webhooksOwed - webhooksHeld;
      if (toCome === 0 && length === 0) return;
      if (performance.now() > untilMs) throw new Error(`webhooks are left: ${toCome} to come, ${length} stored`);
      this.#forwarder.wake();
      await pause(20);
    }
  }
}

async function receive(sql: Sql, wake: () => void): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signature = String(request.headers['stripe-signature'] ?? '');
      const delivery = { rawBody: Buffer.concat(chunks), signature, secret: WEBHOOK_SECRET, now: new Date() };
      storeWebhook(sql, delivery).then(
        (kept) => {
          response.writeHead('refused' in kept ? 400 : 200).end();
          wake();
        },
        () => response.writeHead(500).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe` };
}
