import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';

import type { Protocol } from '#libs/ocpp/messages.js';
import { parse16 } from '#libs/ocpp/parse-16.js';
import { parse201 } from '#libs/ocpp/parse-201.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { transactionEvent, type StationEvent } from '#test/chargers/simulated-station.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { ingest } from './ingest.js';

const NOW = new Date('2026-07-02T08:00:00Z');
const SINCE = new Date('2026-01-01T00:00:00Z');

let database: TestDatabase;
const spots = new Map<string, string>();
let messages = 0;

/** Two spots with a charger each: `one` of Rui, `two` shared by its cards. */
beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  const tokens = { RUI: 'active', EVA: 'active', MATE: 'active', LOST: 'blocked' } as const;
  const installation = await seedInstallation(sql, { chargers: ['one', 'two'], tokens });
  for (const customer of ['rui', 'eva']) {
    await sql.insertInto('customer').values({ id: customer, condominium_id: installation, name: customer }).execute();
    await sql
      .updateTable('token')
      .set({ customer_id: customer })
      .where('id_tag', '=', customer.toUpperCase())
      .execute();
  }
  for (const charger of ['one', 'two']) {
    const { id } = await sql
      .insertInto('spot')
      .values({ installation_id: installation, name: charger })
      .returning('id')
      .executeTakeFirstOrThrow();
    spots.set(charger, id);
    const sharing = charger === 'two' ? 'token' : 'occupant';
    await sql
      .insertInto('charger_placement')
      .values({ charger_id: charger, spot_id: id, from: SINCE, sharing })
      .execute();
  }
  await sql
    .insertInto('occupancy')
    .values({ spot_id: spots.get('one') ?? '', customer_id: 'rui', kind: 'owner', from: SINCE })
    .execute();
});
afterAll(() => database.drop());
beforeEach(async () => {
  const { sql } = database;
  await sql.deleteFrom('token_spot').execute();
  await sql.updateTable('token').set({ group_tag: null, valid_from: null, expires_at: null }).execute();
  await sql.updateTable('customer').set({ payment_method: 'transfer' }).execute();
  await sql.updateTable('charging_transaction').set({ stopped_at: NOW }).execute();
});

async function tell(
  chargerId: string,
  action: string,
  payload: Record<string, unknown>,
  protocol: Protocol = 'ocpp1.6',
) {
  const message = protocol === 'ocpp1.6' ? parse16(action, payload) : parse201(action, payload);
  if (message === null) throw new Error(action);
  const messageId = `c${(messages += 1)}`;
  return ingest(database.sql, { chargerId, protocol, messageId, action, payload, message, receivedAt: NOW });
}
const card = async (chargerId: string, idTag: string) =>
  (await tell(chargerId, 'Authorize', { idTag })).answer['idTagInfo'] as Record<string, string>;
const authorize = async (chargerId: string, idTag: string) => (await card(chargerId, idTag))['status'];
const authorize201 = async (chargerId: string, idToken: Record<string, unknown>) =>
  (await tell(chargerId, 'Authorize', { idToken }, 'ocpp2.0.1')).answer['idTokenInfo'] as Record<string, unknown>;
const start = (chargerId: string, idTag: string, timestamp = NOW.toISOString()) =>
  tell(chargerId, 'StartTransaction', { connectorId: 1, idTag, meterStart: messages, timestamp });
const event = (chargerId: string, told: StationEvent) =>
  tell(chargerId, 'TransactionEvent', transactionEvent(told), 'ocpp2.0.1');
const change = (idTag: string, values: Record<string, unknown>) =>
  database.sql.updateTable('token').set(values).where('id_tag', '=', idTag).execute();
async function goodOnlyAt(idTag: string, spot: string): Promise<void> {
  const { id } = await database.sql
    .selectFrom('token')
    .select('id')
    .where('id_tag', '=', idTag)
    .executeTakeFirstOrThrow();
  await database.sql
    .insertInto('token_spot')
    .values({ token_id: id, spot_id: spots.get(spot) ?? '' })
    .execute();
}
const openOddities = async (transaction: number) =>
  (await database.sql.selectFrom('oddity').select('code').where('transaction_id', '=', transaction).execute()).map(
    ({ code }) => code,
  );

