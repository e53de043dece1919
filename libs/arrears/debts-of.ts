import { sql as raw, type RawBuilder } from 'kysely';

import type { Sql } from '../persistence/database.js';

/** One unpaid invoice, for whoever answers for the condominium: who owes, how much, since when. */
export interface Debt {
  readonly documentId: string;
  readonly numberText: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly installationId: string;
  /** yyyy-mm */
  readonly period: string;
  /** yyyy-mm-dd, local */
  readonly dueDate: string;
  /** 0 while the day has not passed: it is chased because a debit failed before. */
  readonly daysLate: number;
  readonly currency: string;
  readonly grossCents: number;
  /** All that is owed on it, with interest. */
  readonly dueCents: number;
  readonly interestCents: number;
  /** The arrears stage; null while nobody chases it. */
  readonly stage: string | null;
  /** What comes next, of the chase or, before it, of the collection. */
  readonly nextStage: string | null;
  readonly nextActionAt: Date | null;
  /** The collection's step; null before it began. */
  readonly collectionStep: string | null;
  readonly openedAt: Date | null;
  /** settled, waived, written-off, handed-over or suspension-proposed; null while it is chased. */
  readonly outcome: string | null;
  readonly claimLapsesAt: Date | null;
  readonly suspended: boolean;
}

export interface DebtsOf {
  /** All installations of a condominium, or one. */
  readonly of: { readonly condominiumId: string } | { readonly installationId: string };
  readonly asOf: Date;
  /** The oldest first, or customer by customer and of each the oldest first. */
  readonly order: 'oldest' | 'customer';
}

/**
 * Who owes since when: invoices that are past their due date (in the installation's own calendar) or chased, with what
 * is due on them now. To be run whole, or page by page.
 */
export function debtsQuery({ of, asOf, order }: DebtsOf): RawBuilder<Debt> {
  const whose =
    'condominiumId' in of
      ? raw`installation.condominium_id = ${of.condominiumId}`
      : raw`installation.id = ${of.installationId}`;
  const sorted =
    order === 'oldest'
      ? raw`doc.due_date, doc.number_text, doc.id`
      : raw`length(doc.customer_id), doc.customer_id, doc.due_date, doc.number, doc.id`;
  return raw<Debt>`
    with late as (
      select doc.id, (${asOf}::timestamptz at time zone installation.time_zone)::date as today
      from installation
      join fiscal_document doc on doc.installation_id = installation.id and doc.type <> 'NC'
      where ${whose} and (doc.due_date < (${asOf}::timestamptz at time zone installation.time_zone)::date
        or exists (select from arrears_case chase where chase.document_id = doc.id))),
    owed as (
      select late.id, late.today, sum(posting.amount_cents) as cents,
        coalesce(sum(posting.amount_cents) filter (where entry.kind = 'interest-charged'), 0) as interest
      from late
      join journal_entry entry on entry.document_id = late.id
      join posting on posting.entry_id = entry.id
      join ledger_account account on account.id = posting.account_id and account.kind = 'receivable'
      group by late.id, late.today having sum(posting.amount_cents) > 0)
    select doc.id as "documentId", doc.number_text as "numberText", doc.customer_id as "customerId",
      doc.customer_snapshot ->> 'name' as "customerName", doc.installation_id as "installationId",
      to_char(doc.period_from, 'YYYY-MM') as period, doc.due_date as "dueDate",
      greatest(0, owed.today - doc.due_date) as "daysLate", doc.currency, doc.gross_cents as "grossCents",
      owed.cents::bigint as "dueCents", owed.interest::bigint as "interestCents", chase.stage,
      chase.next_stage as "nextStage",
      case when chase.stage is null then collection.next_action_at else chase.next_action_at end as "nextActionAt",
      collection.step as "collectionStep", chase.opened_at as "openedAt", chase.outcome,
      chase.claim_lapses_at as "claimLapsesAt",
      exists (select from customer_suspension halt where halt.document_id = doc.id and halt.until is null) as suspended
    from owed
    join fiscal_document doc on doc.id = owed.id
    left join collection on collection.document_id = doc.id
    left join arrears_case chase on chase.document_id = doc.id
    order by ${sorted}`;
}

/** {@link debtsQuery} of a condominium, the oldest first, as a list. */
export async function debtsOf(sql: Sql, condominiumId: string, now: Date): Promise<Debt[]> {
  const { rows } = await debtsQuery({ of: { condominiumId }, asOf: now, order: 'oldest' }).execute(sql);
  return rows;
}
