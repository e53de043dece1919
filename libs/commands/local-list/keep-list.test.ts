import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Command, CommandResult } from '#libs/ocpp/commands.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { closeConnections, openConnections } from '../connections.js';
import {
  askAgainForList,
  hasListUnderWay,
  listsToLookAt,
  lookAtList,
  noteConnected,
  takeTokenChanges,
} from './keep-list.js';
import { wantedEntries } from './wanted-entries.js';

const NOW = new Date('2026-07-02T08:00:00Z');
const SINCE = new Date('2026-01-01T00:00:00Z');

let database: TestDatabase;
let installation: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const chargers = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  installation = await seedInstallation(database.sql, {
    chargers,
    tokens: { ONE: 'active', TWO: 'active', LOST: 'blocked' },
  });
});
afterAll(() => database.drop());

async function connect(chargerId: string, now = NOW): Promise<string> {
  const connectionId = randomUUID();
  await openConnections(database.sql, 'g', [{ chargerId, connectionId, protocol: 'ocpp1.6', since: now }]);
  await noteConnected(database.sql, [chargerId], now);
  return connectionId;
}

type Answer = (command: Command) => CommandResult | null;

/** A charger with room for all that says which version it was told last. */
function obedient(first = 0): Answer {
  let version = first;
  return (command) => {
    if (command.kind === 'send-local-list') version = command.version;
    if (command.kind === 'get-variables') {
      return { status: 'accepted', variables: [{ name: 'SendLocalListMaxLength', status: 'accepted', value: '2' }] };
    }
    return command.kind === 'get-local-list-version' ? { status: 'accepted', version } : { status: 'accepted' };
  };
}

/** Looks as often as something is due; answers each command as the charger would. Null: it never answers. */
async function settle(chargerId: string, answer: Answer, now = NOW): Promise<Command[]> {
  const { sql } = database;
  const asked: Command[] = [];
  for (let looks = 0; looks < 30; looks += 1) {
    while (await takeTokenChanges(sql, now));
    if (!(await listsToLookAt(sql, now, 100)).includes(chargerId)) return asked;
    await Promise.all([lookAtList(sql, chargerId, now), lookAtList(sql, chargerId, now)]);
    const command = await sql
      .selectFrom('charger_command')
      .select(['id', 'request'])
      .where('charger_id', '=', chargerId)
      .where('ended_at', 'is', null)
      .where('kind', '<>', 'clear-cache')
      .execute();
    expect(command.length).toBeLessThan(2);
    for (const { id, request } of command) {
      const result = answer(request as Command);
      asked.push(request as Command);
      const state = result === null ? 'timed-out' : 'answered';
      await sql.updateTable('charger_command').set({ state, result, ended_at: now }).where('id', '=', id).execute();
    }
  }
  throw new Error('it never comes to rest');
}

const listOf = (chargerId: string) =>
  database.sql
    .selectFrom('charger_local_list')
    .selectAll()
    .where('charger_id', '=', chargerId)
    .executeTakeFirstOrThrow();
const cardsOf = async (chargerId: string) => Object.keys((await listOf(chargerId)).held ?? {}).sort();
const cachesCleared = async (chargerId: string) =>
  (
    await database.sql
      .selectFrom('charger_command')
      .select('id')
      .where('charger_id', '=', chargerId)
      .where('kind', '=', 'clear-cache')
      .execute()
  ).length;
const block = (idTag: string) =>
  database.sql.updateTable('token').set({ status: 'blocked' }).where('id_tag', '=', idTag).execute();
const unblock = (idTag: string) =>
  database.sql.updateTable('token').set({ status: 'active' }).where('id_tag', '=', idTag).execute();
const sent = (commands: readonly Command[]) => commands.filter(({ kind }) => kind === 'send-local-list');

