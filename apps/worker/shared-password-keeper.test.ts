import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { endSent, endWaiting, markSent } from '#libs/commands/command-state.js';
import type { CommandResult } from '#libs/ocpp/commands.js';
import { commandVault } from '#libs/persistence/secret-vault.js';
import { changePassword, openPasswords, passwordSeen } from '#libs/security/charger-passwords.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { noteSharedPasswords } from './shared-password-keeper.js';

const NOW = new Date('2026-11-28T10:00:00Z');
const vault = commandVault('a secret for the tests');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['refuses', 'never-comes', 'takes', 'owns'] });
  const adopted = ['refuses', 'never-comes', 'takes'];
  await database.sql.updateTable('charger').set({ password_is_shared: true }).where('id', 'in', adopted).execute();
});
afterAll(() => database.drop());

async function change(chargerId: string): Promise<string> {
  const order = { chargerId, by: 'x', now: NOW, key: `password/${chargerId}`, vault };
  const asked = await database.sql.transaction().execute((trx) => changePassword(trx, order));
  if ('refused' in asked) throw new Error(asked.refused.code);
  return asked.ok.commandId;
}
async function answer(commandId: string, status: CommandResult['status']): Promise<void> {
  await markSent(database.sql, { commandId, protocol: 'ocpp1.6', now: NOW });
  await endSent(database.sql, { commandId, state: 'answered', now: NOW, result: { status } });
}
const noted = () =>
  database.sql.selectFrom('oddity').select(['charger_id', 'code', 'detail']).orderBy('charger_id').execute();

it('a charger that keeps the code for its password is to be looked at, once; one that has its own is not', async () => {
  const [refuses, neverComes, takes, owns] = await Promise.all(
    ['refuses', 'never-comes', 'takes', 'owns'].map((chargerId) => change(chargerId)),
  );
  await noteSharedPasswords(database.sql, NOW);
  expect(await noted()).toEqual([]); // under way
  await answer(refuses ?? '', 'not-supported');
  await answer(owns ?? '', 'not-supported');
  await answer(takes ?? '', 'accepted');
  await endWaiting(database.sql, neverComes ?? '', 'expired', NOW);
  await noteSharedPasswords(database.sql, NOW);
  await noteSharedPasswords(database.sql, NOW);
  const code = 'shared-password';
  expect(await noted()).toEqual([
    { charger_id: 'never-comes', code, detail: { state: 'expired', status: null } },
    { charger_id: 'refuses', code, detail: { state: 'answered', status: 'not-supported' } },
  ]);
});

it('it is shared until the charger has come with another', async () => {
  const [open] = await openPasswords(database.sql, 'takes');
  if (open === undefined) throw new Error('nothing is open');
  const isShared = async () => {
    const found = database.sql.selectFrom('charger').select('password_is_shared').where('id', '=', 'takes');
    return (await found.executeTakeFirstOrThrow()).password_is_shared;
  };
  expect(await isShared()).toBe(true);
  await passwordSeen(database.sql, { chargerId: 'takes', passwordId: open.id, hash: open.hash, now: NOW });
  expect(await isShared()).toBe(false);
});
