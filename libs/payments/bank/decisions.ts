import { sql as raw, type Selectable } from 'kysely';

import type { Schema, Sql } from '../../persistence/database.js';
import { lockUntilEnd } from '../../persistence/lock-until-end.js';

export type Line = Selectable<Schema['bank_line']>;

/** Waits until no other transaction decides on this line. */
export async function lockLine(trx: Sql, lineId: string): Promise<Line | null> {
  await lockUntilEnd(trx, `bank-line/${lineId}`);
  const line = await trx.selectFrom('bank_line').selectAll().where('id', '=', lineId).executeTakeFirst();
  return line ?? null;
}

/** What of a line's amount nobody has decided on yet, with the line's sign. */
export async function openCentsOf(sql: Sql, line: Pick<Line, 'id' | 'amount_cents'>): Promise<number> {
  const row = await sql
    .selectFrom('bank_decision as decision')
    .where('decision.line_id', '=', line.id)
    .where('decision.kind', '<>', 'undone')
    .where(isInForce('decision'))
    .select(raw<number>`coalesce(sum(decision.amount_cents), 0)::bigint`.as('cents'))
    .executeTakeFirstOrThrow();
  return line.amount_cents - row.cents;
}

/** No later decision has undone it. */
export function isInForce(alias: string) {
  return raw<boolean>`not exists (select from bank_decision later where later.undoes_id = ${raw.ref(`${alias}.id`)})`;
}

export interface NewDecision {
  readonly line: Line;
  /** Once: the request's, or the rule's on that line. */
  readonly key: string;
  readonly kind: 'matched' | 'returned' | 'processor-payout' | 'set-aside' | 'undone';
  readonly undoesId?: string;
  readonly amountCents: number;
  readonly foundBy: string;
  readonly reason: string | null;
  readonly by: string;
  readonly now: Date;
}

export async function addDecision(trx: Sql, decision: NewDecision): Promise<string> {
  const { line, key, kind, undoesId, amountCents, foundBy, reason, by, now } = decision;
  const { id } = await trx
    .insertInto('bank_decision')
    .values({
      line_id: line.id,
      key,
      kind,
      undoes_id: undoesId ?? null,
      amount_cents: amountCents,
      found_by: foundBy,
      reason,
      decided_at: now,
      decided_by: by,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The decision that this key was used for; null: none yet. */
export async function decisionByKey(sql: Sql, key: string): Promise<{ id: string; lineId: string } | null> {
  const row = await sql
    .selectFrom('bank_decision')
    .select(['id', 'line_id as lineId'])
    .where('key', '=', key)
    .executeTakeFirst();
  return row ?? null;
}
