import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';

import { parse16 } from '#libs/ocpp/parse-16.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { ingest, ingestBatch, type IncomingMessage, type Ingested } from './ingest.js';

const NOW = new Date('2026-07-02T08:00:00Z');
const START = { connectorId: 1, idTag: 'CARD', meterStart: 1_000, timestamp: '2026-06-01T10:00:00Z' };

let database: TestDatabase;
let charger = '';
let chargerCount = 0;
let messageCount = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, {
    chargers: Array.from({ length: 60 }, (_, index) => `zcs${index}`),
    tokens: { CARD: 'active', LOST: 'blocked' },
  });
});
afterAll(() => database.drop());
beforeEach(() => {
  charger = `zcs${(chargerCount += 1)}`;
});

function incoming(action: string, payload: Record<string, unknown>, messageId?: string): IncomingMessage {
  const message = parse16(action, payload);
  if (message === null) throw new Error(`${action} is no charger's call`);
  const id = messageId ?? `m${(messageCount += 1)}`;
  return { chargerId: charger, protocol: 'ocpp1.6', messageId: id, action, payload, message, receivedAt: NOW };
}

function tell(action: string, payload: Record<string, unknown>, messageId?: string): Promise<Ingested> {
  return ingest(database.sql, incoming(action, payload, messageId));
}

async function start(overrides: Record<string, unknown> = {}, messageId?: string): Promise<number> {
  const { answer } = await tell('StartTransaction', { ...START, ...overrides }, messageId);
  return Number(answer['transactionId']);
}

function values(transactionId: number | undefined, ...pairs: [timestamp: string, wh: string][]): Promise<Ingested> {
  return tell('MeterValues', {
    connectorId: 1,
    ...(transactionId === undefined ? {} : { transactionId }),
    meterValue: pairs.map(([timestamp, value]) => ({ timestamp, sampledValue: [{ value }] })),
  });
}

function stop(transactionId: number, meterStop: number, timestamp: string, more: Record<string, unknown> = {}) {
  return tell('StopTransaction', { transactionId, meterStop, timestamp, ...more });
}

async function readings() {
  const rows = await database.sql
    .selectFrom('meter_reading')
    .select(['transaction_id', 'at', 'import_wh', 'export_wh', 'context', 'connector_id'])
    .where('charger_id', '=', charger)
    .orderBy('at')
    .orderBy('import_wh')
    .execute();
  return rows.map((row) => [row.transaction_id, row.at.toISOString().slice(0, 16), row.import_wh, row.context]);
}

function transactions() {
  return database.sql
    .selectFrom('charging_transaction')
    .selectAll()
    .where('charger_id', '=', charger)
    .orderBy('id')
    .execute();
}

async function oddities(): Promise<string[]> {
  const rows = await database.sql
    .selectFrom('oddity')
    .select('code')
    .where('charger_id', '=', charger)
    .orderBy('code')
    .execute();
  return rows.map((row) => row.code);
}

