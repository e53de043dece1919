import { chmodSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';

import { endOfLog } from './logs.js';
import {
  prepareEmbeddedPostgres,
  postgresVersion,
  removeEmbeddedPostgres,
  runningPostgres,
  stopPostgres,
  type EmbeddedPostgres,
} from './postgres.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'chazemo-postgres-'));
  chmodSync(dataDir, 0o711);
});

afterEach(() => removeEmbeddedPostgres(dataDir));

async function up(): Promise<EmbeddedPostgres> {
  const server = await prepareEmbeddedPostgres({ dataDir, throwAway: true });
  await server.untilReady(server.spawn());
  return server;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

test('a server that a crashed run left is stopped, and the next has its port, password and data', async () => {
  const first = await up();
  await query(first.url, 'create table kept (n int); insert into kept values (7)');
  const left = runningPostgres(dataDir);
  const second = await up();
  expect(left).not.toBeNull();
  expect(runningPostgres(dataDir)).not.toBe(left);
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'select n, uuidv7() is not null as v7 from kept')).toEqual([{ n: 7, v7: true }]);
  expect(Number.parseInt(await postgresVersion(second.url), 10)).toBeGreaterThanOrEqual(18);
});

test('the pid file of a dead server whose pid another program got does not hinder', async () => {
  const server = await up();
  const file = join(server.folder, 'data', 'postmaster.pid');
  const text = readFileSync(file, 'utf8');
  await stopPostgres(dataDir);
  writeFileSync(file, text.replace(/^\d+/, String(process.pid)));
  expect(runningPostgres(dataDir)).toBeNull();
  await up();
  expect(runningPostgres(dataDir)).not.toBeNull();
});

test('listens on 127.0.0.1 alone and keeps its password to its owner', async () => {
  const server = await up();
  expect(await query(server.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(statSync(join(server.folder, 'password')).mode & 0o777).toBe(0o600);
  await expect(query(server.url.replace(/:[^:@]*@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/);
});

test('when it cannot start, the end of its log is in the error', async () => {
  const server = await up();
  await stopPostgres(dataDir);
  writeFileSync(join(server.folder, 'data', 'postgresql.conf'), 'no_such_setting = 1\n');
  await expect(server.untilReady(server.spawn())).rejects.toThrow(/no_such_setting/);
  expect(endOfLog(server.logFile)).toMatch(/no_such_setting/);
  expect(existsSync(join(dataDir, 'log', 'postgres.log'))).toBe(true);
});
