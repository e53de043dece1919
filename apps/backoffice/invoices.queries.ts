import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import { formatReference, paymentReference } from '#libs/payments/payment-reference.js';
import { waitsForReissue } from '#libs/payments/reissue-invoice.js';
import type { Sql } from '#libs/persistence/database.js';
import { invoiceState } from '#libs/reporting/invoice-states.js';

import type { Invoice, Page } from './api-types.js';
import { isHeld, lastSteeringOf } from './held.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';
import type { Settings } from './settings.js';
import { workflowUrl } from './workflow-links.js';

export interface InvoiceRow {
  readonly id: string;
  readonly number: number;
  readonly number_text: string;
  readonly customer_id: string;
  readonly customer_name: string;
  readonly installation_id: string;
  readonly cycle_id: string | null;
  readonly currency: string;
  readonly gross_cents: number;
  readonly due_cents: number;
  readonly due_date: string;
  readonly payment_method: string;
  readonly step: string | null;
  readonly waits_for: string | null;
  readonly next_action_at: Date | null;
  readonly collection_outcome: string | null;
  readonly reason: string | null;
  readonly last_steering: string | null;
  readonly collection_workflow_id: string | null;
  readonly stage: string | null;
  readonly next_stage: string | null;
  readonly chase_next_action_at: Date | null;
  readonly paused_reason: string | null;
  readonly chase_cause: string | null;
  readonly chase_outcome: string | null;
  readonly chase_workflow_id: string | null;
  readonly last_attempt: string | null;
  readonly pdf_file_id: string | null;
  readonly issuer_iban: string | null;
  readonly issuer_name: string;
  readonly waits_for_reissue: boolean;
}

/** Invoices within the scope; what is due is the sum of their postings on the customer's account. */
export async function invoiceRows(
  sql: Sql,
  scope: TenantScope,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<InvoiceRow[]> {
  const visible = within(scope, { condominium: 'installation.condominium_id', customer: 'doc.customer_id' });
  const { rows } = await raw<InvoiceRow>`
    select doc.id, doc.number, doc.number_text, doc.customer_id, doc.customer_snapshot ->> 'name' as customer_name,
      doc.installation_id, doc.cycle_id, doc.currency, doc.gross_cents, doc.due_date, doc.payment_method,
      coalesce(due.cents, 0)::bigint as due_cents,
      collection.step, collection.waits_for, collection.next_action_at, collection.outcome as collection_outcome,
      collection.reason, collection.workflow_id as collection_workflow_id,
      ${lastSteeringOf(raw`doc.id`)} as last_steering,
      chase.stage, chase.next_stage, chase.next_action_at as chase_next_action_at, chase.paused_reason,
      chase.cause as chase_cause, chase.outcome as chase_outcome, chase.workflow_id as chase_workflow_id,
      attempt.state as last_attempt, file.id as pdf_file_id,
      doc.issuer_snapshot ->> 'iban' as issuer_iban, doc.issuer_snapshot ->> 'name' as issuer_name,
      ${waitsForReissue(raw`doc`)} as waits_for_reissue
    from fiscal_document doc
    join installation on installation.id = doc.installation_id
    left join collection on collection.document_id = doc.id
    left join arrears_case chase on chase.document_id = doc.id
    left join stored_file file on file.key = 'invoice-pdf/' || doc.id
    left join lateral (
      select state from payment_attempt where document_id = doc.id order by attempt_no desc limit 1
    ) attempt on true
    left join lateral (
      select sum(posting.amount_cents) as cents
      from journal_entry entry
      join posting on posting.entry_id = entry.id
      join ledger_account account on account.id = posting.account_id
      where entry.document_id = doc.id and account.kind = 'receivable' and account.customer_id = doc.customer_id
    ) due on true
    where doc.type <> 'NC' and ${visible} and ${condition}
    order by doc.number, doc.id limit ${limit}`.execute(sql);
  return rows;
}

export const invoiceStateOf = (row: InvoiceRow) =>
  invoiceState({
    grossCents: row.gross_cents,
    dueCents: row.due_cents,
    lastAttempt: row.last_attempt,
    collectionOutcome: row.collection_outcome,
    arrearsCause: row.chase_cause,
  });

export function invoiceOf(row: InvoiceRow, scope: TenantScope, settings: Settings): Invoice {
  return {
    documentId: row.id,
    number: row.number_text,
    customerId: row.customer_id,
    customerName: row.customer_name,
    currency: row.currency,
    grossCents: row.gross_cents,
    dueCents: row.due_cents,
    dueDate: row.due_date,
    method: row.payment_method,
    state: invoiceStateOf(row),
    collection:
      row.step === null
        ? null
        : {
            step: row.step,
            waitsFor: row.waits_for,
            nextActionAt: row.next_action_at?.toISOString() ?? null,
            held: isHeld({
              isFinished: row.collection_outcome !== null,
              waitsFor: row.waits_for,
              lastSteering: row.last_steering,
            }),
            reason: row.reason,
          },
    arrears:
      row.stage === null
        ? null
        : {
            stage: row.stage,
            cause: row.chase_cause ?? 'not-paid',
            nextStage: row.next_stage,
            nextActionAt: row.chase_next_action_at?.toISOString() ?? null,
            pausedReason: row.paused_reason,
            outcome: row.chase_outcome,
          },
    workflowUrl: workflowUrl(settings, scope, row.chase_workflow_id ?? row.collection_workflow_id),
    pdfFileId: row.pdf_file_id,
    transfer: transferOf(row),
    waitsForReissue: row.waits_for_reissue,
  };
}

function transferOf(row: InvoiceRow): Invoice['transfer'] {
  if (row.due_cents <= 0) return null;
  const reference = formatReference(paymentReference({ numberText: row.number_text }));
  return { iban: row.issuer_iban, name: row.issuer_name, reference };
}

const cursorShape = z.tuple([z.int(), z.uuid()]);

/** The invoices of a month, by number. */
export async function invoicesOfMonth(
  sql: Sql,
  scope: TenantScope,
  query: { readonly cycleId: string; readonly limit: number; readonly cursor?: string | undefined },
  settings: Settings,
): Promise<Page<Invoice>> {
  const after = decodeCursor(query.cursor, cursorShape);
  const beyond = after === null ? raw`true` : raw`(doc.number, doc.id) > (${after[0]}::int, ${after[1]}::uuid)`;
  const rows = await invoiceRows(sql, scope, raw`doc.cycle_id = ${query.cycleId} and ${beyond}`, query.limit + 1);
  return pageOf(
    rows,
    query.limit,
    (row) => [row.number, row.id],
    (row) => invoiceOf(row, scope, settings),
  );
}

/** One invoice as stored, or null when there is none within the scope. */
export async function invoiceRowById(sql: Sql, scope: TenantScope, documentId: string): Promise<InvoiceRow | null> {
  const [row] = await invoiceRows(sql, scope, raw`doc.id = ${documentId}`, 1);
  return row ?? null;
}
