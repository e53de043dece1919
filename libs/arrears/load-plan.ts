import type { HolidayBook } from '#libs/registry/holidays.js';
import type { Delay } from '#libs/registry/policy.js';

import type { Sql } from '../persistence/database.js';
import { planState, type Instalment, type InstalmentState } from './plan.js';
import type { Standstill } from './standstill.js';

export interface LoadedPlan {
  readonly id: string;
  readonly totalCents: number;
  readonly agreedAt: Date;
  readonly agreedBy: string;
  readonly endedAt: Date | null;
  /** fulfilled, broken or ended; null while it is kept. */
  readonly outcome: string | null;
  readonly instalments: readonly InstalmentState[];
  /** While kept: when the grace of its first unpaid instalment ends. */
  readonly breaksAt: Date | null;
  /** The times in which this plan and those before it kept the chase still. */
  readonly standstills: readonly Standstill[];
}

export interface PlanSurroundings {
  readonly dueCents: number;
  readonly timeZone: string;
  readonly holidays: HolidayBook;
  readonly grace: Delay;
}

/** The last plan of a document; null when there was none. */
export async function loadPlan(sql: Sql, documentId: string, around: PlanSurroundings): Promise<LoadedPlan | null> {
  const plans = await sql
    .selectFrom('payment_plan')
    .selectAll()
    .where('document_id', '=', documentId)
    .orderBy('agreed_at')
    .execute();
  const last = plans.at(-1);
  if (last === undefined) return null;
  const instalments = await instalmentsOf(sql, last.id);
  const { instalments: states, breaksAt } = planState(instalments, { ...around, now: last.agreed_at });
  const isKept = last.ended_at === null;
  return {
    id: last.id,
    totalCents: last.total_cents,
    agreedAt: last.agreed_at,
    agreedBy: last.agreed_by,
    endedAt: last.ended_at,
    outcome: last.outcome,
    instalments: states,
    breaksAt: isKept ? breaksAt : null,
    standstills: plans.map(({ agreed_at: from, ended_at: until }) => ({
      because: 'plan',
      from,
      until,
      lookAgainAt: until === null ? breaksAt : null,
    })),
  };
}

async function instalmentsOf(sql: Sql, planId: string): Promise<Instalment[]> {
  const rows = await sql
    .selectFrom('plan_instalment')
    .select(['due_date', 'amount_cents'])
    .where('plan_id', '=', planId)
    .orderBy('position')
    .execute();
  return rows.map(({ due_date: dueDate, amount_cents: amountCents }) => ({ dueDate, amountCents }));
}
