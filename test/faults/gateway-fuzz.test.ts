import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { freePort } from '#apps/cli/servers/ports.js';
import { openWindow } from '#libs/security/enrolment.js';
import { charge, chargingOf, expectedOf, meteredOf, type Charging } from '#test/chargers/charge-on-and-on.js';
import { collectedHeapBytes } from '#test/chargers/collected-heap.js';
import { startGatewayProcess, type GatewayProcess } from '#test/chargers/gateway-process.js';
import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { Talkers, type Talker } from './talkers.js';

const FRAMES = 60_000;
const REQUESTS = 40_000;
const SEED = 20_261_126;
const HONEST = 6;
const SIGNED_IN = 18;
const UNSECURED = 3;
const GUESTS = 3;
const STRANGERS = 24;
/** What the gateway has at most: it collects what it can before it would end for want of more. */
const HEAP_MIB = 128;
/** What a second round of as many frames and requests may leave behind: 40 bytes of each. */
const GROWTH_BYTES = 2_000_000;
/** Sockets of the database's pool, of the notices and of who asks for the metrics, and what listens. */
const OWN_HANDLES = 16;

const HONEST_IDS = Array.from({ length: HONEST }, (_, index) => `zcs${index}`);
const SIGNED_IN_IDS = Array.from({ length: SIGNED_IN }, (_, index) => `zcs${HONEST + index}`);
const UNSECURED_IDS = Array.from({ length: UNSECURED }, (_, index) => `open${index}`);
/** Whose password some of those know who send malformed requests. */
const KNOWN = { chargerId: 'known', password: CHARGER_PASSWORD };

