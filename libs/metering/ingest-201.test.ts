import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parse201 } from '#libs/ocpp/parse-201.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { meterValueOf, transactionEvent, type StationEvent } from '#test/chargers/simulated-station.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { ingest, type IncomingMessage, type Ingested } from './ingest.js';

const NOW = new Date('2026-07-02T08:00:00Z');
const REF = '9f2c-session';

let database: TestDatabase;
let charger = '';
let chargerCount = 0;
let messageCount = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, {
    chargers: Array.from({ length: 90 }, (_, index) => `zcs${index}`),
    tokens: { CARD: 'active', LOST: 'blocked' },
  });
});
afterAll(() => database.drop());
beforeEach(() => {
  charger = `zcs${(chargerCount += 1)}`;
});

function incoming(action: string, payload: Record<string, unknown>, messageId?: string): IncomingMessage {
  const message = parse201(action, payload);
  if (message === null) throw new Error(`${action} is no station's call`);
  const id = messageId ?? `m${(messageCount += 1)}`;
  return { chargerId: charger, protocol: 'ocpp2.0.1', messageId: id, action, payload, message, receivedAt: NOW };
}

function tell(action: string, payload: Record<string, unknown>, messageId?: string): Promise<Ingested> {
  return ingest(database.sql, incoming(action, payload, messageId));
}

function event(told: Partial<StationEvent> & Pick<StationEvent, 'type' | 'seqNo' | 'at'>, messageId?: string) {
  return tell('TransactionEvent', transactionEvent({ ref: REF, ...told }), messageId);
}

const at = (time: string): string => `2026-06-01T${time}:00Z`;

const STARTED: StationEvent = {
  type: 'Started',
  ref: REF,
  seqNo: 0,
  at: at('10:00'),
  trigger: 'CablePluggedIn',
  evseId: 1,
  samples: [{ at: at('10:00'), wh: 1_000, context: 'Transaction.Begin' }],
};
const AUTHORIZED: StationEvent = {
  type: 'Updated',
  ref: REF,
  seqNo: 1,
  at: at('10:01'),
  trigger: 'Authorized',
  idTag: 'CARD',
};
const QUARTER: StationEvent = {
  type: 'Updated',
  ref: REF,
  seqNo: 2,
  at: at('10:15'),
  samples: [{ at: at('10:15'), wh: 1_600 }],
};
const HALF: StationEvent = {
  type: 'Updated',
  ref: REF,
  seqNo: 3,
  at: at('10:30'),
  samples: [{ at: at('10:30'), wh: 2_200, exportWh: 40 }],
};
const ENDED: StationEvent = {
  type: 'Ended',
  ref: REF,
  seqNo: 4,
  at: at('10:40'),
  trigger: 'EVDeparted',
  stoppedReason: 'EVDisconnected',
  samples: [{ at: at('10:40'), wh: 2_500, context: 'Transaction.End' }],
};
/** One session as it happened, in the order in which it happened. */
const SESSION = [STARTED, AUTHORIZED, QUARTER, HALF, ENDED];

const WHOLE = {
  connector_id: 1,
  id_tag: 'CARD',
  started_at: new Date(at('10:00')),
  stopped_at: new Date(at('10:40')),
  meter_start_wh: 1_000,
  meter_stop_wh: 2_500,
  stop_reason: 'EVDisconnected',
  charger_ref: REF,
  seq_nos: '{[0,5)}',
};

async function readings() {
  const rows = await database.sql
    .selectFrom('meter_reading')
    .select(['transaction_id', 'at', 'import_wh', 'export_wh', 'context', 'connector_id'])
    .where('charger_id', '=', charger)
    .orderBy('at')
    .orderBy('import_wh')
    .execute();
  return rows.map((row) => [row.at.toISOString().slice(11, 16), row.import_wh, row.context]);
}

function transactions() {
  return database.sql
    .selectFrom('charging_transaction')
    .selectAll()
    .where('charger_id', '=', charger)
    .orderBy('id')
    .execute();
}

async function openOddities(): Promise<string[]> {
  const rows = await database.sql
    .selectFrom('oddity')
    .select('code')
    .where('charger_id', '=', charger)
    .where('resolved_at', 'is', null)
    .orderBy('code')
    .execute();
  return rows.map((row) => row.code);
}

