import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Guards that entities cannot express; the comparator sees them as surplus. */
const GUARDS = /_once"|_one_spot"|_one_charger"|^drop trigger|^drop function/;

describe('the schema', () => {
  it('is what the entities say', async () => {
    const difference = await database.orm.schema.getUpdateSchemaSQL({ wrap: false });
    expect(difference.split('\n').filter((line) => line.trim() !== '' && !GUARDS.test(line))).toEqual([]);
  });

  it('goes down and up again', async () => {
    await database.asOwner(async (owner) => {
      await owner.orm.migrator.down({ to: 0 });
      const { rows } = await sql<{ table_name: string }>`select table_name from information_schema.tables
        where table_schema = 'public' and table_name <> 'schema_migration'`.execute(owner.sql);
      expect(rows).toEqual([]);
      await owner.orm.migrator.up();
    });
    await database.sql.selectFrom('installation').selectAll().execute();
  });

  it.each(['journal_entry', 'posting', 'fiscal_document', 'document_line', 'ocpp_message', 'audit_entry'])(
    'gives the programs no right to change or remove a row of %s',
    async (table) => {
      const id = table === 'posting' || table === 'document_line' ? 'entry_id' : 'id';
      const column = table === 'document_line' ? 'document_id' : id;
      for (const statement of [
        `update ${table} set ${column} = ${column}`,
        `delete from ${table}`,
        `truncate ${table}`,
      ]) {
        await expect(sql.raw(statement).execute(database.sql)).rejects.toThrow('permission denied');
      }
    },
  );

  it('refuses an entry whose postings do not sum to zero', async () => {
    const unbalanced = database.sql.transaction().execute(async (trx) => {
      const account = await trx
        .insertInto('ledger_account')
        .values({ code: 'bank/x', kind: 'bank', currency: 'EUR' })
        .returning('id')
        .executeTakeFirstOrThrow();
      const entry = await trx
        .insertInto('journal_entry')
        .values({ key: 'k', kind: 'test', description: 'one-sided', occurred_at: new Date() })
        .returning('id')
        .executeTakeFirstOrThrow();
      await trx.insertInto('posting').values({ entry_id: entry.id, account_id: account.id, amount_cents: 1 }).execute();
    });
    await expect(unbalanced).rejects.toThrow('out of balance by 1 cents');
  });
});