let database: TestDatabase;
let gateway: GatewayProcess;
let inspectorPort: number;
let talkers: Talkers;

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  const chargers = [...HONEST_IDS, ...SIGNED_IN_IDS, ...UNSECURED_IDS, KNOWN.chargerId];
  const installationId = await seedInstallation(sql, { chargers });
  await sql.updateTable('installation').set({ allow_unsecured: true }).execute();
  await sql.updateTable('charger').set({ security_profile: 0 }).where('id', 'in', UNSECURED_IDS).execute();
  const now = new Date();
  const window = { installationId, by: 'a@example.pt', now, until: new Date(now.getTime() + 3_600_000), most: GUESTS };
  const { code } = await sql.transaction().execute((trx) => openWindow(trx, window));
  inspectorPort = await freePort();
  gateway = await startGatewayProcess({
    databaseUrl: database.url,
    env: {
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB} --inspect=127.0.0.1:${inspectorPort} --inspect-publish-uid=http`,
    },
  });
  talkers = new Talkers(gateway.url, talkersOf(code), KNOWN);
}, 60_000);
afterAll(async () => {
  await gateway.kill();
  await database.drop();
});

/** A third of them speak 2.0.1 or 2.1; three have no password, and three wait for adoption, each in a way of its own. */
function talkersOf(code: string): Talker[] {
  const protocols = ['ocpp1.6', 'ocpp1.6', 'ocpp2.0.1', 'ocpp1.6', 'ocpp1.6', 'ocpp2.1'] as const;
  const signedIn = SIGNED_IN_IDS.map((id, index): Talker => {
    return { id, path: id, protocol: protocols[index % protocols.length] ?? 'ocpp1.6', password: CHARGER_PASSWORD };
  });
  const [first, second, third] = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const;
  return [
    ...signedIn,
    ...UNSECURED_IDS.map((id, index): Talker => ({
      id,
      path: id,
      protocol: [first, second, third][index] ?? first,
      password: null,
    })),
    { id: 'guest0', path: `${code}/guest0`, protocol: first, password: 'its own' },
    { id: 'guest1', path: `${code}/guest1`, protocol: second, password: null },
    { id: 'guest2', path: 'guest2', protocol: third, password: code },
  ];
}

/** Half of it. */
async function round(seed: number): Promise<void> {
  const frames = Math.ceil(FRAMES / 2 / (SIGNED_IN + UNSECURED + GUESTS));
  const requests = Math.ceil(REQUESTS / 2 / STRANGERS);
  await talkers.fuzz({ frames, requests, strangers: STRANGERS, seed });
}

/** What the gateway has open as soon as it is no more than it should, or after a while. */
async function openAfter(): Promise<{ connected: number; handles: number }> {
  for (let looks = 0; ; looks += 1) {
    const { connected, handles } = await gateway.usage();
    if ((connected === HONEST && handles <= HONEST + OWN_HANDLES) || looks === 50) return { connected, handles };
    await sleep(200);
  }
}

/** One socket from the beginning to the end, no call that failed or was sent twice, and all of its energy. */
async function expectUndisturbed(charging: Charging): Promise<void> {
  const { chargePointId, tries } = charging.charger;
  expect(charging.sessions).toBeGreaterThan(1);
  const metered = await meteredOf(database.sql, chargePointId);
  const expected = { sockets: 1, calls: charging.answered.length, ...expectedOf(charging) };
  expect([chargePointId, { ...tries, ...metered }]).toEqual([chargePointId, expected]);
}

const rowsOf = async (table: 'charger_connection' | 'connection_refusal' | 'enrolment_frame'): Promise<number> => {
  const counted = database.sql.selectFrom(table).select(({ fn }) => fn.countAll<string>().as('rows'));
  return Number((await counted.executeTakeFirstOrThrow()).rows);
};

/** Each protocol's messages of those who talk nonsense that were taken, and of what is none a note for a person. */
async function heard(): Promise<{ protocols: string[]; notes: number }> {
  const messages = await database.sql
    .selectFrom('ocpp_message')
    .select('protocol')
    .distinct()
    .where('charger_id', 'not in', HONEST_IDS)
    .orderBy('protocol')
    .execute();
  const oddities = await database.sql
    .selectFrom('oddity')
    .select(['charger_id'])
    .where('code', '=', 'malformed-message')
    .execute();
  return { protocols: messages.map(({ protocol }) => protocol), notes: oddities.length };
}

it(`${FRAMES + REQUESTS} malformed frames and requests, signed in and not: no crash, no leak, and every honest charger undisturbed`, async () => {
  let isOver = false;
  const charging = HONEST_IDS.map((_, index) => chargingOf(index, gateway.url));
  const honest = Promise.all(charging.map((one) => charge(one, () => isOver)));

  await round(SEED);
  const first = { ...(await openAfter()), bytes: await collectedHeapBytes(inspectorPort) };
  await round(SEED + 10_000);
  const second = { ...(await openAfter()), bytes: await collectedHeapBytes(inspectorPort) };
  isOver = true;
  await honest;
  for (const one of charging) await expectUndisturbed(one);
  expect(talkers.sentAgain).toEqual([]);
  // It holds the honest chargers' sockets and no others, and nothing of what it was sent.
  for (const { connected, handles } of [first, second]) {
    expect(connected).toBe(HONEST);
    expect(handles).toBeLessThanOrEqual(HONEST + OWN_HANDLES);
  }
  expect(await rowsOf('charger_connection')).toBe(HONEST);
  expect(second.bytes - first.bytes).toBeLessThan(GROWTH_BYTES);

  await Promise.all(charging.map(({ charger }) => charger.close()));
  const { protocols, notes } = await heard();
  expect(protocols).toEqual(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1']);
  expect(notes).toBeGreaterThan(SIGNED_IN + UNSECURED);
  expect(notes).toBeLessThan((SIGNED_IN + UNSECURED) * 20); // a day's of each action
  expect(await rowsOf('enrolment_frame')).toBeGreaterThan(GUESTS * 100);
  // Names that somebody makes up are not each remembered.
  expect(await rowsOf('connection_refusal')).toBeLessThan(5_000);
}, 600_000);
