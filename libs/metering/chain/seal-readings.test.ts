import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql as fragment } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { ingestCall } from '#test/data/messages.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { sha256 } from './reading-chain.js';
import { sealReadings } from './seal-readings.js';
import { verifyChain } from './verify-chain.js';

const NOW = new Date('2026-07-02T08:00:00Z');

let database: TestDatabase;
let sql: Sql;
let charger = '';
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
});
afterAll(() => database.drop());
beforeEach(async () => {
  charger = `zcs${(count += 1)}`;
  await seedInstallation(sql, { installationId: `park${count}`, chargers: [charger, `${charger}b`] });
});

/** Readings outside transactions, one message each, as the gateway stores them. */
async function tell(...registers: number[]): Promise<void> {
  for (const register of registers) {
    const payload = {
      connectorId: 1,
      meterValue: [{ timestamp: '2026-06-01T10:00:00Z', sampledValue: [{ value: String(register) }] }],
    };
    const told = { chargerId: charger, messageId: `m${register}`, action: 'MeterValues', payload, receivedAt: NOW };
    await ingestCall(sql, told);
  }
}

const seal = (chargers = [charger], now = NOW) => sql.transaction().execute((trx) => sealReadings(trx, chargers, now));
const verify = () => verifyChain(sql, { installationId: `park${count}` });

function seals() {
  return sql
    .selectFrom('reading_seal')
    .selectAll()
    .where('charger_id', '=', charger)
    .orderBy('up_to_reading_id')
    .execute();
}