describe('a card that is good at one spot', () => {
  beforeEach(async () => {
    await goodOnlyAt('EVA', 'two');
  });

  it('is refused at another, in the words of the version', async () => {
    expect(await authorize('two', 'eva')).toBe('Accepted');
    expect(await authorize('one', 'EVA')).toBe('Invalid');
    expect(await authorize201('one', { idToken: 'eva', type: 'iso14443' })).toEqual({ status: 'NotAtThisLocation' });
  });

  it('that charges there all the same is kept and flagged', async () => {
    const { answer, flags } = await start('one', 'EVA');
    expect(answer['idTagInfo']).toEqual({ status: 'Invalid' });
    expect(flags).toContain('token-elsewhere');
    expect(await openOddities(Number(answer['transactionId']))).toContain('token-elsewhere');
  });
});

describe('a card at a charger whose clock is off', () => {
  const IN_1970 = '1970-01-01T00:03:10Z';
  const clock = (chargerId: string, offset_ms: number) =>
    database.sql
      .insertInto('charger_clock')
      .values({
        charger_id: chargerId,
        source: 'observed',
        kind: 'wrong',
        offset_ms,
        from_at: SINCE,
        after_reading_id: 0,
        effective_from: SINCE,
        evidence: sql`'[]'::jsonb`,
      })
      .execute();

  it('in 1970 is judged for the moment of receipt', async () => {
    await goodOnlyAt('EVA', 'two');
    await change('EVA', { valid_from: SINCE });
    expect((await start('two', 'EVA', IN_1970)).answer['idTagInfo']).toEqual({ status: 'Accepted' });
    await change('EVA', { expires_at: NOW });
    const { answer, flags } = await start('two', 'EVA', IN_1970);
    expect(answer['idTagInfo']).toEqual({ status: 'Expired' });
    expect(flags).toContain('expired-token');
    const event201 = { type: 'Started', ref: 'in-1970', seqNo: 0, at: IN_1970, evseId: 1, idTag: 'EVA' } as const;
    expect((await event('two', event201)).flags).toContain('expired-token');
  });

  it('by a zone is judged for the true time: ahead by what cannot be yet, behind by what was observed', async () => {
    await database.sql.updateTable('customer').set({ payment_method: 'prepaid' }).where('id', '=', 'rui').execute();
    expect((await start('one', 'RUI', '2026-07-02T09:00:00Z')).flags).toContain('no-credit');
    expect((await start('one', 'RUI', '2026-07-02T07:00:00Z')).flags).not.toContain('no-credit');
    await clock('one', -3_600_000);
    expect((await start('one', 'RUI', '2026-07-02T07:00:00Z')).flags).toContain('no-credit');
    await clock('one', 0);
  });
});

describe('the cards of a group', () => {
  beforeEach(async () => {
    await database.sql.updateTable('token').set({ group_tag: 'CASA' }).where('id_tag', 'in', ['RUI', 'MATE']).execute();
  });

  it('bear its name in both versions, so that the charger lets one stop the other’s session', async () => {
    expect(await card('one', 'rui')).toEqual({ status: 'Accepted', parentIdTag: 'CASA' });
    const told = await authorize201('one', { idToken: 'MATE', type: 'ISO14443' });
    expect(told).toEqual({ status: 'Accepted', groupIdToken: { idToken: 'CASA', type: 'Central' } });
  });

  it('stop each other’s sessions also where the other could begin none', async () => {
    await goodOnlyAt('MATE', 'two');
    expect(await authorize('one', 'MATE')).toBe('Invalid');
    await start('one', 'RUI');
    expect(await authorize('one', 'MATE')).toBe('Accepted');
    expect(await authorize('one', 'EVA')).toBe('Accepted'); // good here by itself
    await change('MATE', { group_tag: 'OUTRA' });
    expect(await authorize('one', 'MATE')).toBe('Invalid');
  });
});

