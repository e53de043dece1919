import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Page } from './api-values.js';
import { ARREARS_NEEDS, type ArrearsCase, type ArrearsNeed } from './arrears-types.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';
import type { Settings } from './settings.js';
import { workflowUrl } from './workflow-links.js';

interface CaseRow {
  readonly id: string;
  readonly number_text: string;
  readonly customer_id: string;
  readonly customer_name: string;
  readonly installation_id: string;
  readonly currency: string;
  readonly gross_cents: number;
  readonly due_cents: number;
  readonly due_date: string;
  readonly cause: string;
  readonly stage: string;
  readonly stage_since: Date;
  readonly opened_at: Date;
  readonly next_stage: string | null;
  readonly next_action_at: Date | null;
  readonly paused_reason: string | null;
  readonly outcome: string | null;
  readonly needs: readonly string[];
  readonly claim_lapses_at: Date | null;
  readonly workflow_id: string;
  readonly suspended: boolean;
}

export interface CaseFilter {
  readonly installation?: string | undefined;
  readonly customer?: string | undefined;
  readonly need?: ArrearsNeed | 'any' | undefined;
  readonly open?: boolean | undefined;
}

/** All that a case needs of a person, as SQL over `chase`. */
const NEEDS = raw<string[]>`(case when chase.outcome is not null then '{}'::text[]
  when chase.stage = 'parked' then array['parked'] || chase.needs
  when chase.paused_reason is not null then chase.needs || array['paused']
  else chase.needs end)`;

const cursorShape = z.tuple([z.string(), z.uuid()]);

/** Cases within the scope, the claim that lapses first on top. */
export async function arrearsCases(
  sql: Sql,
  scope: TenantScope,
  query: CaseFilter & { readonly limit: number; readonly cursor?: string | undefined },
  settings: Settings,
): Promise<Page<ArrearsCase>> {
  const after = decodeCursor(query.cursor, cursorShape);
  const beyond = after === null ? raw`true` : raw`(doc.due_date, doc.id) > (${after[0]}::date, ${after[1]}::uuid)`;
  const rows = await caseRows(sql, scope, raw`${conditionOf(query)} and ${beyond}`, query.limit + 1);
  return pageOf(
    rows,
    query.limit,
    (row) => [row.due_date, row.id],
    (row) => caseOf(row, scope, settings),
  );
}

/** One case, or null when there is none within the scope. */
export async function arrearsCase(
  sql: Sql,
  scope: TenantScope,
  documentId: string,
  settings: Settings,
): Promise<ArrearsCase | null> {
  const [row] = await caseRows(sql, scope, raw`doc.id = ${documentId}`, 1);
  return row === undefined ? null : caseOf(row, scope, settings);
}

function conditionOf({ installation, customer, need, open }: CaseFilter): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [raw`true`];
  if (installation !== undefined) parts.push(raw`doc.installation_id = ${installation}`);
  if (customer !== undefined) parts.push(raw`doc.customer_id = ${customer}`);
  if (open !== undefined) parts.push(open ? raw`chase.outcome is null` : raw`chase.outcome is not null`);
  if (need === 'any') parts.push(raw`cardinality(${NEEDS}) > 0`);
  else if (need !== undefined) parts.push(raw`${need} = any(${NEEDS})`);
  return raw.join(parts, raw` and `);
}

async function caseRows(
  sql: Sql,
  scope: TenantScope,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<CaseRow[]> {
  const visible = within(scope, { condominium: 'installation.condominium_id', customer: 'doc.customer_id' });
  const { rows } = await raw<CaseRow>`
    select doc.id, doc.number_text, doc.customer_id, doc.customer_snapshot ->> 'name' as customer_name,
      doc.installation_id, doc.currency, doc.gross_cents, doc.due_date, coalesce(due.cents, 0)::bigint as due_cents,
      chase.cause, chase.stage, chase.stage_since, chase.opened_at, chase.next_stage, chase.next_action_at,
      chase.paused_reason, chase.outcome, chase.claim_lapses_at, chase.workflow_id, ${NEEDS} as needs,
      exists (select from customer_suspension halt where halt.document_id = doc.id and halt.until is null) as suspended
    from arrears_case chase
    join fiscal_document doc on doc.id = chase.document_id
    join installation on installation.id = doc.installation_id
    left join lateral (
      select sum(posting.amount_cents) as cents
      from journal_entry entry
      join posting on posting.entry_id = entry.id
      join ledger_account account on account.id = posting.account_id and account.kind = 'receivable'
      where entry.document_id = doc.id
    ) due on true
    where ${visible} and ${condition}
    order by doc.due_date, doc.id limit ${limit}`.execute(sql);
  return rows;
}

function caseOf(row: CaseRow, scope: TenantScope, settings: Settings): ArrearsCase {
  return {
    documentId: row.id,
    number: row.number_text,
    customerId: row.customer_id,
    customerName: row.customer_name,
    installationId: row.installation_id,
    currency: row.currency,
    grossCents: row.gross_cents,
    dueCents: row.due_cents,
    dueDate: row.due_date,
    cause: row.cause,
    stage: row.stage,
    since: row.stage_since.toISOString(),
    openedAt: row.opened_at.toISOString(),
    nextStage: row.next_stage,
    nextActionAt: row.next_action_at?.toISOString() ?? null,
    pausedReason: row.paused_reason,
    outcome: row.outcome,
    needs: scope.kind === 'all' ? ARREARS_NEEDS.filter((need) => row.needs.includes(need)) : [],
    claimLapsesAt: row.claim_lapses_at?.toISOString() ?? null,
    suspended: row.suspended,
    workflowUrl: workflowUrl(settings, scope, row.workflow_id),
  };
}
