import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { resultOf } from '#libs/ocpp/command-results.js';
import type { Command } from '#libs/ocpp/commands.js';
import { commandVault } from '#libs/persistence/secret-vault.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { askCharger, type CommandOrder } from './ask-charger.js';
import { commandById, commandsOf } from './command-history.js';
import { commandToSend, endSent, lookForCharger, markSent, settleLost } from './command-state.js';
import {
  closeConnections,
  connectionOf,
  forgetDeadConnections,
  forgetUnlessBusy,
  keepConnections,
  openConnections,
} from './connections.js';
import { commandsOfConnected, markTaken, untakenCommands } from './waiting-commands.js';

const NOW = new Date('2026-06-01T10:00:00Z');
const RESET: Command = { kind: 'reset', mode: 'graceful' };
const READ: Command = { kind: 'get-variables', variables: [] };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'] });
});
afterAll(() => database.drop());

const passwordOf = (...values: string[]): Command => {
  return { kind: 'set-variables', variables: values.map((value) => ({ name: 'AuthorizationKey', value })) };
};

let keys = 0;
async function ask(chargerId: string, command: Command, more: Partial<CommandOrder> = {}): Promise<string> {
  const order = { chargerId, command, by: 'ana@example.pt', key: `key-${(keys += 1)}`, now: NOW, ...more };
  const asked = await askCharger(database.sql, order);
  if ('refused' in asked) throw new Error(asked.refused.code);
  return asked.ok.id;
}
const stateOf = async (id: string) => (await commandById(database.sql, id))?.state;
const connection = (chargerId: string, since = NOW) => ({
  chargerId,
  connectionId: randomUUID(),
  protocol: 'ocpp1.6',
  since,
});

describe('asking', () => {
  it('is once by key, also at the same time', async () => {
    const order = { chargerId: 'c1', command: RESET, by: 'ana@example.pt', key: 'twice', now: NOW };
    const asked = await Promise.all([askCharger(database.sql, order), askCharger(database.sql, order)]);
    const ids = new Set(asked.map((one) => ('ok' in one ? one.ok.id : 'refused')));
    expect(ids.size).toBe(1);
    expect(asked.filter((one) => 'ok' in one && one.ok.isNew)).toHaveLength(1);
    expect(await askCharger(database.sql, { ...order, chargerId: 'c2' })).toEqual({
      refused: { code: 'COMMAND.KEY_REUSED' },
    });
  });

  it.each([
    [{ chargerId: 'nobody' }, 'COMMAND.NO_CHARGER'],
    [{ expiresAt: NOW }, 'COMMAND.EXPIRED'],
    [{ expiresAt: new Date('2027-01-01T00:00:00Z') }, 'COMMAND.EXPIRED'],
    [{ command: passwordOf('') }, 'COMMAND.PASSWORD_NOT_ALLOWED'],
    [{ command: passwordOf('fifteen-letters') }, 'COMMAND.PASSWORD_NOT_ALLOWED'],
    [{ command: passwordOf('a password with spaces') }, 'COMMAND.PASSWORD_NOT_ALLOWED'],
    [{ command: passwordOf('f'.repeat(42)) }, 'COMMAND.PASSWORD_NOT_ALLOWED'],
    [{ command: passwordOf('f'.repeat(40), 'e'.repeat(40)) }, 'COMMAND.PASSWORD_NOT_ALLOWED'],
  ])('%j is refused: %s', async (wrong, code) => {
    const order = { chargerId: 'c1', command: RESET, by: 'x', key: 'wrong', now: NOW, ...wrong };
    expect(await askCharger(database.sql, order)).toEqual({ refused: { code } });
  });

  it('for a password asks for what the version of the charger that is here takes: hexadecimal digits in 1.6', async () => {
    const order = { chargerId: 'c6', by: 'x', now: NOW, vault: commandVault('a secret for the tests') };
    const asked = (key: string, value: string) =>
      askCharger(database.sql, { ...order, key, command: passwordOf(value) });
    expect(await asked('away', 'S3cret-Password-123')).toHaveProperty('ok');
    await openConnections(database.sql, 'one', [connection('c6')]);
    expect(await asked('words', 'S3cret-Password-123')).toEqual({ refused: { code: 'COMMAND.PASSWORD_NOT_ALLOWED' } });
    expect(await asked('odd', 'f'.repeat(33))).toEqual({ refused: { code: 'COMMAND.PASSWORD_NOT_ALLOWED' } });
    expect(await asked('digits', 'F0'.repeat(16))).toHaveProperty('ok');
  });

  it('is found by the worker until it is taken', async () => {
    const id = await ask('c1', RESET);
    expect(await untakenCommands(database.sql)).toContain(id);
    await markTaken(database.sql, [id], NOW);
    expect(await untakenCommands(database.sql)).not.toContain(id);
  });

  it('history is paged, newest first', async () => {
    const ids = [await ask('c5', RESET), await ask('c5', READ), await ask('c5', RESET)].reverse();
    const first = await commandsOf(database.sql, { chargerId: 'c5', limit: 2 });
    const before = first.at(-1)?.id ?? '';
    const rest = await commandsOf(database.sql, { chargerId: 'c5', limit: 2, before });
    expect([...first, ...rest].map(({ id }) => id)).toEqual(ids);
  });
});

