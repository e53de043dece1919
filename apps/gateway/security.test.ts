import { scryptSync } from 'node:crypto';
import { request } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import WebSocket from 'ws';

import { askCharger } from '#libs/commands/ask-charger.js';
import { commandToSend, endSent, endWaiting, markSent, settleLost } from '#libs/commands/command-state.js';
import type { Command } from '#libs/ocpp/commands.js';
import { commandVault } from '#libs/persistence/secret-vault.js';
import { changePassword, keepAskedPassword, passwordByHand } from '#libs/security/charger-passwords.js';
import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { startGateway, type RunningGateway } from './start-gateway.js';

const silent = pino({ level: 'silent' });
const SECRET = 'a secret for the tests';
const FRAMES = { burst: 50, perSecond: 100 } as const;
const vault = commandVault(SECRET);

let database: TestDatabase;
let gateway: RunningGateway;
const sockets: WebSocket[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: Array.from({ length: 30 }, (_, index) => `zcs${index}`) });
  const settings = { databaseUrl: database.url, host: '127.0.0.1', port: 0, secret: SECRET, frames: FRAMES };
  gateway = await startGateway({ ...settings, tlsProxies: ['127.0.0.0/8'] }, silent);
});
afterAll(async () => {
  for (const socket of sockets) socket.terminate();
  await gateway.close();
  await database.drop();
});

const basic = (user: string, password: string | Buffer): string =>
  `Basic ${Buffer.concat([Buffer.from(`${user}:`), Buffer.from(password)]).toString('base64')}`;

interface Knock {
  readonly password?: string | Buffer;
  /** As a proxy that ends TLS says. */
  readonly proto?: string;
}

/** What HTTP answers an upgrade: 101 when the charger is let in. */
function knock(id: string, { password, proto }: Knock): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port: gateway.port,
      path: `/ocpp/${id}`,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Protocol': 'ocpp1.6',
        ...(password === undefined ? {} : { Authorization: basic(id, password) }),
        ...(proto === undefined ? {} : { 'X-Forwarded-Proto': proto }),
      },
    });
    asked.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    asked.on('response', (response) => resolve(response.statusCode ?? 0));
    asked.on('error', reject);
    asked.end();
  });
}

