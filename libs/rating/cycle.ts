import type { Sql } from '#libs/persistence/database.js';
import { monthSpan } from '#libs/registry/period.js';

import type { MonthSpan } from './rate-month.js';

export interface CycleKey {
  readonly installationId: string;
  /** yyyy-mm */
  readonly period: string;
  readonly workflowId: string;
  readonly now: Date;
}

export interface OpenedCycle {
  readonly cycleId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/**
 * The billing cycle of an installation's month, opened when it is not yet there: local midnight to local midnight in
 * the installation's zone. Calling it again gives the same cycle. Throws for an unknown installation.
 */
export async function openCycle(sql: Sql, { installationId, period, workflowId, now }: CycleKey): Promise<OpenedCycle> {
  const { time_zone: timeZone } = await sql
    .selectFrom('installation')
    .select('time_zone')
    .where('id', '=', installationId)
    .executeTakeFirstOrThrow(() => new Error(`There is no installation ${installationId}`));
  const { startsAt, endsAt } = monthSpan(period, timeZone);
  await sql
    .insertInto('billing_cycle')
    .values({
      installation_id: installationId,
      period,
      starts_at: startsAt,
      ends_at: endsAt,
      workflow_id: workflowId,
      step: 'awaiting-period-end',
      step_since: now,
    })
    .onConflict((conflict) => conflict.columns(['installation_id', 'period']).doNothing())
    .execute();
  const row = await sql
    .selectFrom('billing_cycle')
    .select(['id', 'starts_at', 'ends_at'])
    .where('installation_id', '=', installationId)
    .where('period', '=', period)
    .executeTakeFirstOrThrow();
  return { cycleId: row.id, startsAt: row.starts_at, endsAt: row.ends_at };
}

/** The month of a cycle. Throws for an unknown cycle. */
export async function cycleSpan(sql: Sql, cycleId: string): Promise<MonthSpan> {
  return await sql
    .selectFrom('billing_cycle')
    .select(['installation_id as installationId', 'starts_at as startsAt', 'ends_at as endsAt'])
    .where('id', '=', cycleId)
    .executeTakeFirstOrThrow(() => new Error(`There is no billing cycle ${cycleId}`));
}

/**
 * Holds a cycle that is to be calculated until the transaction ends. Throws for an unknown cycle and for one with
 * documents: issued is immutable.
 */
export async function lockUnbilledCycle(
  trx: Sql,
  cycleId: string,
): Promise<MonthSpan & { readonly ratedAt: Date | null }> {
  const cycle = await trx
    .selectFrom('billing_cycle')
    .select(['installation_id as installationId', 'starts_at as startsAt', 'ends_at as endsAt', 'rated_at as ratedAt'])
    .where('id', '=', cycleId)
    .forUpdate()
    .executeTakeFirstOrThrow(() => new Error(`There is no billing cycle ${cycleId}`));
  const document = await trx
    .selectFrom('fiscal_document')
    .select('number_text')
    .where('cycle_id', '=', cycleId)
    .limit(1)
    .executeTakeFirst();
  if (document !== undefined) {
    throw new Error(`Billing cycle ${cycleId} has document ${document.number_text}: it cannot be calculated again`);
  }
  // Invoicing keeps the lines of a month that came to nothing for the next invoice: they are as good as billed.
  const carried = await trx
    .selectFrom('adjustment')
    .select('customer_id')
    .where('cycle_id', '=', cycleId)
    .limit(1)
    .executeTakeFirst();
  if (carried !== undefined) {
    throw new Error(`Billing cycle ${cycleId} has lines carried forward: it cannot be calculated again`);
  }
  return cycle;
}

export interface CycleProgress {
  readonly step: string;
  readonly since: Date;
  readonly waitsFor: string | null;
  readonly done: number;
  readonly total: number;
  readonly finishedAt?: Date | null;
  readonly outcome?: string | null;
}

/** Shows people where the month's workflow stands. What is left out stays as it was. Throws for an unknown cycle. */
export async function recordCycleProgress(sql: Sql, cycleId: string, progress: CycleProgress): Promise<void> {
  const { step, since, waitsFor, done, total, finishedAt, outcome } = progress;
  const result = await sql
    .updateTable('billing_cycle')
    .set({
      step,
      step_since: since,
      waits_for: waitsFor,
      done,
      total,
      ...(finishedAt === undefined ? {} : { finished_at: finishedAt }),
      ...(outcome === undefined ? {} : { outcome }),
    })
    .where('id', '=', cycleId)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) throw new Error(`There is no billing cycle ${cycleId}`);
}

/** Closes the period: sets closed_at, once; a second call leaves the first instant. */
export async function closeCycle(sql: Sql, { cycleId, now }: { cycleId: string; now: Date }): Promise<void> {
  await sql
    .updateTable('billing_cycle')
    .set({ closed_at: now })
    .where('id', '=', cycleId)
    .where('closed_at', 'is', null)
    .execute();
}
