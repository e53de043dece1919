import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { CREDIT_CARRIED } from './adjustments.js';

/** What a person says of a proposed difference. */
export const ADJUSTMENT_DECISIONS = ['accept', 'dismiss', 'reconsider'] as const;
export type AdjustmentDecision = (typeof ADJUSTMENT_DECISIONS)[number];

export interface DecideAdjustment {
  readonly adjustmentId: string;
  readonly decision: AdjustmentDecision;
  readonly by: string;
  readonly now: Date;
}

export type Decided =
  | { readonly ok: { readonly state: string } }
  | { readonly refused: { readonly code: 'ADJUSTMENT.NOT_FOUND' | 'ADJUSTMENT.DECIDED'; readonly state: string } };

const NEXT: Record<AdjustmentDecision, { readonly from: readonly string[]; readonly to: string }> = {
  accept: { from: ['proposed', 'dismissed'], to: 'accepted' },
  dismiss: { from: ['proposed', 'accepted'], to: 'dismissed' },
  reconsider: { from: ['accepted', 'dismissed'], to: 'proposed' },
};

/**
 * Accepts a proposed adjustment (it stands in the customer's next invoice), dismisses it (it is not proposed again), or
 * opens the decision anew. What is in a document already, or is a month carried forward, can no longer be decided.
 */
export async function decideAdjustment(
  sql: Sql,
  { adjustmentId, decision, by, now }: DecideAdjustment,
): Promise<Decided> {
  const { from, to } = NEXT[decision];
  const isOpen = to === 'proposed';
  const changed = await sql
    .updateTable('adjustment')
    .set({ state: to, decided_at: isOpen ? null : now, decided_by: isOpen ? null : by })
    .where('id', '=', adjustmentId)
    .where('state', 'in', from)
    .where('document_id', 'is', null)
    .where(raw<boolean>`not reasons @> array[${CREDIT_CARRIED}]::text[]`)
    .executeTakeFirst();
  if (changed.numUpdatedRows === 1n) return { ok: { state: to } };
  const row = await sql.selectFrom('adjustment').select('state').where('id', '=', adjustmentId).executeTakeFirst();
  if (row === undefined) return { refused: { code: 'ADJUSTMENT.NOT_FOUND', state: '' } };
  return row.state === to ? { ok: { state: to } } : { refused: { code: 'ADJUSTMENT.DECIDED', state: row.state } };
}

/** Accepts or dismisses all proposals of a month that nobody decided yet; returns which they were. */
export async function decideProposals(
  sql: Sql,
  order: Omit<DecideAdjustment, 'adjustmentId' | 'decision'> & {
    readonly cycleId: string;
    readonly decision: 'accept' | 'dismiss';
  },
): Promise<string[]> {
  const { cycleId, decision, by, now } = order;
  // Taken in the order of their ids, as whoever looks for differences meanwhile takes them.
  const rows = await sql
    .with('open', (query) =>
      query
        .selectFrom('adjustment')
        .select('id')
        .where('cycle_id', '=', cycleId)
        .where('state', '=', 'proposed')
        .orderBy('id')
        .forUpdate(),
    )
    .updateTable('adjustment')
    .from('open')
    .set({ state: NEXT[decision].to, decided_at: now, decided_by: by })
    .whereRef('adjustment.id', '=', 'open.id')
    .returning('adjustment.id')
    .execute();
  return rows.map(({ id }) => id);
}
