import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import WebSocket from 'ws';

import { charge, chargingOf, expectedOf, meteredOf } from '#test/chargers/charge-on-and-on.js';
import { startGatewayProcess, type GatewayProcess } from '#test/chargers/gateway-process.js';
import { malformedCall, malformedFrame, malformedRequest } from '#test/chargers/malformed.js';
import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { seededRandom } from '#test/data/seeded-random.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

const FRAMES = 60_000;
const REQUESTS = 40_000;
const SEED = 20_261_126;
const SIGNED_IN = 20;
const STRANGERS = 24;
const HONEST = 6;
/** Frames at once on one socket, before the gateway is asked whether it is still well. */
const BURST = 25;
/** What the gateway has at most: it collects what it can before it would end for want of more. */
const HEAP_MIB = 128;
/** What may be remembered of everything that was refused, and the collector's own slack. */
const GROWTH_BYTES = 48 * 1_048_576;

let database: TestDatabase;
let gateway: GatewayProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  const chargers = Array.from({ length: HONEST + SIGNED_IN }, (_, index) => `zcs${index}`);
  await seedInstallation(database.sql, { chargers });
  gateway = await startGatewayProcess({
    databaseUrl: database.url,
    env: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` },
  });
}, 60_000);
afterAll(async () => {
  await gateway.kill();
  await database.drop();
});

async function signIn(chargerId: string): Promise<WebSocket> {
  const credentials = Buffer.from(`${chargerId}:${CHARGER_PASSWORD}`).toString('base64');
  const headers = { authorization: `Basic ${credentials}` };
  const socket = new WebSocket(`${gateway.url}/ocpp/${chargerId}`, ['ocpp1.6'], { headers });
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}

/** The CALLERROR that would have an honest charger send the same thing again, for ever. */
let sentAgain = 0;

/** A good heartbeat after a burst: answered, or the socket was closed for all that came before. */
async function isAlive(socket: WebSocket, messageId: string): Promise<boolean> {
  const answered = new Promise<boolean>((resolve) => {
    socket.on('message', (data: Buffer) => {
      if (/^\[4,"(?:[^"\\]|\\.)*","InternalError"/.test(data.toString())) sentAgain += 1;
      if (data.includes(`[3,"${messageId}"`)) resolve(true);
    });
    socket.once('close', () => resolve(false));
  });
  socket.send(JSON.stringify([2, messageId, 'Heartbeat', {}]));
  const alive = socket.readyState === WebSocket.OPEN && (await answered);
  socket.removeAllListeners('message');
  return alive;
}

async function fuzzFrames(chargerId: string, count: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  let socket = await signIn(chargerId);
  for (let sent = 0; sent < count; sent += BURST) {
    // Ten in a row that are no calls close the socket: most bursts are of calls, so that they are heard to their end.
    const isNoCall = random() < 0.2;
    for (let one = 0; one < BURST; one += 1) {
      const messageId = `${chargerId}-${sent + one}`;
      socket.send(isNoCall ? malformedFrame(random, messageId) : malformedCall(random, messageId));
    }
    if (await isAlive(socket, `alive-${chargerId}-${sent}`)) continue;
    socket.terminate();
    socket = await signIn(chargerId);
  }
  socket.terminate();
}

async function fuzzRequests(count: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const { hostname, port } = new URL(gateway.url);
  for (let sent = 0; sent < count; sent += 1) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.resume();
    socket.end(malformedRequest(random));
    await once(socket, 'close');
  }
}

const all = (chargerCount: number, run: (index: number) => Promise<void>) =>
  Promise.all(Array.from({ length: chargerCount }, (_, index) => run(index)));

/** A tenth, or all of it. */
async function fuzz(share: number, seed: number): Promise<void> {
  const frames = Math.ceil((FRAMES * share) / SIGNED_IN);
  const requests = Math.ceil((REQUESTS * share) / STRANGERS);
  await Promise.all([
    all(SIGNED_IN, (index) => fuzzFrames(`zcs${HONEST + index}`, frames, seed + index)),
    all(STRANGERS, (index) => fuzzRequests(requests, seed + 1_000 + index)),
  ]);
}

/** The least that it comes down to in a while: what is above is waiting to be collected. */
async function heapBytes(): Promise<number> {
  let least = Infinity;
  for (let looks = 0; looks < 10; looks += 1) {
    least = Math.min(least, (await gateway.usage()).heapBytes);
    await sleep(200);
  }
  return least;
}

const refusals = () =>
  database.sql
    .selectFrom('connection_refusal')
    .select(({ fn }) => fn.countAll<string>().as('rows'))
    .executeTakeFirstOrThrow();
const malformedOddities = () =>
  database.sql
    .selectFrom('oddity')
    .where('code', '=', 'malformed-message')
    .select(({ fn }) => fn.countAll<string>().as('rows'))
    .executeTakeFirstOrThrow();

it(`${FRAMES + REQUESTS} malformed frames and requests, signed in and not: no crash, no leak, and every honest charger undisturbed`, async () => {
  let isOver = false;
  const charging = Array.from({ length: HONEST }, (_, index) => chargingOf(index, gateway.url));
  const honest = Promise.all(charging.map((one) => charge(one, () => isOver)));

  await fuzz(0.1, SEED);
  const warm = await heapBytes();
  await fuzz(0.9, SEED + 10_000);
  isOver = true;
  await honest;

  expect((await heapBytes()) - warm).toBeLessThan(GROWTH_BYTES);
  expect(sentAgain).toBe(0);

  for (const one of charging) {
    expect(one.sessions).toBeGreaterThan(1);
    expect([one.charger.chargePointId, await meteredOf(database.sql, one.charger.chargePointId)]).toEqual([
      one.charger.chargePointId,
      expectedOf(one),
    ]);
  }
  await Promise.all(charging.map(({ charger }) => charger.close()));
  // Names that somebody makes up are not each remembered.
  expect(Number((await refusals()).rows)).toBeLessThan(5_000);
  expect(Number((await malformedOddities()).rows)).toBeLessThan(SIGNED_IN * 12);
}, 600_000);
