import { collectionFacts, type CollectionFacts } from '#libs/payments/collection-facts.js';
import { isCurable } from '#libs/payments/failure-causes.js';
import { holidaysFor } from '#libs/registry/holiday-store.js';
import { policyAt } from '#libs/registry/policy-store.js';
import type { InstallationPolicy } from '#libs/registry/policy.js';

import type { Sql } from '../persistence/database.js';
import { claimDeadline, type ClaimDeadline } from './deadline.js';
import { loadPlan, type LoadedPlan } from './load-plan.js';
import { CASE_STAGES, type CaseFacts, type EnteredStage } from './stages.js';
import type { Standstill } from './standstill.js';

export interface LoadedCase {
  readonly facts: CaseFacts;
  readonly collection: CollectionFacts;
  readonly policy: InstallationPolicy;
  readonly closedAt: Date | null;
  readonly ending: string | null;
  /** The last payment plan, over or kept; null when none was ever agreed on. */
  readonly plan: LoadedPlan | null;
  readonly deadline: ClaimDeadline;
  readonly lapseWarnedAt: Date | null;
  /** The last decision on a suspension since the case was opened. */
  readonly decision: { readonly approved: boolean; readonly by: string; readonly at: Date } | null;
  readonly hasOpenComplaint: boolean;
  readonly hasOpenPlanRequest: boolean;
}

/** A case with all that its plan needs; the policy is the one in force when the case was opened. Null without a case. */
export async function loadCase(sql: Sql, documentId: string): Promise<LoadedCase | null> {
  const row = await sql
    .selectFrom('arrears_case')
    .innerJoin('customer', 'customer.id', 'arrears_case.customer_id')
    .innerJoin('fiscal_document', 'fiscal_document.id', 'arrears_case.document_id')
    .select(['cause', 'opened_at', 'closed_at', 'ending', 'lapse_warned_at', 'arrears_case.installation_id'])
    .select(['customer.payment_method', 'fiscal_document.period_to'])
    .where('document_id', '=', documentId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const collection = await collectionFacts(sql, documentId);
  const policy = await policyAt(sql, row.installation_id, row.opened_at);
  const holidays = await holidaysFor(sql, row.installation_id);
  const { timeZone, dueCents } = collection;
  const plan = await loadPlan(sql, documentId, { dueCents, timeZone, holidays, grace: policy.arrears.instalmentGrace });
  const complaints = await sql.selectFrom('complaint').selectAll().where('document_id', '=', documentId).execute();
  const decision = await lastDecision(sql, documentId, row.opened_at);
  const steps = await stepsOf(sql, documentId, row.opened_at);
  const facts: CaseFacts = {
    policy: policy.arrears,
    timeZone,
    holidays,
    dueAt: collection.dueAt,
    openedAt: row.opened_at,
    cause: row.cause,
    mayDebit: collection.method === 'direct-debit' && collection.hasMandate && (await isWorthADebit(sql, documentId)),
    suspendable: policy.arrears.suspendPrepaid || row.payment_method !== 'prepaid',
    noticeGivenAt: await noticeGivenAt(sql, documentId, steps),
    approvedAt: decision?.approved === true ? decision.at : null,
    standstills: [
      ...complaints.map(({ opened_at: from, closed_at: until }): Standstill => ({
        because: 'complaint',
        from,
        until,
        lookAgainAt: null,
      })),
      ...(plan?.standstills ?? []),
    ],
    entered: steps.map(({ stage, at }) => ({ stage, at })),
  };
  return {
    facts,
    collection,
    policy,
    closedAt: row.closed_at,
    ending: row.ending,
    plan,
    deadline: claimDeadline(row.period_to ?? collection.dueDate, policy.arrears, timeZone),
    lapseWarnedAt: row.lapse_warned_at,
    decision,
    hasOpenComplaint: complaints.some(({ closed_at: closedAt }) => closedAt === null),
    hasOpenPlanRequest: await hasOpenPlanRequest(sql, documentId),
  };
}

async function hasOpenPlanRequest(sql: Sql, documentId: string): Promise<boolean> {
  const open = await sql
    .selectFrom('plan_request')
    .select('id')
    .where('document_id', '=', documentId)
    .where('answered_at', 'is', null)
    .executeTakeFirst();
  return open !== undefined;
}

async function lastDecision(sql: Sql, documentId: string, since: Date): Promise<LoadedCase['decision']> {
  const row = await sql
    .selectFrom('suspension_decision')
    .select(['approved', 'by', 'at'])
    .where('document_id', '=', documentId)
    .where('at', '>=', since)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Whether nothing that happened since the case was opened forbids a further debit: none of the document was ever taken
 * back, and the last one, asked for by a person, did not fail for a reason that no second debit cures.
 */
async function isWorthADebit(sql: Sql, documentId: string): Promise<boolean> {
  const attempts = await sql
    .selectFrom('payment_attempt')
    .select(['state', 'failure_code'])
    .where('document_id', '=', documentId)
    .orderBy('attempt_no')
    .execute();
  const last = attempts.at(-1);
  const failedForGood = last?.state === 'failed' && !isCurable(last.failure_code);
  return !failedForGood && attempts.every(({ state }) => state !== 'disputed');
}

interface Step extends EnteredStage {
  readonly awaitsProof: boolean;
}

/** Stages that end with a settlement: a case that is taken up again after it needs them again. */
const NOT_KEPT: ReadonlySet<string> = new Set(['suspension-proposed', 'suspended']);

async function stepsOf(sql: Sql, documentId: string, openedAt: Date): Promise<Step[]> {
  const rows = await sql
    .selectFrom('arrears_step')
    .select(['stage', 'at', 'detail'])
    .where('document_id', '=', documentId)
    .execute();
  return rows.flatMap(({ stage, at, detail }) => {
    const known = CASE_STAGES.find((one) => one === stage);
    if (known === undefined) throw new Error(`document ${documentId} has the unknown arrears stage ${stage}`);
    if (NOT_KEPT.has(stage) && at.getTime() < openedAt.getTime()) return [];
    return [{ stage: known, at, awaitsProof: detail['awaitsProof'] === true }];
  });
}

/** From the first proof of the formal notice; a notice from before there were proofs counts from its own step. */
async function noticeGivenAt(sql: Sql, documentId: string, steps: readonly Step[]): Promise<Date | null> {
  const notice = steps.find(({ stage }) => stage === 'formal-notice');
  if (notice === undefined) return null;
  const proof = await sql
    .selectFrom('letter_proof')
    .select('given_at')
    .where('document_id', '=', documentId)
    .where('stage', '=', 'formal-notice')
    .orderBy('given_at')
    .limit(1)
    .executeTakeFirst();
  return proof?.given_at ?? (notice.awaitsProof ? null : notice.at);
}