describe('a session told as it should be', () => {
  it('leaves a transaction whose readings are all in meter_reading', async () => {
    const id = await start();
    await values(id, ['2026-06-01T10:15:00Z', '1600']);
    const { answer } = await stop(id, 2_500, '2026-06-01T10:40:00Z', { idTag: 'card', reason: 'Local' });
    expect(answer).toEqual({ idTagInfo: { status: 'Accepted' } });
    expect(await readings()).toEqual([
      [id, '2026-06-01T10:00', 1_000, 'Transaction.Begin'],
      [id, '2026-06-01T10:15', 1_600, 'Sample.Periodic'],
      [id, '2026-06-01T10:40', 2_500, 'Transaction.End'],
    ]);
    expect(await transactions()).toMatchObject([
      {
        id,
        connector_id: 1,
        id_tag: 'CARD',
        started_at: new Date('2026-06-01T10:00:00Z'),
        stopped_at: new Date('2026-06-01T10:40:00Z'),
        meter_start_wh: 1_000,
        meter_stop_wh: 2_500,
        stop_reason: 'Local',
        flags: [],
        last_reading_at: new Date('2026-06-01T10:40:00Z'),
      },
    ]);
    expect(await oddities()).toEqual([]);
  });

  it('keeps the raw message and the answer it got', async () => {
    const signed = { value: 'OCMF|{"RD":[]}|', format: 'SignedData' };
    const meterValue = [{ timestamp: '2026-06-01T10:00:00Z', sampledValue: [signed] }];
    await tell('MeterValues', { connectorId: 1, meterValue });
    const row = await database.sql
      .selectFrom('ocpp_message')
      .selectAll()
      .where('charger_id', '=', charger)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ action: 'MeterValues', payload: { connectorId: 1, meterValue }, answer: {} });
    expect(row.received_at).toEqual(NOW);
  });

  it('keeps import and export apart', async () => {
    const id = await start();
    const exported = { value: '2.5', unit: 'kWh', measurand: 'Energy.Active.Export.Register' };
    const meterValue = [{ timestamp: '2026-06-01T10:15:00Z', sampledValue: [{ value: '1100' }, exported] }];
    await tell('MeterValues', { connectorId: 1, transactionId: id, meterValue });
    const row = await database.sql
      .selectFrom('meter_reading')
      .select(['import_wh', 'export_wh'])
      .where('charger_id', '=', charger)
      .where('context', '=', 'Sample.Periodic')
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ import_wh: 1_100, export_wh: 2_500 });
  });

  it('answers boot, heartbeat, authorization and the rest in their shapes', async () => {
    const boot = { chargePointVendor: 'Zaptec', chargePointModel: 'Pro', firmwareVersion: '3.2' };
    expect((await tell('BootNotification', boot)).answer).toEqual({
      status: 'Accepted',
      currentTime: NOW.toISOString(),
      interval: 300,
    });
    expect((await tell('Heartbeat', {})).answer).toEqual({ currentTime: NOW.toISOString() });
    for (const [idTag, status] of Object.entries({ card: 'Accepted', LOST: 'Blocked', NOBODY: 'Invalid' })) {
      expect((await tell('Authorize', { idTag })).answer).toEqual({ idTagInfo: { status } });
    }
    expect((await tell('DataTransfer', { vendorId: 'x' })).answer).toEqual({ status: 'UnknownVendorId' });
    expect((await tell('SignCertificate', { csr: 'x' })).answer).toEqual({ status: 'Rejected' });
    const row = await database.sql.selectFrom('charger').selectAll().where('id', '=', charger).executeTakeFirst();
    expect(row).toMatchObject({ vendor: 'Zaptec', model: 'Pro', firmware: '3.2' });
  });
});

describe('a message told again', () => {
  it('gets the stored answer and changes nothing', async () => {
    const first = await tell('StartTransaction', START, 'same');
    const second = await tell('StartTransaction', START, 'same');
    expect(second.answer).toEqual(first.answer);
    expect([first.repeated, second.repeated]).toEqual([false, true]);
    expect(await transactions()).toHaveLength(1);
    expect(await readings()).toHaveLength(1);
  });

  it('under a new message id changes nothing either', async () => {
    const id = await start();
    expect(await start()).toBe(id);
    await values(id, ['2026-06-01T10:15:00Z', '1600']);
    await values(id, ['2026-06-01T10:15:00Z', '1600']);
    await stop(id, 2_500, '2026-06-01T10:40:00Z');
    await stop(id, 2_500, '2026-06-01T10:40:00Z');
    expect(await start()).toBe(id);
    expect(await readings()).toHaveLength(3);
    expect(await transactions()).toMatchObject([{ flags: [], meter_stop_wh: 2_500 }]);
    expect(await oddities()).toEqual([]);
  });

  it('is answered with the time of now when time is the answer', async () => {
    await tell('Heartbeat', {}, '1');
    const later = { ...incoming('Heartbeat', {}, '1'), receivedAt: new Date('2026-07-03T00:00:00Z') };
    expect((await ingest(database.sql, later)).answer).toEqual({ currentTime: '2026-07-03T00:00:00.000Z' });
  });

  it.each(['FirmwareStatusNotification', 'DiagnosticsStatusNotification'])(
    '%s after another boot, which counts its message ids from 1 again, is news',
    async (action) => {
      await tell(action, { status: 'Uploaded' }, '3');
      expect(await tell(action, { status: 'Uploaded' }, '3')).toMatchObject({ repeated: false });
      const kept = database.sql.selectFrom('ocpp_message').select('id').where('charger_id', '=', charger);
      expect(await kept.execute()).toHaveLength(2);
    },
  );

  it('is recorded once when it comes by two ways at once', async () => {
    const message = incoming('StartTransaction', START, 'raced');
    const results = await Promise.allSettled([ingest(database.sql, message), ingest(database.sql, message)]);
    expect(results.filter((one) => one.status === 'fulfilled').length).toBeGreaterThan(0);
    expect(await transactions()).toHaveLength(1);
  });
});

