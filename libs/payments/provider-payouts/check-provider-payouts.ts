import { sql as raw } from 'kysely';

import type { LedgerProblem } from '#libs/ledger/ledger-problem.js';

import type { Sql } from '../../persistence/database.js';
import { PAYOUT_DAYS_LATE } from '../bank/pair-payouts.js';

/**
 * Every payout of the provider is matched: its movements are ours, and come to what the bank received; and when it was
 * last asked, the provider held what its movements, and our books, say. Where the statements of the days on which it had
 * to come were imported, it came on one of their lines. Gives what does not hold, with its figures.
 */
export async function checkProviderPayouts(sql: Sql): Promise<readonly LedgerProblem[]> {
  const problems: LedgerProblem[] = [];
  for (const check of [sums, strangers, neverBooked, neverOnStatement, balance])
    problems.push(...(await check().execute(sql)).rows);
  return problems;
}

const sums = () => raw<LedgerProblem>`
  select 'PAYOUT_UNMATCHED' as code, 'payout/' || payout.id as subject,
    format('%s cents paid out, its movements come to %s', payout.amount_cents, coalesce(moved.cents, 0)) as detail
  from processor_payout payout
  left join lateral (
    select sum(net_cents) as cents from processor_transaction
    where payout_id = payout.id and type <> 'payout') moved on true
  where coalesce(moved.cents, 0) <> payout.amount_cents order by 2`;

const strangers = () => raw<LedgerProblem>`
  select 'PAYOUT_UNMATCHED' as code, 'payout/' || payout_id as subject,
    format('%s of %s cents (%s) is of no payment of ours', id, amount_cents, type) as detail
  from processor_transaction where payout_id is not null and subject is null order by 2, id`;

const neverBooked = () => raw<LedgerProblem>`
  select 'PAYOUT_UNMATCHED' as code, 'payout/' || payout.id as subject, 'stands in no books' as detail
  from processor_payout payout
  where not exists (select from journal_entry where key = 'payout/' || payout.id) order by 2`;

/** A line of the same amount that waits for a person, or that a person has called a payout, may be it. */
const neverOnStatement = () => raw<LedgerProblem>`
  select 'PAYOUT_NOT_ON_STATEMENT' as code, 'payout/' || payout.id as subject,
    format('%s cents should have come on %s; the statements of these days do not have it', payout.amount_cents, days.first)
      as detail
  from processor_payout payout
  join issuer on issuer.id = payout.issuer_id
  cross join lateral (select (payout.arrives_at at time zone 'UTC')::date as first) days
  where payout.state = 'paid' and payout.decision_id is null
    and not exists (
      select from generate_series(days.first, days.first + ${PAYOUT_DAYS_LATE}::int, interval '1 day') as day
      where not exists (
        select from bank_statement statement
        where statement.issuer_id = payout.issuer_id and day::date between statement.opened_on and statement.closed_on
          and statement.account_last4 = right(replace(issuer.iban, ' ', ''), 4)))
    and not exists (
      select from bank_line line
      where line.issuer_id = payout.issuer_id and line.amount_cents = payout.amount_cents
        and line.booked_on between days.first - 1 and days.first + ${PAYOUT_DAYS_LATE}::int
        and not exists (
          select from bank_decision decision
          where decision.line_id = line.id and decision.kind <> 'undone'
            and not exists (select from bank_decision later where later.undoes_id = decision.id)
            and (decision.kind <> 'processor-payout'
              or exists (select from processor_payout other where other.decision_id = decision.id))))
  order by 2`;

const balance = () => raw<LedgerProblem>`
  select 'PAYOUT_UNMATCHED' as code, 'processor/stripe' as subject,
    format('the provider holds %s cents, its movements come to %s net and %s gross, the books to %s',
      provider_cents, unpaid_net_cents, unpaid_gross_cents, books_cents) as detail
  from (select * from processor_balance order by compared_at desc, id desc limit 1) last
  where provider_cents <> unpaid_net_cents or unpaid_gross_cents <> books_cents`;
