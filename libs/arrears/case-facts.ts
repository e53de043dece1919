import { collectionFacts, type CollectionFacts } from '#libs/payments/collection-facts.js';
import { isCurable } from '#libs/payments/failure-causes.js';
import { holidaysFor } from '#libs/registry/holiday-store.js';
import { policyAt } from '#libs/registry/policy-store.js';
import type { InstallationPolicy } from '#libs/registry/policy.js';

import type { Sql } from '../persistence/database.js';
import { CASE_STAGES, type CaseFacts, type EnteredStage } from './stages.js';

export interface LoadedCase {
  readonly facts: CaseFacts;
  readonly collection: CollectionFacts;
  readonly policy: InstallationPolicy;
  readonly closedAt: Date | null;
}

/** A case with all that its plan needs; the policy is the one in force when the case was opened. Null without a case. */
export async function loadCase(sql: Sql, documentId: string): Promise<LoadedCase | null> {
  const row = await sql
    .selectFrom('arrears_case')
    .select(['cause', 'opened_at', 'closed_at', 'installation_id'])
    .where('document_id', '=', documentId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const collection = await collectionFacts(sql, documentId);
  const policy = await policyAt(sql, row.installation_id, row.opened_at);
  const facts: CaseFacts = {
    policy: policy.arrears,
    timeZone: collection.timeZone,
    holidays: await holidaysFor(sql, row.installation_id),
    dueAt: collection.dueAt,
    openedAt: row.opened_at,
    cause: row.cause,
    mayDebit: collection.method === 'direct-debit' && collection.hasMandate && (await isWorthADebit(sql, documentId)),
    entered: await enteredStages(sql, documentId),
  };
  return { facts, collection, policy, closedAt: row.closed_at };
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

async function enteredStages(sql: Sql, documentId: string): Promise<EnteredStage[]> {
  const rows = await sql
    .selectFrom('arrears_step')
    .select(['stage', 'at'])
    .where('document_id', '=', documentId)
    .execute();
  return rows.map(({ stage, at }) => {
    const known = CASE_STAGES.find((one) => one === stage);
    if (known === undefined) throw new Error(`document ${documentId} has the unknown arrears stage ${stage}`);
    return { stage: known, at };
  });
}
