import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { parse16 } from '#libs/ocpp/parse-16.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { ingest } from './ingest.js';

const NOW = new Date('2026-07-02T08:00:00Z');
const BEFORE = new Date('2026-07-01T00:00:00Z');
const DEBTOR_SPOT = 'zcs1';
const OTHER_SPOT = 'zcs2';

let database: TestDatabase;
let messages = 0;

/** Two neighbours; DEBT and FAMILY are the debtor's cards, OTHER the neighbour's, LOST is blocked by staff. */
beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  const tokens = { DEBT: 'active', FAMILY: 'active', OTHER: 'active', LOST: 'blocked' } as const;
  await seedInstallation(sql, { chargers: [DEBTOR_SPOT, OTHER_SPOT], tokens });
  const { condominium_id: condominium } = await sql
    .selectFrom('installation')
    .select('condominium_id')
    .executeTakeFirstOrThrow();
  const { id: installation } = await sql.selectFrom('installation').select('id').executeTakeFirstOrThrow();
  for (const [customer, charger] of [
    ['debtor', DEBTOR_SPOT],
    ['neighbour', OTHER_SPOT],
  ] as const) {
    await sql.insertInto('customer').values({ id: customer, condominium_id: condominium, name: customer }).execute();
    const spot = await sql
      .insertInto('spot')
      .values({ installation_id: installation, name: customer })
      .returning('id')
      .executeTakeFirstOrThrow();
    const since = { spot_id: spot.id, from: new Date('2026-01-01T00:00:00Z') };
    await sql
      .insertInto('charger_placement')
      .values({ ...since, charger_id: charger })
      .execute();
    await sql
      .insertInto('occupancy')
      .values({ ...since, customer_id: customer, kind: 'tenant' })
      .execute();
  }
  const give = (tags: string[], customer: string) =>
    sql.updateTable('token').set({ customer_id: customer }).where('id_tag', 'in', tags).execute();
  await give(['DEBT', 'FAMILY', 'LOST'], 'debtor');
  await give(['OTHER'], 'neighbour');
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.deleteFrom('customer_suspension').execute();
  await database.sql.updateTable('customer').set({ payment_method: 'transfer' }).execute();
  await database.sql.updateTable('charging_transaction').set({ stopped_at: NOW }).execute();
});

async function suspend(more: { until?: Date; even_prepaid?: boolean; document_id?: string } = {}): Promise<void> {
  await database.sql
    .insertInto('customer_suspension')
    .values({
      customer_id: 'debtor',
      document_id: '00000000-0000-7000-8000-000000000001',
      from: BEFORE,
      until: null,
      even_prepaid: false,
      approved_by: 'ana@chazemo.example',
      ...more,
    })
    .execute();
}

async function tell(chargerId: string, action: string, payload: Record<string, unknown>) {
  const message = parse16(action, payload);
  if (message === null) throw new Error(action);
  const messageId = `s${(messages += 1)}`;
  const incoming = { chargerId, protocol: 'ocpp1.6' as const, messageId, action, payload, message, receivedAt: NOW };
  return (await ingest(database.sql, incoming)).answer;
}
const authorize = async (chargerId: string, idTag: string) =>
  ((await tell(chargerId, 'Authorize', { idTag }))['idTagInfo'] as { status: string }).status;
const start = (chargerId: string, idTag: string, timestamp = NOW.toISOString()) =>
  tell(chargerId, 'StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp });

describe('a customer who is suspended', () => {
  it('begins no session with any card of theirs, nor anybody with another card at their spot', async () => {
    await suspend();
    expect(await authorize(OTHER_SPOT, 'debt')).toBe('Blocked');
    expect(await authorize(OTHER_SPOT, 'FAMILY')).toBe('Blocked');
    expect(await authorize(DEBTOR_SPOT, 'OTHER')).toBe('Blocked');
    expect(await start(DEBTOR_SPOT, 'DEBT')).toMatchObject({ idTagInfo: { status: 'Blocked' } });
  });

  it('leaves the neighbour’s card and spot alone', async () => {
    await suspend();
    expect(await authorize(OTHER_SPOT, 'OTHER')).toBe('Accepted');
  });

  it('may at a shared charger be told from its other users', async () => {
    await suspend();
    const share = (sharing: string) =>
      database.sql.updateTable('charger_placement').set({ sharing }).where('charger_id', '=', DEBTOR_SPOT).execute();
    await share('token');
    expect(await authorize(DEBTOR_SPOT, 'OTHER')).toBe('Accepted');
    expect(await authorize(DEBTOR_SPOT, 'DEBT')).toBe('Blocked');
    await share('occupant');
  });

  it('ends a running session as ever: the card is accepted for it, the stop too, no cable stays locked in', async () => {
    const { transactionId } = await start(OTHER_SPOT, 'FAMILY');
    await suspend();
    expect(await authorize(OTHER_SPOT, 'FAMILY')).toBe('Accepted');
    const stop = { transactionId, idTag: 'FAMILY', meterStop: 10, timestamp: '2026-07-02T08:30:00Z' };
    expect(await tell(OTHER_SPOT, 'StopTransaction', stop)).toEqual({ idTagInfo: { status: 'Accepted' } });
    expect(await authorize(OTHER_SPOT, 'FAMILY')).toBe('Blocked');
  });

  it('is judged for the moment of receipt where the charger’s clock is in 1970, and ends a session begun then', async () => {
    const { transactionId } = await start(OTHER_SPOT, 'FAMILY', '1970-01-01T00:03:10Z');
    await suspend();
    expect(await authorize(OTHER_SPOT, 'FAMILY')).toBe('Accepted');
    const stop = { transactionId, idTag: 'FAMILY', meterStop: 10, timestamp: '1970-01-01T00:33:10Z' };
    expect(await tell(OTHER_SPOT, 'StopTransaction', stop)).toEqual({ idTagInfo: { status: 'Accepted' } });
    const again = await start(OTHER_SPOT, 'FAMILY', '1970-01-01T01:03:10Z');
    expect(again).toMatchObject({ idTagInfo: { status: 'Blocked' } });
  });

  it('is not flagged for a session that began before and is told later', async () => {
    await suspend();
    const told = await start(OTHER_SPOT, 'DEBT', '2026-06-30T12:00:00Z');
    expect(told).toMatchObject({ idTagInfo: { status: 'Accepted' } });
  });

  it('charges again when the last suspension is lifted; staff’s own block of a card stays', async () => {
    await suspend({ until: new Date('2026-07-01T12:00:00Z') });
    expect(await authorize(OTHER_SPOT, 'DEBT')).toBe('Accepted');
    expect(await authorize(OTHER_SPOT, 'LOST')).toBe('Blocked');
    await suspend({ document_id: '00000000-0000-7000-8000-000000000002' });
    expect(await authorize(OTHER_SPOT, 'DEBT')).toBe('Blocked');
  });

  it('pitfall 17 (killbill #1997): who pays ahead now is not blocked by an older debt, unless policy says so', async () => {
    await suspend();
    await database.sql.updateTable('customer').set({ payment_method: 'prepaid' }).where('id', '=', 'debtor').execute();
    expect(await authorize(OTHER_SPOT, 'DEBT')).toBe('Accepted');
    await database.sql.deleteFrom('customer_suspension').execute();
    await suspend({ even_prepaid: true });
    expect(await authorize(OTHER_SPOT, 'DEBT')).toBe('Blocked');
  });
});
