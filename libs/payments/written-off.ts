import { sql as raw } from 'kysely';

import { dueCents } from '#libs/ledger/balances.js';
import { postWriteOff, postWriteOffReversed } from '#libs/ledger/post-events.js';

import type { Sql } from '../persistence/database.js';
import { postedCents } from './posted-cents.js';

/** What was written off of a document and not taken back, in cents. */
export async function writtenOffCents(sql: Sql, documentId: string): Promise<number> {
  const row = await sql
    .selectFrom('posting')
    .innerJoin('journal_entry', 'journal_entry.id', 'posting.entry_id')
    .innerJoin('ledger_account', 'ledger_account.id', 'posting.account_id')
    .where('journal_entry.document_id', '=', documentId)
    .where('ledger_account.kind', '=', 'write-off')
    .select(raw<number>`coalesce(sum(posting.amount_cents), 0)::bigint`.as('cents'))
    .executeTakeFirstOrThrow();
  return row.cents;
}

/**
 * Money came after all for what was written off: as much of it is owed again as the money beyond the rest of the debt
 * pays. Once per key; the caller holds the customer's lock and then posts the payment. Returns the cents owed again.
 */
export async function reopenWrittenOff(
  trx: Sql,
  order: { readonly documentId: string; readonly beyondCents: number; readonly key: string; readonly now: Date },
): Promise<number> {
  const { documentId, beyondCents, key, now } = order;
  const amountCents = Math.min(beyondCents, await writtenOffCents(trx, documentId));
  if (amountCents <= 0) return 0;
  const { posted } = await postWriteOffReversed(trx, {
    key: reopenedKey(key),
    documentId,
    amountCents,
    occurredAt: now,
  });
  return posted ? amountCents : 0;
}

const reopenedKey = (key: string): string => `write-off-reversed/${key}`;

/**
 * The money of this key had never come for the document: what was owed again because of it is given up again. Once per
 * key; the caller holds the customer's lock and has taken the payment back.
 */
export async function giveUpAgain(
  trx: Sql,
  { documentId, key, now }: { readonly documentId: string; readonly key: string; readonly now: Date },
): Promise<void> {
  const reopenedCents = (await postedCents(trx, reopenedKey(key), 'write-off')) ?? 0;
  const amountCents = Math.min(reopenedCents, await dueCents(trx, documentId));
  if (amountCents <= 0) return;
  await postWriteOff(trx, { key: `write-off/undo/${key}`, documentId, amountCents, occurredAt: now });
}
