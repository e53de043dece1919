import { setTimeout as sleep } from 'node:timers/promises';

import { startGatewayProcess } from '#test/chargers/gateway-process.js';

import { GatewayGround } from './gateway-ground.js';

const IDLE_CHARGERS = 5_000;
const STORM_CHARGERS = 2_000;
/** So long the process is left alone, so that what was needed for the hand-shakes is collected. */
const REST_MS = 30_000;
const LOOKS = 10;

export interface IdleResult {
  readonly chargers: number;
  readonly connectedInSeconds: number;
  readonly residentKiBPerCharger: number;
  readonly heapKiBPerCharger: number;
}

/** Chargers that are connected and say nothing: what each costs in memory. */
export async function benchIdleChargers(databaseUrl: string): Promise<IdleResult> {
  const ground = await GatewayGround.open(databaseUrl, IDLE_CHARGERS);
  try {
    await sleep(REST_MS);
    const before = await leastOf(ground);
    const startedAt = performance.now();
    await ground.connect();
    const connectedInSeconds = (performance.now() - startedAt) / 1_000;
    await sleep(REST_MS);
    const after = await leastOf(ground);
    const perCharger = (bytes: number): number => bytes / 1_024 / IDLE_CHARGERS;
    return {
      chargers: IDLE_CHARGERS,
      connectedInSeconds,
      residentKiBPerCharger: perCharger(after.residentBytes - before.residentBytes),
      heapKiBPerCharger: perCharger(after.heapBytes - before.heapBytes),
    };
  } finally {
    await ground.close();
  }
}

async function leastOf(ground: GatewayGround): Promise<{ residentBytes: number; heapBytes: number }> {
  const least = { residentBytes: Infinity, heapBytes: Infinity };
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const usage = await ground.gateways[0]?.usage();
    least.residentBytes = Math.min(least.residentBytes, usage?.residentBytes ?? Infinity);
    least.heapBytes = Math.min(least.heapBytes, usage?.heapBytes ?? Infinity);
    await sleep(500);
  }
  return least;
}

export interface StormResult {
  readonly chargers: number;
  /** From the moment the gateway listens again to the answer of the first call of half, nearly all and all of them. */
  readonly halfSeconds: number;
  readonly p99Seconds: number;
  readonly allSeconds: number;
}

/** A gateway that is killed and comes back: all of its chargers want in at once, and each says something. */
export async function benchReconnectStorm(databaseUrl: string): Promise<StormResult> {
  const ground = await GatewayGround.open(databaseUrl, STORM_CHARGERS);
  try {
    await ground.connect();
    const [former] = ground.gateways;
    const port = Number(new URL(former?.url ?? '').port);
    await former?.kill();
    const answers = ground.chargers.map(async (charger) => {
      await charger.heartbeat();
      return performance.now();
    });
    const next = await startGatewayProcess({ databaseUrl, port });
    const listenedAt = performance.now();
    const seconds = (await Promise.all(answers)).map((at) => (at - listenedAt) / 1_000).sort((a, b) => a - b);
    const quantile = (share: number): number => seconds[Math.floor((seconds.length - 1) * share)] ?? 0;
    await Promise.all(ground.chargers.map((charger) => charger.close()));
    await next.stop();
    const [halfSeconds, p99Seconds, allSeconds] = [quantile(0.5), quantile(0.99), quantile(1)];
    return { chargers: STORM_CHARGERS, halfSeconds, p99Seconds, allSeconds };
  } finally {
    await ground.close();
  }
}
