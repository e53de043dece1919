import type { Selectable } from 'kysely';

import type { Schema } from '../../persistence/database.js';

/** One file of direct debits for one collection date, as its row has it. */
export type Batch = Selectable<Schema['sepa_batch']>;

/** What the workflows of a document must hear. */
export interface PaymentNews {
  readonly documentId: string;
  readonly providerPaymentId: string;
  /** The money was there and is gone: why. Then it is chased, whatever its collection came to. */
  readonly chase: string | null;
}
