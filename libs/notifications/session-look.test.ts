import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { endSent, endWaiting, markSent } from '#libs/commands/command-state.js';
import { orderConversion } from '#libs/payments/prepaid/conversion.js';
import { setRules } from '#libs/payments/prepaid/settings.js';
import { recordTopUp } from '#libs/payments/record-top-up.js';
import { customersToLookAt } from '#libs/payments/running-sessions/running-sessions.js';
import { sessionStandings } from '#libs/payments/running-sessions/session-standing.js';
import { INSTALLATION_ID } from '#test/data/documents.js';
import { CarPark } from '#test/scenarios/car-park.js';

import { lookAtSessions } from './session-look.js';
import { settleStops } from './session-stop.js';

/** 20 cents a kWh and 23 % of VAT, until the end of August: then no price is known. */
const PRICES = [
  ['ponta', 200_000, '2020-01-01', '2026-08-31'],
  ['cheias', 200_000, '2020-01-01', '2026-08-31'],
  ['vazio', 100_000, '2020-01-01', '2026-08-31'],
] as const;
const START_WH = 1_000_000;

let park: CarPark;
let people = 0;
beforeAll(async () => {
  park = await CarPark.open(PRICES);
});
afterAll(() => park.close());

const sqlOf = () => park.database.sql;
const at = (minute: number, month = 7) => new Date(Date.UTC(2026, month - 1, 15, 10, minute));

interface Charging {
  readonly customerId: string;
  readonly chargerId: string;
  readonly transactionId: number;
  readonly month: number;
}

