import type { Sql } from '../persistence/database.js';
import type { Account } from './accounts.js';
import type { Entry } from './entry.js';

/**
 * Writes an entry once. The unique key decides: a second writer waits for the first one's commit and then posts
 * nothing. Must run inside a transaction (the database checks at commit that the entry sums to zero).
 */
export async function postEntry(trx: Sql, entry: Entry): Promise<{ readonly posted: boolean }> {
  if (!trx.isTransaction) throw new Error('postings are written inside a transaction: sql.transaction().execute(...)');
  const inserted = await trx
    .insertInto('journal_entry')
    .values({
      key: entry.key,
      kind: entry.kind,
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
      entry.postings.map(({ account, amountCents }) => ({
        entry_id: inserted.id,
        account_id: idOf(ids, account),
        amount_cents: amountCents,
      })),
    )
    .execute();
  return { posted: true };
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
