import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startSystem, type RunningSystem, type StartOptions } from '#apps/cli/system/start-system.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { hashPassword } from '#libs/ocpp/password.js';
import { openDatabase, type Database } from '#libs/persistence/database.js';

import { ApiClient } from './api-client.js';
import {
  followMonth,
  goldenLines,
  restingInvoicesOf,
  startMonth,
  type InvoiceView,
  type MonthStory,
  type MonthView,
  type PrintedLine,
} from './month.js';
import { playJune, type PlayedJune, type PlayOptions } from './play.js';
import { LOGINS, seedLogins, seedPayers } from './seed-people.js';
import { seedRegistry } from './seed-registry.js';
import { demoWorld, INSTALLATION_ID, PERIOD, type DemoWorld } from './world.js';

/** What the demo answers as JSON: a promise to outside tools (design: interfaces). */
export interface DemoResult {
  readonly golden: { readonly lines: readonly PrintedLine[] };
  readonly month: { readonly installation: string; readonly period: string; readonly workflowId: string };
  readonly invoices: readonly Pick<InvoiceView, 'number' | 'customer' | 'totalCents' | 'state'>[];
  readonly ledger: { readonly balanced: boolean };
  readonly files: { readonly excel: string; readonly invoicePdf: string };
  readonly urls: RunningSystem['urls'];
}

/** The running car park. */
export interface Demo {
  readonly system: RunningSystem;
  readonly database: Database;
  readonly api: ApiClient;
  readonly world: DemoWorld;
  stop(): Promise<void>;
}

/** Starts the whole system on a data directory, with the demo's car park in it. */
export async function startDemo(
  options: StartOptions & { readonly dataDir: string },
  start: (options: StartOptions) => Promise<RunningSystem> = startSystem,
): Promise<Demo> {
  const world = demoWorld();
  const system = await start(options);
  try {
    const database = await openDatabase({ url: system.databaseUrl, poolSize: 4 });
    options.tell?.('a car park of forty spots is made');
    await seedRegistry(database.sql, world, hashPassword);
    await seedLogins(database.sql);
    const { STRIPE_SECRET_KEY: secretKey = '', STRIPE_API_BASE: apiBase } = system.env;
    await seedPayers(database.sql, world, { secretKey, apiBase }, new Date());
    const [staff] = LOGINS;
    const api = new ApiClient(system.urls.console.replace(/\/$/, ''));
    await api.signIn(staff.email, staff.password);
    const stop = async (): Promise<void> => {
      await database.close();
      await system.stop();
    };
    return { system, database, api, world, stop };
  } catch (error) {
    await system.stop();
    throw error;
  }
}

/** Plays June, runs the month as staff would, and follows it until every collection has settled or gone to arrears. */
export async function runJune(
  demo: Demo,
  story: Pick<MonthStory, 'onProgress' | 'timeoutMs'> &
    Pick<PlayOptions, 'onFirstFrame'> & {
      readonly onPlayed?: (done: number, total: number) => void;
    },
): Promise<{ june: PlayedJune; month: MonthView }> {
  const june = await playJune(demo.world, {
    ocppUrl: demo.system.urls.ocpp,
    ...(story.onPlayed === undefined ? {} : { onProgress: story.onPlayed }),
    ...(story.onFirstFrame === undefined ? {} : { onFirstFrame: story.onFirstFrame }),
  });
  const started = await startMonth(demo.api, INSTALLATION_ID, PERIOD);
  const month = await followMonth(demo.api, started.cycleId, {
    ...story,
    approve: true,
    onAwaitingReadings: () => june.deliverLate(),
  });
  return { june, month };
}

/** Fetches the files as a person would and says how the month ended. */
export async function resultOf(demo: Demo, month: MonthView): Promise<DemoResult> {
  const folder = join(demo.system.dataDir, 'files');
  await mkdir(folder, { recursive: true });
  const invoices = await restingInvoicesOf(demo.api, month.cycleId);
  const golden = invoices.find((invoice) => invoice.customer === '1001');
  const excel = join(folder, `${INSTALLATION_ID}-${PERIOD}.xlsx`);
  const invoicePdf = join(folder, `${(golden?.number ?? 'invoice').replaceAll(/[^\w-]+/g, '-')}.pdf`);
  if (month.excelFileId !== null) await writeFile(excel, await demo.api.download(`/files/${month.excelFileId}`));
  const pdfFileId = golden?.pdfFileId ?? null;
  if (pdfFileId !== null) await writeFile(invoicePdf, await demo.api.download(`/files/${pdfFileId}`));
  const { balanced } = await checkLedger(demo.database.sql);
  return {
    golden: { lines: await goldenLines(demo.database.sql, month.cycleId) },
    month: { installation: INSTALLATION_ID, period: PERIOD, workflowId: month.workflowId },
    invoices: invoices.map(({ number, customer, totalCents, state }) => ({ number, customer, totalCents, state })),
    ledger: { balanced },
    files: { excel, invoicePdf },
    urls: demo.system.urls,
  };
}
