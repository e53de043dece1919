import { dueCents, lockCustomerBooks } from '#libs/ledger/balances.js';
import { postWriteOff } from '#libs/ledger/post-events.js';
import { hasDebitInFlight } from '#libs/payments/attempts.js';

import type { Sql } from '../persistence/database.js';
import { loadCase, type LoadedCase } from './case-facts.js';
import { noteLook } from './look.js';
import { liftSuspension } from './suspension.js';

export interface EndOrder {
  readonly documentId: string;
  readonly by: string;
  readonly reason: string;
  readonly now: Date;
}

export type EndRefusal = {
  readonly refused: {
    readonly code: 'CASE.NONE' | 'CASE.NOTHING_DUE' | 'CASE.DEBIT_IN_FLIGHT' | 'CASE.PLAN_KEPT' | 'CASE.COMPLAINT_OPEN';
  };
};

/**
 * Writes off what is still due, decided under the customer's lock; the case ends with it, also one that was closed
 * before. Money that comes later takes the write-off back (libs/payments/written-off.ts).
 */
export async function writeOffDebt(
  trx: Sql,
  order: EndOrder,
): Promise<{ readonly writtenOffCents: number } | EndRefusal> {
  const { documentId, by, reason, now } = order;
  const ending = await endable(trx, order);
  if ('refused' in ending) return ending;
  const { loaded, amountCents } = ending;
  await postWriteOff(trx, { key: await writeOffKey(trx, documentId), documentId, amountCents, occurredAt: now });
  await end(trx, documentId, loaded, 'written-off');
  if (loaded.policy.arrears.resumeAfterWriteOff) await liftSuspension(trx, { documentId, by, reason, now });
  return { writtenOffCents: amountCents };
}

/** The condominium collects from now on: the debt stays in the books and its debtor suspended, if they were. */
export async function handOverDebt(trx: Sql, order: EndOrder): Promise<{ readonly dueCents: number } | EndRefusal> {
  const ending = await endable(trx, order);
  if ('refused' in ending) return ending;
  await end(trx, order.documentId, ending.loaded, 'handed-over');
  return { dueCents: ending.amountCents };
}

async function endable(
  trx: Sql,
  { documentId }: EndOrder,
): Promise<{ readonly loaded: LoadedCase; readonly amountCents: number } | EndRefusal> {
  const row = await trx
    .selectFrom('arrears_case')
    .select('customer_id')
    .where('document_id', '=', documentId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return { refused: { code: 'CASE.NONE' } };
  await lockCustomerBooks(trx, row.customer_id);
  const loaded = await loadCase(trx, documentId);
  if (loaded === null) throw new Error(`the case of ${documentId} vanished while it was locked`);
  const amountCents = await dueCents(trx, documentId);
  if (amountCents <= 0) return { refused: { code: 'CASE.NOTHING_DUE' } };
  if (await hasDebitInFlight(trx, documentId)) return { refused: { code: 'CASE.DEBIT_IN_FLIGHT' } };
  if (loaded.hasOpenComplaint) return { refused: { code: 'CASE.COMPLAINT_OPEN' } };
  if (loaded.plan !== null && loaded.plan.endedAt === null) return { refused: { code: 'CASE.PLAN_KEPT' } };
  return { loaded, amountCents };
}

/** An open case is closed by its workflow, which hears of it; one that was closed before has another outcome now. */
async function end(
  trx: Sql,
  documentId: string,
  { closedAt }: LoadedCase,
  ending: 'written-off' | 'handed-over',
): Promise<void> {
  await trx
    .updateTable('arrears_case')
    .set({ ending, ...(closedAt === null ? {} : { outcome: ending }) })
    .where('document_id', '=', documentId)
    .execute();
  await noteLook(trx, documentId);
}

/** A debt that was disputed after it was paid after it was written off may be written off again. */
async function writeOffKey(trx: Sql, documentId: string): Promise<string> {
  const before = await trx
    .selectFrom('journal_entry')
    .select('id')
    .where('document_id', '=', documentId)
    .where('kind', '=', 'write-off')
    .execute();
  return `write-off/${documentId}/${before.length + 1}`;
}
