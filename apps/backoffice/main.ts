import { fileURLToPath } from 'node:url';

import { pino, type Logger } from 'pino';
import type Stripe from 'stripe';

import { SignInLimit } from '#libs/identity/sign-in-limit.js';
import { ensureAdministrator } from '#libs/identity/users.js';
import { moneyPageUrl } from '#libs/notifications/money-page.js';
import { handleWebhook } from '#libs/payments/handle-webhook.js';
import { openStripe } from '#libs/payments/stripe-client.js';
import { unhandledWebhooks } from '#libs/payments/unhandled-webhooks.js';
import { openDatabase, type Database } from '#libs/persistence/database.js';
import { NoticeListener } from '#libs/persistence/notice-listener.js';
import { connectTemporal } from '#temporal/client.js';

import { createApp } from './app.js';
import { ChaseWatch } from './chase-watch.js';
import { CollectionWatch } from './collection-watch.js';
import { LiveHub } from './live-hub.js';
import { paymentSignals } from './payment-signals.js';
import { readSettings, type Settings } from './settings.js';
import { TemporalWorkflowGateway } from './temporal-workflow-gateway.js';
import type { Backoffice } from './tokens.js';
import { WebhookForwarder } from './webhook-forwarder.js';
import { WebhookRecovery } from './webhook-recovery.js';

const now = (): Date => new Date();
const DATABASE_WITHIN_MS = 30_000;
const STORED_AT_A_TIME = 500;
const STOP_WITHIN_MS = 15_000;

/** The database may come up, or come back, a little after us. */
async function openPatiently(settings: Settings, log: Logger): Promise<Database> {
  const until = Date.now() + DATABASE_WITHIN_MS;
  for (;;) {
    try {
      return await openDatabase({ url: settings.databaseUrl });
    } catch (error) {
      if (Date.now() > until) throw error;
      log.info('the database does not answer yet');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** Acts upon stored webhooks; without a Stripe key nothing can be read again, so nothing is done. */
function openForwarder(
  settings: Settings,
  { sql }: Database,
  stripe: Stripe | null,
  workflows: TemporalWorkflowGateway,
  log: Logger,
) {
  if (stripe === null) return { wake: () => undefined, close: async () => undefined };
  const signals = paymentSignals(workflows, { sql, moneyPageUrl: moneyPageUrl(settings.publicUrl) });
  const steps = {
    unhandled: (except: readonly string[]) => unhandledWebhooks(sql, { limit: STORED_AT_A_TIME, except }),
    handle: (eventId: string) => handleWebhook({ sql, stripe, signals }, eventId, now()),
  };
  const forwarder = new WebhookForwarder(steps, log, now);
  const recovery = new WebhookRecovery({ sql, stripe, signals, log, now, wake: () => forwarder.wake() });
  recovery.start();
  forwarder.wake();
  const close = async (): Promise<void> => {
    await Promise.all([forwarder.close(), recovery.close()]);
  };
  return { wake: () => forwarder.wake(), close };
}

async function start(log: Logger): Promise<() => Promise<void>> {
  const settings = readSettings(process.env);
  const database = await openPatiently(settings, log);
  const { sql } = database;
  if (settings.administrator !== null && (await ensureAdministrator(sql, settings.administrator))) {
    log.info('the first administrator was made');
  }
  const workflows = new TemporalWorkflowGateway(() => connectTemporal(process.env));
  const { secretKey, apiBase } = settings.stripe;
  const stripe = secretKey === null ? null : openStripe({ secretKey, apiBase: apiBase ?? undefined });
  const forwarder = openForwarder(settings, database, stripe, workflows, log);
  const chase = new ChaseWatch({ sql, workflows, log, now });
  chase.start();
  const collections = new CollectionWatch({ sql, workflows, log, now });
  collections.start();
  const live = new LiveHub(sql, now, log);
  const listening = { onMessage: (text: string) => live.receive(text), onGap: () => live.restart() };
  const listener = new NoticeListener(settings.databaseUrl, 'live', listening, log);
  const backoffice: Backoffice = {
    settings,
    sql,
    stripe,
    workflows,
    live,
    now,
    signInLimit: new SignInLimit(),
    signer: settings.signer,
    wakeForwarder: forwarder.wake,
    consoleFolder: fileURLToPath(new URL('../../console', import.meta.url)),
  };
  const app = await createApp(backoffice, log);
  await listener.start();
  await app.listen(settings.port, settings.host);
  log.info({ address: await app.getUrl() }, 'the back office is up');
  return async () => {
    await Promise.all([forwarder.close(), chase.close(), collections.close()]);
    await listener.close();
    live.close();
    await app.close();
    await workflows.close();
    await database.close();
  };
}

const log = pino({ name: 'backoffice' });
const started = start(log);
let isStopping = false;

/** Ends what is under way, then ends; a second call changes nothing. */
async function stop(why: string): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  log.info({ why }, 'stopping');
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  const close = await started.catch(() => undefined);
  await close?.();
  process.exit(0);
}

process.once('SIGTERM', () => void stop('SIGTERM'));
process.once('SIGINT', () => void stop('SIGINT'));
process.once('disconnect', () => void stop('the parent is gone'));
try {
  await started;
} catch (error) {
  log.fatal({ err: error }, 'the back office could not start');
  process.exit(1);
}
