import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import type { FoundAnomaly } from '../rating/anomalies.js';
import { cycleSpan } from '../rating/cycle.js';
import type { MonthSpan } from '../rating/rate-month.js';
import { insertAdjustment } from './adjustments.js';
import { billedLines } from './billed-lines.js';
import { changedMonths, IS_INVOICED, type ChangeReason } from './changed-months.js';
import { compareCustomerNumbers, customersStillToInvoice } from './customers-to-invoice.js';
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
 * path as when it was billed, less all that was billed of it since. Customers whose invoice the month itself still owes
 * (it waits for a person, the others have theirs) are left out. Stores nothing: the dry run of
 * {@link proposeAdjustments}, and what that stores.
 */
export async function differencesOf(sql: Sql, cycleId: string): Promise<Differences> {
  const month = await billedMonth(sql, cycleId);
  if (month === null) return { refused: { code: 'MONTH.NOT_BILLED', detail: cycleId } };
  const should = await monthAsItShouldBe(sql, month);
  if ('refused' in should) return should;
  // Asked before what was billed is read: an invoice issued meanwhile is then in neither.
  const waiting = new Set(await customersStillToInvoice(sql, { cycleId }));
  const billed = await billedLines(sql, cycleId);
  const customers = [...new Set([...should.ok.keys(), ...billed.keys()])]
    .filter((customerId) => !waiting.has(customerId))
    .sort(compareCustomerNumbers);
  return {
    ok: customers.flatMap((customerId): CustomerDifference[] => {
      const lines = differenceOf(should.ok.get(customerId) ?? [], billed.get(customerId) ?? []);
      const netCents = lines.reduce((sum, line) => sum + line.netCents, 0);
      return lines.length === 0 ? [] : [{ customerId, netCents, lines }];
    }),
  };
}

export interface ProposeAdjustments {
  readonly cycleId: string;
  /** What changed, where the caller knows; otherwise it is looked up. */
  readonly reasons?: readonly ChangeReason[];
  readonly now: Date;
}

/**
 * Finds the differences of a billed month and keeps them as proposals for a person, in place of earlier proposals that
 * nobody decided, whose reasons they take over. Must run inside a transaction. Nothing issued is touched; what was
 * accepted or dismissed stands. Refused: nothing is changed.
 */
export async function proposeAdjustments(trx: Sql, order: ProposeAdjustments): Promise<Differences> {
  if (!trx.isTransaction) throw new Error('proposeAdjustments must run inside a transaction');
  const { cycleId, now } = order;
  await trx.selectFrom('billing_cycle').select('id').where('id', '=', cycleId).forUpdate().executeTakeFirst();
  const undecided = await holdProposals(trx, cycleId);
  const differences = await differencesOf(trx, cycleId);
  if ('refused' in differences) return differences;
  await withdraw(
    trx,
    undecided.map(({ id }) => id),
  );
  const found = order.reasons ?? (await whatChanged(trx, cycleId));
  const reasons = [...new Set([...undecided.flatMap((proposal) => proposal.reasons), ...found])].sort();
  for (const difference of differences.ok) {
    await insertAdjustment(trx, { ...difference, cycleId, reasons, state: 'proposed', now });
  }
  return differences;
}

/** What is known to have changed since a month was rated. */
async function whatChanged(sql: Sql, cycleId: string): Promise<readonly ChangeReason[]> {
  const { installationId, endsAt } = await cycleSpan(sql, cycleId);
  const months = await changedMonths(sql, { installationId, before: endsAt });
  return months.find((month) => month.cycleId === cycleId)?.reasons ?? [];
}

/** A former month that may differ but cannot be rated as things are now. */
export interface FormerMonthRefused {
  readonly period: string;
  readonly code: string;
  readonly detail: string;
}

/**
 * Looks at the billed months before a month that may have changed since, and keeps what differs as proposals. Tells
 * which could not be rated: whoever asks shows them to a person, since nobody looks for their reasons again.
 */
export async function proposeForFormerMonths(
  sql: Sql,
  { cycleId, now }: { readonly cycleId: string; readonly now: Date },
): Promise<readonly FormerMonthRefused[]> {
  const refused: FormerMonthRefused[] = [];
  const month = await cycleSpan(sql, cycleId);
  const formerMonths = { installationId: month.installationId, before: month.startsAt };
  for (const { cycleId: former, period, reasons } of await changedMonths(sql, formerMonths)) {
    const found = await sql.transaction().execute((trx) => {
      return proposeAdjustments(trx, { cycleId: former, reasons, now });
    });
    if ('refused' in found) refused.push({ period, ...found.refused });
  }
  return refused;
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

/** A former month that cannot be rated anew, as a finding of a month's check. */
export function refusedMonthAnomaly({ period, code, detail }: FormerMonthRefused): FoundAnomaly {
  return { code: 'former-month-not-rated', subject: period, detail: { cause: code, causeDetail: detail } };
}

async function billedMonth(sql: Sql, cycleId: string): Promise<MonthSpan | null> {
  const month = await sql
    .selectFrom('billing_cycle as cycle')
    .select(['installation_id as installationId', 'starts_at as startsAt', 'ends_at as endsAt'])
    .where('cycle.id', '=', cycleId)
    .where('cycle.rated_at', 'is not', null)
    .where(IS_INVOICED)
    .executeTakeFirst();
  return month ?? null;
}

/**
 * The proposals that nobody decided. All adjustments of the month are held: whoever decides on one meanwhile waits, so
 * that none is decided while it is withdrawn, or opened anew while what it holds is counted.
 */
async function holdProposals(trx: Sql, cycleId: string): Promise<{ id: string; reasons: string[] }[]> {
  const held = await trx
    .selectFrom('adjustment')
    .select(['id', 'state', 'reasons'])
    .where('cycle_id', '=', cycleId)
    .orderBy('id')
    .forUpdate()
    .execute();
  return held.filter(({ state }) => state === 'proposed');
}

async function withdraw(trx: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await trx.deleteFrom('adjustment_line').where('adjustment_id', 'in', ids).execute();
  await trx.deleteFrom('adjustment').where('id', 'in', ids).execute();
}