describe('a session of OCPP 2.0.1 told as it should be', () => {
  it('leaves one transaction with all its readings', async () => {
    const answers = [];
    for (const told of SESSION) answers.push((await event(told)).answer);
    expect(answers).toEqual([{}, { idTokenInfo: { status: 'Accepted' } }, {}, {}, {}]);
    expect(await transactions()).toMatchObject([{ ...WHOLE, flags: [], offline: false }]);
    expect(await readings()).toEqual([
      ['10:00', 1_000, 'Transaction.Begin'],
      ['10:15', 1_600, 'Sample.Periodic'],
      ['10:30', 2_200, 'Sample.Periodic'],
      ['10:40', 2_500, 'Transaction.End'],
    ]);
    expect(await openOddities()).toEqual([]);
    const kept = await database.sql
      .selectFrom('ocpp_message')
      .select(['protocol', 'action'])
      .where('charger_id', '=', charger)
      .distinct()
      .execute();
    expect(kept).toEqual([{ protocol: 'ocpp2.0.1', action: 'TransactionEvent' }]);
  });

  it('begins with its first register where none is at Transaction.Begin, and ends with the last that is known', async () => {
    await event({ type: 'Started', seqNo: 0, at: at('10:00'), evseId: 2, idTag: 'CARD' });
    await event({ type: 'Updated', seqNo: 1, at: at('10:15'), samples: [{ at: at('10:15'), wh: 1_600 }] });
    await event({ type: 'Updated', seqNo: 2, at: at('10:30'), samples: [{ at: at('10:30'), wh: 2_200 }] });
    await event({ type: 'Ended', seqNo: 3, at: at('10:40') });
    expect(await transactions()).toMatchObject([
      { connector_id: 2, meter_start_wh: 1_600, meter_stop_wh: 2_200, started_at: new Date(at('10:00')), flags: [] },
    ]);
  });

  it('ends with the meter’s own register where the one at the end counts from the Start', async () => {
    const begin = { at: at('10:00'), wh: 1_000_000, context: 'Transaction.Begin' };
    const end = { at: at('10:40'), wh: 5_000, context: 'Transaction.End' };
    await event({ type: 'Started', seqNo: 0, at: at('10:00'), evseId: 1, idTag: 'CARD', samples: [begin] });
    for (let told = 0; told < 2; told += 1) await event({ type: 'Ended', seqNo: 1, at: at('10:40'), samples: [end] });
    expect(await transactions()).toMatchObject([{ meter_stop_wh: 1_005_000, flags: ['relative-register'] }]);
    expect((await readings()).map((row) => row[1])).toEqual([1_000_000, 1_005_000]);
  });

  it('takes the EVSE from the event that names it (E01.FR.16)', async () => {
    await event({ type: 'Started', seqNo: 0, at: at('10:00'), trigger: 'Authorized', idTag: 'CARD' });
    await event({ type: 'Updated', seqNo: 1, at: at('10:01'), trigger: 'CablePluggedIn', evseId: 2 });
    await event({ type: 'Updated', seqNo: 2, at: at('10:15'), samples: [{ at: at('10:15'), wh: 1_600 }] });
    expect(await transactions()).toMatchObject([{ connector_id: 2, id_tag: 'CARD' }]);
    const places = await database.sql
      .selectFrom('meter_reading')
      .select('connector_id')
      .where('charger_id', '=', charger)
      .execute();
    expect(places).toEqual([{ connector_id: 2 }]);
  });

  it('keeps that it was told from offline', async () => {
    await event({ type: 'Started', seqNo: 0, at: at('10:00'), evseId: 1, offline: true });
    await event({ type: 'Updated', seqNo: 1, at: at('10:15'), samples: [{ at: at('10:15'), wh: 1_600 }] });
    expect(await transactions()).toMatchObject([{ offline: true }]);
  });

  it.each([
    ['NOBODY', 'Unknown', 'unknown-token'],
    ['LOST', 'Blocked', 'blocked-token'],
  ])('of the card %s is answered %s, recorded and flagged', async (idTag, status, flag) => {
    const { answer } = await event({ type: 'Started', seqNo: 0, at: at('10:00'), evseId: 1, idTag });
    expect(answer).toEqual({ idTokenInfo: { status } });
    await event({ type: 'Updated', seqNo: 1, at: at('10:15'), samples: [{ at: at('10:15'), wh: 1_600 }] });
    expect(await transactions()).toMatchObject([{ id_tag: idTag, flags: [flag], meter_start_wh: 1_600 }]);
  });
});

