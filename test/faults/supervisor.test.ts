import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';

import { isPortFree } from '#apps/cli/servers/ports.js';

import { endBy, launch, launchUp, processesOf, until, type SupervisedRun, type UpReport } from './supervised-run.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'chazemo-faults-'));
  chmodSync(dataDir, 0o711);
});

afterEach(() => {
  for (const { pid } of processesOf(dataDir)) process.kill(pid, 'SIGKILL');
  if (existsSync(join(dataDir, 'postgres.location'))) {
    rmSync(readFileSync(join(dataDir, 'postgres.location'), 'utf8').trim(), { recursive: true, force: true });
  }
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

function portsOf(up: UpReport): number[] {
  const { env, databaseUrl } = up;
  const urls = [databaseUrl, env['STRIPE_API_BASE'], env['SMTP_URL'], env['TEMPORAL_UI_URL']];
  const ports = urls.map((url) => Number(new URL(url ?? '').port));
  return [
    ...ports,
    ...['CHAZEMO_HTTP_PORT', 'CHAZEMO_OCPP_PORT', 'CHAZEMO_WORKER_PORT'].map((name) => Number(env[name])),
  ];
}

async function expectNothingLeft(up: UpReport): Promise<void> {
  expect(processesOf(dataDir)).toEqual([]);
  for (const port of portsOf(up)) expect([port, await isPortFree(port)]).toEqual([port, true]);
  const kept = readdirSync(join(dataDir, 'run')).filter((name) => !name.endsWith('.port'));
  expect(kept).toEqual([]);
}

describe('the supervisor', () => {
  test('stops everything it started, keeps its data, and comes up again on the same ports', async () => {
    const first = await launchUp(dataDir);
    await query(first.up.databaseUrl, 'create table kept (n int); insert into kept values (7)');
    expect(await endBy(first, 'SIGTERM')).toBe(0);
    await expectNothingLeft(first.up);

    const second = await launchUp(dataDir);
    expect(portsOf(second.up)).toEqual(portsOf(first.up));
    expect(await query(second.up.databaseUrl, 'select n from kept')).toEqual([{ n: 7 }]);
    expect(second.up.env['CHAZEMO_SECRET']).toBe(first.up.env['CHAZEMO_SECRET']);
    expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(await endBy(second, 'SIGINT')).toBe(0);
    await expectNothingLeft(second.up);
  });

  test('killed by kill -9, it leaves nothing that the next start does not put in order', async () => {
    const first = await launchUp(dataDir);
    await query(first.up.databaseUrl, 'create table kept (n int); insert into kept values (7)');
    expect(await endBy(first, 'SIGKILL')).toBe('SIGKILL');

    const second = await launchUp(dataDir);
    const before = Object.values(first.up.pids);
    expect(processesOf(dataDir).filter(({ pid }) => before.includes(pid))).toEqual([]);
    expect(await query(second.up.databaseUrl, 'select n from kept')).toEqual([{ n: 7 }]);
    expect(await endBy(second, 'SIGTERM')).toBe(0);
    await expectNothingLeft(second.up);
  });

  test('a folder closed to the server’s own user is no obstacle', async () => {
    chmodSync(dataDir, 0o700);
    const first = await launchUp(dataDir);
    await query(first.up.databaseUrl, 'create table kept (n int); insert into kept values (7)');
    expect(await endBy(first, 'SIGKILL')).toBe('SIGKILL');
    const second = await launchUp(dataDir);
    expect(await query(second.up.databaseUrl, 'select n from kept')).toEqual([{ n: 7 }]);
    expect(await endBy(second, 'SIGTERM')).toBe(0);
    await expectNothingLeft(second.up);
  });

  test('killed together with all its processes, it starts again', async () => {
    const first = await launchUp(dataDir);
    const killed = endBy(first, 'SIGKILL');
    for (const pid of Object.values(first.up.pids)) process.kill(pid, 'SIGKILL');
    await killed;
    const second = await launchUp(dataDir);
    expect(await endBy(second, 'SIGTERM')).toBe(0);
    await expectNothingLeft(second.up);
  });

  test('after its kill -9 the apps end by themselves', async () => {
    const run = await launchUp(dataDir);
    await endBy(run, 'SIGKILL');
    const apps = new Set(['gateway', 'worker', 'backoffice', 'sandbox'].map((name) => run.up.pids[name]));
    await until(
      'apps ended',
      () => processesOf(dataDir).filter(({ pid }) => apps.has(pid)),
      (left) => left.length === 0,
    );
  });

  test('a second start on the same data directory is refused, naming the process', async () => {
    const run = await launchUp(dataDir);
    const second = await launch(dataDir);
    expect(second).toEqual({ status: 1, said: expect.stringContaining(`process ${run.up.pid}`) });
    expect(await query(run.up.databaseUrl, 'select 1 as still')).toEqual([{ still: 1 }]);
    expect(await endBy(run, 'SIGTERM')).toBe(0);
  });

  test('ends an app that does not hear, and a stop while it starts leaves nothing', async () => {
    const run = await launchUp(dataDir, ['deaf']);
    expect(await endBy(run, 'SIGTERM')).toBe(0);
    expect(run.said()).toContain('worker does not end by itself');
    await expectNothingLeft(run.up);

    const starting = launch(dataDir);
    const found = await until(
      'a supervisor that starts',
      () => processesOf(dataDir).find(({ command }) => command.includes('supervisor-main')),
      (first) => first !== undefined && existsSync(join(dataDir, 'run', 'postgres.process.json')),
    );
    if (found !== undefined) process.kill(found.pid, 'SIGTERM');
    await starting;
    await until(
      'everything ended',
      () => processesOf(dataDir),
      (left) => left.length === 0,
    );
    await expectNothingLeft(run.up);
  });
});

describe('a process that is killed', () => {
  let run: SupervisedRun;

  async function comesBack(name: string): Promise<void> {
    process.kill(run.up.pids[name] ?? 0, 'SIGKILL');
    await until(
      `${name} is up again`,
      () => run.said(),
      (said) => said.includes(`${name} is up again`),
    );
  }

  test('is started again where it was, PostgreSQL and Temporal too', async () => {
    run = await launchUp(dataDir);
    await query(run.up.databaseUrl, 'create table kept (n int); insert into kept values (7)');
    for (const name of ['postgres', 'temporal', 'gateway', 'worker', 'backoffice', 'sandbox']) await comesBack(name);
    expect(await query(run.up.databaseUrl, 'select n from kept')).toEqual([{ n: 7 }]);
    for (const port of portsOf(run.up)) expect([port, await isPortFree(port)]).toEqual([port, false]);
    expect(await endBy(run, 'SIGTERM')).toBe(0);
    await expectNothingLeft(run.up);
  });
});
