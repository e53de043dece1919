import type { Selectable } from 'kysely';

import type { Schema, Sql } from '../../persistence/database.js';
import { lockUntilEnd } from '../../persistence/lock-until-end.js';

/** One file of direct debits for one collection date, as its row has it. */
export type Batch = Selectable<Schema['sepa_batch']>;

/** The batch as it is, and stays until the transaction ends. Taken after customers' locks, never before one. */
export async function lockedBatch(trx: Sql, batchId: string): Promise<Batch | undefined> {
  await lockUntilEnd(trx, `sepa-batch/${batchId}`);
  return trx.selectFrom('sepa_batch').selectAll().where('id', '=', batchId).executeTakeFirst();
}

/** What the workflows of a document must hear. */
export interface PaymentNews {
  readonly documentId: string;
  readonly providerPaymentId: string;
  /** The money was there and is gone: why. Then it is chased, whatever its collection came to. */
  readonly chase: string | null;
}
