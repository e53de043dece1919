import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';
import { MONTH_STEPS } from '#workflows/installation-month/messages.js';

import type { BandTotal, Month, MonthAnomaly, MonthDetail, MonthStepState, Page } from './api-types.js';
import { isHeld, lastSteeringOf } from './held.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';
import type { Settings } from './settings.js';
import { workflowUrl } from './workflow-links.js';

export interface MonthFilter {
  readonly installation?: string | undefined;
  readonly period?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface MonthRow {
  readonly id: string;
  readonly installation_id: string;
  readonly installation_name: string;
  readonly time_zone: string;
  readonly currency: string;
  readonly readings_seal: string | null;
  readonly period: string;
  readonly step: string;
  readonly step_since: Date;
  readonly waits_for: string | null;
  readonly done: number;
  readonly total: number;
  readonly total_wh: number;
  readonly total_cents: number;
  readonly unattributed_wh: number;
  readonly outcome: string | null;
  readonly finished_at: Date | null;
  readonly workflow_id: string;
  readonly excel_file_id: string | null;
  readonly sent_excel_id: string | null;
  readonly final_excel_id: string | null;
  readonly condominium_id: string;
  readonly issued: number;
  readonly gross_cents: number;
  readonly due_cents: number;
  readonly settled: number;
  readonly processing: number;
  readonly arrears: number;
  readonly need_person: number;
  readonly closed_at: Date | null;
  readonly rated_at: Date | null;
  readonly last_steering: string | null;
  readonly steered_at: Date | null;
  readonly steered_by: string | null;
  readonly steering_reason: string | null;
  readonly anomalies: MonthAnomaly[];
}

/** Every figure of the page's months in one statement: the page first, then what belongs to these months only. */
async function monthRows(sql: Sql, condition: RawBuilder<unknown>, limit: number): Promise<MonthRow[]> {
  const { rows } = await raw<MonthRow>`
    with page as materialized (
      select cycle.*, installation.name as installation_name, installation.time_zone,
        installation.currency, installation.condominium_id
      from billing_cycle cycle
      join installation on installation.id = cycle.installation_id
      where ${condition}
      order by cycle.period desc, cycle.installation_id limit ${limit}
    ), document as materialized (
      select page.id as cycle_id, doc.id, doc.customer_id, doc.gross_cents
      from page join fiscal_document doc on doc.cycle_id = page.id
    ), due as materialized (
      select document.id as document_id, sum(posting.amount_cents)::bigint as due_cents
      from document
      join journal_entry entry on entry.document_id = document.id
      join posting on posting.entry_id = entry.id
      join ledger_account account on account.id = posting.account_id
        and account.kind = 'receivable' and account.customer_id = document.customer_id
      group by document.id
    ), invoices as (
      select document.cycle_id, count(*)::int as issued, sum(document.gross_cents)::bigint as gross_cents,
        coalesce(sum(due.due_cents), 0)::bigint as due_cents,
        count(*) filter (where due.due_cents <= 0)::int as settled,
        count(*) filter (where due.due_cents > 0 and collection.outcome is null and collection.step = 'processing')::int
          as processing,
        count(*) filter (where due.due_cents > 0 and chase.document_id is not null)::int as arrears,
        count(*) filter (where due.due_cents > 0 and case
          when chase.document_id is not null then chase.outcome is null and chase.stage = 'parked'
          else collection.outcome is null and (collection.step = 'parked' or collection.waits_for = 'person:held'
            or ${lastSteeringOf(raw`document.id`)} = 'collection.hold.done')
        end)::int as need_person
      from document
      left join due on due.document_id = document.id
      left join collection on collection.document_id = document.id
      left join arrears_case chase on chase.document_id = document.id
      group by document.cycle_id
    ), odd as (
      select anomaly.cycle_id, jsonb_agg(jsonb_build_object('code', anomaly.code, 'subject', anomaly.subject,
        'customer', case when person.id is not null then jsonb_build_object('id', person.id, 'name', person.name) end,
        'detail', anomaly.detail, 'acceptedAt', anomaly.accepted_at) order by anomaly.code, anomaly.subject) as anomalies
      from page join anomaly on anomaly.cycle_id = page.id
      left join customer person on anomaly.code = 'spike' and person.id = anomaly.subject
        and person.condominium_id = page.condominium_id
      group by anomaly.cycle_id
    )
    select page.*, steering.action as last_steering, steering.at as steered_at, steering.actor as steered_by,
      steering.reason as steering_reason, coalesce(final.id, first.id) as excel_file_id, first.id as sent_excel_id,
      final.id as final_excel_id,
      coalesce(invoices.issued, 0) as issued, coalesce(invoices.gross_cents, 0)::bigint as gross_cents,
      coalesce(invoices.due_cents, 0)::bigint as due_cents,
      coalesce(invoices.settled, 0) as settled, coalesce(invoices.processing, 0) as processing,
      coalesce(invoices.arrears, 0) as arrears, coalesce(invoices.need_person, 0) as need_person,
      coalesce(odd.anomalies, '[]'::jsonb) as anomalies
    from page
    left join invoices on invoices.cycle_id = page.id
    left join odd on odd.cycle_id = page.id
    left join stored_file first on first.key = 'manager-excel/' || page.id
    left join stored_file final on final.key = 'manager-excel-final/' || page.id
    left join lateral (
      select audit.action, audit.at, audit.actor, (
          select asked.after ->> 'reason' from audit_entry asked
          where asked.subject = audit.subject and asked.action = 'month.hold.asked' and asked.actor = audit.actor
            and asked.at <= audit.at
          order by asked.at desc, asked.id desc limit 1
        ) as reason
      from audit_entry audit
      where audit.subject = 'month/' || page.id and audit.action in ('month.hold.done', 'month.release.done')
      order by audit.at desc, audit.id desc limit 1
    ) steering on true
    order by page.period desc, page.installation_id`.execute(sql);
  return rows;
}

export interface MonthFacts {
  readonly step: string;
  readonly isClosed: boolean;
  readonly isRated: boolean;
  readonly isInvoiced: boolean;
}

/** Where a parked or cancelled month stands, from what it has certainly done. */
function reached(facts: MonthFacts): string {
  if (facts.isInvoiced) return 'invoicing';
  if (facts.isRated) return 'checking';
  return facts.isClosed ? 'rating' : 'awaiting-period-end';
}

/** The steps as a list to tick off. */
export function stepStates(facts: MonthFacts): MonthStepState[] {
  const steps: readonly string[] = MONTH_STEPS;
  const isUnderWay = steps.includes(facts.step);
  const current = steps.indexOf(isUnderWay ? facts.step : reached(facts));
  return steps.map((step, index) => {
    if (index < current || facts.step === 'done') return { step, state: 'done' };
    return { step, state: index === current && facts.step !== 'cancelled' ? 'current' : 'todo' };
  });
}

/** Who held the month and why: for staff, who may undo it. */
function holdOf(row: MonthRow, isHeldNow: boolean, scope: TenantScope): Month['hold'] {
  const { last_steering: action, steered_at: at, steered_by: by, steering_reason: reason } = row;
  if (!isHeldNow || scope.kind !== 'all' || action !== 'month.hold.done' || at === null || by === null) return null;
  return { by, at: at.toISOString(), reason };
}

function monthOf(row: MonthRow, scope: TenantScope, settings: Settings): Month {
  const anomalies = row.anomalies.map((anomaly): MonthAnomaly => ({
    ...anomaly,
    acceptedAt: anomaly.acceptedAt === null ? null : new Date(anomaly.acceptedAt).toISOString(),
  }));
  const held = isHeld({
    isFinished: row.finished_at !== null,
    waitsFor: row.waits_for,
    lastSteering: row.last_steering,
  });
  return {
    cycleId: row.id,
    installationId: row.installation_id,
    installationName: row.installation_name,
    timeZone: row.time_zone,
    currency: row.currency,
    period: row.period,
    step: row.step,
    stepSince: row.step_since.toISOString(),
    waitsFor: row.waits_for,
    done: row.done,
    total: row.total,
    held,
    hold: holdOf(row, held, scope),
    totalWh: row.total_wh,
    totalCents: row.total_cents,
    unattributedWh: row.unattributed_wh,
    outcome: row.outcome,
    finishedAt: row.finished_at?.toISOString() ?? null,
    workflowId: row.workflow_id,
    workflowUrl: workflowUrl(settings, scope, row.workflow_id),
    excelFileId: row.excel_file_id,
    steps: stepStates({
      step: row.step,
      isClosed: row.closed_at !== null,
      isRated: row.rated_at !== null,
      isInvoiced: row.issued > 0,
    }),
    anomalies,
    invoices: {
      issued: row.issued,
      grossCents: row.gross_cents,
      paidCents: row.gross_cents - row.due_cents,
      settled: row.settled,
      processing: row.processing,
      arrears: row.arrears,
      needPerson: row.need_person,
    },
  };
}

const visible = (scope: TenantScope): RawBuilder<boolean> =>
  within(scope, { condominium: 'installation.condominium_id', customer: null });

const cursorShape = z.tuple([z.string(), z.string()]);

/** Newest period first, then by installation. */
export async function months(
  sql: Sql,
  scope: TenantScope,
  filter: MonthFilter,
  settings: Settings,
): Promise<Page<Month>> {
  const after = decodeCursor(filter.cursor, cursorShape);
  const conditions = [visible(scope)];
  if (filter.installation !== undefined) conditions.push(raw`cycle.installation_id = ${filter.installation}`);
  if (filter.period !== undefined) conditions.push(raw`cycle.period = ${filter.period}`);
  if (after !== null) {
    const [period, installation] = after;
    conditions.push(raw`cycle.period <= ${period}
      and (cycle.period < ${period} or cycle.installation_id > ${installation})`);
  }
  const rows = await monthRows(sql, raw.join(conditions, raw` and `), filter.limit + 1);
  const keyOf = (row: MonthRow) => [row.period, row.installation_id];
  return pageOf(rows, filter.limit, keyOf, (row) => monthOf(row, scope, settings));
}

/** A month that was not cancelled is run once: starting it again would change nothing, and must not look as if it did. */
export async function cameToItsEnd(
  sql: Sql,
  month: { readonly installationId: string; readonly period: string },
): Promise<boolean> {
  const over = await sql
    .selectFrom('billing_cycle')
    .select('id')
    .where('installation_id', '=', month.installationId)
    .where('period', '=', month.period)
    .where('finished_at', 'is not', null)
    .where('step', '<>', 'cancelled')
    .executeTakeFirst();
  return over !== undefined;
}

/** One month, or null when there is none within the scope. */
export async function monthById(
  sql: Sql,
  scope: TenantScope,
  cycleId: string,
  settings: Settings,
): Promise<MonthDetail | null> {
  const [row] = await monthRows(sql, raw`cycle.id = ${cycleId} and ${visible(scope)}`, 1);
  if (row === undefined) return null;
  return {
    ...monthOf(row, scope, settings),
    hasArchive: row.readings_seal !== null,
    condominiumId: row.condominium_id,
    sentExcelFileId: row.sent_excel_id,
    finalExcelFileId: row.final_excel_id,
    ...(await chargedOf(sql, row.id)),
    bands: await bandsOf(sql, row.id),
  };
}

/** What the month's invoices and their credit notes charged, by the books. */
async function chargedOf(sql: Sql, cycleId: string): Promise<Pick<MonthDetail, 'recoveredCents' | 'feesCents'>> {
  const { rows } = await raw<Pick<MonthDetail, 'recoveredCents' | 'feesCents'>>`
    with document as (
      select id from fiscal_document where cycle_id = ${cycleId}
      union select note.id from fiscal_document note
        join fiscal_document invoice on invoice.id = note.references_document_id where invoice.cycle_id = ${cycleId})
    select coalesce(-sum(posting.amount_cents) filter (where account.kind = 'recovered'), 0)::bigint as "recoveredCents",
      coalesce(-sum(posting.amount_cents) filter (where account.kind = 'fees'), 0)::bigint as "feesCents"
    from document
    join journal_entry entry on entry.document_id = document.id
      and entry.kind in ('invoice-issued', 'credit-note-issued')
    join posting on posting.entry_id = entry.id
    join ledger_account account on account.id = posting.account_id`.execute(sql);
  return rows[0] ?? { recoveredCents: 0, feesCents: 0 };
}

/** The month's energy by tariff band, of a month that was found within the scope; the bands add up to its total. */
async function bandsOf(sql: Sql, cycleId: string): Promise<BandTotal[]> {
  const { rows } = await raw<BandTotal>`
    select band, min(regexp_replace(label, ' \\d+$', '')) as label,
      sum(case direction when 'export' then -wh else wh end)::bigint as wh, sum(cents)::bigint as cents
    from rated_line where cycle_id = ${cycleId}
    group by band order by band`.execute(sql);
  return rows;
}