/** Somebody who paid so much ahead, and whose car begins to charge at 11:00 in Lisbon. */
async function charging(
  paidCents: number,
  more: { month?: number; method?: string; ref?: string; floorCents?: number } = {},
): Promise<Charging> {
  people += 1;
  const { month = 7, method = 'prepaid', ref = null, floorCents = 0 } = more;
  const sql = sqlOf();
  const [customerId, chargerId] = [`p${people}`, `car-p${people}`];
  await park.customer(customerId);
  await sql.updateTable('customer').set({ payment_method: method }).where('id', '=', customerId).execute();
  await park.spot(`spot ${people}`, chargerId, [{ customerId, from: new Date('2026-01-01T00:00:00Z') }]);
  await setRules(sql, {
    customerId,
    floorCents,
    lowBalanceCents: 0,
    autoTopUp: null,
    by: 'staff',
    now: new Date('2026-01-02T00:00:00Z'),
  });
  if (paidCents > 0) await payIn(customerId, paidCents, 'first');
  const message = await sql
    .insertInto('ocpp_message')
    .values({
      charger_id: chargerId,
      received_at: at(0, month),
      message_id: 'm',
      action: 'StartTransaction',
      payload: {},
      answer: {},
      key: chargerId,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id: transactionId } = await sql
    .insertInto('charging_transaction')
    .values({
      charger_id: chargerId,
      connector_id: 1,
      id_tag: null,
      started_at: at(0, month),
      meter_start_wh: START_WH,
      start_key: chargerId,
      start_message_id: message.id,
      charger_ref: ref,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const protocol = ref === null ? 'ocpp1.6' : 'ocpp2.0.1';
  const live = { gateway: 'g', connection_id: crypto.randomUUID(), protocol, since: at(0, month) };
  await sql
    .insertInto('charger_connection')
    .values({ charger_id: chargerId, ...live })
    .execute();
  await sql
    .insertInto('connector_state')
    .values({
      charger_id: chargerId,
      connector_id: 1,
      status: 'Charging',
      transaction_id: transactionId,
      import_wh: START_WH,
      updated_at: at(0, month),
    })
    .execute();
  const session = { customerId, chargerId, transactionId, month };
  await meter(session, 0, 0);
  return session;
}

const payIn = (customerId: string, amountCents: number, key: string) =>
  recordTopUp(sqlOf(), { customerId, source: 'bank', amountCents, key, now: at(0) });

/** The meter says that so many kWh were charged since the session began. */
async function meter({ chargerId, transactionId, month }: Charging, minute: number, kWh: number): Promise<void> {
  const sql = sqlOf();
  const importWh = START_WH + kWh * 1_000;
  const { id } = await sql
    .selectFrom('ocpp_message')
    .select('id')
    .where('key', '=', chargerId)
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('meter_reading')
    .values({
      charger_id: chargerId,
      connector_id: 1,
      transaction_id: transactionId,
      at: at(minute, month),
      import_wh: importWh,
      export_wh: null,
      context: 'Sample.Periodic',
      message_id: id,
    })
    .execute();
  await sql.updateTable('connector_state').set({ import_wh: importWh }).where('charger_id', '=', chargerId).execute();
}

const look = (session: Charging, minute: number) =>
  lookAtSessions(sqlOf(), {
    customerId: session.customerId,
    now: at(minute, session.month),
    publicUrl: 'https://c.example',
  });
const actionAt = async (session: Charging, minute: number) => (await look(session, minute))[0]?.decision.action;
const isDue = async (session: Charging, minute: number) =>
  (await customersToLookAt(sqlOf(), at(minute, session.month), 1_000)).includes(session.customerId);
const notices = ({ transactionId }: Charging) =>
  sqlOf()
    .selectFrom('session_notice')
    .selectAll()
    .where('transaction_id', '=', transactionId)
    .orderBy('level', 'desc')
    .execute();
const commands = ({ chargerId }: Charging) =>
  sqlOf().selectFrom('charger_command').selectAll().where('charger_id', '=', chargerId).orderBy('id').execute();
const mails = async ({ customerId }: Charging) => {
  const rows = sqlOf().selectFrom('mail').select(['key', 'subject', 'body']).where('customer_id', '=', customerId);
  return rows.where('key', 'like', 'session/%').orderBy('created_at').orderBy('id').execute();
};

/** What the charger answers to the last command. */
async function answers(session: Charging, status: 'accepted' | 'rejected', minute: number): Promise<void> {
  const last = (await commands(session)).at(-1);
  const now = at(minute, session.month);
  const commandId = last?.id ?? '';
  await markSent(sqlOf(), { commandId, protocol: 'ocpp1.6', now });
  await endSent(sqlOf(), { commandId, state: 'answered', now, result: { status } });
}

/** Warned at 1.31 € left of 5.00 €, at the floor after 21 kWh. */
async function atFloor(more: Parameters<typeof charging>[1] = {}): Promise<Charging> {
  const session = await charging(500, more);
  expect(await actionAt(session, 1)).toBe('nothing');
  await meter(session, 20, 15);
  expect(await actionAt(session, 20)).toBe('warn');
  await meter(session, 40, 21);
  expect(await actionAt(session, 40)).toBe('stop');
  return session;
}

describe('a running session of who pays ahead', () => {
  it('is warned once, then stopped once, by figures that are kept', async () => {
    const session = await atFloor();
    await look(session, 41);
    const [warn, stop, ...others] = await notices(session);
    expect(others).toEqual([]);
    expect(warn).toMatchObject({ level: 'warn', basis: { leftCents: 131, unbilledCents: 369, floorCents: 0 } });
    expect(stop).toMatchObject({
      level: 'stop',
      asked: 1,
      outcome: null,
      basis: {
        balanceCents: 500,
        unbilledCents: 517,
        leftCents: -17,
        months: [{ period: '2026-07', energyWh: 21_000, grossCents: 517, missingPrice: null }],
        unpriced: [],
      },
    });
    expect(await commands(session)).toMatchObject([
      {
        kind: 'remote-stop',
        request: { kind: 'remote-stop', transaction: session.transactionId },
        key: `prepaid-floor/${session.transactionId}/1`,
        when_absent: 'refuse',
      },
    ]);
    const [mail, ...more] = await mails(session);
    expect(more).toEqual([]); // it has not stopped yet
    expect(mail).toMatchObject({
      subject: 'O seu carro está a carregar e o saldo está a acabar: 1,31\u00A0€',
      body: expect.stringContaining('https://c.example/customers/'),
    });
  });

  it('costs nothing until its register reaches what could cross the next line, or ten minutes have passed', async () => {
    const session = await charging(500);
    expect(await isDue(session, 0)).toBe(true);
    await look(session, 0);
    await meter(session, 2, 12); // 2.96 €: 2.04 € are left, four cents from the warning
    expect(await isDue(session, 2)).toBe(false);
    expect(await look(session, 2)).toEqual([]);
    await meter(session, 3, 12.16);
    expect(await isDue(session, 3)).toBe(true);
    expect(await actionAt(session, 3)).toBe('nothing');
    expect(await isDue(session, 12)).toBe(false);
    expect(await isDue(session, 13)).toBe(true);
  });

  it('whose reading took all at once is warned first, and stopped a minute later without another reading', async () => {
    const session = await charging(500);
    await meter(session, 5, 30);
    expect(await actionAt(session, 5)).toBe('warn');
    expect(await look(session, 5)).toEqual([]);
    expect(await isDue(session, 6)).toBe(true);
    expect(await actionAt(session, 6)).toBe('stop');
  });

  it('goes on when the balance rose between warning and stop, and is stopped when it falls again', async () => {
    const session = await charging(500);
    await meter(session, 20, 15);
    expect(await actionAt(session, 20)).toBe('warn');
    await payIn(session.customerId, 1_000, 'second');
    await meter(session, 40, 21);
    expect(await actionAt(session, 40)).toBe('nothing');
    expect(await commands(session)).toEqual([]);
    await meter(session, 60, 62);
    expect(await actionAt(session, 60)).toBe('stop');
    expect(await mails(session)).toHaveLength(1); // once in a session
  });

  it('goes on when the balance rose after the charger had refused to stop; what was decided then holds no longer', async () => {
    const session = await atFloor();
    await answers(session, 'rejected', 40);
    await payIn(session.customerId, 1_000, 'second');
    expect(await actionAt(session, 41)).toBe('nothing');
    expect((await notices(session))[1]).toMatchObject({ outcome: 'cancelled' });
    await meter(session, 70, 62);
    expect(await actionAt(session, 70)).toBe('stop');
    expect((await notices(session))[1]).toMatchObject({ outcome: null, asked: 2, tries: 1 });
    expect((await commands(session)).map(({ key }) => key.split('/').at(-1))).toEqual(['1', '2']);
  });

  it('is asked again when it was refused, three times, then a person is told once', async () => {
    const session = await atFloor();
    for (const minute of [41, 42, 43, 44]) {
      await answers(session, 'rejected', minute - 1);
      await look(session, minute);
    }
    expect(await commands(session)).toHaveLength(3);
    expect((await notices(session))[1]).toMatchObject({ outcome: 'given-up', asked: 3 });
    const oddities = sqlOf().selectFrom('oddity').selectAll().where('charger_id', '=', session.chargerId);
    expect(await oddities.execute()).toMatchObject([{ code: 'not-stopped', detail: { status: 'rejected' } }]);
    await look(session, 60);
    expect(await commands(session)).toHaveLength(3);
  });

  it('is asked again when the charger said yes and went on', async () => {
    const session = await atFloor();
    await answers(session, 'accepted', 40);
    await look(session, 41);
    expect(await commands(session)).toHaveLength(1);
    await look(session, 43);
    expect(await commands(session)).toHaveLength(2);
  });

  it('of a charger that is away is stopped when it is back, and to be away costs no try', async () => {
    const session = await charging(500);
    const sql = sqlOf();
    await meter(session, 5, 30);
    await look(session, 5);
    const socket = sql.selectFrom('charger_connection').selectAll().where('charger_id', '=', session.chargerId);
    const connection = await socket.executeTakeFirstOrThrow();
    await sql.deleteFrom('charger_connection').where('charger_id', '=', session.chargerId).execute();
    for (const minute of [6, 7, 8]) expect(await actionAt(session, minute)).toBe('stop');
    expect(await commands(session)).toEqual([]);
    await sql.insertInto('charger_connection').values(connection).execute();
    for (const minute of [9, 10, 11, 12]) {
      await look(session, minute);
      const last = (await commands(session)).at(-1);
      await endWaiting(sql, last?.id ?? '', 'refused', at(minute), { status: 'absent' });
    }
    expect((await notices(session))[1]).toMatchObject({ outcome: null });
  });

  it('is told that it was stopped when it was, once; who unplugged himself is told nothing', async () => {
    const session = await atFloor();
    const other = await atFloor();
    await answers(session, 'accepted', 41);
    await answers(other, 'rejected', 41);
    const sql = sqlOf();
    for (const { transactionId } of [session, other]) {
      await sql
        .updateTable('charging_transaction')
        .set({ stopped_at: at(42) })
        .where('id', '=', transactionId)
        .execute();
    }
    const settle = () => settleStops(sql, { now: at(43), limit: 100, publicUrl: null });
    await Promise.all([settle(), settle()]);
    await settle();
    expect((await mails(session)).map(({ key }) => key.split('/')[2])).toEqual(['session-warned', 'session-stopped']);
    expect((await mails(other)).map(({ key }) => key.split('/')[2])).toEqual(['session-warned']);
    expect((await notices(session))[1]).toMatchObject({ outcome: 'stopped' });
    expect((await notices(other))[1]).toMatchObject({ outcome: 'ended' });
    expect(await isDue(session, 59)).toBe(false);
    const seen = await sessionStandings(sql, session.customerId, at(50));
    expect(seen).toMatchObject([
      { chargerId: session.chargerId, stop: { outcome: 'stopped', basis: { leftCents: -17 } } },
    ]);
    expect(await sessionStandings(sql, other.customerId, at(50))).toEqual([]);
  });

  it('of OCPP 2.x is stopped by the name its charger gave it, and shows its cost and the warning', async () => {
    const session = await atFloor({ ref: 'tx-abc' });
    expect((await commands(session)).map(({ request }) => request)).toMatchObject([
      { kind: 'cost-updated', transaction: 'tx-abc', totalCents: 0 },
      { kind: 'set-display-message', message: { transaction: 'tx-abc', text: expect.stringContaining('1,31') } },
      { kind: 'cost-updated', transaction: 'tx-abc', totalCents: 369 },
      { kind: 'remote-stop', transaction: 'tx-abc' },
    ]);
  });

  it('at a shared spot is the card’s customer’s, with what else the card charged and nothing of other cards', async () => {
    const session = await charging(500);
    const sql = sqlOf();
    const { customerId, chargerId, transactionId } = session;
    const tagged = [['MINE', customerId] as const, ['OTHERS', null] as const];
    for (const [idTag, holder] of tagged) {
      const card = { installation_id: INSTALLATION_ID, id_tag: `${idTag}-${people}`, customer_id: holder };
      await sql
        .insertInto('token')
        .values({ ...card, status: 'active' })
        .execute();
    }
    await sql
      .updateTable('charging_transaction')
      .set({ id_tag: `mine-${people}` })
      .where('id', '=', transactionId)
      .execute();
    await sql.updateTable('charger_placement').set({ sharing: 'token' }).where('charger_id', '=', chargerId).execute();
    await park.spot(`shared ${people}`, `shared-${people}`);
    await sql
      .updateTable('charger_placement')
      .set({ sharing: 'token' })
      .where('charger_id', '=', `shared-${people}`)
      .execute();
    for (const [index, [idTag]] of tagged.entries()) {
      await park.charge(
        `shared-${people}`,
        [
          [`2026-07-1${index}T08:00:00Z`, index * 100_000],
          [`2026-07-1${index}T09:00:00Z`, index * 100_000 + 5_000],
        ],
        `${idTag}-${people}`,
      );
    }
    await sql
      .updateTable('occupancy')
      .set({ until: at(0, 3) })
      .where('customer_id', '=', customerId)
      .execute();
    await meter(session, 20, 10);
    expect(await actionAt(session, 20)).toBe('warn');
    expect((await notices(session))[0]?.basis).toMatchObject({ leftCents: 131, months: [{ energyWh: 15_000 }] });
  });

  it('is stopped at the account’s own floor', async () => {
    const session = await charging(1_000, { floorCents: 700 });
    await meter(session, 5, 5);
    expect(await actionAt(session, 5)).toBe('warn');
    await meter(session, 10, 12);
    expect(await look(session, 10)).toEqual([]); // 7.05 € are left
    await meter(session, 15, 12.5);
    expect(await actionAt(session, 15)).toBe('stop');
  });
});

describe('who does not pay ahead', () => {
  it('is never looked at', async () => {
    const session = await charging(0, { method: 'direct-debit' });
    await meter(session, 5, 500);
    expect(await isDue(session, 5)).toBe(false);
    expect(await look(session, 5)).toEqual([]);
    expect(await notices(session)).toEqual([]);
  });

  it('is not stopped from the month on in which another way of paying holds, also when the register does not say so yet', async () => {
    const session = await charging(500);
    const { customerId } = session;
    const order = { customerId, method: 'transfer', rest: 'keep', by: 'staff', now: at(0, 6) } as const;
    expect(await orderConversion(sqlOf(), order)).toMatchObject({ ok: { fromPeriod: '2026-07' } });
    const { payment_method: registered } = await sqlOf()
      .selectFrom('customer')
      .select('payment_method')
      .where('id', '=', customerId)
      .executeTakeFirstOrThrow();
    expect(registered).toBe('prepaid');
    await meter(session, 5, 500);
    expect(await isDue(session, 5)).toBe(true);
    expect(await look(session, 5)).toEqual([]);
    expect(await isDue(session, 6)).toBe(false);
    expect(await notices(session)).toEqual([]);
  });
});

describe('energy without a known price', () => {
  it('is counted at the highest that is known, and the notice says so', async () => {
    const session = await charging(500, { month: 9 });
    await meter(session, 10, 15);
    expect(await actionAt(session, 10)).toBe('warn');
    expect((await notices(session))[0]?.basis).toMatchObject({
      leftCents: 131,
      months: [{ period: '2026-09', energyWh: 15_000, grossCents: 369, missingPrice: 'TARIFF.NOT_FOUND' }],
    });
  });
});

describe('several watchers, and one that dies', () => {
  it('many at once do it once', async () => {
    const session = await charging(500);
    await meter(session, 5, 30);
    await Promise.all(Array.from({ length: 8 }, () => look(session, 5)));
    await Promise.all(Array.from({ length: 8 }, () => look(session, 7)));
    expect(await mails(session)).toHaveLength(1);
    expect(await commands(session)).toHaveLength(1);
    expect((await notices(session))[1]).toMatchObject({ asked: 1, tries: 1 });
  });

  it('one killed between decision and command leaves neither, and the next does both', async () => {
    const session = await charging(500);
    await meter(session, 5, 30);
    await look(session, 5);
    const { database } = park;
    // The command waits here for its charger's row, with the decision made and not committed.
    const dying = database.sql.transaction().execute(async (trx) => {
      await trx.selectFrom('charger').select('id').where('id', '=', session.chargerId).forUpdate().execute();
      const watcher = look(session, 7).catch((error: unknown) => error);
      const waiting = async (): Promise<number | null> => {
        const { rows } = await raw<{ pid: number }>`select pid from pg_locks
          where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))`.execute(trx);
        return rows[0]?.pid ?? null;
      };
      for (let pid = await waiting(); ; pid = await waiting()) {
        if (pid === null) continue;
        await database.asOwner((owner) => raw`select pg_terminate_backend(${pid})`.execute(owner.sql));
        return watcher;
      }
    });
    expect(await dying).toBeInstanceOf(Error);
    expect(await commands(session)).toEqual([]);
    expect(await notices(session)).toHaveLength(1);
    expect(await actionAt(session, 7)).toBe('stop');
    expect(await commands(session)).toHaveLength(1);
  });
});