describe('where the charger is', () => {
  it('away: it waits until it expires, or is refused', async () => {
    const waits = await ask('c2', RESET);
    expect(await lookForCharger(database.sql, waits, NOW)).toEqual({
      next: 'absent',
      expiresAt: '2026-06-01T11:00:00.000Z',
    });
    const later = new Date('2026-06-01T11:00:00Z');
    expect(await lookForCharger(database.sql, waits, later)).toEqual({ next: 'ended', state: 'expired' });
    const refused = await ask('c2', RESET, { whenAbsent: 'refuse' });
    expect(await lookForCharger(database.sql, refused, NOW)).toEqual({ next: 'ended', state: 'refused' });
    expect((await commandById(database.sql, refused))?.result).toEqual({ status: 'absent' });
  });

  it('the newest socket wins, and the late close of an older one changes nothing', async () => {
    const [older, newer] = [connection('c3'), connection('c3')];
    await openConnections(database.sql, 'one', [older]);
    await openConnections(database.sql, 'two', [newer]);
    await closeConnections(database.sql, [older]);
    await keepConnections(database.sql, 'one', [older]);
    expect(await connectionOf(database.sql, 'c3')).toMatchObject({ gateway: 'two', connectionId: newer.connectionId });
    const id = await ask('c3', RESET);
    expect(await lookForCharger(database.sql, id, NOW)).toMatchObject({ next: 'deliver', gateway: 'two' });
    await markTaken(database.sql, [id], NOW);
    expect(await commandsOfConnected(database.sql, ['c3'])).toEqual([id]);
    await closeConnections(database.sql, [newer]);
    expect(await connectionOf(database.sql, 'c3')).toBeNull();
    expect(await commandsOfConnected(database.sql, null)).toEqual([]);
    await keepConnections(database.sql, 'two', [newer]);
    expect(await connectionOf(database.sql, 'c3')).toMatchObject({ gateway: 'two' });
  });

  it('an older socket that is written down late does not take the place of the newer one, but for one of the future', async () => {
    const older = connection('c3', new Date(NOW.getTime() - 1_000));
    const newer = connection('c3');
    await openConnections(database.sql, 'two', [newer]);
    await openConnections(database.sql, 'one', [older]);
    expect(await connectionOf(database.sql, 'c3')).toMatchObject({ gateway: 'two', connectionId: newer.connectionId });
    const ahead = connection('c3', new Date(Date.now() + 3_600_000));
    await openConnections(database.sql, 'ahead', [ahead]);
    const now = connection('c3', new Date());
    await openConnections(database.sql, 'two', [now]);
    expect(await connectionOf(database.sql, 'c3')).toMatchObject({ gateway: 'two', connectionId: now.connectionId });
    await closeConnections(database.sql, [now]);
  });

  it('what a killed gateway left behind is forgotten, once nobody sees the charger alive', async () => {
    await openConnections(database.sql, 'killed', [connection('c4')]);
    await forgetDeadConnections(database.sql, NOW);
    expect(await connectionOf(database.sql, 'c4')).not.toBeNull();
    await database.sql.updateTable('charger').set({ online: true }).where('id', '=', 'c4').execute();
    const later = new Date(NOW.getTime() + 1);
    await forgetDeadConnections(database.sql, later);
    expect(await connectionOf(database.sql, 'c4')).not.toBeNull();
    await database.sql.updateTable('charger').set({ online: false }).where('id', '=', 'c4').execute();
    await forgetDeadConnections(database.sql, later);
    expect(await connectionOf(database.sql, 'c4')).toBeNull();
  });
});

