import type { Sql } from '../persistence/database.js';

export type CaseOutcome = 'settled' | 'suspension-proposed' | 'waived';

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

/** Ends a case, once; the debt, if any, stays in the books. A closed case keeps its first outcome. */
export async function closeCase(
  sql: Sql,
  { documentId, outcome, now }: { readonly documentId: string; readonly outcome: CaseOutcome; readonly now: Date },
): Promise<{ readonly closed: boolean }> {
  const updated = await sql
    .updateTable('arrears_case')
    .set({ outcome, closed_at: now, next_stage: null, next_action_at: null, paused_reason: null })
    .where('document_id', '=', documentId)
    .where('closed_at', 'is', null)
    .returning('document_id')
    .executeTakeFirst();
  return { closed: updated !== undefined };
}