async function ids(): Promise<number[]> {
  const rows = await sql
    .selectFrom('meter_reading')
    .select('id')
    .where('charger_id', '=', charger)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** What nobody may do and somebody with the keys to the server can. */
const tamper = (run: (trx: Sql) => Promise<unknown>): Promise<void> => database.tamper(run);

describe('sealing', () => {
  test('a seal says how many readings there are and the hash over their lines', async () => {
    await tell(100, 250);
    const { heads, horizon } = await seal();
    const [first, second] = await ids();
    expect(heads).toEqual([{ chargerId: charger, readings: 2, upToReadingId: second, head: expect.any(String) }]);
    expect(horizon).toBe(second);
    const rows = await sql
      .selectFrom('meter_reading')
      .innerJoin('ocpp_message', 'ocpp_message.id', 'meter_reading.message_id')
      .selectAll('ocpp_message')
      .where('meter_reading.charger_id', '=', charger)
      .orderBy('meter_reading.id')
      .execute();
    // By hand, from what the database prints: the form is a promise to whoever checks with other tools.
    let head = '0'.repeat(64);
    for (const [index, register] of [100, 250].entries()) {
      const { rows: printed } = await fragment<{ payload: string }>`
        select payload::text from ocpp_message where id = ${rows[index]?.id}`.execute(sql);
      const line =
        `{"id":${rows[index]?.id},"charger":"${charger}","receivedAt":"2026-07-02T08:00:00.000Z",` +
        `"messageId":"m${register}","action":"MeterValues","payload":${printed[0]?.payload},"answer":{}}`;
      head = sha256(
        `${head}\n{"id":${[first, second][index]},"charger":"${charger}","connector":1,"transaction":null,` +
          `"at":"2026-06-01T10:00:00.000Z","importWh":${register},"exportWh":null,"context":"Sample.Periodic",` +
          `"message":${rows[index]?.id},"messageSha256":"${sha256(line)}"}`,
      );
    }
    expect(heads[0]?.head).toBe(head);
    expect(await seals()).toEqual([
      { charger_id: charger, up_to_reading_id: second, readings: 2, head, sealed_at: NOW },
    ]);
  });

  test('goes on from the last seal, and stores none where nothing is new', async () => {
    await tell(1, 2);
    await seal();
    const again = await seal();
    expect(again.heads).toMatchObject([{ readings: 2 }]);
    expect(await seals()).toHaveLength(1);
    await tell(3);
    expect((await seal([charger, `${charger}b`])).heads).toMatchObject([{ chargerId: charger, readings: 3 }]);
    expect((await seals()).map(({ readings }) => readings)).toEqual([2, 3]);
    expect(await verify()).toEqual({ chargers: 2, readings: 3, seals: 2, unsealedReadings: 0, breaks: [] });
  });

  test('two months seal one charger at once: one chain, no error', async () => {
    await tell(1, 2, 3);
    const both = await Promise.all([seal(), seal([`${charger}b`, charger]), tell(4), seal()]);
    expect(new Set(both.slice(0, 2).map((sealed) => sealed?.heads[0]?.head)).size).toBeLessThanOrEqual(2);
    await seal();
    expect(await verify()).toMatchObject({ readings: 4, unsealedReadings: 0, breaks: [] });
  });

  test('a reading with a lower id that is committed later is waited for, and is in its place', async () => {
    await tell(1);
    const { promise: open, resolve: commit } = Promise.withResolvers<void>();
    const { promise: drawn, resolve: hasDrawn } = Promise.withResolvers<void>();
    const slow = sql.transaction().execute(async (trx) => {
      const message = await trx
        .selectFrom('ocpp_message')
        .select('id')
        .where('charger_id', '=', charger)
        .executeTakeFirstOrThrow();
      await trx
        .insertInto('meter_reading')
        .values({
          charger_id: charger,
          connector_id: 2,
          at: NOW,
          import_wh: 5,
          context: 'Sample.Periodic',
          message_id: message.id,
        })
        .execute();
      hasDrawn();
      await open;
    });
    await drawn;
    await tell(2); // a higher id, committed at once
    const sealing = seal();
    let isSealed = false;
    void sealing.then(() => (isSealed = true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isSealed).toBe(false);
    await tell(3); // whoever writes while we wait is not made to wait
    commit();
    await slow;
    expect((await sealing).heads).toMatchObject([{ readings: 3 }]);
    expect(await verify()).toMatchObject({ readings: 4, unsealedReadings: 1, breaks: [] });
    await seal();
    expect(await verify()).toMatchObject({ readings: 4, unsealedReadings: 0, breaks: [] });
  });

  test('is refused where later commits are not seen', async () => {
    await expect(
      sql
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute((trx) => sealReadings(trx, [charger], NOW)),
    ).rejects.toThrow('READ COMMITTED');
  });

  test('a seal is never changed', async () => {
    await tell(1);
    await seal();
    await expect(
      sql.updateTable('reading_seal').set({ readings: 9 }).where('charger_id', '=', charger).execute(),
    ).rejects.toThrow('permission denied');
  });
});

describe('verifying', () => {
  let known: number[];
  let unusedId = 0;
  beforeEach(async () => {
    await tell(10, 20);
    await seal();
    const { rows } = await fragment<{ id: number }>`select nextval('meter_reading_id_seq') as id`.execute(sql);
    unusedId = rows[0]?.id ?? 0;
    await tell(30, 40);
    await seal();
    await tell(50);
    await seal();
    known = await ids();
  });
  const broken = (code: string) => ({
    breaks: [{ code, chargerId: charger, afterReadingId: known[1], upToReadingId: known[3] }],
  });

  test('what was not touched matches', async () => {
    expect(await verify()).toEqual({ chargers: 2, readings: 5, seals: 3, unsealedReadings: 0, breaks: [] });
    expect(await verifyChain(sql, { installationId: null })).toMatchObject({ breaks: [] });
  });

  test('a changed reading is found between the seals around it', async () => {
    await tamper((trx) =>
      trx
        .updateTable('meter_reading')
        .set({ import_wh: 31 })
        .where('id', '=', known[2] ?? 0)
        .execute(),
    );
    expect(await verify()).toMatchObject(broken('reading-changed'));
  });

  test('so is a changed raw message', async () => {
    await tamper(async (trx) => {
      const { message_id: id } = await trx
        .selectFrom('meter_reading')
        .select('message_id')
        .where('id', '=', known[3] ?? 0)
        .executeTakeFirstOrThrow();
      await trx
        .updateTable('ocpp_message')
        .set({ payload: { connectorId: 1 } })
        .where('id', '=', id)
        .execute();
    });
    expect(await verify()).toMatchObject(broken('reading-changed'));
  });

  test('so is one whose message is gone', async () => {
    await tamper(async (trx) => {
      const { message_id: id } = await trx
        .selectFrom('meter_reading')
        .select('message_id')
        .where('id', '=', known[3] ?? 0)
        .executeTakeFirstOrThrow();
      await trx.deleteFrom('ocpp_message').where('id', '=', id).execute();
    });
    expect(await verify()).toMatchObject(broken('reading-changed'));
  });

  test('so is a removed one', async () => {
    await tamper((trx) =>
      trx
        .deleteFrom('meter_reading')
        .where('id', '=', known[2] ?? 0)
        .execute(),
    );
    expect(await verify()).toMatchObject(broken('reading-missing'));
  });

  test('so is one put in between afterwards', async () => {
    await sql.transaction().execute((trx) =>
      fragment`insert into meter_reading (id, charger_id, connector_id, at, import_wh, context, message_id)
            select ${unusedId}, charger_id, connector_id, at, 25, context, message_id from meter_reading
            where id = ${known[1] ?? 0}`.execute(trx),
    );
    expect(await verify()).toMatchObject(broken('reading-added'));
  });

  test('all readings gone, the seals still there', async () => {
    await tamper((trx) => trx.deleteFrom('meter_reading').where('charger_id', '=', charger).execute());
    expect(await verify()).toMatchObject({
      breaks: [{ code: 'reading-missing', chargerId: charger, afterReadingId: 0, upToReadingId: known[1] }],
    });
  });

  test('a changed seal is not taken for changed readings', async () => {
    await tamper((trx) =>
      trx
        .updateTable('reading_seal')
        .set({ head: 'f'.repeat(64) })
        .where('charger_id', '=', charger)
        .where('readings', '=', 4)
        .execute(),
    );
    expect(await verify()).toMatchObject(broken('seal-changed'));
  });
});