describe('a gateway that does not take what is brought to it', () => {
  const busy = (more: number) => new Date(NOW.getTime() + more);
  const seen = (chargerId: string, values: { readonly online: boolean; readonly last_seen_at: Date }) =>
    database.sql.updateTable('charger').set(values).where('id', '=', chargerId).execute();

  it('is busy while any of its chargers is alive, and its sockets stay; it is gone when none is', async () => {
    const { sql } = database;
    const [silent, lively] = [connection('c5'), connection('c6')];
    await openConnections(sql, 'busy', [silent, lively]);
    await seen('c5', { online: true, last_seen_at: busy(-300_000) });
    await seen('c6', { online: true, last_seen_at: NOW });
    const refused = await ask('c5', RESET, { whenAbsent: 'refuse' });
    expect(await forgetUnlessBusy(sql, { ...silent, now: busy(30_000) })).toBe(false);
    expect(await lookForCharger(sql, refused, NOW)).toMatchObject({ next: 'deliver', gateway: 'busy' });
    expect(await forgetUnlessBusy(sql, { ...silent, connectionId: randomUUID(), now: busy(60_000) })).toBe(false);
    expect(await forgetUnlessBusy(sql, { ...silent, now: busy(60_000) })).toBe(true);
    expect(await lookForCharger(sql, refused, NOW)).toEqual({ next: 'ended', state: 'refused' });
    await closeConnections(sql, [lively]);
  });
});

