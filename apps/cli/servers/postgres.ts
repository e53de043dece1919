import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { startOfProcess } from '../processes/process-identity.js';
import { endOfLog } from './logs.js';
import { keptPort } from './ports.js';
import { makeOwnFolder, placeOfCluster, postgresBinaries, postgresUser } from './postgres-place.js';

/** The migrations use uuidv7(), which came with this version. */
export const LEAST_POSTGRES = 18;

const USER = 'chazemo';
const START_LIMIT_MS = 60_000;
/** Also the time in which the processes of a killed server notice and leave its shared memory. */
const COLLECTED_MS = 1_000;
const STOP_LIMITS_MS = { SIGINT: 6_000, SIGQUIT: 2_000, SIGKILL: 2_000 } as const;

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly tell?: (line: string) => void;
  /** For tests: no fsync, a crash of the machine may lose everything. */
  readonly throwAway?: boolean;
}

/** The embedded PostgreSQL of one data directory, made ready to start: cluster, port, password, log. */
export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly logFile: string;
  /** Starts the server process; resolves when it answers, rejects with the end of its log. */
  spawn(): ChildProcess;
  untilReady(child: ChildProcess): Promise<void>;
}

function keptPassword(folder: string): string {
  const file = join(folder, 'password');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const password = randomBytes(18).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return password;
}

function commandOf(pid: number): string {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
}

/** The server that runs on this cluster, by its own pid file; null when none does (the file may be a crash's). */
export function runningPostgres(dataDir: string): number | null {
  const cluster = join(placeOfCluster(dataDir, postgresUser()).folder, 'data');
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  return Number.isInteger(pid) && pid > 1 && commandOf(pid).includes(cluster) ? pid : null;
}

async function ends(pid: number, withinMs: number): Promise<boolean> {
  const limit = Date.now() + withinMs;
  while (startOfProcess(pid) !== null) {
    if (Date.now() > limit) return false;
    await sleep(20);
  }
  return true;
}

/** Stops whatever server runs on this data directory's cluster, also one that a crashed run left behind. */
export async function stopPostgres(dataDir: string): Promise<boolean> {
  const pid = runningPostgres(dataDir);
  if (pid === null) return false;
  for (const [signal, limitMs] of Object.entries(STOP_LIMITS_MS)) {
    try {
      process.kill(pid, signal as NodeJS.Signals);
    } catch {
      return true;
    }
    if (await ends(pid, limitMs)) return true;
  }
  throw new Error(`PostgreSQL (process ${pid}) does not end, not even by SIGKILL`);
}

function seemsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Removes the pid file of a dead server when PostgreSQL would take it for a living one: it asks only whether the pid
 * exists, which is so for a killed process that nobody has collected yet, and for another program that got the pid.
 */
async function discardDeadPidFile(cluster: string): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const limit = Date.now() + COLLECTED_MS;
  while (seemsAlive(pid) && startOfProcess(pid) === null && Date.now() < limit) await sleep(50);
  if (seemsAlive(pid)) rmSync(file, { force: true });
}

/** Stops the server of a throw-away data directory and removes both, wherever the cluster lies. */
export async function removeEmbeddedPostgres(dataDir: string): Promise<void> {
  await stopPostgres(dataDir);
  rmSync(placeOfCluster(dataDir, postgresUser()).folder, { recursive: true, force: true, maxRetries: 5 });
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

/** A cluster is made aside and moved into place when complete, so an interrupted start leaves no half of one. */
function makeCluster(folder: string, password: string, options: EmbeddedPostgresOptions): void {
  const user = postgresUser();
  const { initdb } = postgresBinaries(user);
  const fresh = join(folder, 'data.making');
  rmSync(fresh, { recursive: true, force: true });
  makeOwnFolder(fresh, user);
  const passwordFile = `${fresh}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const args = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const made = spawnSync(
    initdb,
    [
      `--pgdata=${fresh}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--locale=C',
      ...args,
      ...(options.throwAway === true ? ['--no-sync'] : []),
    ],
    { ...user, cwd: '/', encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } },
  );
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) {
    throw new Error(`PostgreSQL's initdb failed:\n${made.error?.message ?? ''}${made.stdout}${made.stderr}`);
  }
  renameSync(fresh, join(folder, 'data'));
}

async function untilAnswers(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined || Date.now() > limit) {
      throw new Error(`PostgreSQL did not start. The end of ${logFile}:\n${endOfLog(logFile)}`);
    }
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch {
      await sleep(30);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/**
 * Prepares the embedded PostgreSQL under `<dataDir>/postgres` (as root, when that folder is closed to the user
 * postgres, under /var/lib/chazemo, noted in `<dataDir>/postgres.location`): stops what a crashed run left, makes the
 * cluster on the first start, keeps port and password. Listens on 127.0.0.1 only.
 */
export async function prepareEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, tell } = options;
  const user = postgresUser();
  const { folder, moved } = placeOfCluster(dataDir, user);
  if (await stopPostgres(dataDir)) tell?.('stopped a PostgreSQL that an earlier run had left');
  await discardDeadPidFile(join(folder, 'data'));
  if (moved) noteOtherPlace(dataDir, folder, tell);
  makeOwnFolder(folder, user);
  const password = keptPassword(folder);
  if (!existsSync(join(folder, 'data'))) {
    tell?.('making the database (first start)');
    makeCluster(folder, password, options);
  }
  const port = await keptPort(join(dataDir, 'run', 'postgres.port'));
  const logFile = join(ensure(dataDir, 'log'), 'postgres.log');
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...(options.throwAway === true ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const url = `postgres://${USER}:${password}@127.0.0.1:${port}/${USER}`;
  const serverUrl = `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`;
  return {
    url,
    port,
    folder,
    logFile,
    spawn() {
      const log = openSync(logFile, 'a');
      try {
        return spawn(postgresBinaries(user).postgres, ['-D', join(folder, 'data'), '-p', String(port), ...flags], {
          ...user,
          cwd: '/',
          detached: true,
          stdio: ['ignore', log, log],
          env: { ...process.env, LC_ALL: 'C' },
        });
      } finally {
        closeSync(log);
      }
    },
    async untilReady(child) {
      await untilAnswers(serverUrl, child, logFile);
      await makeDatabase(serverUrl, USER);
    },
  };
}

/** A cluster outside a data directory that knows nothing of it belonged to one that was deleted. */
function noteOtherPlace(dataDir: string, folder: string, tell: EmbeddedPostgresOptions['tell']): void {
  const note = join(dataDir, 'postgres.location');
  if (existsSync(note)) return;
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(note, `${folder}\n`);
  tell?.(`PostgreSQL's user may not enter ${dataDir}: the database is in ${folder}`);
}

function ensure(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

async function makeDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** The version of the server behind an URL, e.g. `18.4`. Throws when it cannot be reached. */
export async function postgresVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version.split(' ')[0] ?? '';
  } finally {
    await client.end();
  }
}

/** Throws when a configured server is too old, naming what is needed. */
export async function requirePostgres(url: string): Promise<string> {
  const version = await postgresVersion(url);
  if (Number.parseInt(version, 10) < LEAST_POSTGRES) {
    throw new Error(
      `DATABASE_URL leads to PostgreSQL ${version}; ${LEAST_POSTGRES} or newer is needed (its uuidv7()). ` +
        'Unset DATABASE_URL to use the embedded server.',
    );
  }
  return version;
}
