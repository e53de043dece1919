import { join, resolve } from 'node:path';

import { FISCAL_KEY_BITS } from '#libs/invoicing/fiscal/open-signer.js';
import { migrate } from '#libs/persistence/database.js';

import { runProgram } from '../processes/run-program.js';
import { dataFolder, programFolder } from '../servers/folders.js';
import { startMailKeeper, type MailKeeper } from '../servers/mail-keeper.js';
import { answersOnPort, freePort, isPortFree, keptPort } from '../servers/ports.js';
import { prepareEmbeddedPostgres, requirePostgres } from '../servers/postgres.js';
import { prepareEmbeddedTemporal } from '../servers/temporal.js';
import { appPlan, type AppName } from './apps.js';
import { keptFiscalKey, keptSecrets, removeState, runFolderOf, takeDataFolder, writeState } from './data-folder.js';
import { aborted, reclaimProcesses, SupervisedProcess } from './supervised-process.js';

const DEFAULT_PORT = { http: 3000, ocpp: 9000 } as const;
/** Together under the ten seconds that a stop may take. */
const STOP_LIMIT_MS = { app: 5_000, sandbox: 1_000, temporal: 3_000, postgres: 1_500 } as const;
const SANDBOX_LABEL =
  'Pagamentos na sandbox local do Stripe: nenhum dinheiro se move · Local Stripe sandbox: no money moves';

export interface StartOptions {
  /** Where everything is kept; CHAZEMO_DATA_DIR or .chazemo when not given. */
  readonly dataDir?: string;
  /** The environment whose variables decide what is used (design: Environment); the process's own when not given. */
  readonly env?: NodeJS.ProcessEnv;
  /** Further variables for our programs. */
  readonly appEnv?: Readonly<Record<string, string>>;
  /** Told what happens, one line each. */
  readonly tell?: (line: string) => void;
  /** Fixed ports; 0 for one that is free. When not given: the environment's, else 3000 and 9000 where free. */
  readonly httpPort?: number;
  readonly ocppPort?: number;
  /** Whether the console's pages are built when they are stale; true when not given. */
  readonly console?: boolean;
  /** Gives up while it starts; what was started is stopped. */
  readonly signal?: AbortSignal;
  /** Other programs in place of ours, for tests of the supervisor. */
  readonly entries?: Partial<Record<AppName, string>>;
}

export type ProcessName = 'postgres' | 'temporal' | AppName;

export interface RunningSystem {
  readonly urls: {
    readonly console: string;
    readonly api: string;
    readonly ocpp: string;
    readonly temporalUi: string | null;
  };
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** Temporal's namespace, Stripe's key and address, …: what our programs were started with. */
  readonly env: Readonly<Record<string, string>>;
  /** The first administrator; `password` only when it was made or given at this start. */
  readonly administrator: { readonly email: string; readonly password: string; readonly isNew: boolean };
  readonly dataDir: string;
  /** The processes that run at this moment; null between two starts of one, absent when it is not ours. */
  readonly pids: Readonly<Partial<Record<ProcessName, number | null>>>;
  stop(): Promise<void>;
}

/** Everything that was started, in the order in which it is to be stopped. */
class Started {
  readonly processes = new Map<ProcessName, SupervisedProcess>();
  mail: MailKeeper | null = null;
  readonly #starting: Promise<unknown>[] = [];
  readonly #closed = new AbortController();

  constructor(
    private readonly runFolder: string,
    private readonly tell: (line: string) => void,
  ) {}

  get pids(): RunningSystem['pids'] {
    return Object.fromEntries([...this.processes].map(([name, process]) => [name, process.pid]));
  }

