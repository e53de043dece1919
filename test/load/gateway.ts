import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { hashPassword } from '#libs/ocpp/password.js';
import { openDatabase, type Sql } from '#libs/persistence/database.js';
import { SimulatedCharger } from '#test/chargers/simulated-charger.js';

export interface GatewayBenchOptions {
  /** A migrated database; chargers named bench-… are added to it. */
  readonly databaseUrl: string;
  readonly chargers?: number;
  readonly seconds?: number;
}

export interface GatewayBenchResult {
  readonly chargers: number;
  readonly seconds: number;
  readonly messages: number;
  readonly messagesPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly gatewayCpuMsPerMessage: number;
  readonly gatewayMemoryMiB: number;
}

const PASSWORD = 'bench-password-of-every-charger';

/**
 * 500 chargers in closed loop, each with one call in flight (Start, then MeterValues with register, power and
 * offered): every message is committed before its answer. Runs the gateway as a process of its own, from dist.
 */
export async function benchGateway(options: GatewayBenchOptions): Promise<GatewayBenchResult> {
  const count = options.chargers ?? 500;
  const seconds = options.seconds ?? 10;
  const database = await openDatabase({ url: options.databaseUrl, poolSize: 2 });
  const ids = await seed(database.sql, count);
  await database.close();
  const gateway = await startProcess(options.databaseUrl);
  try {
    const chargers = ids.map(
      (chargePointId) => new SimulatedCharger({ url: gateway.url, chargePointId, password: PASSWORD }),
    );
    await connectAll(chargers);
    const transactions = await Promise.all(chargers.map((charger) => begin(charger)));
    const before = await usage(gateway.url);
    const startedAt = performance.now();
    const deadline = startedAt + seconds * 1_000;
    const latencies = await Promise.all(
      chargers.map((charger, index) => chatter(charger, transactions[index] ?? 0, deadline)),
    );
    const tookSeconds = (performance.now() - startedAt) / 1_000;
    const after = await usage(gateway.url);
    await Promise.all(chargers.map((charger) => charger.close()));
    return summarize(latencies.flat(), { count, tookSeconds, cpuSeconds: after.cpu - before.cpu, bytes: after.bytes });
  } finally {
    gateway.process.kill('SIGTERM');
    if (gateway.process.exitCode === null) await once(gateway.process, 'exit');
  }
}

async function connectAll(chargers: readonly SimulatedCharger[]): Promise<void> {
  for (let index = 0; index < chargers.length; index += 50) {
    await Promise.all(chargers.slice(index, index + 50).map((charger) => charger.connect()));
  }
}

async function begin(charger: SimulatedCharger): Promise<number> {
  const at = new Date();
  const started = await charger.start({ connectorId: 1, idTag: 'BENCH', meterStartWh: 1_000, at });
  return started.transactionId;
}

async function chatter(charger: SimulatedCharger, transactionId: number, deadline: number): Promise<number[]> {
  const latencies: number[] = [];
  const from = Date.now();
  for (let count = 1; performance.now() < deadline; count += 1) {
    const sentAt = performance.now();
    await charger.meterValues({
      connectorId: 1,
      transactionId,
      samples: [{ at: new Date(from + count * 1_000), wh: 1_000 + count, powerW: 3_600, offeredW: 7_400 }],
    });
    latencies.push(performance.now() - sentAt);
  }
  return latencies;
}

function summarize(
  latencies: number[],
  run: { count: number; tookSeconds: number; cpuSeconds: number; bytes: number },
): GatewayBenchResult {
  const sorted = latencies.sort((a, b) => a - b);
  const quantile = (share: number): number => round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return {
    chargers: run.count,
    seconds: round(run.tookSeconds),
    messages: sorted.length,
    messagesPerSecond: Math.round(sorted.length / run.tookSeconds),
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    p99Ms: quantile(0.99),
    gatewayCpuMsPerMessage: round((run.cpuSeconds * 1_000) / sorted.length, 3),
    gatewayMemoryMiB: Math.round(run.bytes / 1_048_576),
  };
}

function round(figure: number, digits = 1): number {
  return Number(figure.toFixed(digits));
}

async function usage(url: string): Promise<{ cpu: number; bytes: number }> {
  const text = await (await fetch(`${url.replace(/^ws/, 'http')}/metrics`)).text();
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  return { cpu: value('process_cpu_seconds_total'), bytes: value('process_resident_memory_bytes') };
}

async function startProcess(databaseUrl: string): Promise<{ process: ChildProcess; url: string }> {
  const main = fileURLToPath(import.meta.resolve('#apps/gateway/main.js'));
  const child = fork(main, {
    env: { ...process.env, DATABASE_URL: databaseUrl, CHAZEMO_OCPP_PORT: '0', CHAZEMO_HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (child.stdout === null) throw new Error('the gateway has no output');
  let url: string | undefined;
  for await (const line of createInterface(child.stdout)) {
    const port: unknown = (JSON.parse(line) as { port?: unknown }).port;
    if (typeof port !== 'number') continue;
    url = `ws://127.0.0.1:${port}`;
    break;
  }
  if (url === undefined) throw new Error('the gateway did not start');
  child.stdout.resume();
  return { process: child, url };
}

async function seed(sql: Sql, count: number): Promise<string[]> {
  const passwordHash = await hashPassword(PASSWORD);
  await sql
    .insertInto('issuer')
    .values({ id: 'bench', name: 'Bench', nif: '500000000', address: '-', postal_code: '-', city: '-', email: '-' })
    .onConflict((clause) => clause.doNothing())
    .execute();
  await sql
    .insertInto('condominium')
    .values({
      id: 'bench',
      name: 'Bench',
      nif: '500000000',
      address: '-',
      postal_code: '-',
      city: '-',
      manager_name: '-',
      manager_email: '-',
    })
    .onConflict((clause) => clause.doNothing())
    .execute();
  await sql
    .insertInto('installation')
    .values({ id: 'bench', condominium_id: 'bench', issuer_id: 'bench', name: 'Bench' })
    .onConflict((clause) => clause.doNothing())
    .execute();
  await sql
    .insertInto('token')
    .values({ installation_id: 'bench', id_tag: 'BENCH' })
    .onConflict((clause) => clause.doNothing())
    .execute();
  const ids = Array.from({ length: count }, (_, index) => `bench-${index}`);
  await sql
    .insertInto('charger')
    .values(ids.map((id) => ({ id, installation_id: 'bench', label: id, password_hash: passwordHash })))
    .onConflict((clause) => clause.column('id').doUpdateSet({ password_hash: passwordHash }))
    .execute();
  return ids;
}
