import { sql as raw } from 'kysely';

import type { Sql } from '../../persistence/database.js';
import { shiftPeriod } from '../../registry/period.js';
import type { PayoutFees, RecoveredDocument } from './decide-payout.js';

/** Whose money, in whose bank account. */
export interface PayoutParties {
  readonly condominiumId: string;
  readonly issuerId: string;
  readonly currency: string;
}

/**
 * The invoices of a condominium that a payout has something to do with: those on which money was received or taken, but
 * for those paid in full and taken in full. In the order of their issue.
 */
export async function recoveredDocuments(sql: Sql, parties: PayoutParties): Promise<RecoveredDocument[]> {
  const { condominiumId, issuerId, currency } = parties;
  const { rows } = await raw<RecoveredDocument>`
    with booked as (
      select document.id, document.number_text, document.issued_at, document.number,
        coalesce(-sum(posting.amount_cents) filter (where account.kind in ('recovered', 'interest')), 0) as recovered,
        coalesce(sum(posting.amount_cents) filter (where account.kind = 'receivable'
          and entry.kind in ('invoice-issued', 'credit-note-issued', 'interest-charged')), 0) as claimed,
        coalesce(-sum(posting.amount_cents) filter (where account.kind = 'receivable' and entry.kind not in
          ('invoice-issued', 'credit-note-issued', 'interest-charged', 'write-off', 'write-off-reversed')), 0) as paid
      from installation
      join fiscal_document document on document.installation_id = installation.id and document.currency = ${currency}
      join journal_entry entry on entry.document_id = document.id
      join posting on posting.entry_id = entry.id
      join ledger_account account on account.id = posting.account_id
      where installation.condominium_id = ${condominiumId} and installation.issuer_id = ${issuerId}
      group by document.id),
    taken as (
      select line.document_id, sum(line.cents) as cents
      from payout join payout_line line on line.payout_id = payout.id
      where payout.condominium_id = ${condominiumId} and payout.state <> 'cancelled' and line.document_id is not null
      group by line.document_id)
    select booked.id as "documentId", booked.number_text as "numberText", booked.recovered::bigint as "recoveredCents",
      booked.claimed::bigint as "claimedCents", booked.paid::bigint as "paidCents",
      coalesce(taken.cents, 0)::bigint as "takenCents"
    from booked left join taken on taken.document_id = booked.id
    where not (booked.paid >= booked.claimed and booked.recovered = coalesce(taken.cents, 0))
      and not (booked.paid <= 0 and booked.claimed > 0 and coalesce(taken.cents, 0) = 0)
    order by booked.issued_at, booked.number, booked.id`.execute(sql);
  return rows;
}

interface PolicyRow {
  readonly validFrom: string;
  readonly permyriad: number;
  readonly perMonthCents: number;
}

/** The fees that the contract takes in a local month (yyyy-mm): those of former months that no payout took, too. */
export async function payoutFees(sql: Sql, { condominiumId }: PayoutParties, period: string): Promise<PayoutFees> {
  const policies = (await sql
    .selectFrom('payout_policy')
    .where('condominium_id', '=', condominiumId)
    .select(['valid_from as validFrom', 'fee_permyriad as permyriad', 'fee_per_month_cents as perMonthCents'])
    .orderBy('valid_from')
    .execute()) satisfies PolicyRow[];
  const [first] = policies;
  if (first === undefined) return { permyriad: 0, months: [] };
  const taken = await sql
    .selectFrom('payout_line as line')
    .innerJoin('payout', 'payout.id', 'line.payout_id')
    .where('payout.condominium_id', '=', condominiumId)
    .where('payout.state', '<>', 'cancelled')
    .where('line.kind', '=', 'fee-per-month')
    .select('line.month')
    .execute();
  const paid = new Set(taken.map(({ month }) => month));
  const months: { month: string; cents: number }[] = [];
  for (let month = first.validFrom.slice(0, 7); month <= period; month = shiftPeriod(month, 1)) {
    const cents = policyIn(policies, month)?.perMonthCents ?? 0;
    if (cents > 0 && !paid.has(month)) months.push({ month, cents });
  }
  return { permyriad: policyIn(policies, period)?.permyriad ?? 0, months };
}

/** A policy that begins within a month holds for all of that month. */
function policyIn(policies: readonly PolicyRow[], month: string): PolicyRow | undefined {
  return policies.findLast(({ validFrom }) => validFrom.slice(0, 7) <= month);
}
