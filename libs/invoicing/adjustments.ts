import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import type { ChargeLine } from './plan-invoice.js';
import { chargeColumns } from './stored-line.js';

/** The only reason of an adjustment that carries a month which was no invoice into the next one. */
export const CREDIT_CARRIED = 'credit-carried';

/** These adjustments stand in this document now. */
export async function markBilled(trx: Sql, ids: readonly string[], documentId: string): Promise<void> {
  if (ids.length === 0) return;
  await trx
    .updateTable('adjustment')
    .set({ state: 'billed', document_id: documentId })
    .where('id', 'in', ids)
    .execute();
}

/** Whether the month is kept for the next invoice: then its own lines are in no other document. */
export async function isCarriedForward(
  trx: Sql,
  { cycleId, customerId }: { readonly cycleId: string; readonly customerId: string },
): Promise<boolean> {
  const carried = await trx
    .selectFrom('adjustment')
    .select('id')
    .where('cycle_id', '=', cycleId)
    .where('customer_id', '=', customerId)
    .where(raw<boolean>`reasons = array[${CREDIT_CARRIED}]::text[]`)
    .executeTakeFirst();
  return carried !== undefined;
}

export interface CarriedMonth {
  readonly cycleId: string;
  readonly customerId: string;
  readonly now: Date;
  readonly lines: readonly ChargeLine[];
}

/**
 * Keeps a customer's month whose total is zero or less for the next invoice, once: an accepted adjustment with all of
 * its lines. Nothing is kept where no line has an amount.
 */
export async function carryForward(trx: Sql, month: CarriedMonth): Promise<void> {
  const { cycleId, customerId, now, lines } = month;
  if (lines.every(({ netCents }) => netCents === 0)) return;
  const netCents = lines.reduce((sum, line) => sum + line.netCents, 0);
  await insertAdjustment(trx, {
    cycleId,
    customerId,
    netCents,
    lines,
    reasons: [CREDIT_CARRIED],
    state: 'accepted',
    now,
  });
}

export interface NewAdjustment {
  readonly cycleId: string;
  readonly customerId: string;
  readonly netCents: number;
  readonly lines: readonly ChargeLine[];
  readonly reasons: readonly string[];
  readonly state: 'proposed' | 'accepted';
  readonly now: Date;
}

/** Keeps an adjustment with its lines; a month that is carried forward already is not carried twice. */
export async function insertAdjustment(trx: Sql, adjustment: NewAdjustment): Promise<void> {
  const { cycleId, customerId, netCents, lines, reasons, state, now } = adjustment;
  const inserted = await trx
    .insertInto('adjustment')
    .values({
      cycle_id: cycleId,
      customer_id: customerId,
      net_cents: netCents,
      reasons: [...reasons],
      state,
      found_at: now,
      decided_at: state === 'accepted' ? now : null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted === undefined) return;
  await trx
    .insertInto('adjustment_line')
    .values(
      lines.map((line, index) =>
        Object.assign({ adjustment_id: inserted.id, position: index + 1 }, chargeColumns(line)),
      ),
    )
    .execute();
}
