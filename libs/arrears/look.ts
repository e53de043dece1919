import { lockCustomerBooks } from '#libs/ledger/balances.js';
import { hasDebitInFlight } from '#libs/payments/attempts.js';
import { payFromBalance } from '#libs/payments/deduct-prepaid.js';

import type { Sql } from '../persistence/database.js';
import { loadCase, type LoadedCase } from './case-facts.js';
import { planState } from './plan.js';
import { awaitsProof, nextStage, type StagePlan } from './stages.js';
import { lastingStandstill, type Standstill } from './standstill.js';

/** What a case needs of a person, besides what is parked or paused. */
export const CASE_NEEDS = [
  'suspension',
  'registered-letter',
  'complaint',
  'plan-asked',
  'plan-broken',
  'hand-over',
] as const;
export type CaseNeed = (typeof CASE_NEEDS)[number];

/** Where a case stands and what follows by itself. */
export interface CaseLook {
  readonly next: StagePlan | null;
  /** While it lasts nothing is entered. */
  readonly standstill: Standstill | null;
  /** When to warn of the claim's deadline; null once warned. */
  readonly warnAt: Date | null;
  readonly needs: readonly CaseNeed[];
  readonly ending: string | null;
}

/** What follows from a loaded case, pure. */
export function lookOf(loaded: LoadedCase): CaseLook {
  const { facts, deadline, lapseWarnedAt } = loaded;
  return {
    next: nextStage(facts),
    standstill: lastingStandstill(facts.standstills),
    warnAt: lapseWarnedAt === null ? deadline.warnAt : null,
    needs: needsOf(loaded),
    ending: loaded.ending,
  };
}

function needsOf({ facts, plan, decision, lapseWarnedAt, ...loaded }: LoadedCase): CaseNeed[] {
  const has = (stage: string): boolean => facts.entered.some((one) => one.stage === stage);
  const since = facts.entered.reduce((last, { at }) => Math.max(last, at.getTime()), 0);
  const brokenAt = plan?.outcome === 'broken' ? (plan.endedAt?.getTime() ?? 0) : 0;
  const needs: Readonly<Record<CaseNeed, boolean>> = {
    suspension: has('suspension-proposed') && facts.suspendable && !has('suspended') && decision === null,
    'registered-letter': awaitsProof(facts) && loaded.collection.customerEmail === null,
    complaint: loaded.hasOpenComplaint,
    'plan-asked': loaded.hasOpenPlanRequest,
    'plan-broken': brokenAt > since,
    'hand-over': lapseWarnedAt !== null,
  };
  return CASE_NEEDS.filter((need) => needs[need]);
}

/** Looks at a case and notes on its row what follows, so that people see it. Throws without a case. */
export async function noteLook(trx: Sql, documentId: string): Promise<CaseLook> {
  const loaded = await loadCase(trx, documentId);
  if (loaded === null) throw new Error(`document ${documentId} has no arrears case`);
  const look = lookOf(loaded);
  const isOver = loaded.closedAt !== null;
  const { next, standstill } = look;
  await trx
    .updateTable('arrears_case')
    .set({
      next_stage: isOver ? null : (next?.stage ?? null),
      next_action_at: isOver ? null : standstill === null ? (next?.at ?? null) : standstill.lookAgainAt,
      claim_lapses_at: loaded.deadline.lapsesAt,
      needs: isOver ? [] : [...look.needs],
    })
    .where('document_id', '=', documentId)
    .execute();
  return look;
}

/**
 * Looks at a case again because something happened: what was paid ahead is used, a plan that is broken or fulfilled is
 * ended, and what follows is noted. Takes the customer's lock.
 */
export async function lookAgain(
  trx: Sql,
  { documentId, now }: { readonly documentId: string; readonly now: Date },
): Promise<CaseLook> {
  const { customer_id: customerId, closed_at: closedAt } = await trx
    .selectFrom('arrears_case')
    .select(['customer_id', 'closed_at'])
    .where('document_id', '=', documentId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  await lockCustomerBooks(trx, customerId);
  if (closedAt === null && !(await hasDebitInFlight(trx, documentId))) {
    await payFromBalance(trx, { documentId, occasion: `look/${now.getTime()}`, now });
  }
  await endPlanIfOver(trx, documentId, now);
  return noteLook(trx, documentId);
}

/** A plan ends by itself once: fulfilled, or broken by an instalment that is unpaid past its grace. */
export async function endPlanIfOver(trx: Sql, documentId: string, now: Date): Promise<void> {
  const loaded = await loadCase(trx, documentId);
  if (loaded?.plan === null || loaded === null || loaded.plan.endedAt !== null) return;
  const { plan, facts, collection } = loaded;
  const { timeZone, holidays, policy } = facts;
  const moment = { dueCents: collection.dueCents, now, grace: policy.instalmentGrace, timeZone, holidays };
  const { state } = planState(plan.instalments, moment);
  if (state === 'kept') return;
  await trx
    .updateTable('payment_plan')
    .set({ ended_at: now, outcome: state })
    .where('id', '=', plan.id)
    .where('ended_at', 'is', null)
    .execute();
}
