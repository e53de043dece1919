import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { liftSuspension } from './suspension.js';

export type CaseOutcome = 'settled' | 'suspension-proposed' | 'waived' | 'written-off' | 'handed-over';

export interface CaseProgress {
  /** a stage of workflows/arrears/messages.ts, or parked */
  readonly stage: string;
  readonly since: Date;
  readonly nextStage: string | null;
  readonly nextActionAt: Date | null;
  readonly pausedReason: string | null;
}

/** What people see of a running case; only its workflow writes it. */
export async function recordCaseProgress(sql: Sql, documentId: string, progress: CaseProgress): Promise<void> {
  const done = await sql
    .updateTable('arrears_case')
    .set({
      stage: progress.stage,
      stage_since: progress.since,
      next_stage: progress.nextStage,
      next_action_at: progress.nextActionAt,
      paused_reason: progress.pausedReason,
    })
    .where('document_id', '=', documentId)
    .executeTakeFirst();
  if (done.numUpdatedRows === 0n) throw new Error(`document ${documentId} has no arrears case`);
}

/**
 * Ends a case, once; the debt, if any, stays in the books. A closed case keeps its first outcome, and what people made
 * of it goes before what its workflow saw. Who is chased no more charges again; a debt that was handed over still keeps
 * its debtor from it, and one that was written off has its say where that is done. Must run inside a transaction.
 */
export async function closeCase(
  trx: Sql,
  { documentId, outcome, now }: { readonly documentId: string; readonly outcome: CaseOutcome; readonly now: Date },
): Promise<{ readonly closed: boolean; readonly lifted: boolean }> {
  const updated = await trx
    .updateTable('arrears_case')
    .set({
      outcome: raw<string>`coalesce(ending, ${outcome})`,
      closed_at: now,
      next_stage: null,
      next_action_at: null,
      paused_reason: null,
      needs: [],
    })
    .where('document_id', '=', documentId)
    .where('closed_at', 'is', null)
    .returning('outcome')
    .executeTakeFirst();
  if (updated === undefined) return { closed: false, lifted: false };
  if (updated.outcome !== 'settled' && updated.outcome !== 'waived') return { closed: true, lifted: false };
  const { lifted } = await liftSuspension(trx, { documentId, by: updated.outcome, reason: null, now });
  return { closed: true, lifted };
}