describe('events that are lost, late, repeated or out of order', () => {
  it('an Updated or Ended of a name nobody knows makes its transaction; the Started that comes later fills it', async () => {
    await event({ type: 'Updated', seqNo: 2, at: at('10:15'), samples: [{ at: at('10:15'), wh: 1_600 }] });
    expect(await transactions()).toMatchObject([
      { started_at: new Date(at('10:15')), meter_start_wh: 1_600, start_message_id: null, flags: [] },
    ]);
    for (const told of SESSION.slice(3)) await event(told);
    expect(await transactions()).toMatchObject([{ id_tag: null, flags: ['stop-without-start'] }]);
    expect(await openOddities()).toEqual(['stop-without-start']);
    for (const told of SESSION.slice(0, 2)) await event(told);
    expect(await transactions()).toMatchObject([{ ...WHOLE, flags: [] }]);
    expect(await openOddities()).toEqual([]);
  });

  it('a lone Ended keeps all its energy', async () => {
    await event({
      type: 'Ended',
      seqNo: 4,
      at: at('10:40'),
      idTag: 'CARD',
      samples: [
        { at: at('10:00'), wh: 1_000, context: 'Transaction.Begin' },
        { at: at('10:40'), wh: 2_500, context: 'Transaction.End' },
      ],
    });
    expect(await transactions()).toMatchObject([
      {
        started_at: new Date(at('10:00')),
        meter_start_wh: 1_000,
        meter_stop_wh: 2_500,
        id_tag: 'CARD',
        flags: ['stop-without-start'],
      },
    ]);
    expect(await readings()).toHaveLength(2);
  });

  it('every event under a new message id, and the Started replayed, change nothing', async () => {
    for (const told of SESSION) await event(told);
    const before = await transactions();
    for (const told of SESSION) await event(told);
    expect(await event(STARTED)).toMatchObject({ repeated: false, flags: [] });
    expect(await transactions()).toEqual(before);
    expect(await readings()).toHaveLength(4);
    expect(await openOddities()).toEqual([]);
  });

  it('the Started by two ways at once makes one transaction', async () => {
    const results = await Promise.allSettled([event(STARTED), event(STARTED)]);
    expect(results.some((one) => one.status === 'fulfilled')).toBe(true);
    expect(await transactions()).toHaveLength(1);
    expect(await readings()).toHaveLength(1);
  });

  it('the same message is answered as before', async () => {
    const first = await event(AUTHORIZED, 'same');
    const second = await event(AUTHORIZED, 'same');
    expect(second).toMatchObject({ repeated: true, answer: first.answer });
  });

  it('in any order, any number of times, they leave the same transaction and the same readings', async () => {
    const orders = fc.shuffledSubarray(SESSION, { minLength: SESSION.length, maxLength: SESSION.length });
    const repeats = fc.array(fc.constantFrom(...SESSION), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(orders, repeats, async (order, again) => {
        charger = `zcs${(chargerCount += 1)}`;
        for (const told of [...order, ...again]) await event(told);
        const [only, ...more] = await transactions();
        expect(more).toEqual([]);
        expect(only).toMatchObject({ ...WHOLE, flags: [] });
        expect(await readings()).toHaveLength(4);
        expect(await openOddities()).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('a number that has not come when the transaction ends is flagged until it comes', async () => {
    for (const told of SESSION.filter(({ seqNo }) => seqNo !== 2)) await event(told);
    expect(await transactions()).toMatchObject([{ flags: ['sequence-gap'], seq_nos: '{[0,2),[3,5)}' }]);
    expect(await openOddities()).toEqual(['sequence-gap']);
    await event(QUARTER);
    expect(await transactions()).toMatchObject([{ flags: [], seq_nos: '{[0,5)}' }]);
    expect(await openOddities()).toEqual([]);
  });

  it('numbers that start elsewhere, or never move, are no gap', async () => {
    for (const told of SESSION) await event({ ...told, seqNo: told.seqNo + 700 });
    for (const told of SESSION) await event({ ...told, ref: 'other', seqNo: 0, at: told.at.replace('06-01', '06-02') });
    expect((await transactions()).map((one) => one.flags)).toEqual([[], []]);
  });

  it('a name used again after its session ended is another session', async () => {
    for (const told of SESSION) await event({ ...told, ref: '1' });
    await event({ type: 'Started', ref: '1', seqNo: 0, at: '2026-06-20T10:00:00Z', evseId: 1, idTag: 'LOST' });
    const samples = [{ at: '2026-06-20T10:15:00Z', wh: 9_000 }];
    await event({ type: 'Updated', ref: '1', seqNo: 1, at: '2026-06-20T10:15:00Z', samples });
    const [former, latter] = await transactions();
    expect(former).toMatchObject({ id_tag: 'CARD', meter_stop_wh: 2_500, charger_ref: `1#${former?.id}`, flags: [] });
    expect(latter).toMatchObject({ id_tag: 'LOST', charger_ref: '1', meter_start_wh: 9_000, stopped_at: null });
    expect(latter?.flags).toEqual(['blocked-token', 'name-used-again']);
  });

  it('a name used again after a loss of power, before its session ended, is another session', async () => {
    await event({ ...STARTED, ref: '1', idTag: 'CARD' });
    await event({ ...QUARTER, ref: '1', seqNo: 1 });
    const begin = { at: at('12:00'), wh: 1_700, context: 'Transaction.Begin' };
    const again = { type: 'Started', ref: '1', seqNo: 0, at: at('12:00'), idTag: 'LOST', samples: [begin] } as const;
    await event({ ...again, evseId: 1 });
    await event({ ...again, evseId: 1 });
    const end = { at: at('13:00'), wh: 3_000, context: 'Transaction.End' };
    await event({ type: 'Ended', ref: '1', seqNo: 1, at: at('13:00'), samples: [begin, end] });
    const [former, latter, ...more] = await transactions();
    expect(more).toEqual([]);
    expect(former).toMatchObject({ id_tag: 'CARD', meter_start_wh: 1_000, stopped_at: null, flags: ['superseded'] });
    expect(latter).toMatchObject({ id_tag: 'LOST', meter_start_wh: 1_700, meter_stop_wh: 3_000, charger_ref: '1' });
    expect(latter?.flags).toEqual(['blocked-token', 'name-used-again']);
  });

  it('… and is flagged also where its EVSE is told later', async () => {
    await event({ ...STARTED, ref: '1', idTag: 'CARD' });
    await event({ type: 'Started', ref: '1', seqNo: 0, at: at('12:00'), trigger: 'Authorized', idTag: 'CARD' });
    expect((await transactions()).map((one) => one.flags)).toEqual([['superseded'], ['name-used-again']]);
  });

  it('a start without an instant is never taken for another', async () => {
    await event({ ...STARTED, at: 'yesterday' });
    const later = incoming('TransactionEvent', transactionEvent({ ...STARTED, ref: REF, at: 'yesterday' }));
    await ingest(database.sql, { ...later, receivedAt: new Date('2026-07-02T09:00:00Z') });
    expect(await transactions()).toHaveLength(1);
  });

  it('a beginning of another session keeps the register of the first', async () => {
    await event({ ...STARTED, ref: '1', idTag: 'CARD' });
    await event({ ...HALF, ref: '1', seqNo: 1 });
    const begin = { at: at('10:20'), wh: 2_300, context: 'Transaction.Begin' }; // its clock was set back
    await event({ type: 'Started', ref: '1', seqNo: 0, at: at('10:20'), evseId: 1, samples: [begin] });
    expect(await transactions()).toMatchObject([{ meter_start_wh: 1_000, started_at: new Date(at('10:00')) }]);
  });

  it('one name at two chargers is two sessions', async () => {
    await event(STARTED);
    const own = charger;
    charger = `zcs${(chargerCount += 1)}`;
    await event(STARTED);
    expect(await transactions()).toHaveLength(1);
    charger = own;
    expect(await transactions()).toHaveLength(1);
  });

  it('a second session on the EVSE leaves the first open and flagged', async () => {
    await event(STARTED);
    await event({ type: 'Started', ref: 'next', seqNo: 0, at: at('12:00'), evseId: 1 });
    expect((await transactions()).map((one) => one.flags)).toEqual([['superseded'], []]);
  });

  it('numbers that cannot be are kept in the raw message only', async () => {
    await event({ type: 'Started', seqNo: 2_147_483_647, at: at('10:00'), evseId: 1 });
    expect(await transactions()).toMatchObject([{ seq_nos: '{}', flags: ['value-out-of-range'] }]);
  });
});

describe('the rest of OCPP 2.0.1', () => {
  it('meter values outside transactions are the connector’s', async () => {
    await tell('MeterValues', { evseId: 1, meterValue: [meterValueOf({ at: at('10:00'), wh: 900 })] });
    expect(await readings()).toEqual([['10:00', 900, 'Sample.Periodic']]);
  });

  it('boot, heartbeat and authorization are answered in their shapes', async () => {
    const chargingStation = { vendorName: 'Zaptec', model: 'Pro 2', firmwareVersion: '5.1' };
    expect((await tell('BootNotification', { reason: 'PowerUp', chargingStation })).answer).toEqual({
      status: 'Accepted',
      currentTime: NOW.toISOString(),
      interval: 300,
    });
    const row = await database.sql.selectFrom('charger').selectAll().where('id', '=', charger).executeTakeFirst();
    expect(row).toMatchObject({ vendor: 'Zaptec', model: 'Pro 2', firmware: '5.1' });
    expect((await tell('Heartbeat', {})).answer).toEqual({ currentTime: NOW.toISOString() });
    const idToken = { idToken: 'card', type: 'ISO14443' };
    expect((await tell('Authorize', { idToken })).answer).toEqual({ idTokenInfo: { status: 'Accepted' } });
    const contract = { idToken: { idToken: 'PTEMP123', type: 'eMAID' }, certificate: 'pem' };
    expect((await tell('Authorize', contract)).answer).toEqual({
      idTokenInfo: { status: 'Unknown' },
      certificateStatus: 'NoCertificateAvailable',
    });
  });
});
