import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { ingest } from '#libs/metering/ingest.js';
import { parse16 } from '#libs/ocpp/parse-16.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { frameById, framesOf, spanOfTransaction, type FramePlace, type FramesQuery } from './charger-frames.js';
import { frameLog } from './frame-log.js';
import { withoutCards } from './hide-cards.js';

const DAY = new Date('2026-07-02T00:00:00Z');
const ALL = { from: DAY, to: new Date('2026-07-03T00:00:00Z') };

let database: TestDatabase;
let transactionId = 0;
let sent = 0;

async function tell(chargerId: string, hour: number, action: string, payload: Record<string, unknown>) {
  const message = parse16(action, payload);
  if (message === null) throw new Error(action);
  sent += 1;
  const call = { chargerId, protocol: 'ocpp1.6' as const, messageId: `m${sent}`, action, payload, message };
  const receivedAt = new Date(DAY.getTime() + hour * 3_600_000);
  return (await ingest(database.sql, { ...call, receivedAt })).answer;
}

beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['a', 'b'] });
  const start = { connectorId: 1, idTag: 'CARD', meterStart: 10, timestamp: '2026-07-02T01:00:00Z' };
  transactionId = Number((await tell('a', 1, 'StartTransaction', start))['transactionId']);
  for (const [hour, wh] of [
    [2, '100%'],
    [3, '200'],
    [4, '300'],
  ] as const) {
    const meterValue = [{ timestamp: `2026-07-02T0${hour}:00:00Z`, sampledValue: [{ value: wh }] }];
    await tell('a', hour, 'MeterValues', { connectorId: 1, transactionId, meterValue });
  }
  await tell('a', 5, 'Heartbeat', {});
  await tell('b', 2, 'Heartbeat', {});
  await database.sql
    .insertInto('charger_frame')
    .values([
      {
        charger_id: 'a',
        at: new Date('2026-07-02T03:00:00Z'),
        kind: 'asked',
        protocol: 'ocpp1.6',
        action: 'ChangeConfiguration',
        payload: { key: 'AuthorizationKey', value: 'top-secret' },
        answer: raw`'{"status":"Accepted"}'::jsonb`,
        outcome: 'answer',
      },
      { charger_id: 'a', at: new Date('2026-07-02T06:00:00Z'), kind: 'malformed', outcome: 'no JSON', raw: '[2,"x' },
    ])
    .execute();
});
afterAll(() => database.drop());

async function ids(query: Partial<FramesQuery>, limit = 50): Promise<string[]> {
  const found: string[] = [];
  let after: FramePlace | null = null;
  do {
    const page: Awaited<ReturnType<typeof framesOf>> = await framesOf(
      database.sql,
      { chargerId: 'a', ...ALL, ...query },
      { limit, after },
    );
    found.push(...page.frames.map(({ at, action }) => `${at.toISOString().slice(11, 13)} ${action ?? '-'}`));
    after = page.next;
  } while (after !== null);
  return found;
}

const EVERYTHING = [
  '06 -',
  '05 Heartbeat',
  '04 MeterValues',
  '03 ChangeConfiguration',
  '03 MeterValues',
  '02 MeterValues',
  '01 StartTransaction',
];

describe("a charger's frames", () => {
  it('are one time line, newest first, of whatever size the pages are', async () => {
    expect(await ids({})).toEqual(EVERYTHING);
    for (const limit of [1, 2, 3]) expect(await ids({}, limit)).toEqual(EVERYTHING);
  });

  it.each<[string, Partial<FramesQuery>, string[]]>([
    [
      'span, its end excluded',
      { from: new Date('2026-07-02T03:00:00Z'), to: new Date('2026-07-02T05:00:00Z') },
      EVERYTHING.slice(2, 5),
    ],
    ['direction', { direction: 'to-charger' }, ['03 ChangeConfiguration']],
    ['what could not be read', { direction: 'malformed' }, ['06 -']],
    ['action', { action: 'Heartbeat' }, ['05 Heartbeat']],
    ['text in a payload, without regard to case', { find: 'card' }, ['01 StartTransaction']],
    ['text of which % is no wildcard', { find: '0%' }, ['02 MeterValues']],
    ['text in an answer of a charger', { find: 'accepted', direction: 'to-charger' }, ['03 ChangeConfiguration']],
  ])('are found by %s', async (_, query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  it('are found by their transaction, with its span', async () => {
    expect(await ids({ transactionId })).toEqual([
      '04 MeterValues',
      '03 MeterValues',
      '02 MeterValues',
      '01 StartTransaction',
    ]);
    expect(await spanOfTransaction(database.sql, 'a', transactionId)).toEqual({
      from: new Date('2026-07-02T00:59:00Z'),
      to: new Date('2026-07-02T04:01:00Z'),
    });
    expect(await spanOfTransaction(database.sql, 'b', transactionId)).toBeNull();
  });

  it("are shown whole, without secrets, and only as the charger's own", async () => {
    const { frames } = await framesOf(
      database.sql,
      { chargerId: 'a', ...ALL, direction: 'to-charger' },
      { limit: 1, after: null },
    );
    const id = frames[0]?.id ?? '';
    expect(await frameById(database.sql, 'a', id)).toMatchObject({
      payload: { key: 'AuthorizationKey', value: '***' },
      answer: { status: 'Accepted' },
      outcome: 'answer',
    });
    expect(await frameById(database.sql, 'b', id)).toBeNull();
    expect(await frameById(database.sql, 'a', 'x1')).toBeNull();
  });

  it('are told without cards to those who may not see them', async () => {
    const query = { chargerId: 'a', ...ALL, action: 'StartTransaction' };
    const { frames } = await framesOf(database.sql, query, { limit: 1, after: null });
    expect(frames.map(withoutCards)).toMatchObject([{ payload: { idTag: '•••', meterStart: 10 } }]);
  });

  it('are downloaded as OCPP-J, line by line', async () => {
    const log: string[] = [];
    const query = { chargerId: 'a', ...ALL, from: new Date('2026-07-02T05:00:00Z') };
    for await (const lines of frameLog(database.sql, query, { format: 'ocpp-j', shown: (frame) => frame }))
      log.push(lines);
    expect(log.join('')).toBe(
      [
        '2026-07-02T06:00:00.000Z < [2,"x',
        '2026-07-02T05:00:00.000Z > [3,"m5",{"currentTime":"2026-07-02T05:00:00.000Z"}]',
        '2026-07-02T05:00:00.000Z < [2,"m5","Heartbeat",{}]',
        '',
      ].join('\n'),
    );
  });

  it('are asked for by charger and time: no search goes through the whole table', async () => {
    const { sql } = database;
    await sql.transaction().execute(async (trx) => {
      await raw`set local enable_seqscan = off`.execute(trx);
      const { rows } = await raw<{ 'QUERY PLAN': string }>`
        explain select id from ocpp_message where charger_id = 'a' and received_at >= ${ALL.from} and received_at < ${ALL.to}
        order by received_at desc, id desc limit 20000`.execute(trx);
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('ocpp_message_charger_index');
    });
  });
});