describe('a card shown to a session that has begun with the cable, beside a running one of its group (2.x)', () => {
  it('is judged as at any beginning; its own session it ends as ever', async () => {
    await database.sql.updateTable('token').set({ group_tag: 'CASA' }).where('id_tag', 'in', ['RUI', 'EVA']).execute();
    await database.sql.updateTable('customer').set({ payment_method: 'prepaid' }).where('id', '=', 'eva').execute();
    const told = { ref: 'of-rui', at: NOW.toISOString(), evseId: 1, idTag: 'RUI' };
    await event('two', { ...told, type: 'Started', seqNo: 0 });
    const beside = { ref: 'of-eva', at: NOW.toISOString(), evseId: 2 };
    await event('two', { ...beside, type: 'Started', seqNo: 0, trigger: 'CablePluggedIn' });
    const shown = { ...beside, type: 'Updated', seqNo: 1, trigger: 'Authorized', idTag: 'EVA' } as const;
    const { answer, flags } = await event('two', shown);
    expect(answer['idTokenInfo']).toEqual({ status: 'NoCredit' });
    expect(flags).toContain('no-credit');
    const ends = { ...told, type: 'Updated', seqNo: 1, trigger: 'Deauthorized', idTag: 'EVA' } as const;
    expect((await event('two', ends)).answer['idTokenInfo']).toMatchObject({ status: 'Accepted' });
  });
});

describe('a card with a beginning and an end', () => {
  it('tells its end, is too early before and expired after', async () => {
    const end = new Date('2026-08-01T00:00:00Z');
    await change('EVA', { expires_at: end });
    expect(await card('two', 'EVA')).toEqual({ status: 'Accepted', expiryDate: end.toISOString() });
    expect(await authorize201('two', { idToken: 'EVA', type: 'ISO14443' })).toEqual({
      status: 'Accepted',
      cacheExpiryDateTime: end.toISOString(),
    });
    await change('EVA', { valid_from: new Date('2026-07-02T08:00:01Z') });
    expect((await start('two', 'EVA')).flags).toContain('early-token');
    expect(await authorize201('two', { idToken: 'EVA', type: 'ISO14443' })).toEqual({ status: 'NotAtThisTime' });
    await change('EVA', { valid_from: null, expires_at: NOW });
    expect(await authorize('two', 'EVA')).toBe('Expired');
  });
});

