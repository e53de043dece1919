import { lockCustomerBooks } from '#libs/ledger/balances.js';
import { hasDebitInFlight } from '#libs/payments/attempts.js';
import { payFromBalance } from '#libs/payments/deduct-prepaid.js';
import { afterDelay } from '#libs/registry/delay.js';

import type { Sql } from '../persistence/database.js';
import { loadCase, type LoadedCase } from './case-facts.js';
import { chargeInterest } from './charge-interest.js';
import { endPlanIfOver, noteLook, type CaseLook } from './look.js';
import { stageDecision, type NextStage } from './stages.js';
import { beginSuspension } from './suspension.js';

export type StageEntry =
  | {
      readonly entered: true;
      /** False when it was entered before: asking again changes nothing. */
      readonly firstTime: boolean;
      readonly dueCents: number;
      readonly look: CaseLook;
    }
  | { readonly entered: false; readonly because: 'settled' | 'closed' }
  /** Another stage is next by now, or nobody is chased for a time: follow `look`. */
  | { readonly entered: false; readonly because: 'replanned' | 'standstill'; readonly look: CaseLook }
  /** Not now: ask for the same stage again at `until`. */
  | {
      readonly entered: false;
      readonly because: 'debit-in-flight' | 'too-early' | 'forbidden-day';
      readonly until: Date;
      readonly look: CaseLook;
    }
  /** A person must mend it first: the day has no rate of interest. */
  | { readonly refused: { readonly code: string; readonly detail: string } };

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
  await endPlanIfOver(trx, documentId, now);
  const loaded = await loadCase(trx, documentId);
  if (loaded === null) throw new Error(`document ${documentId} has no arrears case`);
  const { facts, collection, policy } = loaded;
  const { dueCents, debitInFlight } = collection;
  if (facts.entered.some((one) => one.stage === stage)) {
    return { entered: true, firstTime: false, dueCents, look: await noteLook(trx, documentId) };
  }
  if (loaded.closedAt !== null) return { entered: false, because: 'closed' };
  const lookAgainAt = afterDelay(now, policy.processingPoll, facts.timeZone, facts.holidays);
  const decision = stageDecision(facts, { stage, now, dueCents, debitInFlight, lookAgainAt });
  if (!decision.enter) {
    if (decision.because === 'settled') return { entered: false, because: 'settled' };
    const look = await noteLook(trx, documentId);
    return 'until' in decision
      ? { entered: false, because: decision.because, until: decision.until, look }
      : { entered: false, because: decision.because, look };
  }
  if (BEARS_INTEREST.has(stage)) {
    const interest = await chargeInterest(trx, { documentId, now });
    if ('refused' in interest) return { refused: { code: interest.refused.code, detail: interest.refused.date } };
  }
  await writeStep(trx, loaded, { documentId, stage, now });
  return { entered: true, firstTime: true, dueCents, look: await noteLook(trx, documentId) };
}

/** Stages whose letter says the interest, where policy charges any. */
const BEARS_INTEREST: ReadonlySet<NextStage> = new Set(['formal-notice', 'suspended']);

async function writeStep(trx: Sql, loaded: LoadedCase, { documentId, stage, now }: StageOrder): Promise<void> {
  const { facts, collection, decision } = loaded;
  const detail = { cause: facts.cause, ...(stage === 'formal-notice' ? { awaitsProof: true } : {}) };
  const step = { at: now, due_cents: collection.dueCents, detail };
  await trx
    .insertInto('arrears_step')
    .values({ document_id: documentId, stage, ...step })
    // a suspension of before a settlement that was taken back
    .onConflict((conflict) => conflict.columns(['document_id', 'stage']).doUpdateSet(step))
    .execute();
  await trx
    .updateTable('arrears_case')
    .set({ stage, stage_since: now })
    .where('document_id', '=', documentId)
    .execute();
  if (stage !== 'suspended') return;
  if (decision === null) throw new Error(`document ${documentId} would be suspended without approval`);
  const evenPrepaid = facts.policy.suspendPrepaid;
  await beginSuspension(trx, { documentId, evenPrepaid, approvedBy: decision.by, now });
}
