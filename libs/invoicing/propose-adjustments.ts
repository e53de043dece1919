import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import type { FoundAnomaly } from '../rating/anomalies.js';
import type { MonthSpan } from '../rating/rate-month.js';
import { insertAdjustment } from './adjustments.js';
import { billedLines } from './billed-lines.js';
import { changedMonths, type ChangeReason } from './changed-months.js';
import { compareCustomerNumbers } from './customers-to-invoice.js';
import { differenceOf } from './difference.js';
import { monthAsItShouldBe, type MonthRefusal } from './month-lines.js';
import type { ChargeLine } from './plan-invoice.js';

/** What a customer's billed month should have been, less what was billed. */
export interface CustomerDifference {
  readonly customerId: string;
  /** Positive: still to be charged. Negative: to be credited. */
  readonly netCents: number;
  readonly lines: readonly ChargeLine[];
}

export type Differences =
  | { readonly ok: readonly CustomerDifference[] }
  | { readonly refused: MonthRefusal | { readonly code: 'MONTH.NOT_BILLED'; readonly detail: string } };

/**
 * The differences of a billed month, by customer in the order of their numbers: rated and imputed again by the same
 * path as when it was billed, less all that was billed of it since. Stores nothing: the dry run of
 * {@link proposeAdjustments}, and what that stores.
 */
export async function differencesOf(sql: Sql, cycleId: string): Promise<Differences> {
  const month = await billedMonth(sql, cycleId);
  if (month === null) return { refused: { code: 'MONTH.NOT_BILLED', detail: cycleId } };
  const should = await monthAsItShouldBe(sql, month);
  if ('refused' in should) return should;
  const billed = await billedLines(sql, cycleId);
  const customers = [...new Set([...should.ok.keys(), ...billed.keys()])].sort(compareCustomerNumbers);
  return {
    ok: customers.flatMap((customerId): CustomerDifference[] => {
      const lines = differenceOf(should.ok.get(customerId) ?? [], billed.get(customerId) ?? []);
      const netCents = lines.reduce((sum, line) => sum + line.netCents, 0);
      return lines.length === 0 ? [] : [{ customerId, netCents, lines }];
    }),
  };
}

/**
 * Finds the differences of a billed month and keeps them as proposals for a person, in place of earlier proposals that
 * nobody decided. Must run inside a transaction. Nothing issued is touched; what was accepted or dismissed stands.
 */
export async function proposeAdjustments(
  trx: Sql,
  order: { readonly cycleId: string; readonly reasons: readonly ChangeReason[]; readonly now: Date },
): Promise<Differences> {
  if (!trx.isTransaction) throw new Error('proposeAdjustments must run inside a transaction');
  const { cycleId, reasons, now } = order;
  await trx.selectFrom('billing_cycle').select('id').where('id', '=', cycleId).forUpdate().executeTakeFirst();
  await withdrawProposals(trx, cycleId);
  const differences = await differencesOf(trx, cycleId);
  if ('refused' in differences) return differences;
  for (const difference of differences.ok) {
    await insertAdjustment(trx, { ...difference, cycleId, reasons, state: 'proposed', now });
  }
  return differences;
}

/** Looks at the billed months before a month that may have changed since, and keeps what differs as proposals. */
export async function proposeForFormerMonths(
  sql: Sql,
  { cycleId, now }: { readonly cycleId: string; readonly now: Date },
): Promise<void> {
  for (const { cycleId: former, reasons } of await changedMonths(sql, cycleId)) {
    await sql.transaction().execute((trx) => proposeAdjustments(trx, { cycleId: former, reasons, now }));
  }
}

/**
 * Former months with differences that nobody decided yet, as findings of a month's check: they would be in this month's
 * invoices if somebody accepts them now. `subject` is the former month.
 */
export async function formerMonthAnomalies(sql: Sql, cycleId: string): Promise<readonly FoundAnomaly[]> {
  const { rows } = await raw<{ period: string; cycleId: string; customers: number; cents: number; reasons: string[] }>`
    select former.period, former.id as "cycleId", count(*)::bigint as customers,
      sum(adjustment.net_cents)::bigint as cents,
      array(select distinct unnest(reason.reasons) from adjustment reason
        where reason.cycle_id = former.id and reason.state = 'proposed' order by 1) as reasons
    from billing_cycle cycle
    join billing_cycle former on former.installation_id = cycle.installation_id and former.starts_at < cycle.starts_at
    join adjustment on adjustment.cycle_id = former.id and adjustment.state = 'proposed'
    where cycle.id = ${cycleId}
    group by former.id, former.period order by former.period`.execute(sql);
  return rows.map(({ period, ...detail }) => ({ code: 'former-month-differs', subject: period, detail }));
}

async function billedMonth(sql: Sql, cycleId: string): Promise<MonthSpan | null> {
  const row = await sql
    .selectFrom('billing_cycle as cycle')
    .select(['cycle.installation_id', 'cycle.starts_at', 'cycle.ends_at'])
    .where('cycle.id', '=', cycleId)
    .where('cycle.rated_at', 'is not', null)
    .where(({ exists, or, selectFrom }) =>
      or([
        exists(selectFrom('fiscal_document').select('id').whereRef('fiscal_document.cycle_id', '=', 'cycle.id')),
        exists(selectFrom('adjustment').select('id').whereRef('adjustment.cycle_id', '=', 'cycle.id')),
      ]),
    )
    .executeTakeFirst();
  if (row === undefined) return null;
  return { installationId: row.installation_id, startsAt: row.starts_at, endsAt: row.ends_at };
}

async function withdrawProposals(trx: Sql, cycleId: string): Promise<void> {
  const proposed = trx
    .selectFrom('adjustment')
    .select('id')
    .where('cycle_id', '=', cycleId)
    .where('state', '=', 'proposed');
  await trx.deleteFrom('adjustment_line').where('adjustment_id', 'in', proposed).execute();
  await trx.deleteFrom('adjustment').where('cycle_id', '=', cycleId).where('state', '=', 'proposed').execute();
}
