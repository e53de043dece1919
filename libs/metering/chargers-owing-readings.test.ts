import { afterAll, beforeAll, expect, it } from '@jest/globals';

import type { Sql } from '#libs/persistence/database.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { chargersOwingReadings } from './chargers-owing-readings.js';

const ENDS_AT = new Date('2026-06-30T23:00:00Z');
const BEFORE = new Date('2026-06-30T20:00:00Z');
const AFTER = new Date('2026-07-01T01:00:00Z');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function transaction(db: Sql, chargerId: string, more: { stoppedAt?: Date; flags?: string[] } = {}) {
  const row = await db
    .insertInto('charging_transaction')
    .values({
      charger_id: chargerId,
      connector_id: 1,
      started_at: BEFORE,
      stopped_at: more.stoppedAt ?? null,
      start_key: `${chargerId}/${Math.random()}`,
      flags: more.flags ?? [],
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

async function reading(db: Sql, chargerId: string, transactionId: number, at: Date) {
  const message = await db
    .insertInto('ocpp_message')
    .values({
      charger_id: chargerId,
      received_at: at,
      message_id: '1',
      action: 'MeterValues',
      payload: {},
      answer: {},
      key: `${chargerId}/${at.toISOString()}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('meter_reading')
    .values({
      charger_id: chargerId,
      connector_id: 1,
      transaction_id: transactionId,
      at,
      import_wh: 1,
      context: 'Sample.Clock',
      message_id: message.id,
    })
    .execute();
}

it('names the chargers whose readings may still come', async () => {
  const db = database.sql;
  const ids = ['open', 'told', 'future', 'stopped', 'left', 'silent', 'idle', 'unplaced'];
  await seedInstallation(db, { chargers: ids });
  await db.updateTable('charger').set({ last_seen_at: AFTER }).execute();
  await transaction(db, 'open');
  await reading(db, 'told', await transaction(db, 'told'), AFTER);
  await reading(db, 'future', await transaction(db, 'future'), new Date('2099-01-01T00:00:00Z'));
  await transaction(db, 'stopped', { stoppedAt: BEFORE });
  await transaction(db, 'left', { flags: ['superseded'] });

  for (const id of ['silent', 'idle']) {
    const spot = await db
      .insertInto('spot')
      .values({ installation_id: 'garagem', name: id })
      .returning('id')
      .executeTakeFirstOrThrow();
    const from = new Date('2026-01-01T00:00:00Z');
    await db.insertInto('charger_placement').values({ charger_id: id, spot_id: spot.id, from }).execute();
  }
  await db
    .updateTable('charger')
    .set({ last_seen_at: BEFORE })
    .where('id', 'in', ['silent', 'idle', 'unplaced'])
    .execute();
  await transaction(db, 'silent', { stoppedAt: BEFORE });
  await transaction(db, 'unplaced', { stoppedAt: BEFORE });

  const owing = await chargersOwingReadings(db, { installationId: 'garagem', endsAt: ENDS_AT });
  expect(owing).toEqual([
    { chargerId: 'future', label: 'FUTURE', since: BEFORE },
    { chargerId: 'open', label: 'OPEN', since: BEFORE },
    { chargerId: 'silent', label: 'SILENT', since: BEFORE },
  ]);
  expect(await chargersOwingReadings(db, { installationId: 'other', endsAt: ENDS_AT })).toEqual([]);
});
