import { loadCase, type LoadedCase } from '#libs/arrears/case-facts.js';
import { nextStage, stagePlan } from '#libs/arrears/stages.js';
import { lastingStandstill } from '#libs/arrears/standstill.js';
import { formatReference, paymentReference } from '#libs/payments/payment-reference.js';
import type { Sql } from '#libs/persistence/database.js';

import type { ArrearsCase, ArrearsDetail, ArrearsMoment } from './arrears-types.js';

/** A case with all that happened in it and what is ahead; the caller has checked that the person may see it. */
export async function arrearsDetail(sql: Sql, found: ArrearsCase): Promise<ArrearsDetail> {
  const { documentId } = found;
  const loaded = await loadCase(sql, documentId);
  if (loaded === null) throw new Error(`the case of ${documentId} vanished`);
  const { collection, facts, plan } = loaded;
  const standstill = lastingStandstill(facts.standstills);
  const charges = await sql
    .selectFrom('interest_charge')
    .select(['from_date as fromDate', 'to_date as toDate', 'cents'])
    .where('document_id', '=', documentId)
    .orderBy('from_date')
    .execute();
  return {
    case: found,
    timeline: await timelineOf(sql, found, loaded),
    standsStill: standstill?.because ?? null,
    plan:
      plan === null
        ? null
        : {
            totalCents: plan.totalCents,
            agreedAt: plan.agreedAt.toISOString(),
            agreedBy: plan.agreedBy,
            endedAt: plan.endedAt?.toISOString() ?? null,
            outcome: plan.outcome,
            breaksAt: plan.breaksAt?.toISOString() ?? null,
            instalments: [...plan.instalments],
          },
    planRequest: await requestOf(sql, documentId),
    complaints: await complaintsOf(sql, documentId),
    suspensions: await suspensionsOf(sql, documentId),
    letters: await lettersOf(sql, documentId),
    interest: {
      kind: facts.policy.interest,
      chargedCents: charges.reduce((sum, charge) => sum + charge.cents, 0),
      charges,
    },
    howToPay: {
      issuerName: collection.issuer.name,
      issuerEmail: collection.issuer.email,
      iban: collection.issuer.iban,
      reference: formatReference(paymentReference(collection)),
    },
  };
}

/** What was, in its order, and what is ahead; a time that a standstill, a person or the post decides is null. */
async function timelineOf(sql: Sql, found: ArrearsCase, { facts }: LoadedCase): Promise<ArrearsMoment[]> {
  const steps = await sql
    .selectFrom('arrears_step')
    .select(['stage', 'at', 'due_cents'])
    .where('document_id', '=', found.documentId)
    .orderBy('at')
    .execute();
  const done = steps.map(({ stage, at, due_cents: dueCents }): ArrearsMoment => ({
    stage,
    state: 'done',
    at: at.toISOString(),
    dueCents,
  }));
  if (found.outcome !== null) return done;
  const isStill = lastingStandstill(facts.standstills) !== null || found.pausedReason !== null;
  const next = nextStage(facts);
  const ahead = stagePlan(facts)
    .filter(({ stage }) => facts.entered.every((one) => one.stage !== stage))
    .map(({ stage, at }): ArrearsMoment => {
      const earliest = stage === next?.stage ? next.at : at;
      return { stage, state: 'ahead', at: isStill || next === null ? null : earliest.toISOString(), dueCents: null };
    });
  const isSuspensionOpen = facts.suspendable && [...done, ...ahead].every(({ stage }) => stage !== 'suspended');
  return [
    ...done,
    ...ahead,
    ...(isSuspensionOpen ? [{ stage: 'suspended', state: 'ahead', at: null, dueCents: null } as const] : []),
  ];
}

async function requestOf(sql: Sql, documentId: string): Promise<ArrearsDetail['planRequest']> {
  const row = await sql
    .selectFrom('plan_request')
    .selectAll()
    .where('document_id', '=', documentId)
    .orderBy('asked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    words: row.words,
    askedAt: row.asked_at.toISOString(),
    answeredAt: row.answered_at?.toISOString() ?? null,
    answer: row.answer,
  };
}

async function complaintsOf(sql: Sql, documentId: string): Promise<ArrearsDetail['complaints']> {
  const rows = await sql
    .selectFrom('complaint')
    .selectAll()
    .where('document_id', '=', documentId)
    .orderBy('opened_at')
    .execute();
  return rows.map((row) => ({
    reason: row.reason,
    openedAt: row.opened_at.toISOString(),
    openedBy: row.opened_by,
    closedAt: row.closed_at?.toISOString() ?? null,
    closeReason: row.close_reason,
  }));
}

async function suspensionsOf(sql: Sql, documentId: string): Promise<ArrearsDetail['suspensions']> {
  const rows = await sql
    .selectFrom('customer_suspension')
    .selectAll()
    .where('document_id', '=', documentId)
    .orderBy('from')
    .execute();
  return rows.map((row) => ({
    from: row.from.toISOString(),
    until: row.until?.toISOString() ?? null,
    approvedBy: row.approved_by,
    liftedBy: row.lifted_by,
  }));
}

async function lettersOf(sql: Sql, documentId: string): Promise<ArrearsDetail['letters']> {
  const rows = await sql
    .selectFrom('letter_proof')
    .selectAll()
    .where('document_id', '=', documentId)
    .orderBy('given_at')
    .execute();
  return rows.map(({ stage, channel, recipient, reference, given_at: givenAt }) => ({
    stage,
    channel,
    recipient,
    reference,
    givenAt: givenAt.toISOString(),
  }));
}
