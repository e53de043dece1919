import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { keepListsInStep } from '#apps/worker/list-keeper.js';
import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { SimulatedCharger } from '#test/chargers/simulated-charger.js';
import { SimulatedStation } from '#test/chargers/simulated-station.js';
import { CommandGround } from '#test/commands/command-ground.js';
import { until } from '#test/setup/until.js';

let ground: CommandGround;
let keeping: Promise<unknown>;
let old: SimulatedCharger;
let station: SimulatedStation;

/** A charger of 1.6 and a station of 2.0.1, with everything that keeps their lists. */
beforeAll(async () => {
  const tokens = { ONE: 'active', TWO: 'active', LOST: 'blocked' } as const;
  ground = await CommandGround.open((sql) => seedInstallation(sql, { chargers: ['old', 'new'], tokens }));
  const { sql, databaseUrl, signal } = ground;
  keeping = keepListsInStep({ databaseUrl, sql, log: pino({ level: 'silent' }) }, signal);
  const gateway = await ground.gateway();
  const shared = { url: `ws://127.0.0.1:${gateway.port}`, password: CHARGER_PASSWORD };
  old = new SimulatedCharger({ ...shared, chargePointId: 'old' });
  station = new SimulatedStation({ ...shared, chargePointId: 'new', protocols: ['ocpp2.0.1'] });
  for (const charger of [old, station]) {
    await charger.connect();
    await charger.boot();
  }
}, 120_000);

afterAll(async () => {
  await Promise.all([old, station].map((charger) => charger.close()));
  await ground.close([keeping]);
}, 60_000);

const listsAre = (...cards: string[]) =>
  until(() => [old, station].every(({ configuration }) => configuration.localList.cards.join() === cards.join()));
const change = (idTag: string, values: Record<string, unknown>) =>
  ground.sql.updateTable('token').set(values).where('id_tag', '=', idTag).execute();
const isSetTo = (key: string, value: string) =>
  until(() => [old, station].every(({ configuration }) => configuration.values.get(key) === value));
const mayStart = (idTag: string) =>
  [old, station].map(({ configuration }) => configuration.startsOffline(idTag, new Date()));

describe('the lists of chargers of both versions', () => {
  it('hold the good cards; a block takes one off, a new one comes on', async () => {
    await listsAre('ONE', 'TWO');
    await change('TWO', { status: 'blocked' });
    await listsAre('ONE');
    await ground.sql.insertInto('token').values({ installation_id: 'garagem', id_tag: 'THREE' }).execute();
    await listsAre('ONE', 'THREE');
  }, 60_000);

  it('let one of a group stop, and end by themselves', async () => {
    const end = new Date(Date.now() + 3_600_000);
    await change('ONE', { group_tag: 'CASA', expires_at: end });
    await until(() => [old, station].every(({ configuration: { localList } }) => localList.judge('one', end) !== null));
    await until(() =>
      [old, station].every(({ configuration: { localList } }) => localList.judge('one', end)?.status === 'Expired'),
    );
    expect(old.configuration.localList.judge('one', new Date())).toEqual({ status: 'Accepted', group: 'CASA' });
    expect(station.configuration.localList.judge('one', new Date())).toEqual({ status: 'Accepted', group: 'CASA' });
    expect(await old.authorize('one')).toBe('Accepted');
  }, 60_000);

  it('are made anew in a charger that forgot', async () => {
    for (const charger of [old, station]) {
      await charger.goOffline();
      charger.configuration.localList.forget();
      await charger.connect();
    }
    await listsAre('ONE', 'THREE');
  }, 60_000);
});

describe('a card that is good at another spot', () => {
  it('is refused in each version’s words and off the lists, and ends the session of its group all the same', async () => {
    const { sql } = ground;
    const { id: spot } = await sql
      .insertInto('spot')
      .values({ installation_id: 'garagem', name: 'elsewhere' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { id } = await sql.selectFrom('token').select('id').where('id_tag', '=', 'THREE').executeTakeFirstOrThrow();
    await sql.insertInto('token_spot').values({ token_id: id, spot_id: spot }).execute();
    await change('THREE', { group_tag: 'CASA' });
    await listsAre('ONE');
    expect(await old.authorize('THREE')).toBe('Invalid');
    expect(await station.authorize('THREE')).toBe('NotAtThisLocation');
    const at = new Date();
    const { transactionId, status } = await old.start({ connectorId: 1, idTag: 'ONE', meterStartWh: 0, at });
    expect(status).toBe('Accepted');
    expect(await old.call('Authorize', { idTag: 'THREE' })).toEqual({
      idTagInfo: { status: 'Accepted', parentIdTag: 'CASA' },
    });
    expect(await old.stop({ transactionId, meterStopWh: 500, at: new Date(), idTag: 'THREE' })).toMatchObject({
      idTagInfo: { status: 'Accepted', parentIdTag: 'CASA' },
    });
    expect(await old.authorize('THREE')).toBe('Invalid');
    await sql.deleteFrom('token_spot').execute();
    await listsAre('ONE', 'THREE');
  }, 60_000);
});

describe('offline', () => {
  it('a known card charges, an unknown one as the installation says; what it charged is kept and flagged', async () => {
    await isSetTo('LocalAuthListEnabled', 'true');
    await isSetTo('StopTransactionOnInvalidId', 'true');
    expect(mayStart('ONE')).toEqual([true, true]);
    expect(mayStart('LOST')).toEqual([false, false]);
    expect(mayStart('STRANGER')).toEqual([false, false]);
    const { sql } = ground;
    await until(async () => {
      const open = await sql
        .selectFrom('charger_provisioning')
        .select('done_at')
        .where('done_at', 'is', null)
        .execute();
      return open.length === 0;
    });
    await sql.updateTable('installation').set({ unknown_when_offline: 'accept' }).execute();
    await sql.updateTable('charger_provisioning').set({ begun_at: null, done_at: null, due_at: new Date() }).execute();
    await isSetTo('AllowOfflineTxForUnknownId', 'true');
    await isSetTo('StopTransactionOnInvalidId', 'false');
    await until(() => mayStart('LOST').every((may) => !may)); // listed as blocked: left out it would charge
    expect(mayStart('STRANGER')).toEqual([true, true]);

    await old.goOffline();
    const at = new Date(Date.now() - 60_000);
    const started = old.start({ connectorId: 1, idTag: 'STRANGER', meterStartWh: 100, at });
    await old.deliver();
    const { transactionId, status } = await started;
    expect(status).toBe('Invalid');
    await old.stop({ transactionId, meterStopWh: 2_100, at: new Date() });
    const kept = await sql
      .selectFrom('charging_transaction')
      .select(['id_tag', 'meter_stop_wh', 'flags'])
      .where('id', '=', transactionId)
      .executeTakeFirstOrThrow();
    expect(kept).toMatchObject({ id_tag: 'STRANGER', meter_stop_wh: 2_100 });
    expect(kept.flags).toContain('unknown-token');
  }, 60_000);
});
