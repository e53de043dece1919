import type { FrameSocket } from '#test/chargers/frame-socket.js';

import { benchBareDatabase, type BareDatabaseResult } from './bare-database.js';
import { GatewayGround } from './gateway-ground.js';

export interface ClosedLoopResult {
  readonly chargers: number;
  readonly gateways: number;
  readonly messages: number;
  readonly messagesPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly gatewayCpuMsPerMessage: number;
  readonly databaseCpuMsPerMessage: number;
  /** Of gateways and database together; SteVe 3.14.1 with MariaDB on this class of machine: 476. */
  readonly messagesPerCpuSecond: number;
  readonly gatewayMemoryMiB: number;
}

export interface GatewayBenchResult {
  readonly closedLoop: readonly ClosedLoopResult[];
  readonly bareDatabase: BareDatabaseResult;
  /** Messages a second of the best closed loop to what the bare database commits of the same rows in such batches. */
  readonly shareOfBareDatabase: number;
  /** The same one by one, a commit for each message: the limit of who does not gather. */
  readonly shareOfBareDatabaseOneByOne: number;
}

/** Until the code is compiled and the database knows its tables. */
const WARM_UP_SECONDS = 5;
const SECONDS = 15;
const SAMPLE_EVERY_MS = 1_000;

/**
 * Chargers in closed loop, each with one call in flight (Start, then MeterValues with register, power and offered):
 * every message is committed before its answer. 200, 500, and 500 at two gateways; then the same rows without us.
 */
export async function benchGateway(databaseUrl: string): Promise<GatewayBenchResult> {
  const closedLoop = [
    await closedLoopOf(databaseUrl, 200, 1),
    await closedLoopOf(databaseUrl, 500, 1),
    await closedLoopOf(databaseUrl, 500, 2),
  ];
  const bareDatabase = await benchBareDatabase(databaseUrl);
  const best = Math.max(...closedLoop.map(({ messagesPerSecond }) => messagesPerSecond));
  return {
    closedLoop,
    bareDatabase,
    shareOfBareDatabase: best / bareDatabase.inBatchesPerSecond,
    shareOfBareDatabaseOneByOne: best / bareDatabase.oneByOnePerSecond,
  };
}

async function closedLoopOf(databaseUrl: string, count: number, gateways: number): Promise<ClosedLoopResult> {
  const ground = await GatewayGround.open(databaseUrl, count, gateways);
  try {
    const sockets = await ground.openSockets();
    const chargers = await Promise.all(sockets.map(begin));
    await chatter(chargers, WARM_UP_SECONDS);
    const before = await ground.usage();
    const startedAt = performance.now();
    const latencies = await chatter(chargers, SECONDS);
    const seconds = (performance.now() - startedAt) / 1_000;
    const after = await ground.usage();
    for (const socket of sockets) socket.close();
    const gatewaySeconds = after.gatewaySeconds - before.gatewaySeconds;
    const databaseSeconds = after.databaseSeconds - before.databaseSeconds;
    return {
      chargers: count,
      gateways,
      ...latenciesOf(latencies, seconds),
      gatewayCpuMsPerMessage: (gatewaySeconds * 1_000) / latencies.length,
      databaseCpuMsPerMessage: (databaseSeconds * 1_000) / latencies.length,
      messagesPerCpuSecond: Math.round(latencies.length / (databaseSeconds + gatewaySeconds)),
      gatewayMemoryMiB: Math.round(after.bytes / 1_048_576),
    };
  } finally {
    await ground.close();
  }
}

/** A charger under a session: what it has told so far. */
interface Charging {
  readonly socket: FrameSocket;
  readonly transactionId: number;
  readonly startedAt: number;
  told: number;
}

async function begin(socket: FrameSocket): Promise<Charging> {
  const startedAt = Date.now();
  const timestamp = new Date(startedAt).toISOString();
  const start = { connectorId: 1, idTag: 'BENCH', meterStart: 1_000, timestamp };
  const [, , answer] = await socket.call(JSON.stringify([2, 'start', 'StartTransaction', start]));
  const { transactionId } = answer as { transactionId: number };
  return { socket, transactionId, startedAt, told: 0 };
}

/** Each tells the next sample as soon as the one before is answered; the milliseconds of every answer. */
async function chatter(chargers: readonly Charging[], seconds: number): Promise<number[]> {
  const latencies: number[] = [];
  const deadline = performance.now() + seconds * 1_000;
  const tell = async (charging: Charging): Promise<void> => {
    while (performance.now() < deadline) {
      const sentAt = performance.now();
      const answer = await charging.socket.call(nextFrame(charging));
      if (answer[0] !== 3) throw new Error(`MeterValues was answered ${JSON.stringify(answer)}`);
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(chargers.map(tell));
  return latencies;
}

function nextFrame(charging: Charging): string {
  charging.told += 1;
  const timestamp = new Date(charging.startedAt + charging.told * SAMPLE_EVERY_MS).toISOString();
  const sample = (measurand: string, value: number, unit: string): unknown => {
    return { value: String(value), context: 'Sample.Clock', measurand, unit };
  };
  const sampledValue = [
    sample('Energy.Active.Import.Register', 1_000 + charging.told, 'Wh'),
    sample('Power.Active.Import', 3_600, 'W'),
    sample('Power.Offered', 7_400, 'W'),
  ];
  const { transactionId } = charging;
  const values = { connectorId: 1, transactionId, meterValue: [{ timestamp, sampledValue }] };
  return JSON.stringify([2, String(charging.told), 'MeterValues', values]);
}

function latenciesOf(latencies: number[], seconds: number) {
  const sorted = latencies.sort((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return {
    messages: sorted.length,
    messagesPerSecond: Math.round(sorted.length / seconds),
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    p99Ms: quantile(0.99),
  };
}
