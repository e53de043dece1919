import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import { DAY_0, DAY_MS } from './money-story.js';

interface Row {
  readonly at: Date;
  readonly kind: string;
  readonly phase: string;
  readonly description: string;
  readonly postings: readonly { readonly code: string; readonly cents: number; readonly pending: number }[];
}

/**
 * The books as a story leaves them: a line for each entry with its day of the story, what it was and what it moved, and the
 * balance of each account that is not zero. What is pending stands in brackets.
 */
export async function printedLedger(sql: Sql, dayZero = DAY_0): Promise<string> {
  const { rows } = await raw<Row>`
    select entry.occurred_at as at, entry.kind, entry.phase, entry.description,
      jsonb_agg(jsonb_build_object('code', account.code, 'cents', posting.amount_cents, 'pending', posting.pending_cents)
        order by posting.amount_cents + posting.pending_cents desc, account.code) as postings
    from journal_entry entry
    join posting on posting.entry_id = entry.id
    join ledger_account account on account.id = posting.account_id
    group by entry.id order by entry.occurred_at, entry.id`.execute(sql);
  const { rows: balances } = await raw<{ code: string; cents: number }>`
    select account.code, sum(posting.amount_cents)::bigint as cents
    from posting join ledger_account account on account.id = posting.account_id
    group by account.code having sum(posting.amount_cents) <> 0 order by account.code`.execute(sql);
  const width = Math.max(0, ...balances.map(({ code }) => code.length));
  return [
    ...rows.map((row) => entryLine(row, dayZero)),
    '---',
    ...balances.map(({ code, cents }) => `${code.padEnd(width)} ${amount(cents).padStart(10)}`),
  ].join('\n');
}

function entryLine({ at, kind, phase, description, postings }: Row, dayZero: Date): string {
  const day = `D${String(Math.floor((at.getTime() - dayZero.getTime()) / DAY_MS)).padStart(3, '0')}`;
  const moved = postings.map(
    ({ code, cents, pending }) => `${code} ${cents === 0 ? `[${amount(pending)}]` : amount(cents)}`,
  );
  return `${day} ${kind}${phase === 'posted' ? '' : ` (${phase})`}: ${description}: ${moved.join(', ')}`;
}

function amount(cents: number): string {
  const text = (Math.abs(cents) / 100).toFixed(2);
  return `${cents < 0 ? '-' : '+'}${text}`;
}

/**
 * Writes the books of a story under its name, for whoever reads the run, and gives them back without the days: a day more or
 * less that a busy machine lets pass changes no cent.
 */
export function tell(title: string, books: string): string {
  process.stdout.write(`\n${title}\n${books}\n\n`);
  return books.replaceAll(/^D\d+ /gm, '');
}
