import { setTimeout as sleep } from 'node:timers/promises';

import { startGatewayProcess, type GatewayProcess } from '#test/chargers/gateway-process.js';

import { GatewayGround } from './gateway-ground.js';

const IDLE_CHARGERS = 5_000;
const STORM_CHARGERS = 2_000;
/** So long the processes are left alone, so that what was needed for the hand-shakes is collected. */
const REST_MS = 30_000;
const LOOKS = 10;

export interface IdleResult {
  readonly gateways: number;
  /** Of all gateways together, as the memory. */
  readonly chargers: number;
  readonly connectedInSeconds: number;
  readonly residentKiBPerCharger: number;
  readonly heapKiBPerCharger: number;
}

/** Chargers that are connected and say nothing: what each costs in memory, at one gateway and at two. */
export async function benchIdleChargers(databaseUrl: string): Promise<{ readonly idle: readonly IdleResult[] }> {
  return { idle: [await idleAt(databaseUrl, 1), await idleAt(databaseUrl, 2)] };
}

async function idleAt(databaseUrl: string, gateways: number): Promise<IdleResult> {
  const ground = await GatewayGround.open(databaseUrl, IDLE_CHARGERS, gateways);
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
      gateways,
      chargers: IDLE_CHARGERS,
      connectedInSeconds,
      residentKiBPerCharger: perCharger(after.residentBytes - before.residentBytes),
      heapKiBPerCharger: perCharger(after.heapBytes - before.heapBytes),
    };
  } finally {
    await ground.close();
  }
}

interface Memory {
  readonly residentBytes: number;
  readonly heapBytes: number;
}

/** The least that each gateway comes down to in a while, of all of them together. */
async function leastOf(ground: GatewayGround): Promise<Memory> {
  const each = await Promise.all(ground.gateways.map(leastOfOne));
  return {
    residentBytes: each.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
    heapBytes: each.reduce((sum, { heapBytes }) => sum + heapBytes, 0),
  };
}

async function leastOfOne(gateway: GatewayProcess): Promise<Memory> {
  let [residentBytes, heapBytes] = [Infinity, Infinity];
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const usage = await gateway.usage();
    residentBytes = Math.min(residentBytes, usage.residentBytes);
    heapBytes = Math.min(heapBytes, usage.heapBytes);
    await sleep(500);
  }
  return { residentBytes, heapBytes };
}

export interface StormResult {
  readonly gateways: number;
  /** Those that come back. */
  readonly chargers: number;
  /** From the moment somebody listens for them to the answer of the first call of half, nearly all and all of them. */
  readonly halfSeconds: number;
  readonly p99Seconds: number;
  readonly allSeconds: number;
  /** Chargers of the gateway that stayed, and those of them that had to open another socket; none where there is one. */
  readonly others: number;
  readonly othersDisturbed: number;
}

/**
 * A gateway is killed, and all of its chargers want in at once, each with something to say: where it listened, as soon as
 * it listens again; then, with two, at the other one, which goes on with as many of its own.
 */
export async function benchReconnectStorm(databaseUrl: string): Promise<{ readonly storms: readonly StormResult[] }> {
  return { storms: [await stormAtOne(databaseUrl), await stormAtTheOther(databaseUrl)] };
}

async function stormAtOne(databaseUrl: string): Promise<StormResult> {
  const ground = await GatewayGround.open(databaseUrl, STORM_CHARGERS);
  let next: GatewayProcess | undefined;
  try {
    await ground.connect();
    const [former] = ground.gateways;
    const port = Number(new URL(former?.url ?? '').port);
    await former?.kill();
    const answers = firstAnswers(ground, 0);
    next = await startGatewayProcess({ databaseUrl, port });
    const listenedAt = performance.now();
    return { gateways: 1, ...timesOf(await answers, listenedAt), others: 0, othersDisturbed: 0 };
  } finally {
    await ground.close();
    await next?.stop();
  }
}

async function stormAtTheOther(databaseUrl: string): Promise<StormResult> {
  const ground = await GatewayGround.open(databaseUrl, STORM_CHARGERS * 2, 2);
  try {
    await ground.connect();
    const [killed, other] = ground.gateways;
    for (const charger of ground.chargersAt(0)) charger.moveTo(other?.url ?? '');
    await killed?.kill();
    const killedAt = performance.now();
    const [answers, othersAnswers] = await Promise.all([firstAnswers(ground, 0), firstAnswers(ground, 1)]);
    const othersDisturbed = ground.chargersAt(1).filter(({ tries }) => tries.sockets > 1).length;
    return { gateways: 2, ...timesOf(answers, killedAt), others: othersAnswers.length, othersDisturbed };
  } finally {
    await ground.close();
  }
}

/** When each of that gateway's chargers was answered. */
function firstAnswers(ground: GatewayGround, gateway: number): Promise<number[]> {
  return Promise.all(
    ground.chargersAt(gateway).map(async (charger) => {
      await charger.heartbeat();
      return performance.now();
    }),
  );
}

function timesOf(answers: readonly number[], since: number) {
  const seconds = answers.map((at) => (at - since) / 1_000).sort((a, b) => a - b);
  const quantile = (share: number): number => seconds[Math.floor((seconds.length - 1) * share)] ?? 0;
  const [halfSeconds, p99Seconds, allSeconds] = [quantile(0.5), quantile(0.99), quantile(1)];
  return { chargers: seconds.length, halfSeconds, p99Seconds, allSeconds };
}
