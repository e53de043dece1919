import type { SimulatedCharger } from '#test/chargers/simulated-charger.js';

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
  /** Of the CPU that gateways and database took together. */
  readonly databaseShareOfCpu: number;
  /** Of gateways and database together; SteVe 3.14.1 with MariaDB on this class of machine: 476. */
  readonly messagesPerCpuSecond: number;
  readonly gatewayMemoryMiB: number;
}

export interface GatewayBenchResult {
  readonly closedLoop: readonly ClosedLoopResult[];
  readonly bareDatabase: BareDatabaseResult;
  /** Messages a second of the best closed loop to what the bare database commits of the same rows in such batches. */
  readonly shareOfBareDatabase: number;
}

const SECONDS = 10;
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
  return { closedLoop, bareDatabase, shareOfBareDatabase: best / bareDatabase.inBatchesPerSecond };
}

async function closedLoopOf(databaseUrl: string, count: number, gateways: number): Promise<ClosedLoopResult> {
  const ground = await GatewayGround.open(databaseUrl, count, gateways);
  try {
    await ground.connect();
    const transactions = await Promise.all(ground.chargers.map(begin));
    const before = await ground.usage();
    const startedAt = performance.now();
    const deadline = startedAt + SECONDS * 1_000;
    const latencies = await Promise.all(
      ground.chargers.map((charger, index) => chatter(charger, transactions[index] ?? 0, deadline)),
    );
    const seconds = (performance.now() - startedAt) / 1_000;
    const after = await ground.usage();
    const gatewaySeconds = after.gatewaySeconds - before.gatewaySeconds;
    const databaseSeconds = after.databaseSeconds - before.databaseSeconds;
    return {
      chargers: count,
      gateways,
      ...latenciesOf(latencies.flat(), seconds),
      gatewayCpuMsPerMessage: (gatewaySeconds * 1_000) / latencies.flat().length,
      databaseShareOfCpu: databaseSeconds / (databaseSeconds + gatewaySeconds),
      messagesPerCpuSecond: Math.round(latencies.flat().length / (databaseSeconds + gatewaySeconds)),
      gatewayMemoryMiB: Math.round(after.bytes / 1_048_576),
    };
  } finally {
    await ground.close();
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
    const at = new Date(from + count * SAMPLE_EVERY_MS);
    await charger.meterValues({
      connectorId: 1,
      transactionId,
      samples: [{ at, wh: 1_000 + count, powerW: 3_600, offeredW: 7_400 }],
    });
    latencies.push(performance.now() - sentAt);
  }
  return latencies;
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
