import type { Sql } from '../persistence/database.js';
import type { Account } from './accounts.js';
import type { Entry } from './entry.js';

/** `posted` is false when the key was posted before: then nothing has changed. */
export type Posted = Promise<{ readonly posted: boolean }>;

/**
 * Writes an entry once. The unique key decides: a second writer waits for the first one's commit and then posts
 * nothing. Must run inside a transaction (the database checks at commit that the entry sums to zero). Throws when the
 * entry resolves another that does not exist, or that another key has resolved before.
 */
export async function postEntry(trx: Sql, entry: Entry): Posted {
  if (!trx.isTransaction) throw new Error('postings are written inside a transaction: sql.transaction().execute(...)');
  const inserted = await trx
    .insertInto('journal_entry')
    .values({
      key: entry.key,
      kind: entry.kind,
      phase: entry.phase,
      resolves_id: entry.resolvesKey === null ? null : await pendingId(trx, entry.resolvesKey),
      description: entry.description,
      document_id: entry.documentId,
      occurred_at: entry.occurredAt,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted === undefined) return { posted: false };

  const ids = await accountIds(
    trx,
    entry.postings.map(({ account }) => account),
  );
  await trx
    .insertInto('posting')
    .values(
      entry.postings.map(({ account, amountCents, pendingCents }) => ({
        entry_id: inserted.id,
        account_id: idOf(ids, account),
        amount_cents: amountCents,
        pending_cents: pendingCents,
      })),
    )
    .execute();
  return { posted: true };
}

async function pendingId(trx: Sql, key: string): Promise<string> {
  const { id } = await trx
    .selectFrom('journal_entry')
    .select('id')
    .where('key', '=', key)
    .where('phase', '=', 'pending')
    .executeTakeFirstOrThrow(() => new Error(`no pending entry ${key}`));
  return id;
}

function idOf(ids: ReadonlyMap<string, string>, account: Account): string {
  const id = ids.get(account.code);
  if (id === undefined) throw new Error(`account ${account.code} holds another currency than ${account.currency}`);
  return id;
}

/** Ids by code; missing accounts are made, in the order of their codes so that two writers never wait on each other. */
async function accountIds(trx: Sql, accounts: readonly Account[]): Promise<Map<string, string>> {
  const sorted = [...accounts].sort((a, b) => (a.code < b.code ? -1 : 1));
  const find = async () =>
    trx
      .selectFrom('ledger_account')
      .where(
        'code',
        'in',
        sorted.map(({ code }) => code),
      )
      .select(['id', 'code', 'currency'])
      .execute();
  let rows = await find();
  if (rows.length < sorted.length) {
    await trx
      .insertInto('ledger_account')
      .values(
        sorted.map((account) => ({
          code: account.code,
          kind: account.kind,
          currency: account.currency,
          customer_id: account.customerId,
          condominium_id: account.condominiumId,
        })),
      )
      .onConflict((conflict) => conflict.column('code').doNothing())
      .execute();
    rows = await find();
  }
  const currencies = new Map(sorted.map(({ code, currency }) => [code, currency]));
  return new Map(rows.filter((row) => currencies.get(row.code) === row.currency).map((row) => [row.code, row.id]));
}
