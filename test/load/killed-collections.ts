import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from '@temporalio/client';

import { startSystem, type RunningSystem } from '#apps/cli/system/start-system.js';
import { openCollection } from '#libs/payments/open-collection.js';
import { registerMandate } from '#libs/payments/register-mandate.js';
import { openStripe } from '#libs/payments/stripe-client.js';
import { openDatabase, type Sql } from '#libs/persistence/database.js';
import { DEFAULT_POLICY } from '#libs/registry/policy.js';
import { connectTemporal } from '#temporal/client.js';
import { seededRandom } from '#test/data/seeded-random.js';
import { integerBetween } from '#test/demo/random.js';
import { temporaryDataFolder } from '#test/setup/data-folder.js';
import { addCustomer, addInstallation, addInvoice, INSTALLATION } from '#test/stripe-sandbox/invoice-fixture.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';
import { collectionWorkflowId } from '#workflows/collection/messages.js';
import { TASK_QUEUE } from '#workflows/task-queues.js';

import { KillableWorker, NO_WORKER } from './killable-worker.js';
import { isAtRest, readEnd, type CollectionsEnd, type ExpectedEnd, type IssuedForStory } from './killed-report.js';

/** One account in five fails, for one of these reasons in turn. */
const FAILING = [
  [TEST_IBANS.fails, 'bank-unreachable'],
  [TEST_IBANS.insufficientFunds, 'insufficient-funds'],
  [TEST_IBANS.exceedsSourceLimit, 'limit-exceeded'],
  [TEST_IBANS.exceedsWeeklyLimit, 'limit-exceeded'],
  [TEST_IBANS.disputed, 'disputed'],
] as const satisfies readonly (readonly [string, ExpectedEnd])[];
const EVERY_NTH_FAILS = 5;
const AT_ONCE = 8;
const LOOK_EVERY_MS = 100;
const PROCESSING_MS = '100';
/** After this without an end the report is read as it is. */
const LIMIT_MS = 15 * 60_000;
/** Above that share of ended collections a kill might come too late to strike any. */
const LAST_KILL_SHARE = 0.9;
const MOST_LATER_MS = 1_500;

export interface KilledOptions {
  readonly invoices: number;
  readonly kills: number;
  readonly seed: number;
  readonly tell?: (line: string) => void;
}

export interface KilledCollections extends CollectionsEnd {
  readonly invoices: number;
  /** Times that the worker was ended by SIGKILL while collections were under way. */
  readonly kills: number;
  /** From the first collection's start until nothing is left to do. */
  readonly seconds: number;
}

/**
 * Collects so many issued invoices by direct debit on the whole system (its own PostgreSQL, Temporal, worker, webhooks,
 * SMTP server and Stripe sandbox, every one a process), while the worker is killed again and again at moments that the
 * seed decides; one account in five fails. Tells what became of every cent.
 */
export async function collectWhileKilled(options: KilledOptions): Promise<KilledCollections> {
  const folder = await temporaryDataFolder('killed-collections');
  const system = await startSystem({
    dataDir: folder.path,
    env: { PATH: process.env['PATH'] },
    appEnv: { STRIPE_SANDBOX_PROCESSING_MS: PROCESSING_MS },
    httpPort: 0,
    ocppPort: 0,
    console: false,
    entries: { worker: NO_WORKER },
  });
  const database = await openDatabase({ url: system.databaseUrl, poolSize: AT_ONCE });
  const client = await connectTemporal({ TEMPORAL_ADDRESS: system.temporalAddress });
  let worker: KillableWorker | null = null;
  try {
    const issued = await issue(database.sql, system, options);
    options.tell?.(`${issued.length} invoices are issued, their accounts known to the provider`);
    const startedMs = performance.now();
    worker = new KillableWorker(system);
    const starting = startAll(database.sql, client, issued);
    const kills = await killWhileCollecting(database.sql, worker, options);
    await starting;
    await untilAtRest(database.sql, system, issued);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    return { invoices: issued.length, kills, seconds, ...(await readEnd(database.sql, system, issued)) };
  } finally {
    await worker?.stop();
    await client.connection.close();
    await database.close();
    await system.stop();
    await folder.remove();
  }
}

