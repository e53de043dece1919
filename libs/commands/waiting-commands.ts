import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

/** The channel on which a worker hears that a command was asked. */
export const COMMAND_CHANNEL = 'charger_command';
/** At once, at most. */
const PAGE = 500;

/** Commands that nobody carries yet, oldest first. */
export async function untakenCommands(sql: Sql): Promise<string[]> {
  const rows = await sql
    .selectFrom('charger_command')
    .select('id')
    .where('state', '=', 'waiting')
    .where('taken_at', 'is', null)
    .orderBy('id')
    .limit(PAGE)
    .execute();
  return rows.map(({ id }) => id);
}

/** Their workflows have begun. */
export async function markTaken(sql: Sql, commandIds: readonly string[], now: Date): Promise<void> {
  if (commandIds.length === 0) return;
  await sql
    .updateTable('charger_command')
    .set({ taken_at: now })
    .where('id', 'in', [...commandIds])
    .where('taken_at', 'is', null)
    .execute();
}

/** Whose commands are carried by the workflow that asks them. */
export const PROVISIONING = 'provisioning';

/** Commands that wait though their chargers are there; of these chargers, or of all. */
export async function commandsOfConnected(sql: Sql, chargerIds: readonly string[] | null): Promise<string[]> {
  const these = chargerIds === null ? raw`true` : raw`command.charger_id = any(${[...chargerIds]}::text[])`;
  const { rows } = await raw<{ id: string }>`
    select command.id from charger_command command
    join charger_connection live on live.charger_id = command.charger_id
    where command.state = 'waiting' and command.taken_at is not null
      and command.asked_by <> ${PROVISIONING} and ${these}
    order by command.id limit ${PAGE}`.execute(sql);
  return rows.map(({ id }) => id);
}
