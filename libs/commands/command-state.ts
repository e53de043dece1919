import { sql as raw } from 'kysely';

import { withoutSecrets } from '#libs/ocpp/command-secrets.js';
import { commandSchema, REPEATABLE, type Command, type CommandKind, type CommandResult } from '#libs/ocpp/commands.js';
import { withoutFrameSecrets } from '#libs/ocpp/frame-secrets.js';
import type { Sql } from '#libs/persistence/database.js';
import type { SecretVault } from '#libs/persistence/secret-vault.js';

import type { CommandState } from './command-states.js';

/** A command whose gateway or socket went is sent this often at most, when repeating it does no harm. */
const MOST_SENDS = 3;

/** What comes next for a command. */
export type CommandLook =
  | { readonly next: 'ended'; readonly state: CommandState }
  /** Its charger is away, and the caller chose to wait. */
  | { readonly next: 'absent'; readonly expiresAt: string }
  | {
      readonly next: 'deliver';
      readonly chargerId: string;
      readonly gateway: string;
      readonly connectionId: string;
      readonly expiresAt: string;
    }
  /** Sent, and its gateway did not come back to say what was answered. */
  | { readonly next: 'unsettled' };

/** Looks where a command's charger is; ends the command when its time has come, or when it was not to wait. */
export async function lookForCharger(sql: Sql, commandId: string, now: Date): Promise<CommandLook> {
  const row = await sql
    .selectFrom('charger_command as command')
    .leftJoin('charger_connection as live', 'live.charger_id', 'command.charger_id')
    .select([
      'command.charger_id',
      'command.state',
      'command.expires_at',
      'command.when_absent',
      'live.gateway',
      'live.connection_id',
    ])
    .where('command.id', '=', commandId)
    .executeTakeFirst();
  if (row === undefined) throw new Error(`there is no command ${commandId}`);
  const { state, gateway, connection_id: connectionId } = row;
  if (state === 'sent') return { next: 'unsettled' };
  if (state !== 'waiting') return { next: 'ended', state: state as CommandState };
  if (row.expires_at <= now) return endedAs(await endWaiting(sql, commandId, 'expired', now));
  const expiresAt = row.expires_at.toISOString();
  if (gateway !== null && connectionId !== null) {
    return { next: 'deliver', chargerId: row.charger_id, gateway, connectionId, expiresAt };
  }
  if (row.when_absent === 'wait') return { next: 'absent', expiresAt };
  return endedAs(await endWaiting(sql, commandId, 'refused', now, { status: 'absent' }));
}

const endedAs = (state: CommandState): CommandLook => ({ next: 'ended', state });

/** Ends a command that never left. @returns how it stands, which is otherwise when somebody was quicker */
export async function endWaiting(
  sql: Sql,
  commandId: string,
  state: 'refused' | 'expired' | 'failed',
  now: Date,
  result: CommandResult | null = null,
): Promise<CommandState> {
  await end(sql, { commandId, from: 'waiting', state, now, result });
  return stateOf(sql, commandId);
}

export interface Sending {
  readonly chargerId: string;
  readonly command: Command;
  readonly number: number;
  readonly expiresAt: Date;
}

/**
 * The command as it is to be sent, its passwords opened; null when it waits no longer, `sealed` when it carries a password
 * that cannot be opened here.
 */
export async function commandToSend(
  sql: Sql,
  commandId: string,
  vault: SecretVault | null,
): Promise<Sending | null | 'sealed'> {
  const row = await sql
    .selectFrom('charger_command')
    .select(['charger_id', 'request', 'sealed', 'number', 'expires_at'])
    .where('id', '=', commandId)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  if (row === undefined) return null;
  const request = row.sealed === null ? row.request : opened(row.sealed, vault);
  if (request === null) return 'sealed';
  const command = commandSchema.parse(request);
  return { chargerId: row.charger_id, command, number: row.number, expiresAt: row.expires_at };
}

function opened(sealed: string, vault: SecretVault | null): unknown {
  try {
    return vault === null ? null : (JSON.parse(vault.open(sealed)) as unknown);
  } catch {
    return null; // sealed under another CHAZEMO_SECRET
  }
}

