import { accessSync, constants, mkdirSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

import { openFiscalSigner } from '#libs/invoicing/fiscal/open-signer.js';

import { isRunning } from '../processes/process-identity.js';
import { programOnPath, runProgram } from '../processes/run-program.js';
import { CHROMIUM_ADVICE, presentChromium } from '../servers/chromium.js';
import { dataFolder } from '../servers/folders.js';
import { answersOnPort } from '../servers/ports.js';
import { embeddedPostgresVersion } from '../servers/postgres-place.js';
import { requirePostgres } from '../servers/postgres.js';
import { presentTemporal, temporalVersion } from '../servers/temporal.js';
import { cachedTimeSkippingServer, javaVersion } from '../servers/time-skipping-server.js';
import { keptFiscalKeyFile, lockOwner } from './data-folder.js';

/** One thing the system needs, uses or could use. */
export interface Finding {
  readonly name: string;
  /** ok: found and used; on-demand: fetched when it is first needed; missing; unused: not needed as configured. */
  readonly state: 'ok' | 'on-demand' | 'missing' | 'unused';
  readonly essential: boolean;
  /** What was found, with its version. */
  readonly found: string;
  /** How to get what is missing. */
  readonly advice?: string;
}

const LEAST_NODE = 26;
type Env = NodeJS.ProcessEnv;
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const isSet = (value: string | undefined): value is string => value !== undefined && value !== '';

async function versionOf(program: string, args: readonly string[], env: Env): Promise<string | null> {
  const path = programOnPath(program, env['PATH']);
  if (path === null) return null;
  const { status, said } = await runProgram(path, args, { limitMs: 20_000, env });
  return status === 0 ? (stripVTControlCharacters(said).split('\n')[0] ?? '').trim() : null;
}

function node(): Finding {
  const found = `${process.version} (${process.execPath})`;
  const isNew = Number.parseInt(process.versions.node, 10) >= LEAST_NODE;
  const advice = `Node ${LEAST_NODE} comes with the dependencies: npm ci, then start by npm`;
  return { name: 'Node', essential: true, found, ...(isNew ? { state: 'ok' } : { state: 'missing', advice }) };
}

async function npm(env: Env): Promise<Finding> {
  const version = await versionOf('npm', ['--version'], env);
  const base = { name: 'npm', essential: false } as const;
  if (version !== null) return { ...base, state: 'ok', found: version };
  return { ...base, state: 'missing', found: 'not on PATH', advice: 'comes with Node: https://nodejs.org' };
}

async function postgres(env: Env): Promise<Finding> {
  const base = { name: 'PostgreSQL', essential: true } as const;
  const url = env['DATABASE_URL'];
  try {
    if (!isSet(url)) return { ...base, state: 'ok', found: `${embeddedPostgresVersion()}, embedded` };
    return { ...base, state: 'ok', found: `${await requirePostgres(url)} at DATABASE_URL` };
  } catch (error) {
    return {
      ...base,
      state: 'missing',
      found: reasonOf(error),
      advice: 'set DATABASE_URL to a PostgreSQL 18 or newer',
    };
  }
}

async function temporal(env: Env): Promise<Finding> {
  const base = { name: 'Temporal', essential: true } as const;
  const address = env['TEMPORAL_ADDRESS'];
  if (isSet(address)) {
    const [host = '127.0.0.1', port = '7233'] = address.split(':');
    if (await answersOnPort(Number(port), host)) return { ...base, state: 'ok', found: `server at ${address}` };
    return {
      ...base,
      state: 'missing',
      found: `no answer at ${address}`,
      advice: 'start it, or unset TEMPORAL_ADDRESS',
    };
  }
  const present = presentTemporal(env);
  if (present !== null) {
    return { ...base, state: 'ok', found: `${await temporalVersion(present.path)} (${present.from}: ${present.path})` };
  }
  const go = programOnPath('go', env['PATH']) === null ? 'else it needs Go' : 'else built by Go, about 3 minutes';
  return {
    ...base,
    state: 'on-demand',
    found: `not here yet: at the first start downloaded by the Temporal SDK, ${go}`,
    advice: 'to have it now: https://docs.temporal.io/cli',
  };
}

async function testServer(env: Env): Promise<Finding> {
  const base = { name: 'Test server', essential: false } as const;
  const cached = cachedTimeSkippingServer(env);
  if (cached !== null) return { ...base, state: 'ok', found: `time-skipping, ${cached}` };
  const java = await javaVersion(env);
  const canFetch = java !== null && java >= 11 && programOnPath('mvn', env['PATH']) !== null;
  return {
    ...base,
    state: 'on-demand',
    found: `downloaded when a test first needs it${canFetch ? ', or run by Java with jars from Maven' : ''}`,
    ...(canFetch ? {} : { advice: 'where no download works: apt-get install default-jre-headless maven' }),
  };
}

async function tool(name: string, program: string, args: readonly string[], use: string, env: Env): Promise<Finding> {
  const version = await versionOf(program, args, env);
  return { name, essential: false, state: version === null ? 'unused' : 'ok', found: version ?? `not here; ${use}` };
}

/** In production (a certified program, or live payments) the key is configured and kept apart from the data. */
function fiscalSignature(env: Env): Finding {
  const base = { name: 'Fiscal key', essential: true } as const;
  try {
    const signer = openFiscalSigner(env);
    const certificate = signer?.certificate ?? env['CHAZEMO_SOFTWARE_CERTIFICATE'] ?? '0';
    const isProduction = certificate !== '0' || (env['STRIPE_SECRET_KEY'] ?? '').startsWith('sk_live_');
    const program = certificate === '0' ? 'program not certified: no fiscal validity' : `certificate ${certificate}`;
    if (signer !== null) return { ...base, state: 'ok', found: `version ${signer.keyVersion}, ${program}` };
    const kept = keptFiscalKeyFile(dataFolder(env));
    if (!isProduction) return { ...base, state: 'ok', found: `${kept ?? 'made at the first start'}; ${program}` };
    const advice = 'set CHAZEMO_FISCAL_KEY to the key whose public half the tax authority has';
    return { ...base, state: 'missing', found: `CHAZEMO_FISCAL_KEY is not set; ${program}`, advice };
  } catch (error) {
    return { ...base, state: 'missing', found: reasonOf(error), advice: 'correct it' };
  }
}

function stripe(env: Env): Finding {
  const key = env['STRIPE_SECRET_KEY'];
  const base = { name: 'Stripe', essential: true } as const;
  if (!isSet(key))
    return { ...base, state: 'ok', found: 'local sandbox: no money moves (STRIPE_SECRET_KEY is not set)' };
  const mode = key.startsWith('sk_live_') || key.startsWith('rk_live_') ? 'live' : 'test';
  if (isSet(env['STRIPE_WEBHOOK_SECRET'])) return { ...base, state: 'ok', found: `${mode} key, webhook secret` };
  const advice = 'set STRIPE_WEBHOOK_SECRET: without it no payment is ever confirmed';
  return { ...base, state: 'missing', found: `${mode} key without a webhook secret`, advice };
}

async function mail(env: Env): Promise<Finding> {
  const base = { name: 'Mail', essential: true } as const;
  const url = env['SMTP_URL'];
  if (!isSet(url)) return { ...base, state: 'ok', found: 'kept as .eml files (SMTP_URL is not set)' };
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) return { ...base, state: 'missing', found: 'SMTP_URL is no URL', advice: 'smtp://host:port' };
  const port = Number(parsed.port || (parsed.protocol === 'smtps:' ? 465 : 587));
  if (await answersOnPort(port, parsed.hostname)) return { ...base, state: 'ok', found: `${parsed.hostname}:${port}` };
  return { ...base, state: 'missing', found: `no answer at ${parsed.hostname}:${port}`, advice: 'check SMTP_URL' };
}

