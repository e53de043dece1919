import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { PARSERS } from '#libs/ocpp/parsers.js';
import { schemaValidator } from '#libs/ocpp/rpc.js';
import { FrameSocket } from '#test/chargers/frame-socket.js';
import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { smallestCalls } from '#test/chargers/smallest-payload.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { startGateway, type RunningGateway } from './start-gateway.js';

let database: TestDatabase;
let gateway: RunningGateway;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['zcs1', 'zcs2', 'zcs3'] });
  gateway = await startGateway({ databaseUrl: database.url, host: '127.0.0.1', port: 0 }, pino({ level: 'silent' }));
});
afterAll(async () => {
  await gateway.close();
  await database.drop();
});

it.each([
  ['ocpp1.6', 'zcs1', 14],
  ['ocpp2.0.1', 'zcs2', 25],
  ['ocpp2.1', 'zcs3', 37],
] as const)(
  'everything that a charger of %s may tell is answered to the schema',
  async (protocol, chargerId, count) => {
    const schema = schemaValidator(protocol, () => false);
    const calls = smallestCalls(protocol).filter(({ action }) => PARSERS.get(protocol)?.isKnown(action));
    expect(calls).toHaveLength(count);
    const url = `ws://127.0.0.1:${gateway.port}`;
    const socket = await FrameSocket.open({ url, protocol, chargerId, password: CHARGER_PASSWORD });
    for (const { action, payload } of calls) {
      schema.validate(`urn:${action}.req`, payload);
      const [kind, id, answer] = await socket.call(JSON.stringify([2, action, action, payload]));
      expect([kind, id]).toEqual([3, action]);
      schema.validate(`urn:${action}.conf`, answer);
    }
    socket.close();
    const kept = await database.sql
      .selectFrom('ocpp_message')
      .select('action')
      .where('charger_id', '=', chargerId)
      .execute();
    expect(kept.map(({ action }) => action).toSorted()).toEqual(calls.map(({ action }) => action).toSorted());
  },
);
