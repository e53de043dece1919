import { sql as raw } from 'kysely';

import type { Sql } from '../../persistence/database.js';
import { isInForce } from './decisions.js';
import type { MatchCandidates, MatchDocument } from './match-line.js';

/** Paid invoices are named by payers for so long: a year's statement with a month to spare. */
const NAMED_FOR_MONTHS = 13;

/** All that a line of an issuer's account may be for, with what is due on it now. */
export async function matchCandidates(
  sql: Sql,
  { issuerId, now }: { readonly issuerId: string; readonly now: Date },
): Promise<MatchCandidates> {
  const { rows: documents } = await raw<MatchDocument>`
    select document.id as "documentId", document.number_text as "numberText", document.customer_id as "customerId",
      document.due_date as "dueDate", coalesce(owed.cents, 0)::bigint as "dueCents",
      coalesce(owed.given_up, 0)::bigint as "writtenOffCents",
      exists (select from payment_attempt attempt where attempt.document_id = document.id
        and attempt.state in ('created', 'processing')) as "debitInFlight"
    from fiscal_document document
    join installation on installation.id = document.installation_id
    left join lateral (
      select sum(posting.amount_cents) filter (where account.kind = 'receivable') as cents,
        sum(posting.amount_cents) filter (where account.kind = 'write-off') as given_up
      from journal_entry entry
      join posting on posting.entry_id = entry.id
      join ledger_account account on account.id = posting.account_id
      where entry.document_id = document.id and account.kind in ('receivable', 'write-off')) owed on true
    where installation.issuer_id = ${issuerId} and document.type not in ('NC', 'RC') and document.currency = 'EUR'
      and (owed.cents > 0 or document.issued_at > ${now}::timestamptz - make_interval(months => ${NAMED_FOR_MONTHS}))
    order by document.due_date, document.number_text`.execute(sql);
  const customers = await sql
    .selectFrom('customer')
    .where('condominium_id', 'in', (of) =>
      of.selectFrom('installation').select('condominium_id').where('issuer_id', '=', issuerId),
    )
    .select(['id as customerId', 'name'])
    .execute();
  return { documents, customers, payers: await payersOf(sql, issuerId) };
}

/** Whose money an account paid before, by decisions that stand. */
async function payersOf(sql: Sql, issuerId: string): Promise<Map<string, readonly string[]>> {
  const rows = await sql
    .selectFrom('bank_decision_part as part')
    .innerJoin('bank_decision as decision', 'decision.id', 'part.decision_id')
    .innerJoin('bank_line as line', 'line.id', 'decision.line_id')
    .where('line.issuer_id', '=', issuerId)
    .where('line.counterparty_hash', 'is not', null)
    .where('decision.kind', '=', 'matched')
    .where('part.attempt_id', 'is', null)
    .where(isInForce('decision'))
    .select(['line.counterparty_hash as hash', 'part.customer_id as customerId'])
    .distinct()
    .execute();
  const payers = new Map<string, readonly string[]>();
  for (const { hash, customerId } of rows) {
    if (hash !== null) payers.set(hash, [...(payers.get(hash) ?? []), customerId]);
  }
  return payers;
}
