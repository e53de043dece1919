import { scryptSync } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { askCharger } from '#libs/commands/ask-charger.js';
import type { Command } from '#libs/ocpp/commands.js';
import { hashPassword } from '#libs/ocpp/password.js';
import { commandVault } from '#libs/persistence/secret-vault.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { adoptCharger } from './adopt-charger.js';
import { openPasswords } from './charger-passwords.js';
import { letWait, openWindow } from './enrolment.js';

const MIGRATION = '20261128000100-passwords';
const NOW = new Date('2026-11-28T10:00:00Z');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['let-in', 'waiting', 'made'] });
});
afterAll(() => database.drop());

/** Passwords that are not hexadecimal were kept as the hash of the bytes before their first other character: none. */
const OF_NOTHING = ['scrypt', 4096, 8, 1, 'c2FsdA==', scryptSync('', 'salt', 32, { N: 4096 }).toString('base64')].join(
  '$',
);

async function given(chargerId: string, key: string, hash: string, decodedHash: string, seenAt: Date | null) {
  const command: Command = { kind: 'set-variables', variables: [{ name: 'AuthorizationKey', value: 'f'.repeat(40) }] };
  const vault = commandVault('a secret for the tests');
  const asked = await askCharger(database.sql, { chargerId, command, by: 'x', key, now: NOW, vault });
  if ('refused' in asked) throw new Error(asked.refused.code);
  const kept = { hash, decoded_hash: decodedHash, seen_at: seenAt, closed_at: seenAt };
  await database.sql
    .insertInto('charger_password')
    .values({ charger_id: chargerId, command_id: asked.ok.id, asked_by: 'x', asked_at: NOW, ...kept })
    .execute();
}

async function migrateAgain(): Promise<void> {
  await database.asOwner(async ({ orm }) => {
    await orm.migrator.down({ migrations: [MIGRATION] });
    await orm.migrator.up({ migrations: [MIGRATION] });
  });
}

it('what chargers told of passwords and what URLs held of them is hidden in commands that have ended', async () => {
  const { sql } = database;
  const order = { chargerId: 'made', by: 'x', now: NOW, vault: commandVault('a secret for the tests') };
  const ids = [];
  for (const key of ['ended', 'waits']) {
    const location = 'ftp://logs:***@logs.example/';
    const asked = await askCharger(sql, { ...order, key, command: { kind: 'get-diagnostics', location } });
    ids.push('ok' in asked ? asked.ok.id : '');
  }
  const location = 'ftp://logs:TOLD@logs.example/';
  const answer = {
    request: { kind: 'get-diagnostics', location },
    response: {
      configurationKey: [
        { key: 'AuthorizationKey', value: 'TOLD' },
        { key: 'HeartbeatInterval', value: '300' },
      ],
      getVariableResult: [{ variable: { name: 'BasicAuthPassword' }, attributeValue: 'TOLD' }],
    },
    result: {
      status: 'accepted',
      variables: [
        { name: 'AuthorizationKey', value: 'TOLD' },
        { name: 'X', value: null },
      ],
    },
  };
  await sql.updateTable('charger_command').set(answer).where('id', 'in', ids).execute();
  await sql
    .updateTable('charger_command')
    .set({ state: 'answered', ended_at: NOW })
    .where('id', '=', ids[0] ?? '')
    .execute();
  await migrateAgain();
  const rows = await sql
    .selectFrom('charger_command')
    .select(['request', 'response', 'result'])
    .where('id', 'in', ids)
    .orderBy('id')
    .execute();
  expect(rows[0]).toEqual({
    request: { kind: 'get-diagnostics', location: 'ftp://logs:***@logs.example/' },
    response: {
      configurationKey: [
        { key: 'AuthorizationKey', value: '***' },
        { key: 'HeartbeatInterval', value: '300' },
      ],
      getVariableResult: [{ variable: { name: 'BasicAuthPassword' }, attributeValue: '***' }],
    },
    result: {
      status: 'accepted',
      variables: [
        { name: 'AuthorizationKey', value: '***' },
        { name: 'X', value: null },
      ],
    },
  });
  expect(rows[1]).toMatchObject({ request: { location } }); // it is still to be sent
});

it('passwords that people chose lose the digits that were read into them; who was let in by none has its own again', async () => {
  const own = await hashPassword('S3cret-Password-123');
  await given('let-in', 'api/ana/1', own, OF_NOTHING, NOW);
  await database.sql.updateTable('charger').set({ password_hash: OF_NOTHING }).where('id', '=', 'let-in').execute();
  await given('waiting', 'api/ana/2', own, OF_NOTHING, null);
  await given('made', 'password/api/ana/3', own, await hashPassword('bytes of digits'), null);
  await migrateAgain();
  const { password_hash: hash } = await database.sql
    .selectFrom('charger')
    .select('password_hash')
    .where('id', '=', 'let-in')
    .executeTakeFirstOrThrow();
  expect(hash).toBe(own);
  expect(await openPasswords(database.sql, 'waiting')).toMatchObject([{ hash: own, decodedHash: null }]);
  expect(await openPasswords(database.sql, 'made')).toMatchObject([{ hash: own, decodedHash: expect.any(String) }]);
});

it('chargers that still have the code of their window for a password are known by it', async () => {
  const { sql } = database;
  const now = new Date();
  const order = { installationId: 'garagem', by: 'x', now, until: new Date(now.getTime() + 60_000), most: 2 };
  const { code } = await openWindow(sql, order);
  const knocking = { protocol: 'ocpp1.6', password: Buffer.from(code), isEncrypted: true, enrolment: null };
  for (const chargerId of ['code', 'own']) {
    const waits = await letWait(sql, { ...knocking, chargerId, identity: chargerId }, now);
    if (waits === null || !('guestId' in waits)) throw new Error('it does not wait');
    const decision = { candidateId: waits.guestId, by: 'x', now, spotName: `Lugar ${chargerId}` };
    expect(await sql.transaction().execute((trx) => adoptCharger(trx, decision))).toHaveProperty('ok');
  }
  await sql.updateTable('charger').set({ password_hash: 'another' }).where('id', '=', 'own').execute();
  await migrateAgain();
  const shared = sql.selectFrom('charger').select('id').where('password_is_shared', '=', true);
  expect(await shared.execute()).toEqual([{ id: 'code' }]);
});