describe('cards', () => {
  it.each([
    ['NOBODY', 'Invalid', 'unknown-token'],
    ['LOST', 'Blocked', 'blocked-token'],
  ])('%s is answered %s; its transaction is kept and flagged %s', async (idTag, status, flag) => {
    const { answer } = await tell('StartTransaction', { ...START, idTag });
    expect(answer).toEqual({ transactionId: expect.any(Number), idTagInfo: { status } });
    expect(Number(answer['transactionId'])).toBeGreaterThan(0);
    expect(await transactions()).toMatchObject([{ id: answer['transactionId'], id_tag: idTag, flags: [flag] }]);
    expect(await oddities()).toEqual([flag]);
  });

  it('each bad card has a transaction of its own', async () => {
    const ids = [await start({ idTag: 'X' }), await start({ idTag: 'Y', connectorId: 2 })];
    expect(new Set(ids).size).toBe(2);
  });
});

describe('starts and stops that do not match', () => {
  it('a second start leaves the first open and flagged until its own stop', async () => {
    const first = await start();
    const second = await start({ timestamp: '2026-06-01T11:00:00Z', meterStart: 1_500 });
    expect(second).not.toBe(first);
    expect(await transactions()).toMatchObject([
      { id: first, stopped_at: null, flags: ['superseded'] },
      { id: second, stopped_at: null, flags: [] },
    ]);
    await stop(first, 1_400, '2026-06-01T10:50:00Z');
    expect((await transactions())[0]).toMatchObject({ meter_stop_wh: 1_400, flags: ['superseded'] });
  });

  it.each([-1, 0, 999_999])('a stop of transaction %i ends what runs', async (unknown) => {
    const id = await start();
    await stop(unknown, 2_000, '2026-06-01T12:00:00Z');
    expect(await transactions()).toMatchObject([{ id, meter_stop_wh: 2_000, flags: ['found-by-time'] }]);
  });

  it('a stop of nothing makes a transaction, once', async () => {
    const transactionData = [{ timestamp: '2026-06-01T10:15:00Z', sampledValue: [{ value: '1600' }] }];
    await stop(-1, 2_000, '2026-06-01T12:00:00Z', { idTag: 'CARD', transactionData });
    await stop(-1, 2_000, '2026-06-01T12:00:00Z', { idTag: 'CARD', transactionData });
    const [only, ...more] = await transactions();
    expect(more).toEqual([]);
    expect(only).toMatchObject({
      started_at: new Date('2026-06-01T10:15:00Z'),
      meter_start_wh: null,
      meter_stop_wh: 2_000,
      flags: ['stop-without-start'],
    });
    expect((await readings()).map((row) => row[2])).toEqual([1_600, 2_000]);
  });

  it('a stop of nothing told by two gateways at once, under two ids, makes one transaction', async () => {
    const told = { transactionId: -1, meterStop: 2_000, timestamp: '2026-06-01T12:00:00Z' };
    const tries = ['by-one', 'by-another'].map((id) => {
      const message = incoming('StopTransaction', told, id);
      return ingest(database.sql, message).catch(() => ingest(database.sql, message)); // as group-commit does
    });
    await Promise.all(tries);
    expect(await transactions()).toMatchObject([{ meter_stop_wh: 2_000, flags: ['stop-without-start'] }]);
    expect(await readings()).toHaveLength(1);
  });

  it('a start that comes after its stop joins it', async () => {
    await stop(0, 2_000, '2026-06-01T12:00:00Z');
    const id = await start();
    expect(await transactions()).toMatchObject([
      { id, meter_start_wh: 1_000, meter_stop_wh: 2_000, flags: ['start-after-stop', 'stop-without-start'] },
    ]);
    expect((await readings()).map((row) => row.slice(0, 3))).toEqual([
      [id, '2026-06-01T10:00', 1_000],
      [id, '2026-06-01T12:00', 2_000],
    ]);
    const connectors = await database.sql
      .selectFrom('meter_reading')
      .select('connector_id')
      .distinct()
      .where('charger_id', '=', charger)
      .execute();
    expect(connectors).toHaveLength(1); // one series for rating
    expect(await start()).toBe(id);
  });

  it("does not end another charger's transaction", async () => {
    const own = charger;
    const id = await start();
    charger = `zcs${(chargerCount += 1)}`;
    await stop(id, 9_000, '2026-06-01T12:00:00Z');
    expect(await transactions()).toMatchObject([{ flags: ['stop-without-start'], meter_stop_wh: 9_000 }]);
    charger = own;
    expect(await transactions()).toMatchObject([{ id, stopped_at: null }]);
  });

  it('two different stops: the later with the higher register holds', async () => {
    const id = await start();
    await stop(id, 2_000, '2026-06-01T12:00:00Z');
    await stop(id, 2_300, '2026-06-01T13:00:00Z');
    await stop(id, 1_900, '2026-06-01T11:00:00Z');
    expect(await transactions()).toMatchObject([
      { meter_stop_wh: 2_300, stopped_at: new Date('2026-06-01T13:00:00Z'), flags: ['stopped-twice'] },
    ]);
    expect(await readings()).toHaveLength(4);
  });
});

