import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { NestFactory } from '@nestjs/core';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';

import { startMailKeeper } from '#apps/cli/servers/mail-keeper.js';
import { answersOnPort, freePort } from '#apps/cli/servers/ports.js';
import { prepareEmbeddedTemporal } from '#apps/cli/servers/temporal.js';
import { activitiesOf, stripeActivitiesOf } from '#apps/worker/activities.js';
import { TemporalWorkers } from '#apps/worker/temporal-workers.js';
import { WorkerModule } from '#apps/worker/worker.module.js';
import { loadWorkflowBundle } from '#apps/worker/workflow-bundle.js';
import { openTransport } from '#libs/notifications/send-mail.js';
import { openStripe } from '#libs/payments/stripe-client.js';
import { openDatabase, type Sql } from '#libs/persistence/database.js';
import { connectTemporal } from '#temporal/client.js';
import { prepareNamespace } from '#temporal/prepare.js';

import { TEST_SIGNER } from '../data/fiscal.js';
import { temporaryDataFolder } from '../setup/data-folder.js';
import { fillMonthOfMany } from './month-of-many.js';
import { onThrowAwayPostgres } from './throw-away-postgres.js';

const POOL_SIZE = 20;
/** More than any machine asks of it. */
const NO_LIMIT_PER_SECOND = 100_000;
const FROM = 'ChaZeMo <nao-responder@chazemo.example>';
const STRIPE_KEY = 'sk_test_bench';
const WEBHOOK_SECRET = 'whsec_bench';
const LOOK_EVERY_MS = 50;

/** A system in one process but for its servers: what a month's billing runs on. */
export interface BillingGround {
  readonly sql: Sql;
  readonly stripe: ReturnType<typeof openStripe>;
  readonly client: Client;
  readonly sandboxUrl: string;
}

/** A car park for every hundred customers with their month of readings, on an empty database of its own. */
export async function onMonthOfMany<T>(customers: number, run: (databaseUrl: string) => Promise<T>): Promise<T> {
  return await onThrowAwayPostgres(async (databaseUrl) => {
    const owner = await openDatabase({ url: databaseUrl, poolSize: 1, as: 'owner' });
    await fillMonthOfMany(owner.sql, customers);
    await owner.close();
    return await run(databaseUrl);
  });
}

/**
 * Runs something with a real Temporal server, SMTP server, worker and back office over the database, and the Stripe
 * sandbox, whose debits settle in `processingMs` and are told by webhook. Nobody limits how often the provider is asked.
 */
export async function onBillingGround<T>(
  { databaseUrl, processingMs }: { readonly databaseUrl: string; readonly processingMs: number },
  run: (ground: BillingGround) => Promise<T>,
): Promise<T> {
  const folder = await temporaryDataFolder('bench-billing');
  const ends: (() => unknown)[] = [() => folder.remove()];
  try {
    const webhookPort = await freePort();
    const sandbox = await startSandbox(processingMs, webhookPort);
    ends.push(() => ended(sandbox.child));
    const server = await prepareEmbeddedTemporal({ dataDir: folder.path });
    const temporal = server.spawn();
    ends.push(() => ended(temporal));
    await server.untilReady(temporal);
    const mail = await startMailKeeper({ folder: `${folder.path}/mail` });
    ends.push(() => mail.stop());
    const database = await openDatabase({ url: databaseUrl, poolSize: POOL_SIZE });
    ends.push(() => database.close());
    const { sql } = database;
    const stripe = openStripe({ secretKey: STRIPE_KEY, apiBase: sandbox.url });
    const client = await connectTemporal({ TEMPORAL_ADDRESS: server.address });
    ends.push(() => client.connection.close());
    await prepareNamespace(client);
    const backoffice = await startBackoffice(webhookPort, {
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: server.address,
      STRIPE_API_BASE: sandbox.url,
    });
    ends.push(() => ended(backoffice));
    const log = pino({ level: 'silent' });
    const resources = {
      sql,
      stripe,
      mail: { transport: openTransport(mail.url), from: FROM },
      log,
      signer: TEST_SIGNER,
    };
    const app = await NestFactory.createApplicationContext(WorkerModule.forResources(resources), { logger: false });
    const workers = new TemporalWorkers({
      temporal: { address: server.address, namespace: 'default', tls: false, apiKey: undefined },
      workflowBundle: await loadWorkflowBundle(),
      activities: activitiesOf(app),
      stripeActivities: stripeActivitiesOf(app),
      stripeActivitiesPerSecond: NO_LIMIT_PER_SECOND,
      log,
    });
    workers.start();
    ends.push(() => workers.stop());
    return await run({ sql, stripe, client, sandboxUrl: sandbox.url });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

interface Sandbox {
  readonly child: ChildProcess;
  readonly url: string;
}

async function startSandbox(processingMs: number, webhookPort: number): Promise<Sandbox> {
  const child = forkProgram('#test/stripe-sandbox/main.js', {
    STRIPE_SANDBOX_PROCESSING_MS: String(processingMs),
    STRIPE_WEBHOOK_URL: `http://127.0.0.1:${webhookPort}/webhooks/stripe`,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  });
  return await new Promise((resolve, reject) => {
    child.once('message', (message) => resolve({ child, url: (message as { readonly url: string }).url }));
    child.once('exit', (status) => reject(new Error(`the sandbox ended with status ${status}`)));
  });
}

/** Takes the sandbox's webhooks and tells the workflows, as in production. */
async function startBackoffice(port: number, env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = forkProgram('#apps/backoffice/main.js', {
    ...env,
    CHAZEMO_HTTP_PORT: String(port),
    CHAZEMO_SECRET: randomBytes(32).toString('base64url'),
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  });
  while (!(await answersOnPort(port))) {
    if (isOver(child)) throw new Error(`the back office ended with status ${child.exitCode}`);
    await sleep(LOOK_EVERY_MS);
  }
  return child;
}

function forkProgram(program: string, env: Readonly<Record<string, string>>): ChildProcess {
  return fork(fileURLToPath(import.meta.resolve(program)), [], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

const isOver = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function ended(child: ChildProcess): Promise<void> {
  if (isOver(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}
