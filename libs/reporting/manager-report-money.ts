import { sql as raw } from 'kysely';

import { previewPayout } from '../payments/payout/propose-payout.js';
import type { Sql } from '../persistence/database.js';

/** An invoice of any month that is past its due date and not paid: who owes, how much, since when. */
export interface DebtRow {
  readonly customerId: string;
  readonly customerName: string;
  readonly number: string;
  /** yyyy-mm */
  readonly period: string;
  /** Local dates. */
  readonly dueDate: string;
  readonly daysLate: number;
  readonly dueCents: number;
  /** A collection step or arrears stage; null before the collection began. */
  readonly stage: string | null;
  readonly nextStage: string | null;
  readonly nextActionAt: Date | null;
}

/** A credit note on an invoice of the month. Amounts are negative. */
export interface CreditNoteRow {
  readonly number: string;
  readonly issueDate: string;
  readonly invoice: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly reason: string;
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
}

/** A payout to the condominium; without a number what would be paid out now, or is carried into the next one. */
export interface PayoutRow {
  readonly number: number | null;
  readonly period: string | null;
  /** A state of a payout, owed, or carried. */
  readonly state: string;
  readonly feesCents: number;
  readonly totalCents: number;
  readonly paidOn: string | null;
  readonly bankReference: string | null;
}

export interface MoneyQuery {
  readonly installationId: string;
  readonly condominiumId: string;
  readonly issuerId: string;
  readonly currency: string;
  readonly asOf: Date;
  readonly timeZone: string;
}

/** What the installation's customers owe past its date, by customer, the oldest first. */
export async function loadDebts(sql: Sql, { installationId, asOf, timeZone }: MoneyQuery): Promise<DebtRow[]> {
  const { rows } = await raw<DebtRow>`
    with today as (select (${asOf}::timestamptz at time zone ${timeZone})::date as day),
    owed as (
      select document.id, sum(posting.amount_cents) as cents
      from fiscal_document document
      join journal_entry entry on entry.document_id = document.id
      join posting on posting.entry_id = entry.id
      join ledger_account account on account.id = posting.account_id and account.kind = 'receivable'
      where document.installation_id = ${installationId} and document.due_date < (select day from today)
      group by document.id having sum(posting.amount_cents) > 0)
    select document.customer_id as "customerId", document.customer_snapshot ->> 'name' as "customerName",
      document.number_text as number, to_char(document.period_from, 'YYYY-MM') as period,
      document.due_date as "dueDate", today.day - document.due_date as "daysLate", owed.cents::bigint as "dueCents",
      coalesce(arrears.stage, collection.step) as stage, arrears.next_stage as "nextStage",
      case when arrears.stage is null then collection.next_action_at else arrears.next_action_at end as "nextActionAt"
    from owed
    cross join today
    join fiscal_document document on document.id = owed.id
    left join collection on collection.document_id = document.id
    left join arrears_case arrears on arrears.document_id = document.id
    order by length(document.customer_id), document.customer_id, document.due_date, document.number`.execute(sql);
  return rows;
}

export async function loadCreditNotes(sql: Sql, cycleId: string): Promise<CreditNoteRow[]> {
  const { rows } = await raw<CreditNoteRow>`
    select note.number_text as number, note.issue_date as "issueDate", invoice.number_text as invoice,
      note.customer_id as "customerId", note.customer_snapshot ->> 'name' as "customerName",
      coalesce(note.reason, '') as reason, note.net_cents as "netCents", note.vat_cents as "vatCents",
      note.gross_cents as "grossCents"
    from fiscal_document note
    join fiscal_document invoice on invoice.id = note.references_document_id
    where invoice.cycle_id = ${cycleId} and note.type = 'NC'
    order by note.issued_at, note.number, note.id`.execute(sql);
  return rows;
}

/** So many former payouts stand in a month's workbook. */
const LAST_PAYOUTS = 24;

/** The last payouts, the oldest of them first, and what is owed now. */
export async function loadPayouts(sql: Sql, query: MoneyQuery): Promise<PayoutRow[]> {
  const { rows } = await raw<PayoutRow>`
    select number, period, state, fees_cents as "feesCents", total_cents as "totalCents", paid_on as "paidOn",
      bank_reference as "bankReference"
    from payout
    where condominium_id = ${query.condominiumId} and issuer_id = ${query.issuerId} and currency = ${query.currency}
    order by number desc limit ${LAST_PAYOUTS}`.execute(sql);
  return [...rows.toReversed(), ...(await owedNow(sql, query))];
}

async function owedNow(sql: Sql, query: MoneyQuery): Promise<PayoutRow[]> {
  const none = { number: null, period: null, paidOn: null, bankReference: null };
  const decided = await previewPayout(sql, { ...query, now: query.asOf });
  if (!('refused' in decided)) {
    return [{ ...none, state: 'owed', feesCents: decided.feesCents, totalCents: decided.totalCents }];
  }
  if (decided.refused.code === 'PAYOUT.OWN_BANK' || decided.refused.carriedCents === 0) return [];
  return [{ ...none, state: 'carried', feesCents: 0, totalCents: decided.refused.carriedCents }];
}
