import { sql as raw } from 'kysely';

import type { LedgerProblem } from '../../ledger/ledger-problem.js';
import type { Sql } from '../../persistence/database.js';

/**
 * What payouts and books must say of each other: a payout is the sum of its lines; it is posted, with its fees, when it
 * is paid and only then; nothing else is posted as one; and what the books hold as recovered for a condominium is what
 * its invoices recovered less what was paid out. Reads everything.
 */
export async function checkPayouts(sql: Sql): Promise<LedgerProblem[]> {
  const problems: LedgerProblem[] = [];
  for (const check of [differsFromLines(), differsFromPostings(), postedWithoutPayout(), differsFromUnpaid()]) {
    problems.push(...(await check.execute(sql)).rows);
  }
  return problems;
}

const differsFromLines = () => raw<LedgerProblem>`
  select 'PAYOUT_DIFFERS' as code, payout.condominium_id || '/' || payout.number as subject,
    format('%s with fees of %s, lines %s with fees of %s', payout.total_cents, payout.fees_cents, lines.cents, lines.fees)
      as detail
  from payout
  cross join lateral (select coalesce(sum(cents), 0) as cents,
      coalesce(-sum(cents) filter (where kind <> 'document'), 0) as fees
    from payout_line where payout_line.payout_id = payout.id) lines
  where (payout.total_cents, payout.fees_cents) <> (lines.cents, lines.fees) order by 2`;

const differsFromPostings = () => raw<LedgerProblem>`
  select 'PAYOUT_DIFFERS' as code, payout.condominium_id || '/' || payout.number as subject,
    format('%s, %s with fees of %s; posted %s of recovered, %s of the bank, %s of fees', payout.state,
      payout.total_cents, payout.fees_cents, posted.recovered, posted.bank, posted.fees) as detail
  from payout
  cross join lateral (select
      coalesce(sum(posting.amount_cents) filter (where account.kind = 'recovered'
        and account.condominium_id = payout.condominium_id), 0) as recovered,
      coalesce(-sum(posting.amount_cents) filter (where account.kind = 'bank'), 0) as bank,
      coalesce(-sum(posting.amount_cents) filter (where account.kind = 'fees'), 0) as fees
    from journal_entry entry
    join posting on posting.entry_id = entry.id
    join ledger_account account on account.id = posting.account_id and account.currency = payout.currency
    where entry.key = 'condominium-payout/' || payout.id) posted
  cross join lateral (select case payout.state when 'paid' then 1 else 0 end as times) due
  where (posted.recovered, posted.bank, posted.fees) <> (due.times * (payout.total_cents + payout.fees_cents),
    due.times * payout.total_cents, due.times * payout.fees_cents)
  order by 2`;

const postedWithoutPayout = () => raw<LedgerProblem>`
  select 'PAYOUT_DIFFERS' as code, entry.key as subject, 'posted without a payout' as detail
  from journal_entry entry
  where entry.kind = 'condominium-payout'
    and not exists (select from payout where entry.key = 'condominium-payout/' || payout.id) order by 2`;

/** What is recovered and not paid out yet, by the account and by the invoices and payouts. */
const differsFromUnpaid = () => raw<LedgerProblem>`
  with held as (
    select account.condominium_id, account.currency, -sum(posting.amount_cents) as cents
    from ledger_account account join posting on posting.account_id = account.id
    where account.kind in ('recovered', 'interest') group by 1, 2),
  charged as (
    select installation.condominium_id, document.currency, -sum(posting.amount_cents) as cents
    from fiscal_document document
    join installation on installation.id = document.installation_id
    join journal_entry entry on entry.document_id = document.id
    join posting on posting.entry_id = entry.id
    join ledger_account account on account.id = posting.account_id and account.kind in ('recovered', 'interest')
    group by 1, 2),
  paid as (
    select condominium_id, currency, sum(total_cents + fees_cents) as cents from payout where state = 'paid' group by 1, 2)
  select 'PAYOUT_DIFFERS' as code, 'recovered/' || held.condominium_id as subject,
    format('%s cents in the books, %s recovered less %s paid out, of %s', held.cents, coalesce(charged.cents, 0),
      coalesce(paid.cents, 0), held.currency) as detail
  from held
  left join charged on charged.condominium_id = held.condominium_id and charged.currency = held.currency
  left join paid on paid.condominium_id = held.condominium_id and paid.currency = held.currency
  where held.cents <> coalesce(charged.cents, 0) - coalesce(paid.cents, 0) order by 2`;
