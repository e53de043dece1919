import { randomInt } from 'node:crypto';

import { isAllowed } from '#libs/ocpp/charger-password.js';
import { hasSecrets, withoutSecrets } from '#libs/ocpp/command-secrets.js';
import { commandSchema, type Command } from '#libs/ocpp/commands.js';
import type { Sql } from '#libs/persistence/database.js';
import type { SecretVault } from '#libs/persistence/secret-vault.js';

/** How long a command waits for its charger when the caller names no time. */
const WAIT_MS = 60 * 60_000;
/** Longer than this nobody remembers having asked. */
export const LONGEST_WAIT_MS = 30 * 24 * 60 * 60_000;

export interface CommandOrder {
  readonly chargerId: string;
  readonly command: Command;
  /** Who asks: an e-mail address, `api:<token>`, `command line`, or the part of the system. */
  readonly by: string;
  /** The same key is the same command, asked once. */
  readonly key: string;
  readonly now: Date;
  /** What happens while the charger is away; `wait` when not given. */
  readonly whenAbsent?: 'wait' | 'refuse';
  /** One hour after now when not given. */
  readonly expiresAt?: Date;
  /** The caller runs the command's workflow itself; otherwise the worker begins it as soon as this is committed. */
  readonly isTaken?: boolean;
  /** Seals a command that carries a password; one without a vault throws. */
  readonly vault?: SecretVault;
}

export type AskRefusal = {
  readonly code:
    | 'COMMAND.NO_CHARGER'
    | 'COMMAND.EXPIRED'
    | 'COMMAND.KEY_REUSED'
    /** Too short, or not of the characters that a password of this charger has. */
    | 'COMMAND.PASSWORD_NOT_ALLOWED';
};

/**
 * Records that a charger is to be asked; nothing has left when this returns. Idempotent by key: asked again it is the
 * command of before. Who carries it: workflows/charger-command.
 */
export async function askCharger(
  sql: Sql,
  order: CommandOrder,
): Promise<{ readonly ok: { readonly id: string; readonly isNew: boolean } } | { readonly refused: AskRefusal }> {
  const { chargerId, by, key, now, whenAbsent = 'wait' } = order;
  const command = commandSchema.parse(order.command);
  const expiresAt = order.expiresAt ?? new Date(now.getTime() + WAIT_MS);
  if (expiresAt <= now || expiresAt.getTime() - now.getTime() > LONGEST_WAIT_MS) {
    return { refused: { code: 'COMMAND.EXPIRED' } };
  }
  const charger = await sql
    .selectFrom('charger')
    .leftJoin('charger_connection as live', 'live.charger_id', 'charger.id')
    .select('live.protocol')
    .where('charger.id', '=', chargerId)
    .executeTakeFirst();
  if (charger === undefined) return { refused: { code: 'COMMAND.NO_CHARGER' } };
  if (!isAllowed(command, charger.protocol)) return { refused: { code: 'COMMAND.PASSWORD_NOT_ALLOWED' } };
  const isSecret = hasSecrets(command);
  if (isSecret && order.vault === undefined) throw new Error(`a ${command.kind} with a password needs a vault`);
  const made = await sql
    .insertInto('charger_command')
    .values({
      charger_id: chargerId,
      kind: command.kind,
      request: withoutSecrets(command),
      sealed: isSecret ? (order.vault?.seal(JSON.stringify(command)) ?? null) : null,
      number: randomInt(1, 2_147_483_647),
      asked_by: by,
      asked_at: now,
      expires_at: expiresAt,
      when_absent: whenAbsent,
      key,
      taken_at: order.isTaken === true ? now : null,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made !== undefined) return { ok: { id: made.id, isNew: true } };
  const known = await sql
    .selectFrom('charger_command')
    .select(['id', 'charger_id', 'kind'])
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  if (known.charger_id !== chargerId || known.kind !== command.kind) return { refused: { code: 'COMMAND.KEY_REUSED' } };
  return { ok: { id: known.id, isNew: false } };
}
