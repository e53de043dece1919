import { accessSync, constants, mkdirSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

import { isRunning } from '../processes/process-identity.js';
import { programOnPath, runProgram } from '../processes/run-program.js';
import { CHROMIUM_ADVICE, presentChromium } from '../servers/chromium.js';
import { dataFolder } from '../servers/folders.js';
import { answersOnPort } from '../servers/ports.js';
import { embeddedPostgresVersion } from '../servers/postgres-place.js';
import { requirePostgres } from '../servers/postgres.js';
import { presentTemporal, temporalVersion } from '../servers/temporal.js';
import { cachedTimeSkippingServer, javaVersion } from '../servers/time-skipping-server.js';
import { lockOwner } from './data-folder.js';
import { fiscalProducer, fiscalSignature, mail, publicAddress, stripe } from './examine-configuration.js';
import { isSet, reasonOf, type Env, type Finding } from './finding.js';

const LEAST_NODE = 26;

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
    publicAddress(env),
    fiscalSignature(env),
    fiscalProducer(env),
    stripe(env),
    mail(env),
    data(env),
    chromium(env),
  ]);
}
