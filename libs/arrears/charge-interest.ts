import { sql as raw } from 'kysely';

import { lockCustomerBooks } from '#libs/ledger/balances.js';
import { postInterest } from '#libs/ledger/post-events.js';

import type { Sql } from '../persistence/database.js';
import { loadCase } from './case-facts.js';
import { interestOn, type Interest, type PrincipalChange } from './interest.js';
import { localDate } from './letter-words.js';

export type ChargedInterest =
  | { readonly cents: number }
  /** Policy charges none, or every day was charged before. */
  | { readonly cents: 0; readonly because: 'policy' | 'no-days' }
  | Extract<Interest, { refused: unknown }>;

/**
 * Charges the interest of a case for the whole local days since the due date, or since the day after the last charge, up
 * to yesterday: once per span, posted with its computation in the same transaction. Nothing unless policy says so.
 * The caller's transaction; takes the customer's lock.
 */
export async function chargeInterest(
  trx: Sql,
  { documentId, now }: { readonly documentId: string; readonly now: Date },
): Promise<ChargedInterest> {
  const loaded = await loadCase(trx, documentId);
  if (loaded === null) throw new Error(`document ${documentId} has no arrears case`);
  const { facts, collection } = loaded;
  const kind = facts.policy.interest;
  if (kind === 'none') return { cents: 0, because: 'policy' };
  await lockCustomerBooks(trx, collection.customerId);
  const from = (await chargedTo(trx, documentId)) ?? dayAfter(collection.dueDate);
  const to = localDate(now, facts.timeZone).toString();
  if (from >= to) return { cents: 0, because: 'no-days' };
  const changes = await principalChanges(trx, documentId, facts.timeZone);
  const computed = interestOn({ changes, from, to, kind });
  if ('refused' in computed) return computed;
  const { cents, spans } = computed;
  await trx
    .insertInto('interest_charge')
    .values({
      document_id: documentId,
      from_date: from,
      to_date: to,
      kind,
      cents,
      spans: raw`${JSON.stringify(spans)}::jsonb`,
      at: now,
    })
    .execute();
  const key = `interest/${documentId}/${from}`;
  if (cents > 0) await postInterest(trx, { key, documentId, amountCents: cents, occurredAt: now });
  return { cents };
}

const dayAfter = (date: string): string => Temporal.PlainDate.from(date).add({ days: 1 }).toString();

async function chargedTo(sql: Sql, documentId: string): Promise<string | null> {
  const row = await sql
    .selectFrom('interest_charge')
    .select('to_date')
    .where('document_id', '=', documentId)
    .orderBy('to_date', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.to_date ?? null;
}

/** What the debt itself changed by on each local day; interest is no principal, and what is paid pays principal first. */
async function principalChanges(sql: Sql, documentId: string, timeZone: string): Promise<PrincipalChange[]> {
  const { rows } = await raw<PrincipalChange>`
    select (entry.occurred_at at time zone ${timeZone})::date::text as "date", sum(posting.amount_cents)::bigint as cents
    from journal_entry entry
    join posting on posting.entry_id = entry.id
    join ledger_account account on account.id = posting.account_id and account.kind = 'receivable'
    where entry.document_id = ${documentId} and entry.kind <> 'interest-charged'
    group by 1 order by 1`.execute(sql);
  return rows;
}
