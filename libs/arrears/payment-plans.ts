import { lockCustomerBooks } from '#libs/ledger/balances.js';
import { hasDebitInFlight } from '#libs/payments/attempts.js';

import type { Sql } from '../persistence/database.js';
import { loadCase } from './case-facts.js';
import { noteLook } from './look.js';
import { planRefusal, type Instalment, type PlanRefusal } from './plan.js';

export interface PlanOrder {
  readonly documentId: string;
  readonly instalments: readonly Instalment[];
  readonly by: string;
  readonly now: Date;
}

export type AgreedPlan =
  | { readonly planId: string }
  | { readonly refused: { readonly code: PlanRefusal | 'CASE.CLOSED' | 'PLAN.KEPT' | 'PLAN.DEBIT_IN_FLIGHT' } };

/**
 * Agrees on instalments for what is due now, decided under the customer's lock. While the plan is kept nobody is chased.
 * Answers an open request.
 */
export async function agreePlan(trx: Sql, { documentId, instalments, by, now }: PlanOrder): Promise<AgreedPlan> {
  const { customer_id: customerId } = await trx
    .selectFrom('arrears_case')
    .select('customer_id')
    .where('document_id', '=', documentId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  await lockCustomerBooks(trx, customerId);
  const loaded = await loadCase(trx, documentId);
  if (loaded === null || loaded.closedAt !== null) return { refused: { code: 'CASE.CLOSED' } };
  if (loaded.plan !== null && loaded.plan.endedAt === null) return { refused: { code: 'PLAN.KEPT' } };
  if (await hasDebitInFlight(trx, documentId)) return { refused: { code: 'PLAN.DEBIT_IN_FLIGHT' } };
  const { dueCents, timeZone } = loaded.collection;
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  const refusal = planRefusal(instalments, { dueCents, today: today.toString() });
  if (refusal !== null) return { refused: { code: refusal } };
  const { id: planId } = await trx
    .insertInto('payment_plan')
    .values({ document_id: documentId, total_cents: dueCents, agreed_at: now, agreed_by: by })
    .returning('id')
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('plan_instalment')
    .values(
      instalments.map(({ dueDate, amountCents }, index) => ({
        plan_id: planId,
        position: index + 1,
        due_date: dueDate,
        amount_cents: amountCents,
      })),
    )
    .execute();
  await answerRequest(trx, documentId, 'agreed', now);
  await noteLook(trx, documentId);
  return { planId };
}

/** A person ends a plan that is kept; the chase goes on where it stood. */
export async function endPlan(
  trx: Sql,
  order: { readonly documentId: string; readonly reason: string; readonly now: Date },
): Promise<{ readonly ended: true } | { readonly refused: { readonly code: 'PLAN.NOT_KEPT' } }> {
  const updated = await trx
    .updateTable('payment_plan')
    .set({ ended_at: order.now, outcome: 'ended', end_reason: order.reason })
    .where('document_id', '=', order.documentId)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (updated === undefined) return { refused: { code: 'PLAN.NOT_KEPT' } };
  await noteLook(trx, order.documentId);
  return { ended: true };
}

/** The debtor asks for a plan; asked again before an answer, the first words stay. */
export async function askForPlan(
  trx: Sql,
  order: { readonly documentId: string; readonly words: string; readonly by: string; readonly now: Date },
): Promise<{ readonly asked: boolean }> {
  const inserted = await trx
    .insertInto('plan_request')
    .values({ document_id: order.documentId, words: order.words, asked_at: order.now, asked_by: order.by })
    .onConflict((conflict) => conflict.column('document_id').where('answered_at', 'is', null).doNothing())
    .returning('id')
    .executeTakeFirst();
  await noteLook(trx, order.documentId);
  return { asked: inserted !== undefined };
}

/** Staff refuse the request with a reason the debtor reads. */
export async function declinePlan(
  trx: Sql,
  order: { readonly documentId: string; readonly reason: string; readonly now: Date },
): Promise<{ readonly declined: boolean }> {
  const declined = await answerRequest(trx, order.documentId, order.reason, order.now);
  await noteLook(trx, order.documentId);
  return { declined };
}

async function answerRequest(trx: Sql, documentId: string, answer: string, now: Date): Promise<boolean> {
  const answered = await trx
    .updateTable('plan_request')
    .set({ answered_at: now, answer })
    .where('document_id', '=', documentId)
    .where('answered_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return answered !== undefined;
}
