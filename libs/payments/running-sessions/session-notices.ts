import { sql as raw, type Selectable } from 'kysely';

import type { Schema, Sql } from '../../persistence/database.js';
import type { SessionBasis } from './decide-session.js';

export type NoticeRow = Selectable<Schema['session_notice']>;
export type NoticeLevel = 'warn' | 'stop';

/** What became of a stop: it worked, the session ended by itself, the balance rose, or nobody could stop it. */
export const STOP_OUTCOMES = ['stopped', 'ended', 'cancelled', 'given-up'] as const;
export type StopOutcome = (typeof STOP_OUTCOMES)[number];

export interface NoticeOrder {
  readonly transactionId: number;
  readonly level: NoticeLevel;
  readonly customerId: string;
  readonly basis: SessionBasis;
  readonly now: Date;
}

/** The notices of sessions by `<transaction>/<level>`. */
export async function noticesOf(sql: Sql, transactionIds: readonly number[]): Promise<Map<string, NoticeRow>> {
  if (transactionIds.length === 0) return new Map();
  const rows = await sql
    .selectFrom('session_notice')
    .selectAll()
    .where('transaction_id', 'in', [...transactionIds])
    .execute();
  return new Map(rows.map((row) => [`${row.transaction_id}/${row.level}`, row]));
}

/** Once per session and level; false when it was there already. */
export async function addNotice(trx: Sql, order: NoticeOrder): Promise<boolean> {
  const { transactionId, level, customerId, basis, now } = order;
  const made = await trx
    .insertInto('session_notice')
    .values({ transaction_id: transactionId, level, customer_id: customerId, decided_at: now, basis })
    .onConflict((conflict) => conflict.columns(['transaction_id', 'level']).doNothing())
    .returning('level')
    .executeTakeFirst();
  return made !== undefined;
}

/** The balance fell to the floor again after it had risen: the stop is decided anew, with its figures of now. */
export async function reopenStop(trx: Sql, { transactionId, basis, now }: NoticeOrder): Promise<void> {
  await trx
    .updateTable('session_notice')
    .set({ decided_at: now, basis, outcome: null, ended_at: null, tries: 0, command_id: null })
    .where('transaction_id', '=', transactionId)
    .where('level', '=', 'stop')
    .where('outcome', '=', 'cancelled')
    .execute();
}

export async function countAsked(
  trx: Sql,
  asked: { readonly transactionId: number; readonly commandId: string },
): Promise<void> {
  await trx
    .updateTable('session_notice')
    .set({ asked: raw<number>`asked + 1`, tries: raw<number>`tries + 1`, command_id: asked.commandId })
    .where('transaction_id', '=', asked.transactionId)
    .where('level', '=', 'stop')
    .execute();
}

/** Ends a stop that is under way; one that has ended stays as it is. */
export async function endStop(
  trx: Sql,
  end: { readonly transactionId: number; readonly outcome: StopOutcome; readonly now: Date },
): Promise<boolean> {
  const changed = await trx
    .updateTable('session_notice')
    .set({ outcome: end.outcome, ended_at: end.now })
    .where('transaction_id', '=', end.transactionId)
    .where('level', '=', 'stop')
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

/** The balance rose: a stop that is under way, or was given up, holds no longer. */
export async function cancelStop(trx: Sql, transactionId: number, now: Date): Promise<void> {
  await trx
    .updateTable('session_notice')
    .set({ outcome: 'cancelled', ended_at: now })
    .where('transaction_id', '=', transactionId)
    .where('level', '=', 'stop')
    .where((where) => where.or([where('ended_at', 'is', null), where('outcome', '=', 'given-up')]))
    .execute();
}

export interface EndedStop {
  readonly transactionId: number;
  readonly customerId: string;
  /** The charger was asked, and did not say no. */
  readonly wasAsked: boolean;
}

/** Stops under way whose session has ended, the oldest first. */
export async function endedStops(sql: Sql, limit: number): Promise<EndedStop[]> {
  const { rows } = await raw<EndedStop>`
    select notice.transaction_id as "transactionId", notice.customer_id as "customerId",
      coalesce(command.state in ('sent', 'timed-out') or command.result ->> 'status' = 'accepted', false) as "wasAsked"
    from session_notice notice
    join charging_transaction session on session.id = notice.transaction_id
    left join charger_command command on command.id = notice.command_id
    where notice.level = 'stop' and notice.ended_at is null and session.stopped_at is not null
    order by notice.transaction_id limit ${limit}`.execute(sql);
  return rows;
}
