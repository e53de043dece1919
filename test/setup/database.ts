import { randomBytes } from 'node:crypto';

import { sql as raw } from 'kysely';
import pg from 'pg';

import { migrate, openDatabase, type Database, type Sql } from '#libs/persistence/database.js';

const TEMPLATE = 'chazemo_template';
const TEMPLATE_LOCK = 727_001;

async function asAdministrator<T>(run: (client: pg.Client) => Promise<T>): Promise<T> {
  const url = process.env['TEST_POSTGRES_URL'];
  if (url === undefined) throw new Error('TEST_POSTGRES_URL is not set: run the tests by `npm test`');
  const client = new pg.Client({ connectionString: `${url}/postgres` });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

export interface TestDatabase extends Database {
  readonly url: string;
  /** Runs something as the owner of the tables, which no program of ours is but to migrate. */
  asOwner<T>(run: (database: Database) => Promise<T>): Promise<T>;
  /** Past the triggers, as somebody with the keys to the server can and no program of ours may. */
  tamper(run: (trx: Sql) => Promise<unknown>): Promise<void>;
  /** Closes the pool and drops the database. */
  drop(): Promise<void>;
}

/** An empty, migrated database of its own on the run's real PostgreSQL. Drop it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['TEST_POSTGRES_URL'];
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdministrator(async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [TEMPLATE]);
    if (rowCount === 0) {
      await client.query(`create database ${TEMPLATE}_new`);
      await migrate(`${server}/${TEMPLATE}_new`);
      await client.query(`alter database ${TEMPLATE}_new rename to ${TEMPLATE}`);
    }
    await client.query(`create database ${name} template ${TEMPLATE}`);
    await client.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  });
  const url = `${server}/${name}`;
  const database = await openDatabase({ url });
  const asOwner = async <T>(run: (owner: Database) => Promise<T>): Promise<T> => {
    const owner = await openDatabase({ url, as: 'owner' });
    try {
      return await run(owner);
    } finally {
      await owner.close();
    }
  };
  return {
    ...database,
    url,
    asOwner,
    tamper: (run) =>
      asOwner(({ sql }) =>
        sql.transaction().execute(async (trx) => {
          await raw`set local session_replication_role = replica`.execute(trx);
          await run(trx);
        }),
      ),
    async drop() {
      await database.close();
      await asAdministrator((client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}
