import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { CallError, type SimulatedChargerOptions } from '#test/chargers/simulated-charger.js';
import {
  meterValueOf,
  SimulatedStation,
  transactionEvent,
  type StationEvent,
} from '#test/chargers/simulated-station.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { until } from '#test/setup/until.js';

import { startGateway, type RunningGateway } from './start-gateway.js';

const silent = pino({ level: 'silent' });

let database: TestDatabase;
let gateway: RunningGateway;
const opened: SimulatedStation[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const chargers = Array.from({ length: 20 }, (_, index) => `zcs${index}`);
  await seedInstallation(database.sql, { chargers, tokens: { CARD: 'active', LOST: 'blocked' } });
  gateway = await startGateway({ databaseUrl: database.url, host: '127.0.0.1', port: 0 }, silent);
});
afterAll(async () => {
  await Promise.all(opened.map((station) => station.close()));
  await gateway.close();
  await database.drop();
});

async function connected(
  chargePointId: string,
  options: Partial<SimulatedChargerOptions> = {},
): Promise<SimulatedStation> {
  const url = `ws://127.0.0.1:${gateway.port}`;
  const station = new SimulatedStation({ url, chargePointId, password: CHARGER_PASSWORD, ...options });
  opened.push(station);
  await station.connect();
  return station;
}

function transactionsOf(charger: string) {
  return database.sql
    .selectFrom('charging_transaction')
    .selectAll()
    .where('charger_id', '=', charger)
    .orderBy('id')
    .execute();
}

async function registersOf(charger: string): Promise<number[]> {
  const rows = await database.sql
    .selectFrom('meter_reading')
    .select('import_wh')
    .where('charger_id', '=', charger)
    .orderBy('at')
    .execute();
  return rows.map((row) => row.import_wh);
}

function liveOf(charger: string) {
  return database.sql.selectFrom('connector_state').selectAll().where('charger_id', '=', charger).executeTakeFirst();
}

const at = (time: string): string => `2026-06-01T${time}:00+01:00`;
const REF = 'b6a8f3d2-0c5e-4b57-9f1c-6f6f0f2b7a11';
const STARTED: StationEvent = {
  type: 'Started',
  ref: REF,
  seqNo: 0,
  at: at('10:00'),
  trigger: 'CablePluggedIn',
  evseId: 1,
  state: 'EVConnected',
};
const AUTHORIZED: StationEvent = {
  type: 'Updated',
  ref: REF,
  seqNo: 1,
  at: at('10:01'),
  trigger: 'Authorized',
  idTag: 'CARD',
  state: 'Charging',
  samples: [{ at: at('10:01'), wh: 1_000, context: 'Transaction.Begin' }],
};
const clockEvent = (seqNo: number, time: string, wh: number): StationEvent => ({
  type: 'Updated',
  ref: REF,
  seqNo,
  at: at(time),
  trigger: 'MeterValueClock',
  samples: [{ at: at(time), wh, powerW: 2_400, context: 'Sample.Clock' }],
});
const CLOCKS = [clockEvent(2, '10:15', 1_600), clockEvent(3, '10:30', 2_200), clockEvent(4, '10:45', 2_800)];
const ENDED: StationEvent = {
  type: 'Ended',
  ref: REF,
  seqNo: 5,
  at: at('10:50'),
  trigger: 'EVDeparted',
  state: 'EVConnected',
  stoppedReason: 'EVDisconnected',
  samples: [{ at: at('10:50'), wh: 3_000, context: 'Transaction.End' }],
};
const WHOLE = {
  id_tag: 'CARD',
  meter_start_wh: 1_000,
  meter_stop_wh: 3_000,
  charger_ref: REF,
  stop_reason: 'EVDisconnected',
};
const REGISTERS = [1_000, 1_600, 2_200, 2_800, 3_000];

const VERSIONS = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'];

