import { setTimeout as sleep } from 'node:timers/promises';

import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Runtime, type Logger as TemporalLogger, type LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';

import { openTransport } from '#libs/notifications/send-mail.js';
import { openStripe } from '#libs/payments/stripe-client.js';
import { openDatabase, type Database } from '#libs/persistence/database.js';
import { authorityVault } from '#libs/persistence/secret-vault.js';
import { connectTemporal } from '#temporal/client.js';
import { lookAtPrepaidAccount } from '#temporal/start-workflows.js';

import { activitiesOf, stripeActivitiesOf } from './activities.js';
import { keepCertificates } from './certificate-keeper.js';
import { CircuitDriver } from './circuit-driver.js';
import { keepCommandsCarried } from './command-keeper.js';
import { keepCommandsPruned } from './command-pruner.js';
import { LimitByCommand } from './limit-by-command.js';
import { keepListsInStep } from './list-keeper.js';
import { keepNamespace } from './namespace-keeper.js';
import { keepPayoutsProposed } from './payout-keeper.js';
import { openProbes } from './probes.js';
import { keepReceiptsIssued } from './receipt-keeper.js';
import { keepSessionsWithinBalance } from './session-keeper.js';
import type { Settings } from './settings.js';
import { keepSharedPasswordsNoted } from './shared-password-keeper.js';
import { TemporalWorkers } from './temporal-workers.js';
import { keepUnattendedMailsSent } from './unattended-mails.js';
import { WorkerModule } from './worker.module.js';
import { loadWorkflowBundle } from './workflow-bundle.js';

const RETRY_MS = 500;
const POOL_SIZE = 20;

export interface RunningWorker {
  isReady(): boolean;
  /** Drains: no new work, what is under way ends. */
  close(): Promise<void>;
}

/**
 * Starts the worker: waits for the database, then takes work whenever Temporal is there. Resolves when everything is
 * set up, also while Temporal is away; `signal` ends the waiting.
 */
export async function startWorker(settings: Settings, log: Logger, signal: AbortSignal): Promise<RunningWorker> {
  installRuntime(log);
  let workers: TemporalWorkers | null = null;
  const isReady = () => workers?.running ?? false;
  const probes = settings.probes === null ? null : await openProbes({ ...settings.probes, isReady });
  const [workflowBundle, database] = await Promise.all([loadWorkflowBundle(), openPatiently(settings, log, signal)]);
  const transport = openTransport(settings.mail.smtpUrl);
  const mail = { transport, from: settings.mail.from };
  const { sql } = database;
  const app = await NestFactory.createApplicationContext(
    WorkerModule.forResources({
      sql,
      stripe: openStripe(settings.stripe),
      stripeWeeklyLimitCents: settings.stripe.weeklyLimitCents,
      mail,
      signer: settings.signer,
      log,
      publicUrl: settings.publicUrl,
    }),
    { logger: nestLog(log), abortOnError: false },
  );
  workers = new TemporalWorkers({
    temporal: settings.temporal,
    workflowBundle,
    activities: activitiesOf(app),
    stripeActivities: stripeActivitiesOf(app),
    log,
  });
  workers.start();
  const keeping = new AbortController();
  const kept = keepNamespace({ environment: process.env, sql, log }, keeping.signal);
  const receipts = keepReceiptsIssued({ sql, signer: settings.signer, mail, log }, keeping.signal);
  const payouts = keepPayoutsProposed({ sql, log }, keeping.signal);
  const mails = keepUnattendedMailsSent({ sql, mail, log }, keeping.signal);
  const { databaseUrl } = settings;
  const commands = keepCommandsCarried({ environment: process.env, databaseUrl, sql, log }, keeping.signal);
  const lists = keepListsInStep({ databaseUrl, sql, log }, keeping.signal);
  const pruned = keepCommandsPruned({ sql, log }, keeping.signal);
  const sender = new LimitByCommand({ sql, signal: keeping.signal });
  const circuits = new CircuitDriver({ sql, sender, log }).run(keeping.signal);
  const { publicUrl } = settings;
  const tellAtFloor = async (customerId: string): Promise<void> => {
    const client = await connectTemporal(process.env);
    await lookAtPrepaidAccount(client, customerId).finally(() => client.connection.close());
  };
  const sessions = keepSessionsWithinBalance({ sql, publicUrl, log, tellAtFloor }, keeping.signal);
  const vault = settings.secret === null ? null : authorityVault(settings.secret);
  const certificates = keepCertificates({ sql, vault, log }, keeping.signal);
  const shared = keepSharedPasswordsNoted({ sql, log }, keeping.signal);
  const hosted = workers;
  const close = async (): Promise<void> => {
    keeping.abort();
    await hosted.stop();
    await Promise.all([
      kept,
      receipts,
      payouts,
      mails,
      commands,
      lists,
      pruned,
      circuits,
      sessions,
      certificates,
      shared,
    ]);
    await app.close();
    transport.close();
    await database.close();
    await probes?.close();
  };
  return { isReady, close };
}

/** The database may come up, or come back, after us. */
async function openPatiently(settings: Settings, log: Logger, signal: AbortSignal): Promise<Database> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await openDatabase({ url: settings.databaseUrl, poolSize: POOL_SIZE });
    } catch (error) {
      log.info({ err: error }, 'the database does not answer yet');
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}

/** What the SDK tells by the way is for debugging. */
const LEVELS = { TRACE: 'trace', DEBUG: 'trace', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;
let isInstalled = false;

/** The SDK's log lines go into ours; it handles no signals, main.ts does. */
function installRuntime(log: Logger): void {
  if (isInstalled) return;
  isInstalled = true;
  const write = (level: LogLevel, message: string, temporal?: object): void =>
    log[LEVELS[level]]({ temporal }, message);
  const logger: TemporalLogger = {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
  Runtime.install({
    logger,
    shutdownSignals: [],
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
  });
}

function nestLog(log: Logger): LoggerService {
  return {
    log: (message: unknown) => log.debug(String(message)),
    warn: (message: unknown) => log.warn(String(message)),
    error: (message: unknown) => log.error(String(message)),
  };
}
