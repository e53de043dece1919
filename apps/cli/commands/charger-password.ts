import { randomUUID } from 'node:crypto';

import { Command } from 'commander';

import { recordAudit } from '#libs/identity/audit.js';
import type { Sql } from '#libs/persistence/database.js';
import { commandVault } from '#libs/persistence/secret-vault.js';
import { changePassword, passwordByHand, type PasswordRefusal } from '#libs/security/charger-passwords.js';
import { setProfile, type ProfileRefusal } from '#libs/security/charger-profile.js';
import { SECURITY_PROFILES } from '#libs/security/judge-connection.js';

import { ownSecret } from '../system/own-secret.js';
import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

/** Who says so: nobody is signed in at a command line. */
const BY = 'command line';

interface PasswordFlags {
  readonly byHand?: boolean;
  readonly json?: boolean;
}

const REFUSALS: Readonly<Record<(PasswordRefusal | ProfileRefusal)['code'], string>> = {
  'PASSWORD.NO_CHARGER': 'There is no such charger: `chazemo charger list` names them',
  'PASSWORD.UNDER_WAY': 'A new password is on its way to the charger: wait for its answer',
  'PASSWORD.TOO_MANY_OPEN': 'Several new passwords were given and the charger came with none of them',
  'PROFILE.NO_CHARGER': 'There is no such charger: `chazemo charger list` names them',
  'PROFILE.UNSECURED_NOT_ALLOWED': 'Its installation lets no charger in that has no password',
  'PROFILE.NO_PASSWORD': 'It has no password: `chazemo charger password` gives it one',
};

async function audit(trx: Sql, chargerId: string, action: string, after: object): Promise<void> {
  const { installation_id: installationId } = await trx
    .selectFrom('charger')
    .select('installation_id')
    .where('id', '=', chargerId)
    .executeTakeFirstOrThrow();
  await recordAudit(trx, { actor: BY, action, subject: `charger/${chargerId}`, installationId, before: null, after });
}

async function password(chargerId: string, { byHand = false, json }: PasswordFlags): Promise<void> {
  const now = new Date();
  const told = await withDatabase(({ sql }) =>
    sql.transaction().execute(async (trx) => {
      if (byHand) {
        const made = await passwordByHand(trx, { chargerId, by: BY, now });
        if ('refused' in made) refuse(REFUSALS[made.refused.code]);
        await audit(trx, chargerId, 'charger.password', { byHand });
        return { chargerId, password: made.ok.password };
      }
      const order = { chargerId, by: BY, now, key: `password/cli/${randomUUID()}`, vault: commandVault(ownSecret()) };
      const asked = await changePassword(trx, order);
      if ('refused' in asked) refuse(REFUSALS[asked.refused.code]);
      const { commandId } = asked.ok;
      await audit(trx, chargerId, 'charger.password', { commandId });
      return { chargerId, commandId };
    }),
  );
  const text =
    'password' in told
      ? `${told.password}\nType it in at the charger. It is told only now; the one of before holds until the charger comes with it.`
      : `Asked (command ${told.commandId}). The password of before holds until the charger comes with the new one.`;
  process.stdout.write(`${json === true ? JSON.stringify(told) : text}\n`);
}

async function profile(chargerId: string, wanted: string, { json }: PasswordFlags): Promise<void> {
  const known = SECURITY_PROFILES.find((one) => String(one) === wanted);
  if (known === undefined) refuse(`A security profile is ${SECURITY_PROFILES.join(', ')}`);
  const change = await withDatabase(({ sql }) =>
    sql.transaction().execute(async (trx) => {
      const done = await setProfile(trx, { chargerId, profile: known });
      if ('refused' in done) refuse(REFUSALS[done.refused.code]);
      await audit(trx, chargerId, 'charger.profile', done.ok);
      return { chargerId, ...done.ok.after };
    }),
  );
  const text =
    change.wanted === null
      ? `It must come with security profile ${change.profile}.`
      : `Profile ${change.wanted} holds as soon as the charger has come with it; until then ${change.profile}.`;
  process.stdout.write(`${json === true ? JSON.stringify(change) : text}\n`);
}

/** `chazemo charger password`. */
export function chargerPasswordCommand(): Command {
  return new Command('password')
    .description('give a charger a new password, by a command to it')
    .argument('<charger>', 'its id')
    .option('--by-hand', 'print a new password to type in at the charger')
    .option('--json', 'print JSON')
    .action(refusing(password));
}

/** `chazemo charger profile`. */
export function chargerProfileCommand(): Command {
  return new Command('profile')
    .description('what a charger must come with: 0 nothing, 1 password, 2 password over TLS, 3 a certificate')
    .argument('<charger>', 'its id')
    .argument('<profile>', SECURITY_PROFILES.join(', '))
    .option('--json', 'print JSON')
    .action(refusing(profile));
}