function data(env: Env): Finding {
  const base = { name: 'Data', essential: true } as const;
  const folder = dataFolder(env);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    return { ...base, state: 'missing', found: reasonOf(error), advice: 'set CHAZEMO_DATA_DIR to a folder of yours' };
  }
  const owner = lockOwner(folder);
  const isUp = owner !== null && isRunning(owner);
  return { ...base, state: 'ok', found: isUp ? `${folder}, in use by process ${owner.pid}` : folder };
}

function chromium(env: Env): Finding {
  const path = presentChromium(env);
  const base = { name: 'Chromium', essential: false } as const;
  if (path !== null) return { ...base, state: 'ok', found: path };
  return { ...base, state: 'missing', found: 'not here; for the browser tests', advice: CHROMIUM_ADVICE };
}

/** Looks at everything the system needs on this machine, as the environment configures it. Starts nothing. */
export function examine(env: Env = process.env): Promise<Finding[]> {
  return Promise.all([
    node(),
    npm(env),
    postgres(env),
    temporal(env),
    testServer(env),
    tool('Go', 'go', ['version'], 'builds the Temporal server where no download works', env),
    tool('Java', 'java', ['-version'], 'runs the test server where no download works', env),
    tool('Maven', 'mvn', ['--version'], 'fetches the test server where no download works', env),
    fiscalSignature(env),
    stripe(env),
    mail(env),
    data(env),
    chromium(env),
  ]);
}