describe('a customer who pays ahead', () => {
  const prepaid = (customer: string) =>
    database.sql.updateTable('customer').set({ payment_method: 'prepaid' }).where('id', '=', customer).execute();
  const NO_CREDIT = { status: 'NoCredit' };
  const eva = { idToken: 'EVA', type: 'ISO14443' };

  async function pay(cents: number, key: string, postedAt?: Date): Promise<void> {
    const { sql } = database;
    const account = async (code: string, kind: string, customer: string | null) => {
      const values = { code, kind, currency: 'EUR', customer_id: customer };
      const made = await sql
        .insertInto('ledger_account')
        .values(values)
        .onConflict((conflict) => conflict.column('code').doUpdateSet({ kind }))
        .returning('id')
        .executeTakeFirstOrThrow();
      return made.id;
    };
    const [from, to] = [await account('bank/x', 'bank', null), await account('prepaid/eva', 'prepaid', 'eva')];
    await sql.transaction().execute(async (trx) => {
      const entry = await trx
        .insertInto('journal_entry')
        .values({ key, kind: 'top-up', description: key, occurred_at: NOW, ...(postedAt && { posted_at: postedAt }) })
        .returning('id')
        .executeTakeFirstOrThrow();
      await trx
        .insertInto('posting')
        .values([
          { entry_id: entry.id, account_id: from, amount_cents: cents },
          { entry_id: entry.id, account_id: to, amount_cents: -cents },
        ])
        .execute();
    });
  }

  it('is refused without credit, charges with some, down to the account’s floor and what is not billed yet', async () => {
    await prepaid('eva');
    expect(await authorize201('two', eva)).toEqual(NO_CREDIT);
    expect((await start('two', 'EVA')).flags).toContain('no-credit');
    await database.sql.updateTable('charging_transaction').set({ stopped_at: NOW }).execute();
    await pay(1_000, 'first', new Date('2026-07-01T00:00:00Z'));
    expect(await authorize201('two', eva)).toEqual({ status: 'Accepted' });
    await database.sql
      .insertInto('prepaid_watch')
      .values({ customer_id: 'eva', available_cents: -5, looked_at: new Date('2026-07-02T07:00:00Z') })
      .execute();
    expect(await authorize201('two', eva)).toEqual(NO_CREDIT);
    await pay(500, 'second', new Date('2026-07-02T07:59:00Z')); // since the look: it counts at once
    expect(await authorize201('two', eva)).toEqual({ status: 'Accepted' });
    const stopped = await start('two', 'EVA');
    await database.sql.updateTable('charging_transaction').set({ stopped_at: NOW }).execute();
    const watch = { transaction_id: Number(stopped.answer['transactionId']), customer_id: 'eva', left_cents: -1 };
    const seen = new Date('2026-07-02T07:59:30Z'); // a session was stopped at the floor since the look at the account
    const times = { looked_at: seen, look_again_at: seen };
    await database.sql
      .insertInto('session_watch')
      .values({ ...watch, ...times })
      .execute();
    expect(await authorize201('two', eva)).toEqual(NO_CREDIT);
    await database.sql.deleteFrom('session_watch').execute();
    expect(await authorize201('two', eva)).toEqual({ status: 'Accepted' });
    const settings = { customer_id: 'eva', low_balance_cents: 0, set_by: 'ana', valid_from: SINCE };
    await database.sql
      .insertInto('prepaid_settings')
      .values({ ...settings, floor_cents: 495 })
      .execute();
    expect(await authorize201('two', eva)).toEqual(NO_CREDIT);
  });

  it('counts where they pay: another’s card at their spot is refused, theirs at another’s spot is not', async () => {
    await prepaid('rui');
    expect(await authorize201('one', eva)).toEqual(NO_CREDIT);
    expect(await authorize('one', 'RUI')).toBe('Blocked'); // 1.6 has no better word
    expect(await authorize201('two', { idToken: 'RUI', type: 'ISO14443' })).toEqual(NO_CREDIT);
  });

  it('is not judged by today’s balance for a session that is told late', async () => {
    await prepaid('rui');
    const { flags } = await start('one', 'RUI', '2026-07-01T12:00:00Z');
    expect(flags).not.toContain('no-credit');
  });

  it('ends a running session as ever', async () => {
    await start('one', 'RUI');
    await prepaid('rui');
    expect(await authorize('one', 'RUI')).toBe('Accepted');
  });
});

describe('a card of 2.0.1', () => {
  it('may be known by what else is said of it, and its session is that card’s', async () => {
    const more = [{ additionalIdToken: 'Eva', type: 'card' }];
    const idToken = { idToken: '12345678', type: 'KeyCode', additionalInfo: more };
    expect(await authorize201('two', idToken)).toEqual({ status: 'Accepted' });
    const payload = transactionEvent({ type: 'Started', ref: 'tx-more', seqNo: 0, at: NOW.toISOString(), evseId: 1 });
    const { flags } = await tell('two', 'TransactionEvent', { ...payload, idToken }, 'ocpp2.0.1');
    expect(flags).not.toContain('unknown-token');
    const stored = await database.sql
      .selectFrom('charging_transaction')
      .select('id_tag')
      .where('charger_ref', '=', 'tx-more')
      .executeTakeFirstOrThrow();
    expect(stored.id_tag).toBe('EVA');
  });

  it('nobody knows that charged offline is kept and flagged', async () => {
    const told = { ref: 'tx-offline', at: '2026-07-01T10:00:00Z', evseId: 1, offline: true, idTag: 'STRANGER' };
    const first = await event('two', { ...told, type: 'Started', seqNo: 0, samples: [{ at: told.at, wh: 100 }] });
    expect(first.answer['idTokenInfo']).toEqual({ status: 'Unknown' });
    expect(first.flags).toContain('unknown-token');
    const end = { ...told, at: '2026-07-01T11:00:00Z', samples: [{ at: '2026-07-01T11:00:00Z', wh: 5_100 }] };
    await event('two', { ...end, type: 'Ended', seqNo: 1 });
    const stored = await database.sql
      .selectFrom('charging_transaction')
      .select(['id_tag', 'meter_stop_wh', 'offline'])
      .where('charger_ref', '=', 'tx-offline')
      .executeTakeFirstOrThrow();
    expect(stored).toEqual({ id_tag: 'STRANGER', meter_stop_wh: 5_100, offline: true });
  });
});