describe('figures and times that cannot be', () => {
  it('a meter that falls is flagged, before and behind', async () => {
    const id = await start();
    await values(id, ['2026-06-01T10:30:00Z', '1500']);
    await values(id, ['2026-06-01T10:45:00Z', '1400']);
    expect(await transactions()).toMatchObject([{ flags: ['register-fell'] }]);
    const other = await start({ timestamp: '2026-06-02T10:00:00Z' });
    await values(other, ['2026-06-02T11:00:00Z', '1500']);
    await values(other, ['2026-06-02T10:30:00Z', '1800']); // late, and higher than what follows it
    expect((await transactions())[1]?.flags).toEqual(['register-fell']);
  });

  it('late readings in order of the meter are not odd', async () => {
    const id = await start();
    await values(id, ['2026-06-01T11:00:00Z', '1900']);
    await values(id, ['2026-06-01T10:15:00Z', '1200'], ['2026-06-01T10:30:00Z', '1500']);
    expect(await transactions()).toMatchObject([{ flags: [], last_reading_at: new Date('2026-06-01T11:00:00Z') }]);
  });

  it('two registers for one instant are both kept and flagged', async () => {
    const id = await start();
    await values(id, ['2026-06-01T10:30:00Z', '1500']);
    await values(id, ['2026-06-01T10:30:00Z', '1501']);
    expect(await transactions()).toMatchObject([{ flags: ['conflicting-reading'] }]);
    expect(await readings()).toHaveLength(3);
  });

  it('a stop below the start is flagged', async () => {
    const id = await start();
    await stop(id, 900, '2026-06-01T12:00:00Z');
    expect((await transactions())[0]?.flags).toEqual(['meter-stop-below-start', 'register-fell']);
  });

  it('readings of 1970 and of the far future are kept with their time and flagged', async () => {
    const id = await start();
    await values(id, ['1970-01-01T00:00:03Z', '1100']);
    await values(id, ['2099-01-01T00:00:00Z', '1200']);
    expect((await readings()).map((row) => row.slice(0, 3))).toEqual([
      [id, '1970-01-01T00:00', 1_100],
      [id, '2026-06-01T10:00', 1_000],
      [id, '2099-01-01T00:00', 1_200],
    ]);
    const [row] = await transactions();
    expect(row?.flags).toContain('implausible-time');
    expect(row?.last_reading_at).toEqual(new Date('2026-06-01T10:00:00Z'));
  });

  it('negative registers and absurd numbers are kept as far as a meter goes', async () => {
    const id = await start({ meterStart: -5 });
    expect(await transactions()).toMatchObject([{ id, meter_start_wh: -5, flags: ['negative-register'] }]);
    const absurd = await start({ meterStart: 1e300, timestamp: '2026-06-03T10:00:00Z', connectorId: 1e12 });
    expect((await transactions())[1]).toMatchObject({
      id: absurd,
      connector_id: 0,
      meter_start_wh: null,
      flags: ['value-out-of-range'],
    });
  });

  it('a stamp without a zone is UTC and flagged', async () => {
    await start({ timestamp: '2026-06-01 10:00:00' });
    expect(await transactions()).toMatchObject([
      { started_at: new Date('2026-06-01T10:00:00Z'), flags: ['zone-less-time'] },
    ]);
  });

  it('meter values without a transaction stay with the charger; of an unknown one too, flagged once', async () => {
    await values(undefined, ['2026-06-01T10:15:00Z', '1600']);
    expect(await oddities()).toEqual([]);
    await values(4_711_000, ['2026-06-01T10:30:00Z', '1700']);
    await values(4_711_000, ['2026-06-01T10:45:00Z', '1800']);
    expect((await readings()).map((row) => row[0])).toEqual([null, null, null]);
    expect(await oddities()).toEqual(['unknown-transaction']);
  });

  it('meter values that leave the transaction out belong to the one under way on the connector, if the register fits', async () => {
    const id = await start();
    await values(undefined, ['2026-06-01T10:15:00Z', '1600']); // while it runs
    await values(undefined, ['2026-06-01T10:20:00Z', '900']); // another meter
    await stop(id, 3_000, '2026-06-01T11:00:00Z');
    await values(undefined, ['2026-06-01T10:30:00Z', '2000']); // late
    await values(undefined, ['2026-06-01T11:30:00Z', '3000']); // after it
    await tell('MeterValues', {
      connectorId: 2,
      meterValue: [{ timestamp: '2026-06-01T10:45:00Z', sampledValue: [{ value: '2500' }] }],
    });
    const belong = (await readings()).map(([transaction, at]) => [String(at).slice(11), transaction === id]);
    expect(belong).toEqual([
      ['10:00', true],
      ['10:15', true],
      ['10:20', false],
      ['10:30', true],
      ['10:45', false],
      ['11:00', true],
      ['11:30', false],
    ]);
    expect((await transactions())[0]?.flags).toEqual([]);
  });

  it("a register that names another charger's running transaction stays with the charger that told it", async () => {
    const id = await start();
    const own = charger;
    charger = `zcs${(chargerCount += 1)}`;
    await values(id, ['2026-06-01T10:15:00Z', '9000000']);
    expect((await readings()).map((row) => row[0])).toEqual([null]);
    expect(await oddities()).toEqual(['unknown-transaction']);
    const second = await start();
    await values(id, ['2026-06-01T10:15:00Z', '1600']);
    expect((await readings()).filter((row) => row[0] === second)).toHaveLength(2);
    charger = own;
    expect(await readings()).toHaveLength(1);
    expect(await transactions()).toMatchObject([{ id, flags: [] }]);
  });

  describe.each([0, -1, 4_711_000])('a register that names the transaction %i, which nobody knows', (unknown) => {
    const tellOf = (connectorId: number, timestamp: string, value: string) =>
      tell('MeterValues', {
        connectorId,
        transactionId: unknown,
        meterValue: [{ timestamp, sampledValue: [{ value }] }],
      });

    it('of the charger’s own meter is not billed as the session’s', async () => {
      const id = await start({ meterStart: 512_000 });
      await tellOf(0, '2026-06-01T10:15:00Z', '9000000');
      await tellOf(1, '2026-06-01T10:30:00Z', '9000000');
      await tellOf(1, '2026-06-01T10:30:00Z', '200000');
      expect((await readings()).map((row) => row[0] === id)).toEqual([true, false, false, false]);
      expect(await transactions()).toMatchObject([{ flags: [] }]);
      expect(await oddities()).toEqual(['unknown-transaction']);
    });

    it('belongs to the session that runs on the connector, or alone at the charger, if it fits', async () => {
      const id = await start({ meterStart: 512_000 });
      await tellOf(1, '2026-06-01T10:15:00Z', '513000');
      await tellOf(0, '2026-06-01T10:30:00Z', '514000');
      await start({ connectorId: 2, meterStart: 512_000, timestamp: '2026-06-01T10:40:00Z' });
      await tellOf(0, '2026-06-01T10:45:00Z', '515000');
      const belong = (await readings()).map(([transaction, at]) => [String(at).slice(11), transaction === id]);
      expect(belong).toEqual([
        ['10:00', true],
        ['10:15', true],
        ['10:30', true],
        ['10:40', false],
        ['10:45', false],
      ]);
      expect((await transactions())[0]?.flags).toEqual(['found-by-time']);
    });
  });

  it('of a busy charger find the session of their time, however many have begun since', async () => {
    const early = await start();
    await database.sql
      .insertInto('charging_transaction')
      .values(
        Array.from({ length: 40 }, (_, index) => {
          const at = new Date(Date.UTC(2026, 5, 2, 10 + index));
          const figures = { connector_id: 1, meter_start_wh: 9_000, meter_stop_wh: 9_000 };
          return { ...figures, charger_id: charger, started_at: at, stopped_at: at, start_key: `${charger}/${index}` };
        }),
      )
      .execute();
    await values(undefined, ['2026-06-01T10:15:00Z', '1600']);
    await stop(-1, 2_500, '2026-06-01T10:40:00Z');
    expect((await readings()).map(([id]) => id)).toEqual([early, early, early]);
    expect((await transactions())[0]).toMatchObject({ id: early, meter_stop_wh: 2_500, flags: ['found-by-time'] });
  });

  it('a start on connector 0, the charger itself, is kept and flagged', async () => {
    await start({ connectorId: 0 });
    expect((await transactions())[0]?.flags).toEqual(['value-out-of-range']);
  });

  it('meter values after the stop are kept with the transaction and flagged', async () => {
    const id = await start();
    await stop(id, 2_000, '2026-06-01T12:00:00Z');
    await values(id, ['2026-06-01T11:00:00Z', '1500']);
    expect((await transactions())[0]?.flags).toEqual([]);
    await values(id, ['2026-06-01T12:15:00Z', '2000']);
    expect((await transactions())[0]?.flags).toEqual(['reading-after-stop']);
    expect(await readings()).toHaveLength(4);
  });

  it('export without import cannot be a reading: the raw message has it', async () => {
    const id = await start();
    const sampledValue = [{ value: '5', measurand: 'Energy.Active.Export.Register' }];
    const meterValue = [{ timestamp: '2026-06-01T10:15:00Z', sampledValue }];
    await tell('MeterValues', { connectorId: 1, transactionId: id, meterValue });
    expect((await transactions())[0]?.flags).toEqual(['export-without-import']);
  });
});

describe('a batch', () => {
  it('records messages of many chargers in one transaction, all or none', async () => {
    const message = incoming('StartTransaction', START);
    const stranger = { ...message, chargerId: 'nobody' };
    await expect(ingestBatch(database.sql, [message, stranger])).rejects.toThrow('nobody is not registered');
    expect(await transactions()).toEqual([]);
    const neighbour = { ...message, chargerId: `zcs${(chargerCount += 1)}` };
    const results = await ingestBatch(database.sql, [message, neighbour]);
    expect(new Set(results.map((one) => one.answer['transactionId'])).size).toBe(2);
  });

  it('refuses two messages of one charger: their order would be lost', async () => {
    const pair = [incoming('Heartbeat', {}), incoming('Heartbeat', {})];
    await expect(ingestBatch(database.sql, pair)).rejects.toThrow('at most one message of each charger');
  });

  it('leaves nothing behind that could be changed', async () => {
    await start();
    const change = sql`update ocpp_message set answer = '{}'::jsonb where charger_id = ${charger}`.execute(
      database.sql,
    );
    await expect(change).rejects.toThrow('permission denied');
  });
});