async function charger(id: string, values: { security_profile?: number; wanted_profile?: number | null }) {
  await database.sql.updateTable('charger').set(values).where('id', '=', id).execute();
}
const profileOf = (id: string) =>
  database.sql
    .selectFrom('charger')
    .select(['security_profile', 'wanted_profile'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

describe('security profiles', () => {
  const password = CHARGER_PASSWORD;

  it('0 is let in only where the installation allows it, and never with a password that is wrong', async () => {
    await charger('zcs0', { security_profile: 0 });
    expect(await knock('zcs0', {})).toBe(401);
    await database.sql.updateTable('installation').set({ allow_unsecured: true }).execute();
    expect(await knock('zcs0', {})).toBe(101);
    expect(await knock('zcs0', { password: 'wrong' })).toBe(401);
    expect(await knock('zcs0', { password })).toBe(101);
    expect(await knock('zcs1', {})).toBe(401); // its own profile is 1
    await database.sql.updateTable('installation').set({ allow_unsecured: false }).execute();
    expect(await knock('zcs0', {})).toBe(401);
    expect(await knock('zcs0', { password })).toBe(101);
  });

  it('2 comes only over TLS, which a proxy of ours may have ended', async () => {
    await charger('zcs2', { security_profile: 2 });
    expect(await knock('zcs2', { password })).toBe(403);
    expect(await knock('zcs2', { password, proto: 'http' })).toBe(403);
    expect(await knock('zcs2', { password, proto: 'https' })).toBe(101);
    expect(await knock('zcs2', { password: 'wrong', proto: 'https' })).toBe(401);
    expect(await knock('zcs2', { proto: 'https' })).toBe(401);
  });

  it('what is refused is kept, by name and reason', async () => {
    await charger('zcs3', { security_profile: 2 });
    await knock('zcs3', { password });
    for (;;) {
      const kept = await database.sql
        .selectFrom('connection_refusal')
        .select('reason')
        .where('charge_point_id', '=', 'zcs3')
        .execute();
      if (kept.length > 0) return expect(kept).toEqual([{ reason: 'profile-too-low' }]);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  });

  it('go up when the charger comes with what is wanted, and never down by themselves', async () => {
    await charger('zcs4', { wanted_profile: 2 });
    expect(await knock('zcs4', { password })).toBe(101); // what it has stays usable
    expect(await profileOf('zcs4')).toEqual({ security_profile: 1, wanted_profile: 2 });
    expect(await knock('zcs4', { password, proto: 'wss' })).toBe(101);
    expect(await profileOf('zcs4')).toEqual({ security_profile: 2, wanted_profile: null });
    expect(await knock('zcs4', { password })).toBe(403);
    expect(await profileOf('zcs4')).toEqual({ security_profile: 2, wanted_profile: null });
  });
});

describe('a password that is changed', () => {
  const now = new Date();
  const old = CHARGER_PASSWORD;
  const letIn = async (id: string, password: string | Buffer) => (await knock(id, { password })) === 101;

  /** Asked by command, with what the charger would be sent. */
  async function changing(chargerId: string) {
    const order = { chargerId, by: 'a@example.pt', key: `change/${chargerId}`, now, vault };
    const asked = await database.sql.transaction().execute((trx) => changePassword(trx, order));
    if (!('ok' in asked)) throw new Error(asked.refused.code);
    const { commandId } = asked.ok;
    const sending = await commandToSend(database.sql, commandId, vault);
    if (sending === null || sending === 'sealed' || sending.command.kind !== 'set-variables')
      throw new Error('not asked');
    return { commandId, password: sending.command.variables[0]?.value ?? '' };
  }
  const sent = (commandId: string) => markSent(database.sql, { commandId, protocol: 'ocpp1.6', now });

  it('is 20 random bytes as hexadecimal digits, and nowhere in clear', async () => {
    const { commandId, password } = await changing('zcs10');
    expect(password).toMatch(/^[0-9a-f]{40}$/);
    const rows = await Promise.all([
      database.sql.selectFrom('charger_command').selectAll().where('id', '=', commandId).execute(),
      database.sql.selectFrom('charger_password').selectAll().where('charger_id', '=', 'zcs10').execute(),
    ]);
    expect(JSON.stringify(rows)).not.toContain(password);
  });

  it('and both hold while nobody knows whether the charger has taken it, wherever the gateway was killed', async () => {
    const { commandId, password } = await changing('zcs11');
    expect(await letIn('zcs11', old)).toBe(true); // killed before it left
    await sent(commandId);
    expect(await letIn('zcs11', old)).toBe(true); // killed before the answer came
    await endSent(database.sql, { commandId, state: 'timed-out', now, result: { status: 'timed-out' } });
    expect(await letIn('zcs11', old)).toBe(true);
    expect(await letIn('zcs11', password)).toBe(true); // it had
    expect(await letIn('zcs11', old)).toBe(false);
    expect(await letIn('zcs11', password)).toBe(true);
  });

  it('is the only one as soon as the charger has come with it, as digits or as the bytes they stand for', async () => {
    for (const id of ['zcs12', 'zcs13']) {
      const { commandId, password } = await changing(id);
      await sent(commandId);
      await endSent(database.sql, { commandId, state: 'answered', now, result: { status: 'accepted' } });
      const given = id === 'zcs12' ? password : Buffer.from(password, 'hex');
      expect(await letIn(id, given)).toBe(true);
      expect(await letIn(id, old)).toBe(false);
      expect(await letIn(id, given)).toBe(true);
    }
  });

  it('stays what it was when the charger says no or was never asked', async () => {
    const refused = await changing('zcs14');
    await sent(refused.commandId);
    const rejected = { state: 'answered', now, result: { status: 'rejected' } } as const;
    await endSent(database.sql, { commandId: refused.commandId, ...rejected });
    const expired = await changing('zcs15');
    await endWaiting(database.sql, expired.commandId, 'expired', now);
    expect(await letIn('zcs14', refused.password)).toBe(false);
    expect(await letIn('zcs15', expired.password)).toBe(false);
    expect(await Promise.all([letIn('zcs14', old), letIn('zcs15', old)])).toEqual([true, true]);
  });

  it('and that is not hexadecimal is good as it is only: nobody comes in with what it would be as digits', async () => {
    const given = 'S3cret-Password-123';
    const command: Command = { kind: 'set-variables', variables: [{ name: 'AuthorizationKey', value: given }] };
    const order = { chargerId: 'zcs18', by: 'a@example.pt', now };
    const commandId = await database.sql.transaction().execute(async (trx) => {
      const asked = await askCharger(trx, { ...order, command, key: 'chosen', vault });
      if (!('ok' in asked)) throw new Error(asked.refused.code);
      await keepAskedPassword(trx, { ...order, command, commandId: asked.ok.id });
      return asked.ok.id;
    });
    await markSent(database.sql, { commandId, protocol: 'ocpp2.0.1', now });
    expect(await letIn('zcs18', '')).toBe(false);
    expect(await letIn('zcs18', Buffer.from(given, 'hex'))).toBe(false);
    expect(await letIn('zcs18', old)).toBe(true); // nobody has locked it out either
    expect(await letIn('zcs18', given)).toBe(true);
    expect(await letIn('zcs18', '')).toBe(false);
  });

  it('is good when the charger took it and refused another variable of the same call', async () => {
    const { commandId, password } = await changing('zcs22');
    await sent(commandId);
    const variables = [
      { name: 'AuthorizationKey', status: 'accepted', value: null },
      { name: 'SampledDataCtrlr.Foo', status: 'unknown-variable', value: null },
    ];
    const result = { status: 'unknown-variable', variables } as const;
    await endSent(database.sql, { commandId, state: 'answered', now, result });
    expect(await letIn('zcs22', password)).toBe(true);
  });

  it('is good when it was sent once, was lost, and was never sent again', async () => {
    const { commandId, password } = await changing('zcs23');
    await sent(commandId);
    expect(await settleLost(database.sql, commandId, now)).toBe('waiting');
    await endWaiting(database.sql, commandId, 'expired', now);
    expect(await letIn('zcs23', password)).toBe(true);
  });

  it('is never none, whatever hash is kept', async () => {
    const hash = ['scrypt', 4096, 8, 1, 'c2FsdA==', scryptSync('', 'salt', 32, { N: 4096 }).toString('base64')].join(
      '$',
    );
    await database.sql.updateTable('charger').set({ password_hash: hash }).where('id', '=', 'zcs19').execute();
    expect(await letIn('zcs19', '')).toBe(false);
    await database.sql.updateTable('installation').set({ allow_unsecured: true }).execute();
    expect(await letIn('zcs19', '')).toBe(false);
    await database.sql.updateTable('installation').set({ allow_unsecured: false }).execute();
  });

  it('is changed once at a time, and typed in by hand when the charger takes no commands', async () => {
    await changing('zcs16');
    const order = { chargerId: 'zcs16', by: 'a@example.pt', now };
    const byHand = () => database.sql.transaction().execute((trx) => passwordByHand(trx, order));
    expect(await byHand()).toEqual({ refused: { code: 'PASSWORD.UNDER_WAY' } });
    const other = { ...order, chargerId: 'zcs17' };
    const made = await database.sql.transaction().execute((trx) => passwordByHand(trx, other));
    if (!('ok' in made)) throw new Error(made.refused.code);
    expect(await letIn('zcs17', old)).toBe(true);
    expect(await letIn('zcs17', made.ok.password)).toBe(true);
    expect(await letIn('zcs17', old)).toBe(false);
    const nobody = { ...order, chargerId: 'nobody' };
    const none = await database.sql.transaction().execute((trx) => passwordByHand(trx, nobody));
    expect(none).toEqual({ refused: { code: 'PASSWORD.NO_CHARGER' } });
  });
});

describe('a socket', () => {
  async function open(id: string): Promise<WebSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/ocpp/${id}`, ['ocpp1.6'], {
      headers: { authorization: basic(id, CHARGER_PASSWORD) },
    });
    sockets.push(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return socket;
  }

  it('that brings a burst far beyond its rate is slowed: everything is answered, in order, and it stays open', async () => {
    const socket = await open('zcs20');
    const frames = FRAMES.burst * 3;
    const answered: string[] = [];
    const done = new Promise<void>((resolve, reject) => {
      socket.on('close', () => reject(new Error('closed')));
      socket.on('message', (data: Buffer) => {
        const [, id] = JSON.parse(data.toString()) as [number, string];
        answered.push(id);
        if (answered.length === frames) resolve();
      });
    });
    for (let frame = 0; frame < frames; frame += 1) socket.send(JSON.stringify([2, `f${frame}`, 'Heartbeat', {}]));
    await done;
    expect(answered).toEqual(Array.from({ length: frames }, (_, frame) => `f${frame}`));
    const metrics = await (await fetch(`http://127.0.0.1:${gateway.port}/metrics`)).text();
    expect(metrics).toMatch(/^chazemo_gateway_slowed_total [1-9]/m);
  });

  it('may bring 512 KiB in one frame, and is closed for a byte more', async () => {
    const frame = (bytes: number): string => {
      const shell = JSON.stringify([2, 'big', 'DataTransfer', { vendorId: 'x', data: '' }]);
      return shell.replace('""', `"${'x'.repeat(bytes - shell.length)}"`);
    };
    const socket = await open('zcs21');
    const answer = new Promise<string>((resolve) => socket.once('message', (data: Buffer) => resolve(data.toString())));
    socket.send(frame(512 * 1024));
    expect(JSON.parse(await answer)).toMatchObject([3, 'big', { status: 'UnknownVendorId' }]);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.send(frame(512 * 1024 + 1));
    expect(await closed).toBe(1009);
    expect(await knock('zcs21', { password: CHARGER_PASSWORD })).toBe(101);
  });
});
