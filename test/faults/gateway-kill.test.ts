import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { freePort } from '#apps/cli/servers/ports.js';
import { charge, chargingOf, expectedOf, meteredOf, type Charging } from '#test/chargers/charge-on-and-on.js';
import { startGatewayProcess, type GatewayProcess } from '#test/chargers/gateway-process.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

const KILLS = 100;
const CHARGERS = 12;
/** A gateway is killed after it has answered so many calls at most; at any moment, since it has many at once. */
const MOST_ANSWERS = 60;
const LONGEST_LIFE_MS = 5_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function messagesOf(chargerId: string): Promise<Map<string, number>> {
  const rows = await database.sql
    .selectFrom('ocpp_message')
    .where('charger_id', '=', chargerId)
    .select(['message_id', ({ fn }) => fn.countAll<number>().as('rows')])
    .groupBy('message_id')
    .execute();
  return new Map(rows.map((row) => [row.message_id, Number(row.rows)]));
}

/** A gateway on a port of its own, killed again and again while its chargers charge; up at the end. */
async function killAgainAndAgain(port: number, charging: readonly Charging[], kills: number): Promise<GatewayProcess> {
  const answers = (): number => charging.reduce((sum, { answered }) => sum + answered.length, 0);
  let gateway = await startGatewayProcess({ databaseUrl: database.url, port });
  for (let killed = 0; killed < kills; killed += 1) {
    const enough = answers() + Math.random() * MOST_ANSWERS;
    for (let waited = 0; answers() < enough && waited < LONGEST_LIFE_MS; waited += 5) await sleep(5);
    await gateway.kill();
    gateway = await startGatewayProcess({ databaseUrl: database.url, port });
  }
  return gateway;
}

it(`gateways killed at ${KILLS} moments under load: what was answered is kept once, and chargers come back by themselves`, async () => {
  const chargers = Array.from({ length: CHARGERS }, (_, index) => `zcs${index}`);
  await seedInstallation(database.sql, { chargers });
  const ports = [await freePort(), await freePort()];
  const charging = chargers.map((_, index) => chargingOf(index, `ws://127.0.0.1:${ports[index % ports.length]}`));
  let isOver = false;
  const ending = Promise.all(charging.map((one) => charge(one, () => isOver)));
  const killing = ports.map((port, at) => {
    const own = charging.filter((_, index) => index % ports.length === at);
    return killAgainAndAgain(port, own, KILLS / ports.length);
  });
  const gateways = await Promise.all(killing).finally(() => {
    isOver = true;
  });
  await ending;
  await Promise.all(charging.map(({ charger }) => charger.close()));
  await Promise.all(gateways.map((gateway) => gateway.stop()));

  for (const one of charging) {
    const { charger, answered } = one;
    const id = charger.chargePointId;
    expect([id, await meteredOf(database.sql, id)]).toEqual([id, expectedOf(one)]);
    const kept = await messagesOf(id);
    // One that tries again under new ids knows not under which it was answered.
    const isKept = chargers.indexOf(id) % 3 === 1 ? [] : answered.filter((messageId) => kept.get(messageId) !== 1);
    expect([id, isKept]).toEqual([id, []]);
  }
  expect(charging.reduce((sum, { answered }) => sum + answered.length, 0)).toBeGreaterThan(KILLS * 10);
}, 1_200_000);
