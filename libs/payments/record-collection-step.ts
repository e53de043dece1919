import type { Sql } from '../persistence/database.js';

export interface CollectionStepRecord {
  /** a step of workflows/collection/messages.ts */
  readonly step: string;
  readonly since: Date;
  readonly waitsFor: string | null;
  readonly nextActionAt: Date | null;
  /** settled, arrears or cancelled: the collection is over */
  readonly outcome?: 'settled' | 'arrears' | 'cancelled' | null;
  readonly reason?: string | null;
}

/** What people see of a running collection; only its workflow writes it. */
export async function recordCollectionStep(sql: Sql, documentId: string, record: CollectionStepRecord): Promise<void> {
  const { step, since, waitsFor, nextActionAt, outcome, reason } = record;
  const done = await sql
    .updateTable('collection')
    .set({
      step,
      step_since: since,
      waits_for: waitsFor,
      next_action_at: nextActionAt,
      ...(outcome === undefined ? {} : { outcome }),
      ...(reason === undefined ? {} : { reason }),
    })
    .where('document_id', '=', documentId)
    .executeTakeFirst();
  if (done.numUpdatedRows === 0n) throw new Error(`document ${documentId} has no collection`);
}
