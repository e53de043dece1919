import { afterEach, describe, expect, it } from '@jest/globals';

import { transactionEvent, type StationEvent } from '#test/chargers/simulated-station.js';
import { ingestCall } from '#test/data/messages.js';

import { INSTALLATION_ID } from '../data/documents.js';
import { CarPark } from './car-park.js';

const JULY = new Date('2026-07-01T04:00:00Z');
const RECEIVED = new Date('2026-06-30T12:00:00Z');
const CHARGER = 'zcs031903';

let park: CarPark;
const opened: CarPark[] = [];
afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));

/** A spot that two customers share by card, with a charger that says nothing yet. */
async function sharedSpot(): Promise<void> {
  park = await CarPark.open([
    ['ponta', 300_000, '2020-01-01', null],
    ['cheias', 200_000, '2020-01-01', null],
    ['vazio', 100_000, '2020-01-01', null],
  ]);
  opened.push(park);
  const { sql } = park.database;
  for (const id of ['1001', '1002']) await park.customer(id);
  await park.spot('V1', CHARGER, [{ customerId: '1001' }]);
  await sql.updateTable('charger_placement').set({ sharing: 'token' }).execute();
  const card = (idTag: string, customer: string) => ({
    installation_id: INSTALLATION_ID,
    id_tag: idTag,
    customer_id: customer,
  });
  await sql
    .insertInto('token')
    .values([card('CARD1', '1001'), card('CARD2', '1002')])
    .execute();
}

const at = (day: string, time: string): string => `2026-06-${day}T${time}:00Z`;

interface Session {
  readonly day: string;
  readonly card: string;
  /** Registers at 11:00, 11:15, 11:30, 11:45, 12:00 UTC: 12:00 to 13:00 in Lisbon. */
  readonly registers: readonly number[];
}

const SESSIONS: readonly Session[] = [
  { day: '15', card: 'CARD1', registers: [0, 2_500, 5_000, 7_500, 10_000] },
  { day: '16', card: 'CARD2', registers: [10_000, 17_001, 25_002, 33_003, 40_004] },
  { day: '17', card: 'NOBODY', registers: [40_004, 41_000, 42_000, 43_000, 44_004] },
];
const TIMES = ['11:00', '11:15', '11:30', '11:45', '12:00'];

async function tellAs16(sessions: readonly Session[]): Promise<void> {
  let count = 0;
  const call = (action: string, payload: Record<string, unknown>) =>
    ingestCall(park.database.sql, {
      chargerId: CHARGER,
      messageId: `m${(count += 1)}`,
      action,
      payload,
      receivedAt: RECEIVED,
    });
  for (const { day, card, registers } of sessions) {
    const timestamp = at(day, '11:00');
    const start = { connectorId: 1, idTag: card, meterStart: registers[0], timestamp };
    const { answer } = await call('StartTransaction', start);
    const transactionId = Number(answer['transactionId']);
    for (const index of [1, 2, 3]) {
      const sampledValue = [{ value: String(registers[index]) }];
      const meterValue = [{ timestamp: at(day, TIMES[index] ?? ''), sampledValue }];
      await call('MeterValues', { connectorId: 1, transactionId, meterValue });
    }
    await call('StopTransaction', { transactionId, meterStop: registers[4], timestamp: at(day, '12:00') });
  }
}

function eventsOf({ day, card, registers }: Session): StationEvent[] {
  const contexts = ['Transaction.Begin', undefined, undefined, undefined, 'Transaction.End'];
  return registers.map((wh, index): StationEvent => {
    const instant = at(day, TIMES[index] ?? '');
    const context = contexts[index];
    return {
      type: index === 0 ? 'Started' : index === 4 ? 'Ended' : 'Updated',
      ref: `session-${day}`,
      seqNo: index,
      at: instant,
      ...(index === 0 ? { evseId: 1 } : {}),
      ...(index === 1 ? { idTag: card, trigger: 'Authorized' } : {}),
      samples: [{ at: instant, wh, ...(context === undefined ? {} : { context }) }],
    };
  });
}

async function tellAs201(events: readonly StationEvent[]): Promise<void> {
  for (const [index, event] of events.entries()) {
    await ingestCall(park.database.sql, {
      protocol: 'ocpp2.0.1',
      chargerId: CHARGER,
      messageId: `m${index}`,
      action: 'TransactionEvent',
      payload: transactionEvent(event),
      receivedAt: RECEIVED,
    });
  }
}

/** What June says: its totals, and each customer's net cents. */
async function june() {
  const { totals } = await park.bill('2026-06', JULY);
  const rows = await park.database.sql
    .selectFrom('fiscal_document')
    .select(['customer_id', 'net_cents'])
    .orderBy('customer_id')
    .execute();
  return { wh: totals.totalWh, cents: totals.totalCents, bills: rows.map((row) => [row.customer_id, row.net_cents]) };
}

describe('a month of charging stations of OCPP 2.0.1', () => {
  it('bills what the same month of 1.6 bills, in whatever order the events came', async () => {
    await sharedSpot();
    await tellAs16(SESSIONS);
    const before = await june();
    expect(before).toMatchObject({
      wh: 44_004,
      bills: [
        ['1001', expect.any(Number)],
        ['1002', expect.any(Number)],
      ],
    });

    const events = SESSIONS.flatMap(eventsOf);
    for (const order of [events, events.toReversed(), [...events, ...events]]) {
      await sharedSpot();
      await tellAs201(order);
      expect(await june()).toEqual(before);
    }
  });

  it('loses no energy with a Started event: the card of a later one pays', async () => {
    await sharedSpot();
    const [first] = SESSIONS;
    if (first === undefined) throw new Error('no session');
    await tellAs201(eventsOf(first).slice(1));
    expect(await june()).toMatchObject({ wh: 7_500, bills: [['1001', 150]] });
  });
});
