import { CompiledQuery, Kysely, PostgresDialect, PostgresDriver, type DatabaseConnection, type LogEvent } from 'kysely';
import pg from 'pg';

import { ormConfig, type Schema, type Sql } from '#libs/persistence/database.js';

/** How often something was kept: a transaction that was committed, or a statement outside of one that may write. */
class Kept {
  times = 0;
  inTransaction = false;

  readonly see = ({ level, query }: LogEvent): void => {
    if (level === 'query' && !this.inTransaction && !query.sql.startsWith('select')) this.times += 1;
  };
}

/** Every transaction is a savepoint of one that somebody else begins; what is checked at a commit is checked at its end. */
class SavepointDriver extends PostgresDriver {
  readonly #kept: Kept;

  constructor(pool: pg.Pool, kept: Kept) {
    super({ pool });
    this.#kept = kept;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await say(connection, 'savepoint deed');
    this.#kept.inTransaction = true;
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await say(connection, 'set constraints all immediate; set constraints all deferred; release savepoint deed');
    this.#kept.inTransaction = false;
    this.#kept.times += 1;
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await say(connection, 'rollback to savepoint deed; release savepoint deed');
    this.#kept.inTransaction = false;
  }
}

async function say(connection: DatabaseConnection, statements: string): Promise<void> {
  await connection.executeQuery(CompiledQuery.raw(statements));
}

class SavepointDialect extends PostgresDialect {
  readonly #pool: pg.Pool;
  readonly #kept: Kept;

  constructor(pool: pg.Pool, kept: Kept) {
    super({ pool });
    this.#pool = pool;
    this.#kept = kept;
  }

  override createDriver(): PostgresDriver {
    return new SavepointDriver(this.#pool, this.#kept);
  }
}

export interface UndoneDatabase {
  /**
   * Runs something of which nothing stays: not what it commits, not what it locks. One after the other. `kept` tells how
   * often it has kept something so far: a deed that was cut off with the same number has left the same.
   */
  undone<T>(work: (sql: Sql, kept: () => number) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** One connection to a database, on which the same deed can be done from the same start again and again. */
export function openUndone(url: string): UndoneDatabase {
  const { driverOptions } = ormConfig({ url });
  // A pool of one that never lets its connection go: whoever asks for a second one inside a transaction is told.
  const pool = new pg.Pool({
    ...driverOptions,
    connectionString: url,
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 10_000,
  });
  const kept = new Kept();
  const sql: Sql = new Kysely<Schema>({ dialect: new SavepointDialect(pool, kept), log: kept.see });
  return {
    async undone(work) {
      await pool.query('begin');
      kept.times = 0;
      try {
        return await work(sql, () => kept.times);
      } finally {
        await pool.query('rollback');
      }
    },
    close: () => sql.destroy(),
  };
}
