import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';

/** One unpaid invoice of a condominium, for its manager. */
export interface Debt {
  readonly documentId: string;
  readonly numberText: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly installationId: string;
  /** yyyy-mm-dd, local */
  readonly dueDate: string;
  readonly currency: string;
  readonly grossCents: number;
  /** All that is owed on it, with interest. */
  readonly dueCents: number;
  readonly interestCents: number;
  /** The arrears stage; null while nobody chases it. */
  readonly stage: string | null;
  readonly openedAt: Date | null;
  /** settled, waived, written-off, handed-over or suspension-proposed; null while it is chased. */
  readonly outcome: string | null;
  readonly claimLapsesAt: Date | null;
  readonly suspended: boolean;
}

/**
 * Who owes the condominium since when, oldest first: its invoices that are past their due date (in the installation's
 * own calendar) or chased, with what is due on them now.
 */
export async function debtsOf(sql: Sql, condominiumId: string, now: Date): Promise<Debt[]> {
  const { rows } = await raw<Debt>`
    select doc.id as "documentId", doc.number_text as "numberText", doc.customer_id as "customerId",
      doc.customer_snapshot ->> 'name' as "customerName", doc.installation_id as "installationId",
      doc.due_date as "dueDate", doc.currency, doc.gross_cents as "grossCents", owed.cents as "dueCents",
      owed.interest as "interestCents", chase.stage, chase.opened_at as "openedAt", chase.outcome,
      chase.claim_lapses_at as "claimLapsesAt",
      exists (select from customer_suspension halt where halt.document_id = doc.id and halt.until is null) as suspended
    from fiscal_document doc
    join installation on installation.id = doc.installation_id
    left join arrears_case chase on chase.document_id = doc.id
    cross join lateral (
      select coalesce(sum(posting.amount_cents), 0)::bigint as cents,
        coalesce(sum(posting.amount_cents) filter (where entry.kind = 'interest-charged'), 0)::bigint as interest
      from journal_entry entry
      join posting on posting.entry_id = entry.id
      join ledger_account account on account.id = posting.account_id and account.kind = 'receivable'
      where entry.document_id = doc.id
    ) owed
    where installation.condominium_id = ${condominiumId} and doc.type <> 'NC' and owed.cents > 0
      and (chase.document_id is not null
        or doc.due_date < (${now}::timestamptz at time zone installation.time_zone)::date)
    order by doc.due_date, doc.number_text, doc.id`.execute(sql);
  return rows;
}