  async start(name: ProcessName, plan: Parameters<typeof SupervisedProcess.start>[0]): Promise<void> {
    const startedMs = Date.now();
    const start = SupervisedProcess.start(plan, this.runFolder, this.tell, this.#closed.signal);
    this.#starting.push(start);
    this.processes.set(name, await start);
    this.tell(`${name} is up (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`);
  }

  /** Stops what runs and what is still starting; nothing can be started any more. */
  async stop(): Promise<void> {
    this.#closed.abort(new Error('the system is stopping'));
    await Promise.allSettled(this.#starting);
    const end = (...names: ProcessName[]) => Promise.all(names.map((name) => this.processes.get(name)?.stop()));
    await end('gateway', 'worker', 'backoffice');
    await Promise.all([end('sandbox', 'temporal'), this.mail?.stop()]);
    await end('postgres');
  }
}

/** A given port must be free; the usual one gives way to a free one, and it is said. */
async function listenPort(
  what: { name: string; given: number | undefined; usual: number; file: string },
  host: string,
  tell: (line: string) => void,
): Promise<number> {
  if (what.given === 0) return keptPort(what.file);
  const port = what.given ?? what.usual;
  if (await isPortFree(port, host)) return port;
  if (what.given !== undefined) throw new Error(`port ${port} of ${host} is in use: set ${what.name} to a free one`);
  const other = await freePort(host);
  tell(`port ${port} is in use: ${other} instead (set ${what.name} to choose)`);
  return other;
}

function portFrom(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${name} is not a port: ${text}`);
  return port;
}

interface Ground {
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly options: StartOptions;
  readonly tell: (line: string) => void;
  readonly started: Started;
}

async function startDatabase({ dataDir, env, tell, started }: Ground): Promise<string> {
  let url = env['DATABASE_URL'];
  if (url === undefined || url === '') {
    const server = await prepareEmbeddedPostgres({ dataDir, tell });
    await started.start('postgres', {
      name: 'postgres',
      stopSignal: 'SIGINT',
      stopLimitMs: STOP_LIMIT_MS.postgres,
      startTries: 3,
      spawn: () => server.spawn(),
      untilReady: (child) => server.untilReady(child),
    });
    url = server.url;
  } else {
    tell(`PostgreSQL ${await requirePostgres(url)} at DATABASE_URL`);
  }
  const applied = await migrate(url);
  if (applied.length > 0) tell(`database: ${applied.length} migrations applied`);
  return url;
}

async function startTemporal(ground: Ground): Promise<{ address: string; uiUrl: string | null }> {
  const { dataDir, env, tell, started } = ground;
  const address = env['TEMPORAL_ADDRESS'];
  if (address !== undefined && address !== '') {
    const [host = '127.0.0.1', port = '7233'] = address.split(':');
    if (!(await answersOnPort(Number(port), host)))
      throw new Error(`no Temporal server answers at TEMPORAL_ADDRESS ${address}`);
    return { address, uiUrl: env['TEMPORAL_UI_URL'] ?? null };
  }
  const server = await prepareEmbeddedTemporal({
    dataDir,
    env,
    tell,
    namespace: env['TEMPORAL_NAMESPACE'] ?? 'default',
  });
  await started.start('temporal', {
    name: 'temporal',
    stopSignal: 'SIGTERM',
    stopLimitMs: STOP_LIMIT_MS.temporal,
    startTries: 2,
    spawn: () => server.spawn(),
    untilReady: (child) => server.untilReady(child),
  });
  return { address: server.address, uiUrl: server.uiUrl };
}

async function startSandbox(
  ground: Ground,
  webhookUrl: string,
  webhookSecret: string,
): Promise<Record<string, string>> {
  const { dataDir, env, options, started } = ground;
  const own = env['STRIPE_SECRET_KEY'];
  if (own !== undefined && own !== '') return {};
  const port = await keptPort(join(runFolderOf(dataDir), 'stripe-sandbox.port'));
  const appEnv = {
    ...env,
    STRIPE_SANDBOX_PORT: String(port),
    STRIPE_SANDBOX_DATA: join(dataDir, 'stripe-sandbox.json'),
    STRIPE_WEBHOOK_URL: webhookUrl,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    ...options.appEnv,
  };
  await started.start(
    'sandbox',
    appPlan({
      name: 'sandbox',
      dataDir,
      env: appEnv,
      isReady: () => answersOnPort(port),
      stopLimitMs: STOP_LIMIT_MS.sandbox,
      entry: options.entries?.sandbox,
    }),
  );
  return {
    STRIPE_SECRET_KEY: 'sk_test_sandbox',
    STRIPE_API_BASE: `http://127.0.0.1:${port}`,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    CHAZEMO_STRIPE_LABEL: SANDBOX_LABEL,
  };
}

async function startMail({ dataDir, env, started }: Ground): Promise<Record<string, string>> {
  const from = { MAIL_FROM: env['MAIL_FROM'] ?? 'ChaZeMo <nao-responder@chazemo.example>' };
  const own = env['SMTP_URL'];
  if (own !== undefined && own !== '') return { ...from, SMTP_URL: own };
  const port = await keptPort(join(runFolderOf(dataDir), 'mail.port'));
  started.mail = await startMailKeeper({ folder: join(dataDir, 'mail'), port });
  return { ...from, SMTP_URL: started.mail.url };
}

async function buildConsole({ tell, options, env }: Ground): Promise<void> {
  if (options.console === false) return;
  const bootstrap = join(programFolder(), 'apps/cli/bootstrap.mjs');
  const outcome = await runProgram(process.execPath, [bootstrap, '--console'], { env, limitMs: 300_000 });
  if (outcome.status !== 0) throw new Error(`the console could not be built:\n${outcome.said}`);
  const built = outcome.said.split('\n').find((line) => line.startsWith('Building the console: done'));
  if (built !== undefined) tell(built);
}

interface AppPorts {
  readonly http: number;
  readonly ocpp: number;
  readonly worker: number;
}

async function startApps(ground: Ground, env: Record<string, string>, ports: AppPorts): Promise<void> {
  const { dataDir, options, started } = ground;
  const appEnv = { ...ground.env, ...env, ...options.appEnv };
  const start = (name: AppName, port: number) =>
    started.start(
      name,
      appPlan({
        name,
        dataDir,
        env: appEnv,
        readyUrl: `http://127.0.0.1:${port}/readyz`,
        stopLimitMs: STOP_LIMIT_MS.app,
        entry: options.entries?.[name],
      }),
    );
  await all([start('gateway', ports.ocpp), start('worker', ports.worker), start('backoffice', ports.http)]);
}

/** Like Promise.all, but a failure is thrown only when everything has come to an end: nothing starts behind our back. */
async function all<const T extends readonly Promise<unknown>[]>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as { -readonly [K in keyof T]: Awaited<T[K]> };
}