describe('a charging station of OCPP 2.0.1', () => {
  it('plays a whole session, from boot to unplug', async () => {
    const station = await connected('zcs1');
    expect(await station.boot()).toMatchObject({ status: 'Accepted', interval: 300 });
    expect(await station.authorize('CARD')).toBe('Accepted');
    expect(await station.authorize('NOBODY')).toBe('Unknown');
    await station.connectorStatus(1, 'Occupied', at('10:00'));
    expect(await station.event(STARTED)).toBeNull();
    expect(await station.event(AUTHORIZED)).toBe('Accepted');
    for (const clock of CLOCKS) await station.event(clock);
    await station.connectorStatus(1, 'Occupied', at('10:46')); // asked for again: it says less than is known
    const charging = await until(
      () => liveOf('zcs1'),
      (row) => row?.import_wh === 2_800,
    );
    expect(charging).toMatchObject({ connector_id: 1, status: 'Charging', power_w: 2_400 });
    await station.event(ENDED);
    await until(
      () => liveOf('zcs1'),
      (row) => row?.status === 'Finishing' && row.power_w === 0,
    );
    await station.connectorStatus(1, 'Available', at('10:55'));
    const idle = await until(
      () => liveOf('zcs1'),
      (row) => row?.status === 'Available',
    );
    expect(idle).toMatchObject({ power_w: 0, transaction_id: null });
    expect(await transactionsOf('zcs1')).toMatchObject([{ ...WHOLE, flags: [], offline: false }]);
    expect(await registersOf('zcs1')).toEqual(REGISTERS);
  });

  it('that was offline delivers its events late, whole and once', async () => {
    const station = await connected('zcs2', { retryWithNewId: true });
    await station.event(STARTED);
    await station.event(AUTHORIZED);
    await station.goOffline();
    const queued = [...CLOCKS, ENDED, ...CLOCKS].map((told) => station.event({ ...told, offline: true }));
    await until(
      () => database.sql.selectFrom('charger').select('online').where('id', '=', 'zcs2').executeTakeFirstOrThrow(),
      ({ online }) => !online,
    );
    await station.deliver();
    await Promise.all(queued);
    expect(await transactionsOf('zcs2')).toMatchObject([{ ...WHOLE, flags: [], offline: true }]);
    expect(await registersOf('zcs2')).toEqual(REGISTERS);
  });

  it('whose Started is lost keeps all its energy, and whose Ended comes first too', async () => {
    const lost = await connected('zcs3');
    for (const told of [AUTHORIZED, ...CLOCKS, ENDED]) await lost.event(told);
    expect(await transactionsOf('zcs3')).toMatchObject([{ ...WHOLE, flags: ['stop-without-start'] }]);
    expect(await registersOf('zcs3')).toEqual(REGISTERS);
    const backwards = await connected('zcs4');
    for (const told of [ENDED, ...CLOCKS.toReversed(), AUTHORIZED, STARTED]) await backwards.event(told);
    expect(await transactionsOf('zcs4')).toMatchObject([{ ...WHOLE, flags: [] }]);
    expect(await registersOf('zcs4')).toEqual(REGISTERS);
  });

  it('that sends everything at once is answered in order, each event once', async () => {
    const station = await connected('zcs5');
    const session = [STARTED, AUTHORIZED, ...CLOCKS, ENDED];
    const frames = session.map((told, index) => [2, `burst${index}`, 'TransactionEvent', transactionEvent(told)]);
    for (const frame of [...frames, ...frames]) station.sendRaw(JSON.stringify(frame));
    const [only] = await until(
      () => transactionsOf('zcs5'),
      ([first]) => first?.meter_stop_wh === 3_000,
    );
    expect(only).toMatchObject({ ...WHOLE, flags: [], seq_nos: '{[0,6)}' });
    expect(await registersOf('zcs5')).toEqual(REGISTERS);
  });

  it('whose TransactionEvent breaks the schema is read and flagged; what says nothing that can be read is refused', async () => {
    const station = await connected('zcs6');
    await station.event(STARTED);
    const odd = { ...transactionEvent(AUTHORIZED), triggerReason: 'CardShown', vendorSays: 1 };
    expect(await station.call('TransactionEvent', odd)).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect(await transactionsOf('zcs6')).toMatchObject([
      { id_tag: 'CARD', meter_start_wh: 1_000, flags: ['not-to-schema'] },
    ]);
    await expect(station.call('BootNotification', { reason: 'Whim' })).rejects.toThrow(CallError);
    await expect(station.call('StartTransaction', { connectorId: 1 })).rejects.toThrow('NotImplemented');
    await expect(station.call('RequestStartTransaction', {})).rejects.toThrow('NotImplemented');
  });

  it('gets an answer to its schema for whatever it may tell', async () => {
    const station = await connected('zcs7');
    const generatedAt = at('10:00');
    const told: [action: string, payload: Record<string, unknown>, answer: Record<string, unknown>][] = [
      ['NotifyReport', { requestId: 1, generatedAt, seqNo: 0 }, {}],
      ['SecurityEventNotification', { type: 'StartupOfTheDevice', timestamp: generatedAt }, {}],
      ['SignCertificate', { csr: 'pem' }, { status: 'Rejected' }],
      ['FirmwareStatusNotification', { status: 'Idle' }, {}],
      ['LogStatusNotification', { status: 'Idle' }, {}],
      ['ClearedChargingLimit', { chargingLimitSource: 'EMS' }, {}],
      [
        'Get15118EVCertificate',
        { iso15118SchemaVersion: 'urn:iso:15118:2', action: 'Install', exiRequest: 'x' },
        { status: 'Failed', exiResponse: '' },
      ],
      ['ReservationStatusUpdate', { reservationId: 1, reservationUpdateStatus: 'Expired' }, {}],
      ['DataTransfer', { vendorId: 'x' }, { status: 'UnknownVendorId' }],
      ['MeterValues', { evseId: 1, meterValue: [meterValueOf({ at: generatedAt, wh: 7 })] }, {}],
    ];
    for (const [action, payload, answer] of told) expect(await station.call(action, payload)).toEqual(answer);
  });

  it.each(VERSIONS)('that offers every version speaks the one it prefers: %s', async (first) => {
    const others = VERSIONS.filter((one) => one !== first);
    const id = `zcs${10 + VERSIONS.indexOf(first)}`;
    const station = await connected(id, { protocols: [first, ...others] });
    await station.heartbeat();
    const kept = await database.sql
      .selectFrom('ocpp_message')
      .select('protocol')
      .where('charger_id', '=', id)
      .execute();
    expect(kept).toContainEqual({ protocol: first });
    await station.close();
  });
});

describe('a charging station of OCPP 2.1', () => {
  it('tells boot, and a session that gives energy back, under strict validation', async () => {
    const station = await connected('zcs8', { protocols: ['ocpp2.1'] });
    expect(await station.boot()).toMatchObject({ status: 'Accepted' });
    await station.event(STARTED);
    await station.event({ ...AUTHORIZED, samples: [{ at: at('10:01'), wh: 1_000, exportWh: 500 }] });
    const given = { at: at('10:30'), wh: 1_200, exportWh: 1_900 };
    await station.event({ ...clockEvent(2, '10:30', 1_200), trigger: 'OperationModeChanged', samples: [given] });
    const rows = await database.sql
      .selectFrom('meter_reading')
      .select(['import_wh', 'export_wh'])
      .where('charger_id', '=', 'zcs8')
      .orderBy('at')
      .execute();
    expect(rows).toEqual([
      { import_wh: 1_000, export_wh: 500 },
      { import_wh: 1_200, export_wh: 1_900 },
    ]);
    await expect(station.call('BootNotification', { reason: 'Whim' })).rejects.toThrow(CallError);
    expect(await station.call('NotifyPriorityCharging', { transactionId: REF, activated: true })).toEqual({});
  });
});
