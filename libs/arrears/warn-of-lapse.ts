import type { Sql } from '../persistence/database.js';
import { noteLook, type CaseLook } from './look.js';

/** Notes once that staff and manager were warned of the claim's deadline; from then on the case asks for a hand-over. */
export async function warnOfLapse(
  trx: Sql,
  { documentId, now }: { readonly documentId: string; readonly now: Date },
): Promise<CaseLook> {
  await trx
    .updateTable('arrears_case')
    .set({ lapse_warned_at: now })
    .where('document_id', '=', documentId)
    .where('lapse_warned_at', 'is', null)
    .execute();
  return noteLook(trx, documentId);
}