describe('a command that was sent', () => {
  const send = (commandId: string) => markSent(database.sql, { commandId, protocol: 'ocpp1.6', now: NOW });

  it('leaves once, whoever tries', async () => {
    const id = await ask('c1', RESET);
    expect((await Promise.all([send(id), send(id)])).filter(Boolean)).toHaveLength(1);
    expect(await commandToSend(database.sql, id, null)).toBeNull();
    expect(await lookForCharger(database.sql, id, NOW)).toEqual({ next: 'unsettled' });
  });

  it('keeps its first end', async () => {
    const id = await ask('c1', RESET);
    await send(id);
    const answered = {
      commandId: id,
      now: NOW,
      result: { status: 'accepted' },
      response: { status: 'Accepted' },
    } as const;
    await endSent(database.sql, { ...answered, state: 'answered' });
    await endSent(database.sql, { ...answered, state: 'timed-out', result: { status: 'timed-out' } });
    expect(await commandById(database.sql, id)).toMatchObject({
      state: 'answered',
      result: { status: 'accepted' },
      response: { status: 'Accepted' },
    });
    expect(await settleLost(database.sql, id, NOW)).toBe('answered');
  });

  it('and was given up while its gateway still waited takes the answer after all, once, and says both', async () => {
    const id = await ask('c1', RESET);
    await send(id);
    expect(await settleLost(database.sql, id, NOW)).toBe('timed-out');
    const later = new Date(NOW.getTime() + 12_000);
    const late = {
      commandId: id,
      now: later,
      result: { status: 'accepted' },
      response: { status: 'Accepted' },
    } as const;
    await endSent(database.sql, { ...late, state: 'timed-out', result: { status: 'timed-out' } });
    expect(await commandById(database.sql, id)).toMatchObject({ state: 'timed-out', endedAt: NOW });
    await endSent(database.sql, { ...late, state: 'answered' });
    const answered = {
      state: 'answered',
      result: { status: 'accepted', timedOutAt: NOW.toISOString() },
      response: { status: 'Accepted' },
      answeredAt: later,
      endedAt: later,
    };
    expect(await commandById(database.sql, id)).toMatchObject(answered);
    await endSent(database.sql, { ...late, state: 'failed', result: { status: 'call-error' } });
    expect(await commandById(database.sql, id)).toMatchObject(answered);
    const again = await ask('c1', READ);
    await send(again);
    expect(await settleLost(database.sql, again, NOW)).toBe('waiting');
    await endSent(database.sql, { ...late, commandId: again, state: 'answered' });
    expect(await commandById(database.sql, again)).toMatchObject({ state: 'answered', sends: 1 });
    expect(await send(again)).toBe(false); // nothing is left to send again
    const never = await ask('c1', READ);
    await endSent(database.sql, { ...late, commandId: never, state: 'answered' });
    expect(await stateOf(never)).toBe('waiting');
  });

  it('and lost is never sent twice, unless repeating it does no harm: then three times at most', async () => {
    const reset = await ask('c1', RESET);
    await send(reset);
    expect(await settleLost(database.sql, reset, NOW)).toBe('timed-out');
    expect(await send(reset)).toBe(false);
    const read = await ask('c1', READ);
    for (let times = 1; times <= 3; times += 1) {
      expect(await send(read)).toBe(true);
      expect(await settleLost(database.sql, read, NOW)).toBe(times < 3 ? 'waiting' : 'timed-out');
    }
  });

  it('keeps nothing secret of what the charger answers: a password that it tells with its configuration', async () => {
    const id = await ask('c1', READ);
    await send(id);
    const response = { configurationKey: [{ key: 'AuthorizationKey', readonly: false, value: 'told-by-the-charger' }] };
    const result = resultOf('GetConfiguration', response);
    await endSent(database.sql, { commandId: id, state: 'answered', now: NOW, result, response });
    const rows = await database.sql.selectFrom('charger_command').selectAll().where('id', '=', id).execute();
    expect(JSON.stringify(rows)).not.toContain('told-by-the-charger');
    expect(await commandById(database.sql, id)).toMatchObject({
      result: { status: 'accepted', variables: [{ name: 'AuthorizationKey', value: '***' }] },
    });
    const { sql } = database;
    await sql.updateTable('charger_command').set({ result, response }).where('id', '=', id).execute();
    expect(JSON.stringify(await commandById(sql, id))).not.toContain('told-by-the-charger');
  });

  it('sends the password of a URL whole and shows it to nobody', async () => {
    const vault = commandVault('a secret for the tests');
    const location = 'ftp://logs:top-secret-password@logs.example/box';
    const id = await ask('c1', { kind: 'get-diagnostics', location }, { vault });
    const kept = await database.sql.selectFrom('charger_command').selectAll().where('id', '=', id).execute();
    expect(JSON.stringify(kept)).not.toContain('top-secret-password');
    expect(await commandToSend(database.sql, id, vault)).toMatchObject({ command: { location } });
  });

  it('keeps no password when it has ended, and shows none before', async () => {
    const variables = [{ name: 'AuthorizationKey', value: 'top-secret-password' }];
    const vault = commandVault('a secret for the tests');
    const id = await ask('c1', { kind: 'set-variables', variables }, { vault });
    const kept = await database.sql.selectFrom('charger_command').selectAll().where('id', '=', id).execute();
    expect(JSON.stringify(kept)).not.toContain('top-secret-password');
    expect(JSON.stringify(await commandById(database.sql, id))).not.toContain('top-secret-password');
    expect(await commandToSend(database.sql, id, vault)).toMatchObject({
      command: { kind: 'set-variables', variables },
    });
    expect(await commandToSend(database.sql, id, null)).toBe('sealed');
    expect(await commandToSend(database.sql, id, commandVault('another secret here'))).toBe('sealed');
    await send(id);
    await endSent(database.sql, { commandId: id, state: 'answered', now: NOW, result: { status: 'accepted' } });
    const row = await database.sql.selectFrom('charger_command').selectAll().where('id', '=', id).execute();
    expect(row).toMatchObject([{ sealed: null }]);
    expect(await stateOf(id)).toBe('answered');
  });
});