async function startAll(ground: Ground): Promise<Omit<RunningSystem, 'pids' | 'stop'>> {
  const { dataDir, env, tell, options } = ground;
  const host = env['CHAZEMO_HOST'] ?? '127.0.0.1';
  const run = runFolderOf(dataDir);
  const port = (name: string, given: number | undefined, usual: number, file: string) =>
    listenPort({ name, given: given ?? portFrom(env, name), usual, file: join(run, file) }, host, tell);
  const http = await port('CHAZEMO_HTTP_PORT', options.httpPort, DEFAULT_PORT.http, 'http.port');
  const ocpp = await port('CHAZEMO_OCPP_PORT', options.ocppPort, DEFAULT_PORT.ocpp, 'ocpp.port');
  const worker = await keptPort(join(run, 'worker.port'));
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const secrets = keptSecrets(dataDir);
  const webhookSecret = env['STRIPE_WEBHOOK_SECRET'] ?? secrets.stripeWebhookSecret;

  const [databaseUrl, temporal, stripe, mail] = await all([
    startDatabase(ground),
    startTemporal(ground),
    startSandbox(ground, `http://127.0.0.1:${http}/webhooks/stripe`, webhookSecret),
    startMail(ground),
    buildConsole(ground),
  ]);
  const administrator = {
    email: env['CHAZEMO_ADMIN_EMAIL'] ?? 'admin@chazemo.example',
    password: env['CHAZEMO_ADMIN_PASSWORD'] ?? secrets.adminPassword,
    isNew: secrets.fresh && env['CHAZEMO_ADMIN_PASSWORD'] === undefined,
  };
  const consoleUrl = `http://${shown}:${http}/`;
  const appEnv: Record<string, string> = {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    ...(temporal.uiUrl === null ? {} : { TEMPORAL_UI_URL: temporal.uiUrl }),
    CHAZEMO_DATA_DIR: dataDir,
    CHAZEMO_HOST: host,
    CHAZEMO_HTTP_PORT: String(http),
    CHAZEMO_OCPP_PORT: String(ocpp),
    CHAZEMO_WORKER_PORT: String(worker),
    CHAZEMO_PUBLIC_URL: env['CHAZEMO_PUBLIC_URL'] ?? consoleUrl.replace(/\/$/, ''),
    CHAZEMO_SECRET: env['CHAZEMO_SECRET'] ?? secrets.chazemoSecret,
    CHAZEMO_FISCAL_KEY: env['CHAZEMO_FISCAL_KEY'] || keptFiscalKey(dataDir, FISCAL_KEY_BITS),
    CHAZEMO_ADMIN_EMAIL: administrator.email,
    CHAZEMO_ADMIN_PASSWORD: administrator.password,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    ...stripe,
    ...mail,
  };
  await startApps(ground, appEnv, { http, ocpp, worker });
  writeState(dataDir, { pid: process.pid, phase: 'running', databaseUrl, consoleUrl });
  return {
    urls: {
      console: consoleUrl,
      api: `${consoleUrl}api/v1`,
      ocpp: `ws://${shown}:${ocpp}/ocpp`,
      temporalUi: temporal.uiUrl,
    },
    databaseUrl,
    temporalAddress: temporal.address,
    env: appEnv,
    administrator,
    dataDir,
  };
}

/**
 * Starts the whole system on what the environment names, and on embedded servers for the rest: PostgreSQL and its
 * migrations, Temporal, the Stripe sandbox and the mail keeper, then gateway, worker and back office. A process that
 * dies is started again. Rejects, with nothing left running, when something does not start; throws DataFolderInUse
 * when another system runs on this data directory. `stop()` ends everything within ten seconds.
 */
export async function startSystem(options: StartOptions = {}): Promise<RunningSystem> {
  const env = options.env ?? process.env;
  const dataDir = options.dataDir === undefined ? dataFolder(env) : resolve(options.dataDir);
  const tell = options.tell ?? (() => undefined);
  const lock = await takeDataFolder(dataDir);
  const started = new Started(runFolderOf(dataDir), tell);
  let stopping: Promise<void> | null = null;
  const stop = () =>
    (stopping ??= (async () => {
      writeState(dataDir, { pid: process.pid, phase: 'stopping' });
      try {
        await started.stop();
      } finally {
        removeState(dataDir);
        lock.release();
      }
    })());
  try {
    writeState(dataDir, { pid: process.pid, phase: 'starting' });
    const left = await reclaimProcesses(runFolderOf(dataDir));
    if (left.length > 0) tell(`ended what an earlier run had left: ${left.join(', ')}`);
    const parts = await Promise.race([startAll({ dataDir, env, options, tell, started }), aborted(options.signal)]);
    return {
      ...parts,
      stop,
      get pids() {
        return started.pids;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