/** Commits that the command leaves now. False when it waits no longer: then it must not leave. */
export async function markSent(
  sql: Sql,
  { commandId, protocol, now }: { readonly commandId: string; readonly protocol: string; readonly now: Date },
): Promise<boolean> {
  const changed = await sql
    .updateTable('charger_command')
    .set({ state: 'sent', protocol, sent_at: now, sends: raw<number>`sends + 1` })
    .where('id', '=', commandId)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

export interface Ending {
  readonly commandId: string;
  readonly state: 'answered' | 'failed' | 'timed-out';
  readonly now: Date;
  readonly result: CommandResult;
  /** As the charger put it; what of it is secret is not kept. */
  readonly response?: unknown;
}

/**
 * Writes down what a sent command came to; one that has ended stays as it is, but for one thing: an answer that comes after
 * all takes the place of none. Its gateway may have waited for it while the workflow had given it up for lost.
 */
export async function endSent(sql: Sql, ending: Ending): Promise<void> {
  const isEnded = await end(sql, { ...ending, from: 'sent' });
  if (!isEnded && ending.state !== 'timed-out') await endLate(sql, ending);
}

/** The command had timed out, which its result goes on to say, or was to be sent again. */
async function endLate(sql: Sql, ending: Ending): Promise<void> {
  const row = await sql
    .selectFrom('charger_command')
    .select(['state', 'sends', 'ended_at'])
    .where('id', '=', ending.commandId)
    .executeTakeFirstOrThrow();
  if (row.state === 'timed-out' && row.ended_at !== null) {
    const result = { ...ending.result, timedOutAt: row.ended_at.toISOString() };
    await end(sql, { ...ending, result, from: 'timed-out' });
  } else if (row.state === 'waiting' && row.sends > 0) {
    await end(sql, { ...ending, from: 'waiting' });
  }
}

/**
 * The socket or the gateway of a sent command went before the answer came. It waits again when repeating it does no
 * harm, else its answer never came: it is never sent twice.
 */
export async function settleLost(sql: Sql, commandId: string, now: Date): Promise<CommandState> {
  const row = await sql
    .selectFrom('charger_command')
    .select(['state', 'kind', 'sends'])
    .where('id', '=', commandId)
    .executeTakeFirstOrThrow();
  if (row.state !== 'sent') return row.state as CommandState;
  if (REPEATABLE.has(row.kind as CommandKind) && row.sends < MOST_SENDS) {
    await sql
      .updateTable('charger_command')
      .set({ state: 'waiting' })
      .where('id', '=', commandId)
      .where('state', '=', 'sent')
      .where('sends', '=', row.sends)
      .execute();
  } else {
    await endSent(sql, { commandId, state: 'timed-out', now, result: { status: 'timed-out' } });
  }
  return stateOf(sql, commandId);
}

async function end(
  sql: Sql,
  change: {
    readonly commandId: string;
    readonly from: 'waiting' | 'sent' | 'timed-out';
    readonly state: CommandState;
    readonly now: Date;
    readonly result: CommandResult | null;
    readonly response?: unknown;
  },
): Promise<boolean> {
  const { commandId, from, state, now, result, response } = change;
  const row = await sql
    .selectFrom('charger_command')
    .select('request')
    .where('id', '=', commandId)
    .executeTakeFirstOrThrow();
  const changed = await sql
    .updateTable('charger_command')
    .set({
      state,
      ended_at: now,
      result: withoutFrameSecrets(result) as CommandResult | null,
      response: response === undefined ? null : JSON.stringify(withoutFrameSecrets(response)),
      ...(state === 'answered' ? { answered_at: now } : {}),
      request: withoutSecrets(commandSchema.parse(row.request)),
      sealed: null,
    })
    .where('id', '=', commandId)
    .where('state', '=', from)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

async function stateOf(sql: Sql, commandId: string): Promise<CommandState> {
  const { state } = await sql
    .selectFrom('charger_command')
    .select('state')
    .where('id', '=', commandId)
    .executeTakeFirstOrThrow();
  return state as CommandState;
}
