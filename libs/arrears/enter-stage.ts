import { lockCustomerBooks } from '#libs/ledger/balances.js';
import { hasDebitInFlight } from '#libs/payments/attempts.js';
import { payFromBalance } from '#libs/payments/deduct-prepaid.js';
import { afterDelay } from '#libs/registry/delay.js';

import type { Sql } from '../persistence/database.js';
import { loadCase } from './case-facts.js';
import { planNext } from './open-case.js';
import { stageDecision, type NextStage, type StagePlan } from './stages.js';

export type StageEntry =
  | {
      readonly entered: true;
      /** False when it was entered before: asking again changes nothing. */
      readonly firstTime: boolean;
      readonly dueCents: number;
      readonly next: StagePlan | null;
    }
  | { readonly entered: false; readonly because: 'settled' | 'closed' }
  /** Another stage is next by now: follow `next`. */
  | { readonly entered: false; readonly because: 'replanned'; readonly next: StagePlan | null }
  /** Not now: ask for the same stage again at `until`. */
  | {
      readonly entered: false;
      readonly because: 'debit-in-flight' | 'too-early' | 'forbidden-day';
      readonly until: Date;
    };

export interface StageOrder {
  readonly documentId: string;
  readonly stage: NextStage;
  readonly now: Date;
}

/**
 * Enters a stage of a case once, in its order, after looking at the books under the customer's lock: a payment that is
 * already there is never overlooked, and what the customer has paid ahead is used first. Must run inside a transaction, with the letter queued in the same one.
 */
export async function enterStage(trx: Sql, { documentId, stage, now }: StageOrder): Promise<StageEntry> {
  const { customer_id: customerId } = await trx
    .selectFrom('arrears_case')
    .select('customer_id')
    .where('document_id', '=', documentId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  await lockCustomerBooks(trx, customerId);
  if (!(await hasDebitInFlight(trx, documentId))) await payFromBalance(trx, { documentId, occasion: stage, now });
  const loaded = await loadCase(trx, documentId);
  if (loaded === null) throw new Error(`document ${documentId} has no arrears case`);
  const { facts, collection, policy } = loaded;
  const { dueCents, debitInFlight } = collection;
  if (facts.entered.some((one) => one.stage === stage)) {
    return { entered: true, firstTime: false, dueCents, next: await planNext(trx, documentId) };
  }
  if (loaded.closedAt !== null) return { entered: false, because: 'closed' };
  const lookAgainAt = afterDelay(now, policy.processingPoll, facts.timeZone, facts.holidays);
  const decision = stageDecision(facts, { stage, now, dueCents, debitInFlight, lookAgainAt });
  if (!decision.enter) {
    const { enter: _enter, ...refusal } = decision;
    return { entered: false, ...refusal };
  }
  await trx
    .insertInto('arrears_step')
    .values({ document_id: documentId, stage, at: now, due_cents: dueCents, detail: { cause: facts.cause } })
    .execute();
  await trx
    .updateTable('arrears_case')
    .set({ stage, stage_since: now })
    .where('document_id', '=', documentId)
    .execute();
  return { entered: true, firstTime: true, dueCents, next: await planNext(trx, documentId) };
}
