import { withoutSecrets } from '#libs/ocpp/command-secrets.js';
import { commandSchema, type Command, type CommandKind, type CommandResult } from '#libs/ocpp/commands.js';
import { withoutFrameSecrets } from '#libs/ocpp/frame-secrets.js';
import type { Sql } from '#libs/persistence/database.js';

import type { CommandState } from './command-states.js';

/** A command as it is shown: without passwords. */
export interface ShownCommand {
  readonly id: string;
  readonly chargerId: string;
  readonly kind: CommandKind;
  /** By this later messages of the charger name it. */
  readonly number: number;
  readonly request: Command;
  readonly state: CommandState;
  readonly whenAbsent: 'wait' | 'refuse';
  readonly protocol: string | null;
  readonly result: CommandResult | null;
  readonly response: unknown;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  readonly sentAt: Date | null;
  readonly sends: number;
  readonly answeredAt: Date | null;
  readonly endedAt: Date | null;
}

/** Newest first; `before` is the id of the last one seen. */
export async function commandsOf(
  sql: Sql,
  query: { readonly chargerId: string; readonly limit: number; readonly before?: string },
): Promise<ShownCommand[]> {
  let rows = sql.selectFrom('charger_command').selectAll().where('charger_id', '=', query.chargerId);
  if (query.before !== undefined) rows = rows.where('id', '<', query.before);
  return (await rows.orderBy('id', 'desc').limit(query.limit).execute()).map(shown);
}

export async function commandById(sql: Sql, id: string): Promise<ShownCommand | null> {
  const row = await sql.selectFrom('charger_command').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : shown(row);
}

type Row = Awaited<ReturnType<typeof anyRow>>;
const anyRow = (sql: Sql) => sql.selectFrom('charger_command').selectAll().executeTakeFirstOrThrow();

function shown(row: Row): ShownCommand {
  const request = withoutSecrets(commandSchema.parse(row.request));
  return {
    id: row.id,
    chargerId: row.charger_id,
    kind: request.kind,
    number: row.number,
    request,
    state: row.state as CommandState,
    whenAbsent: row.when_absent === 'refuse' ? 'refuse' : 'wait',
    protocol: row.protocol,
    result: withoutFrameSecrets(row.result) as CommandResult | null,
    response: withoutFrameSecrets(row.response),
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    expiresAt: row.expires_at,
    sentAt: row.sent_at,
    sends: row.sends,
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
  };
}
