import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import type { ConnectorChange } from './facts.js';
import { forgetSilentChargers, LiveState } from './live-state.js';

const AT = new Date('2026-07-02T08:00:00Z');

let database: TestDatabase;
let listener: pg.Client;
const notices: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['zcs1', 'zcs2'] });
  listener = new pg.Client(database.url);
  await listener.connect();
  await listener.query('listen live');
  listener.on('notification', ({ payload }) => notices.push(payload ?? ''));
});
afterAll(async () => {
  await listener.end();
  await database.drop();
});

describe('the live state', () => {
  it('writes the last of each connector and tells once per charger', async () => {
    const live = new LiveState(database.sql, { intervalMs: 60_000 });
    live.connection('zcs1', 'garagem', AT, true);
    live.heard('zcs1', 'garagem', AT, [{ connectorId: 1, status: 'Charging', errorCode: 'NoError' }]);
    live.heard('zcs1', 'garagem', AT, [{ connectorId: 1, powerW: 2_400, offeredW: 4_600, transactionId: 7 }]);
    live.heard('zcs1', 'garagem', AT, [{ connectorId: 1, powerW: 2_500, importWh: 99 }]);
    live.heard('zcs2', 'garagem', AT, []); // a heartbeat changes nothing people see
    await live.flush();
    const read = () => database.sql.selectFrom('connector_state').selectAll().execute();
    expect(await read()).toMatchObject([
      { charger_id: 'zcs1', status: 'Charging', power_w: 2_500, offered_w: 4_600, transaction_id: 7, import_wh: 99 },
    ]);
    live.heard('zcs1', 'garagem', AT, [{ connectorId: 1, powerW: 0, transactionId: null }]);
    await live.flush();
    expect(await read()).toMatchObject([{ status: 'Charging', power_w: 0, offered_w: 4_600, transaction_id: null }]);
    const seen = await database.sql.selectFrom('charger').select(['id', 'online', 'last_seen_at']).execute();
    expect(seen.every((row) => row.online && row.last_seen_at?.getTime() === AT.getTime())).toBe(true);
    await listener.query('select 1');
    const notice = JSON.stringify({ topic: 'charger', installation: 'garagem', id: 'zcs1' });
    expect(notices).toEqual([notice, notice]);
  });

  it('forgets currents that a reading of the power alone, or another session, leaves unsaid', async () => {
    const live = new LiveState(database.sql, { intervalMs: 60_000 });
    const currents = async (): Promise<unknown> =>
      database.sql
        .selectFrom('connector_state')
        .select(['l1_deci_a', 'l2_deci_a', 'l3_deci_a', 'power_w'])
        .where('charger_id', '=', 'zcs1')
        .where('connector_id', '=', 2)
        .executeTakeFirstOrThrow();
    const heard = async (...changes: Omit<ConnectorChange, 'connectorId'>[]): Promise<unknown> => {
      for (const change of changes) live.heard('zcs1', 'garagem', AT, [{ connectorId: 2, ...change }]);
      await live.flush();
      return currents();
    };
    const measured = { perConductorDeciA: [160, 0, 0], powerW: 3_680 } as const;
    const known = { l1_deci_a: 160, l2_deci_a: 0, l3_deci_a: 0 };
    const unknown = { l1_deci_a: null, l2_deci_a: null, l3_deci_a: null };
    expect(await heard({ transactionId: 8 }, measured)).toMatchObject(known);
    expect(await heard({ importWh: 1 }, { transactionId: 8, status: 'Charging' })).toMatchObject(known);
    expect(await heard({ powerW: 7_000 })).toMatchObject({ ...unknown, power_w: 7_000 });
    expect(await heard(measured)).toMatchObject(known);
    expect(await heard({ transactionId: 9 })).toMatchObject(unknown);
    expect(await heard(measured, { status: 'SuspendedEV', powerW: 0 })).toMatchObject({ ...unknown, power_w: 0 });
    expect(await heard(measured, { transactionId: null })).toMatchObject(unknown);
  });

  it('keeps what could not be written', async () => {
    const errors: unknown[] = [];
    const live = new LiveState(database.sql, { intervalMs: 60_000, onError: (error) => errors.push(error) });
    const rename = (from: string, to: string) =>
      database.asOwner(({ sql }) => sql.schema.alterTable(from).renameTo(to).execute());
    await rename('connector_state', 'away');
    live.heard('zcs2', 'garagem', AT, [{ connectorId: 1, status: 'Available', powerW: 5 }]);
    await live.flush();
    expect(errors).toHaveLength(1);
    await rename('away', 'connector_state');
    live.heard('zcs2', 'garagem', AT, [{ connectorId: 1, powerW: 0 }]);
    await live.flush();
    const row = await database.sql
      .selectFrom('connector_state')
      .selectAll()
      .where('charger_id', '=', 'zcs2')
      .executeTakeFirst();
    expect(row).toMatchObject({ status: 'Available', power_w: 0 });
  });

  it('leaves a charger online that has a socket at another gateway by now', async () => {
    const live = new LiveState(database.sql, { intervalMs: 60_000, gateway: 'former' });
    const [connection_id, since] = ['0198e0c0-0000-7000-8000-000000000001', AT];
    const row = { charger_id: 'zcs1', gateway: 'newer', connection_id, protocol: 'ocpp1.6', since };
    await database.sql.insertInto('charger_connection').values(row).execute();
    live.connection('zcs1', 'garagem', AT, false);
    live.connection('zcs2', 'garagem', AT, false);
    await live.flush();
    const rows = await database.sql.selectFrom('charger').select(['id', 'online']).orderBy('id').execute();
    expect(rows).toEqual([
      { id: 'zcs1', online: true },
      { id: 'zcs2', online: false },
    ]);
    await database.sql.deleteFrom('charger_connection').execute();
    live.alive('zcs2', 'garagem', AT);
    await live.flush();
  });

  it('forgets chargers whose gateway died', async () => {
    expect(await forgetSilentChargers(database.sql, AT)).toBe(0);
    expect(await forgetSilentChargers(database.sql, new Date(AT.getTime() + 1))).toBe(2);
    const rows = await database.sql.selectFrom('charger').select('online').execute();
    expect(rows.some((row) => row.online)).toBe(false);
  });
});
