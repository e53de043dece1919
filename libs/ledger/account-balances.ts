import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';

export interface KindBalance {
  readonly kind: string;
  readonly currency: string;
  readonly accounts: number;
  /** Debit positive, credit negative. */
  readonly postedCents: number;
  /** What is reserved in favour of (positive) or against (negative) these accounts, and has not moved. */
  readonly pendingCents: number;
}

/** The books at a glance: for each kind of account and currency what is posted on all of them. Sums of all postings. */
export async function balancesByKind(sql: Sql): Promise<KindBalance[]> {
  const { rows } = await raw<KindBalance>`
    select account.kind, account.currency, count(distinct account.id)::int as accounts,
      sum(posting.amount_cents)::bigint as "postedCents", sum(posting.pending_cents)::bigint as "pendingCents"
    from ledger_account account join posting on posting.account_id = account.id
    group by account.kind, account.currency order by account.currency, account.kind`.execute(sql);
  return rows;
}
