import type { Sql } from '../../persistence/database.js';
import { lockedBatch, type Batch } from './batch.js';

export interface BatchCommand {
  readonly batchId: string;
  readonly by: string;
  readonly now: Date;
}

export type BatchChanged =
  | { readonly batch: Batch }
  | {
      readonly refused: {
        readonly code: 'BATCH_NOT_FOUND' | 'BATCH_NOT_WRITTEN' | 'BATCH_SENT';
        readonly detail: string;
      };
    };

const refused = (code: 'BATCH_NOT_FOUND' | 'BATCH_NOT_WRITTEN' | 'BATCH_SENT', detail: string) => ({
  refused: { code, detail },
});

/** A person has given the file to the bank. Told again it changes nothing. */
export async function markBatchSent(sql: Sql, { batchId, by, now }: BatchCommand): Promise<BatchChanged> {
  return withBatch(sql, batchId, async (trx, batch) => {
    if (batch.state === 'sent') return { batch };
    if (batch.state !== 'written') return refused('BATCH_NOT_WRITTEN', batch.state);
    const change = { state: 'sent', sent_at: now, sent_by: by };
    const after = trx.updateTable('sepa_batch').set(change).where('id', '=', batchId).returningAll();
    return { batch: await after.executeTakeFirstOrThrow() };
  });
}

/** The file was never given to the bank, and will not be: its debits wait for the next one. */
export async function withdrawBatch(sql: Sql, { batchId }: BatchCommand): Promise<BatchChanged> {
  return withBatch(sql, batchId, async (trx, batch) => {
    if (batch.state === 'withdrawn') return { batch };
    if (batch.state === 'sent') return refused('BATCH_SENT', batch.message_id);
    await trx
      .updateTable('sepa_debit')
      .set({ state: 'waiting', batch_id: null, sequence_type: null })
      .where('batch_id', '=', batchId)
      .where('state', '=', 'presented')
      .execute();
    const after = trx.updateTable('sepa_batch').set({ state: 'withdrawn' }).where('id', '=', batchId).returningAll();
    return { batch: await after.executeTakeFirstOrThrow() };
  });
}

async function withBatch(
  sql: Sql,
  batchId: string,
  run: (trx: Sql, batch: Batch) => Promise<BatchChanged>,
): Promise<BatchChanged> {
  return sql.transaction().execute(async (trx) => {
    const batch = await lockedBatch(trx, batchId);
    return batch === undefined ? refused('BATCH_NOT_FOUND', batchId) : run(trx, batch);
  });
}
