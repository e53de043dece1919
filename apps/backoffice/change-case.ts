import { recordAudit } from '#libs/identity/audit.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Actor } from './actor.js';
import type { ArrearsCase } from './arrears-types.js';
import { Problem } from './problem.js';
import type { Backoffice } from './tokens.js';
import { WorkflowsAway } from './workflow-gateway.js';

/** What a person does to a case in the database; its workflow hears of it afterwards. */
export interface CaseChange<Body extends object> {
  readonly actor: Actor;
  readonly before: ArrearsCase;
  readonly action: string;
  readonly body: Body;
  readonly work: (
    trx: Sql,
    order: Body & { readonly documentId: string; readonly by: string; readonly now: Date },
  ) => Promise<object>;
}

/** Refusals in words; the code is the problem's type. */
const REFUSALS: Readonly<Record<string, string>> = {
  'COMPLAINT.OPEN': 'A complaint about this invoice is open already.',
  'COMPLAINT.NOT_OPEN': 'No complaint about this invoice is open.',
  'PLAN.NO_INSTALMENTS': 'A plan has 1 to 24 instalments.',
  'PLAN.AMOUNT_NOT_POSITIVE': 'Each instalment is of at least one cent.',
  'PLAN.DATES_NOT_RISING': 'Each instalment is due after the one before.',
  'PLAN.IN_THE_PAST': 'The first instalment is due today or later.',
  'PLAN.SUM_DIFFERS': 'The instalments do not add up to what is due now.',
  'PLAN.KEPT': 'There is a plan that is kept; end it first.',
  'PLAN.NOT_KEPT': 'There is no plan that is kept.',
  'PLAN.DEBIT_IN_FLIGHT': 'A debit is with the bank; wait for its end.',
  'CASE.CLOSED': 'The case is closed.',
  'CASE.NONE': 'The invoice is not chased.',
  'CASE.NOTHING_DUE': 'Nothing is due on the invoice.',
  'CASE.DEBIT_IN_FLIGHT': 'A debit is with the bank; wait for its end.',
  'CASE.COMPLAINT_OPEN': 'A complaint is open; close it first.',
  'CASE.PLAN_KEPT': 'A payment plan is kept; end it first.',
  'SUSPENSION.NOT_IN_FORCE': 'Charging is not suspended because of this invoice.',
};

/** The deed and its audit entry are one transaction; a refusal leaves neither. Throws the 409 problem in words. */
export async function changeCase<Body extends object>(backoffice: Backoffice, change: CaseChange<Body>): Promise<void> {
  const { actor, before, action, body, work } = change;
  const { sql, workflows, now } = backoffice;
  const { documentId, installationId, stage, dueCents, outcome } = before;
  await sql.transaction().execute(async (trx) => {
    const done = await work(trx, { ...body, documentId, by: actor.label, now: now() });
    const refusal = refusalOf(done);
    if (refusal !== null) throw Problem.refused(REFUSALS[refusal] ?? refusal, problemOf(refusal));
    await recordAudit(trx, {
      actor: actor.label,
      action: `arrears.${action}`,
      subject: `arrears/${documentId}`,
      installationId,
      before: { stage, dueCents, outcome },
      after: body,
    });
  });
  // It is on record; a workflow that is away looks at its case again when it is back.
  await workflows.caseChanged(documentId).catch((error: unknown) => {
    if (!(error instanceof WorkflowsAway)) throw error;
  });
}

function refusalOf(done: object): string | null {
  const { refused } = done as { readonly refused?: { readonly code: string } };
  return refused?.code ?? null;
}

/** `PLAN.SUM_DIFFERS` → `plan-sum-differs` */
const problemOf = (code: string): string => code.toLowerCase().replace(/[._]/g, '-');
