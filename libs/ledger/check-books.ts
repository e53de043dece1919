import { sql as raw } from 'kysely';

import type { LedgerProblem } from './ledger-problem.js';

/** What must hold within the books themselves; each query gives the problems it finds. */
export function bookChecks() {
  return [unbalancedBooks(), unbalancedEntries(), pendingNotReleased(), belowZero()];
}

const unbalancedBooks = () => raw<LedgerProblem>`
  select 'BOOKS_UNBALANCED' as code, account.currency as subject,
    format('%s cents, %s pending', sum(posting.amount_cents), sum(posting.pending_cents)) as detail
  from posting join ledger_account account on account.id = posting.account_id
  group by account.currency having sum(posting.amount_cents) <> 0 or sum(posting.pending_cents) <> 0 order by 2`;

const unbalancedEntries = () => raw<LedgerProblem>`
  select 'ENTRY_UNBALANCED' as code, entry.key as subject,
    format('%s cents, %s pending, of %s', sum(posting.amount_cents), sum(posting.pending_cents), account.currency) as detail
  from posting
  join journal_entry entry on entry.id = posting.entry_id
  join ledger_account account on account.id = posting.account_id
  group by entry.id, entry.key, account.currency
  having sum(posting.amount_cents) <> 0 or sum(posting.pending_cents) <> 0 order by 2`;

/** What resolves a pending entry releases all of it on the same accounts; what is pending or void moves nothing. */
const pendingNotReleased = () => raw<LedgerProblem>`
  select 'PENDING_NOT_RELEASED' as code, pending.key as subject,
    format('%s of %s cents released by %s', coalesce(-released.pending_cents, 0), reserved.pending_cents, resolution.key) as detail
  from journal_entry resolution
  join journal_entry pending on pending.id = resolution.resolves_id
  join posting reserved on reserved.entry_id = pending.id
  left join posting released on released.entry_id = resolution.id and released.account_id = reserved.account_id
  where coalesce(released.pending_cents, 0) <> -reserved.pending_cents
  union all
  select 'PENDING_NOT_RELEASED', entry.key, format('%s cents moved by an entry that is %s', posting.amount_cents, entry.phase)
  from journal_entry entry join posting on posting.entry_id = entry.id
  where entry.phase <> 'posted' and posting.amount_cents <> 0
  order by 2`;

const belowZero = () => raw<LedgerProblem>`
  select case account.kind when 'prepaid' then 'PREPAID_BELOW_ZERO' else 'UNMATCHED_BELOW_ZERO' end as code,
    account.code as subject, -sum(posting.amount_cents) || ' cents' as detail
  from posting join ledger_account account on account.id = posting.account_id
  where account.kind in ('prepaid', 'unmatched')
  group by account.code, account.kind having sum(posting.amount_cents) > 0 order by 2`;
