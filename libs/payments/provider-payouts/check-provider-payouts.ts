import { sql as raw } from 'kysely';

import type { LedgerProblem } from '#libs/ledger/ledger-problem.js';

import type { Sql } from '../../persistence/database.js';

/**
 * Every payout of the provider is matched: its movements are ours, and come to what the bank received; and when it was
 * last asked, the provider held what its movements, and our books, say. Gives what does not hold, with its figures.
 */
export async function checkProviderPayouts(sql: Sql): Promise<readonly LedgerProblem[]> {
  const problems: LedgerProblem[] = [];
  for (const check of [sums, strangers, neverBooked, balance]) problems.push(...(await check().execute(sql)).rows);
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

const balance = () => raw<LedgerProblem>`
  select 'PAYOUT_UNMATCHED' as code, 'processor/stripe' as subject,
    format('the provider holds %s cents, its movements come to %s net and %s gross, the books to %s',
      provider_cents, unpaid_net_cents, unpaid_gross_cents, books_cents) as detail
  from (select * from processor_balance order by compared_at desc, id desc limit 1) last
  where provider_cents <> unpaid_net_cents or unpaid_gross_cents <> books_cents`;
