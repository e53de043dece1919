import { followUp, isAbout, type FollowUp, type FollowingNotice } from '#libs/ocpp/follow-ups.js';
import { followingActions } from '#libs/ocpp/following-actions.js';
import type { Sql } from '#libs/persistence/database.js';

import type { ShownCommand } from './command-history.js';

/** A firmware may be told to install itself days later; nothing that follows is looked for after this. */
const FOLLOWS_FOR_MS = 7 * 24 * 3_600_000;
const MOST_NOTICES = 1_000;

/**
 * What a charger has told about a command since it took it: read from its messages, which are kept as they came. Null
 * for a command that was not sent, and for kinds that nothing follows.
 */
export async function followUpOf(sql: Sql, command: ShownCommand): Promise<FollowUp | null> {
  if (command.sentAt === null) return null;
  const actions = followingActions(command.kind);
  if (actions.length === 0) return null;
  const until = await nextOfItsKind(sql, command.chargerId, command.kind, command.sentAt);
  const notices = await noticesOf(sql, { chargerId: command.chargerId, actions, since: command.sentAt });
  const own = notices.filter((notice) => isAbout(notice, command.number) ?? notice.receivedAt < until);
  return followUp(command.kind, own);
}

/** A notice that names no command is about the last one before it. */
async function nextOfItsKind(sql: Sql, chargerId: string, kind: string, sentAt: Date): Promise<Date> {
  const next = await sql
    .selectFrom('charger_command')
    .where('charger_id', '=', chargerId)
    .where('kind', '=', kind)
    .where('sent_at', '>', sentAt)
    .select(({ fn }) => fn.min('sent_at').as('at'))
    .executeTakeFirst();
  return next?.at ?? new Date(sentAt.getTime() + FOLLOWS_FOR_MS);
}

async function noticesOf(
  sql: Sql,
  {
    chargerId,
    actions,
    since,
  }: { readonly chargerId: string; readonly actions: readonly string[]; readonly since: Date },
): Promise<FollowingNotice[]> {
  const rows = await sql
    .selectFrom('ocpp_message')
    .where('charger_id', '=', chargerId)
    .where('received_at', '>=', since)
    .where('received_at', '<', new Date(since.getTime() + FOLLOWS_FOR_MS))
    .where('action', 'in', [...actions])
    .select(['received_at', 'action', 'payload'])
    .orderBy('received_at')
    .orderBy('id')
    .limit(MOST_NOTICES)
    .execute();
  return rows.map(({ received_at: receivedAt, action, payload }) => ({ receivedAt, action, payload }));
}