async function issue(sql: Sql, { env }: RunningSystem, { invoices, seed }: KilledOptions): Promise<IssuedForStory[]> {
  await addInstallation(sql);
  const policy = { ...DEFAULT_POLICY, processingPoll: { seconds: 5 } };
  await sql
    .insertInto('installation_policy')
    .values({ installation_id: INSTALLATION, valid_from: '2020-01-01', policy })
    .execute();
  const stripe = openStripe({ secretKey: env['STRIPE_SECRET_KEY'] ?? '', apiBase: env['STRIPE_API_BASE'] });
  const random = seededRandom(seed);
  const wanted = Array.from({ length: invoices }, (_, index) => {
    const failing = index % EVERY_NTH_FAILS === 0 ? FAILING[(index / EVERY_NTH_FAILS) % FAILING.length] : undefined;
    const [iban, expected] = failing ?? ([TEST_IBANS.succeeds, 'settled'] as const);
    return { customerId: `customer-${index + 1}`, iban, expected, grossCents: integerBetween(random, 500, 9_999) };
  });
  return inParallel(wanted, async ({ customerId, iban, expected, grossCents }) => {
    const now = new Date();
    await addCustomer(sql, { id: customerId });
    const acceptance = { ipAddress: '203.0.113.7', userAgent: 'story', acceptedAt: now };
    const signed = await registerMandate({ sql, stripe }, { customerId, key: customerId, acceptance, iban, now });
    if ('refused' in signed) throw new Error(signed.refused.code);
    const documentId = await addInvoice(sql, { customerId, grossCents, issuedAt: now, dueAt: now });
    return { documentId, grossCents, expected };
  });
}

function startAll(sql: Sql, client: Client, issued: readonly IssuedForStory[]): Promise<unknown> {
  return inParallel(issued, async ({ documentId }) => {
    const workflowId = collectionWorkflowId(documentId);
    await sql.transaction().execute((trx) => openCollection(trx, { documentId, workflowId, now: new Date() }));
    await client.workflow.start('collection', { workflowId, taskQueue: TASK_QUEUE, args: [{ documentId }] });
  });
}

/** Kills the worker when so many collections have ended as the seed says, and a moment later. */
async function killWhileCollecting(sql: Sql, worker: KillableWorker, options: KilledOptions): Promise<number> {
  const { invoices, kills, seed, tell } = options;
  const random = seededRandom(seed + 1);
  const moments = Array.from({ length: kills }, () => Math.floor(random() * LAST_KILL_SHARE * invoices));
  let killed = 0;
  for (const moment of moments.sort((a, b) => a - b)) {
    await until(async () => (await endedCollections(sql)) >= moment);
    await sleep(random() * MOST_LATER_MS);
    const ended = await endedCollections(sql);
    if (ended >= invoices) break;
    await worker.kill();
    killed += 1;
    tell?.(`the worker is killed, for the ${killed}. time, with ${ended} collections ended`);
  }
  return killed;
}

async function endedCollections(sql: Sql): Promise<number> {
  const { count } = await sql
    .selectFrom('collection')
    .where('outcome', 'is not', null)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function untilAtRest(sql: Sql, system: RunningSystem, issued: readonly IssuedForStory[]): Promise<void> {
  await until(async () => (await endedCollections(sql)) >= issued.length);
  await until(() => isAtRest(sql, system, issued));
}

/** Waits until it is so, or so long that it will not be: the report then says what is missing. */
async function until(so: () => Promise<boolean>): Promise<void> {
  const limitMs = performance.now() + LIMIT_MS;
  while (!(await so()) && performance.now() < limitMs) await sleep(LOOK_EVERY_MS);
}

async function inParallel<T, R>(all: readonly T[], run: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = all.entries();
  const work = async (): Promise<void> => {
    for (const [index, one] of queue) results[index] = await run(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}
