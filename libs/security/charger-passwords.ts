import { randomBytes } from 'node:crypto';

import { askCharger } from '#libs/commands/ask-charger.js';
import { bytesOf, passwordIn } from '#libs/ocpp/charger-password.js';
import type { Command } from '#libs/ocpp/commands.js';
import { hashPassword } from '#libs/ocpp/password.js';
import type { Sql } from '#libs/persistence/database.js';
import type { SecretVault } from '#libs/persistence/secret-vault.js';

import { bringingOf, isUnderWay, mayComeWith, type Bringing } from './password-state.js';

/**
 * 1.6's AuthorizationKey is up to 20 bytes as 40 hexadecimal digits; 2.0.1's BasicAuthPassword takes 16 to 40 characters
 * (A00.FR.205). These digits are good for both, whether a charger signs in with them or with the bytes they stand for.
 */
const KEY_BYTES = 20;
/** How long a charger that is away is waited for. */
const WAIT_MS = 7 * 24 * 60 * 60_000;
/** Passwords beside the one in use that may still turn out to be the charger's. */
const MOST_OPEN = 4;

export type PasswordRefusal = {
  readonly code: 'PASSWORD.NO_CHARGER' | 'PASSWORD.UNDER_WAY' | 'PASSWORD.TOO_MANY_OPEN';
};

export interface PasswordOrder {
  readonly chargerId: string;
  /** Who asks: an e-mail address, `api:<token>`, `command line`. */
  readonly by: string;
  readonly now: Date;
}

export interface OpenPassword {
  readonly id: string;
  readonly hash: string;
  /** Null for one that is not hexadecimal. */
  readonly decodedHash: string | null;
  readonly bringing: Bringing | null;
  readonly askedAt: Date;
}

/** Passwords that were given and that the charger may come with, oldest first. */
export async function openPasswords(sql: Sql, chargerId: string): Promise<OpenPassword[]> {
  const rows = await sql
    .selectFrom('charger_password as given')
    .leftJoin('charger_command as command', 'command.id', 'given.command_id')
    .select(['given.id', 'given.hash', 'given.decoded_hash', 'given.asked_at'])
    .select(['command.state', 'command.result', 'command.sends'])
    .where('given.charger_id', '=', chargerId)
    .where('given.closed_at', 'is', null)
    .orderBy('given.id')
    .execute();
  return rows
    .map((row): OpenPassword => {
      const bringing = bringingOf(row);
      return { id: row.id, hash: row.hash, decodedHash: row.decoded_hash, bringing, askedAt: row.asked_at };
    })
    .filter(({ bringing }) => mayComeWith(bringing));
}

/**
 * Asks the charger to take a new password, in one transaction of the caller's. The one of before holds until the charger
 * comes with the new one. Idempotent by key.
 */
export async function changePassword(
  trx: Sql,
  order: PasswordOrder & { readonly key: string; readonly vault: SecretVault },
): Promise<
  { readonly ok: { readonly commandId: string; readonly isNew: boolean } } | { readonly refused: PasswordRefusal }
> {
  const { chargerId, by, now, key, vault } = order;
  const known = await trx
    .selectFrom('charger_command')
    .select('id')
    .where('key', '=', key)
    .where('charger_id', '=', chargerId)
    .executeTakeFirst();
  if (known !== undefined) return { ok: { commandId: known.id, isNew: false } };
  const refused = await whyNot(trx, chargerId);
  if (refused !== null) return { refused };
  const password = newPassword();
  const asked = await askCharger(trx, {
    chargerId,
    command: { kind: 'set-variables', variables: [{ name: 'AuthorizationKey', value: password }] },
    by,
    key,
    now,
    vault,
    expiresAt: new Date(now.getTime() + WAIT_MS),
  });
  if ('refused' in asked) throw new Error(`the password of ${chargerId} could not be asked: ${asked.refused.code}`);
  await keep(trx, order, password, asked.ok.id);
  return { ok: { commandId: asked.ok.id, isNew: true } };
}

/** A command that somebody wrote himself sets the password, too: what it sets is accepted like any other that was given. */
export async function keepAskedPassword(
  trx: Sql,
  order: PasswordOrder & { readonly command: Command; readonly commandId: string },
): Promise<void> {
  const password = passwordIn(order.command);
  if (password !== null) await keep(trx, order, password, order.commandId);
}

/** A new password for somebody to type in at the charger: told here once, kept as a hash. */
export async function passwordByHand(
  trx: Sql,
  order: PasswordOrder,
): Promise<{ readonly ok: { readonly password: string } } | { readonly refused: PasswordRefusal }> {
  const refused = await whyNot(trx, order.chargerId);
  if (refused !== null) return { refused };
  const password = newPassword();
  await keep(trx, order, password, null);
  return { ok: { password } };
}

/** The charger has come with a password that was given: it is the only one from now on, but for those given since. */
export async function passwordSeen(
  sql: Sql,
  seen: { readonly chargerId: string; readonly passwordId: string; readonly hash: string; readonly now: Date },
): Promise<void> {
  const { chargerId, passwordId, hash, now } = seen;
  await sql.transaction().execute(async (trx) => {
    const done = await trx
      .updateTable('charger_password')
      .set({ seen_at: now, closed_at: now })
      .where('id', '=', passwordId)
      .where('closed_at', 'is', null)
      .executeTakeFirst();
    if (done.numUpdatedRows === 0n) return; // at another gateway, at the same moment
    await trx
      .updateTable('charger_password')
      .set({ closed_at: now })
      .where('charger_id', '=', chargerId)
      .where('id', '<', passwordId)
      .where('closed_at', 'is', null)
      .execute();
    await trx
      .updateTable('charger')
      .set({ password_hash: hash, password_is_shared: false })
      .where('id', '=', chargerId)
      .execute();
  });
}

const newPassword = (): string => randomBytes(KEY_BYTES).toString('hex');

/** One change at a time; the charger's row is locked until the end of the transaction. */
async function whyNot(trx: Sql, chargerId: string): Promise<PasswordRefusal | null> {
  const charger = await trx
    .selectFrom('charger')
    .select('id')
    .where('id', '=', chargerId)
    .forUpdate()
    .executeTakeFirst();
  if (charger === undefined) return { code: 'PASSWORD.NO_CHARGER' };
  const open = await openPasswords(trx, chargerId);
  if (open.some(({ bringing }) => isUnderWay(bringing))) return { code: 'PASSWORD.UNDER_WAY' };
  return open.length >= MOST_OPEN ? { code: 'PASSWORD.TOO_MANY_OPEN' } : null;
}

async function keep(
  trx: Sql,
  { chargerId, by, now }: PasswordOrder,
  password: string,
  commandId: string | null,
): Promise<void> {
  const bytes = bytesOf(password);
  const [hash, decodedHash] = await Promise.all([hashPassword(password), bytes === null ? null : hashPassword(bytes)]);
  await trx
    .insertInto('charger_password')
    .values({
      charger_id: chargerId,
      hash,
      decoded_hash: decodedHash,
      command_id: commandId,
      asked_by: by,
      asked_at: now,
    })
    .execute();
}
