import { sql as raw } from 'kysely';

import { debtsQuery, type Debt } from '../arrears/debts-of.js';
import { previewPayout } from '../payments/payout/propose-payout.js';
import type { Sql } from '../persistence/database.js';
import { queriedPages, type RowPages } from './row-pages.js';

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
}

/** What the installation's customers owe past its date, by customer, the oldest first. */
export function loadDebts(sql: Sql, { installationId, asOf }: MoneyQuery): RowPages<Debt> {
  return queriedPages(sql, debtsQuery({ of: { installationId }, asOf, order: 'customer' }), (debt) => debt);
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