describe('the list of a charger', () => {
  it('is made on first contact; a change sends just what changed; a block takes the card off', async () => {
    await connect('a');
    const first = await settle('a', obedient());
    expect(first.map(({ kind }) => kind)).toEqual(['get-variables', 'get-local-list-version', 'send-local-list']);
    expect(await listOf('a')).toMatchObject({ state: 'in-step', version: 1, entries: 2, left_out: 0, failures: 0 });
    expect(await cardsOf('a')).toEqual(['ONE', 'TWO']);
    expect(await settle('a', obedient(1))).toEqual([]);
    const cleared = await cachesCleared('a');
    await database.sql.updateTable('token').set({ status: 'blocked' }).where('id_tag', '=', 'TWO').execute();
    expect(await settle('a', obedient(1))).toEqual([
      { kind: 'send-local-list', version: 2, update: 'differential', entries: [{ token: 'TWO' }] },
    ]);
    expect(await cachesCleared('a')).toBe(cleared + 1); // it may remember that the card was good
    await database.sql.updateTable('token').set({ status: 'active' }).where('id_tag', '=', 'TWO').execute();
    expect(sent(await settle('a', obedient(2)))).toHaveLength(1);
    expect(await cardsOf('a')).toEqual(['ONE', 'TWO']);
    expect(await cachesCleared('a')).toBe(cleared + 1);
  });

  it('is only verified when the charger comes back with its version, and made anew when it forgot', async () => {
    await connect('a');
    expect((await settle('a', obedient(3))).map(({ kind }) => kind)).toEqual(['get-local-list-version']);
    await connect('a');
    const again = await settle('a', obedient(0));
    expect(again).toMatchObject([{ kind: 'get-local-list-version' }, { version: 1, update: 'full' }]);
    expect(await listOf('a')).toMatchObject({ state: 'in-step', version: 1, entries: 2 });
    await connect('a');
    expect(sent(await settle('a', obedient(77)))).toMatchObject([{ version: 78, update: 'full' }]);
  });

  it('of a charger that keeps none is left alone', async () => {
    await connect('b');
    await settle('b', ({ kind }) => ({ status: kind === 'get-variables' ? 'unknown-variable' : 'not-supported' }));
    expect((await listOf('b')).state).toBe('unsupported');
    await database.sql.updateTable('token').set({ kind: 'rfid' }).execute();
    expect(await settle('b', () => null)).toEqual([]);
    await askAgainForList(database.sql, 'b', NOW); // it has been told to keep one
    await settle('b', obedient());
    expect((await listOf('b')).state).toBe('in-step');
  });

  it('that is not kept, or has no room for a card: the memory in its place is emptied when a card is blocked', async () => {
    const { sql } = database;
    const without: Answer = ({ kind }) => ({ status: kind === 'get-variables' ? 'unknown-variable' : 'not-supported' });
    const connectionId = await connect('g');
    await settle('g', without);
    expect(await listOf('g')).toMatchObject({ state: 'unsupported', remembered: ['one', 'two'] });
    expect(await cachesCleared('g')).toBe(1); // of what it heard before nobody knows
    await block('TWO');
    expect(await settle('g', without)).toEqual([]);
    expect(await cachesCleared('g')).toBe(2);
    await unblock('TWO');
    await settle('g', without);
    expect(await cachesCleared('g')).toBe(2); // nothing was taken away
    await closeConnections(sql, [{ chargerId: 'g', connectionId }]);
    await block('TWO');
    await settle('g', without);
    await connect('g');
    await settle('g', without);
    expect(await cachesCleared('g')).toBe(3);
    const waits = await sql
      .selectFrom('charger_command')
      .select('when_absent')
      .where('charger_id', '=', 'g')
      .where('kind', '=', 'clear-cache')
      .execute();
    expect(new Set(waits.map(({ when_absent }) => when_absent))).toEqual(new Set(['wait']));
    await unblock('TWO');

    const full = obedient();
    const small: Answer = (command) =>
      command.kind === 'get-variables'
        ? { status: 'accepted', variables: [{ name: 'LocalAuthListMaxLength', status: 'accepted', value: '1' }] }
        : full(command);
    await connect('h');
    await settle('h', small);
    expect(await listOf('h')).toMatchObject({ state: 'in-step', left_out: 1, remembered: ['two'] });
    const cleared = await cachesCleared('h');
    await block('TWO');
    expect(await settle('h', small)).toEqual([]);
    expect(await cachesCleared('h')).toBe(cleared + 1);
    await unblock('TWO');
    await settle('h', small);
  });

  it('has cards and emaids, these as what they are; tokens of apps and of remote starts are on none', async () => {
    const { sql } = database;
    const kinds = { APP: 'app', REMOTE: 'remote', 'PT*ABC*C1': 'emaid' };
    const made = Object.entries(kinds).map(([id_tag, kind]) => ({ installation_id: installation, id_tag, kind }));
    await sql.insertInto('token').values(made).execute();
    const wanted = await wantedEntries(sql, { chargerId: 'i', protocol: 'ocpp2.0.1', now: NOW });
    expect(wanted.entries).toEqual([
      { token: 'ONE', status: 'Accepted' },
      { token: 'TWO', status: 'Accepted' },
      { token: 'PT*ABC*C1', tokenType: 'eMAID', status: 'Accepted' },
    ]);
    const ids = Object.keys(kinds);
    await sql.deleteFrom('token').where('id_tag', 'in', ids).execute();
  });

  it('of one that is silent or refuses is asked for again later, ever more rarely', async () => {
    await connect('c');
    let now = NOW;
    for (let failures = 1; failures < 6; failures += 1) {
      await settle('c', ({ kind }) => (kind === 'get-variables' ? { status: 'accepted' } : null), now);
      const list = await listOf('c');
      expect(list).toMatchObject({ state: 'failed', failures, problem: 'no-answer:timed-out' });
      expect(list.due_at?.getTime() ?? 0).toBeGreaterThan(now.getTime());
      now = list.due_at ?? now;
    }
    await settle('c', obedient(), now);
    expect(await listOf('c')).toMatchObject({ state: 'in-step', failures: 0, problem: null });
  });

  it('of one that is away waits for it', async () => {
    const connectionId = await connect('d');
    await settle('d', obedient());
    await closeConnections(database.sql, [{ chargerId: 'd', connectionId }]);
    await database.sql.updateTable('token').set({ group_tag: 'CASA' }).where('id_tag', '=', 'ONE').execute();
    expect(await settle('d', obedient(1))).toEqual([]);
    await connect('d');
    expect(sent(await settle('d', obedient(1)))).toMatchObject([{ entries: [{ token: 'ONE', groupToken: 'CASA' }] }]);
    expect(await hasListUnderWay(database.sql)).toBe(false);
  });

  it('follows suspensions, spots, expiry and the rule for unknown cards', async () => {
    const { sql } = database;
    await sql.insertInto('customer').values({ id: 'rui', condominium_id: installation, name: 'Rui' }).execute();
    await sql.updateTable('token').set({ customer_id: 'rui' }).where('id_tag', '=', 'ONE').execute();
    await connect('e');
    const answer = obedient();
    await settle('e', answer);
    expect(await cardsOf('e')).toEqual(['ONE', 'TWO']);
    const halt = {
      customer_id: 'rui',
      document_id: randomUUID(),
      from: SINCE,
      even_prepaid: false,
      approved_by: 'ana',
    };
    await sql.insertInto('customer_suspension').values(halt).execute();
    await settle('e', answer);
    expect(await cardsOf('e')).toEqual(['TWO']);
    await sql.updateTable('customer_suspension').set({ until: NOW, lifted_by: 'settled' }).execute();
    await settle('e', answer);
    expect(await cardsOf('e')).toEqual(['ONE', 'TWO']);

    const { id: spot } = await sql
      .insertInto('spot')
      .values({ installation_id: installation, name: 'E' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { id: token } = await sql
      .selectFrom('token')
      .select('id')
      .where('id_tag', '=', 'TWO')
      .executeTakeFirstOrThrow();
    await sql.insertInto('token_spot').values({ token_id: token, spot_id: spot }).execute();
    await settle('e', answer);
    expect(await cardsOf('e')).toEqual(['ONE']);
    await sql.insertInto('charger_placement').values({ charger_id: 'e', spot_id: spot, from: SINCE }).execute();
    await settle('e', answer);
    expect(await cardsOf('e')).toEqual(['ONE', 'TWO']);

    await sql.updateTable('installation').set({ unknown_when_offline: 'accept' }).execute();
    expect(sent(await settle('e', answer))).toMatchObject([{ entries: [{ token: 'LOST', status: 'Blocked' }] }]);
    await sql.updateTable('installation').set({ unknown_when_offline: 'refuse' }).execute();
    await settle('e', answer);

    const end = new Date('2026-07-02T20:00:00Z');
    await sql.updateTable('token').set({ expires_at: end }).where('id_tag', '=', 'TWO').execute();
    await settle('e', answer);
    expect((await listOf('e')).due_at).toEqual(end);
    await settle('e', answer, end);
    expect(await cardsOf('e')).toEqual(['ONE']);
  });

  it('leaves out a customer who paid ahead and has come to the floor, until they pay', async () => {
    const { sql } = database;
    await sql.updateTable('customer').set({ payment_method: 'prepaid' }).execute();
    await connect('f');
    const answer = obedient();
    await settle('f', answer);
    expect(await cardsOf('f')).toContain('ONE');
    const watch = { customer_id: 'rui', available_cents: 0, looked_at: NOW, floor_since: NOW };
    await sql.insertInto('prepaid_watch').values(watch).execute();
    await settle('f', answer);
    expect(await cardsOf('f')).not.toContain('ONE');
    await sql.updateTable('prepaid_watch').set({ floor_since: null, available_cents: 500 }).execute();
    await settle('f', answer);
    expect(await cardsOf('f')).toContain('ONE');
  });
});
