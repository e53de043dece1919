import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, MikroORM, PostgreSqlDriver, type InferKyselyDB } from '@mikro-orm/postgresql';
import type { Kysely } from 'kysely';
import { TypeOverrides, type Pool } from 'pg';

import { APPLICATION_ROLE } from './application-role.js';
import { ENTITIES } from './entities.js';
import { MIGRATIONS } from './migrations/index.js';
import { endSilentConnections } from './silent-server.js';

/** The tables as Kysely sees them: snake_case columns, timestamptz as Date, int8 as safe integers, date as yyyy-mm-dd. */
export interface Schema extends InferKyselyDB<(typeof ENTITIES)[number]> {}

/** A connection pool or, inside `sql.transaction().execute(...)`, one transaction. */
export type Sql = Kysely<Schema>;

const OID = { int8: 20, date: 1082, timestamptz: 1184, int8Array: 1016 } as const;

/** int8 → number; energy in Wh and money in cents stay far below 2^53, anything beyond is a broken invariant. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 value ${text} does not fit a safe integer`);
  return value;
}

function typeParsers(): TypeOverrides {
  const types = new TypeOverrides();
  types.setTypeParser(OID.int8, safeInteger);
  types.setTypeParser(OID.date, (text) => text);
  types.setTypeParser(OID.timestamptz, (text) => new Date(text));
  return types;
}

/** Who waits longer for a connection of the pool is told so: a pool that nobody gives back to would hold him for ever. */
const CONNECTION_WAIT_MS = 30_000;

export interface DatabaseOptions {
  /** postgres://user:password@host:port/name */
  readonly url: string;
  /** Upper bound of the pool; 10 when not given. */
  readonly poolSize?: number;
  /** How long is waited for a free connection; 30 seconds when not given. */
  readonly connectionWaitMs?: number;
  /**
   * Who asks. `application` (when not given) has no right to change facts; `owner` is the configured user itself, for
   * migrations alone.
   */
  readonly as?: 'application' | 'owner';
  /** How long the server may say nothing when it is connected to or asked; as long as TCP waits when not given. */
  readonly silenceMs?: number;
}

/** The open database: the ORM for entities and migrations, Kysely for every query. */
export interface Database {
  readonly orm: MikroORM;
  readonly sql: Sql;
  close(): Promise<void>;
}

/** MikroORM's configuration, also used by `MikroOrmModule.forRoot`. */
export function ormConfig(options: DatabaseOptions) {
  const { silenceMs } = options;
  return defineConfig({
    driver: PostgreSqlDriver,
    clientUrl: options.url,
    entities: [...ENTITIES],
    pool: { min: 0, max: options.poolSize ?? 10 },
    driverOptions: {
      types: typeParsers(),
      connectionTimeoutMillis: options.connectionWaitMs ?? CONNECTION_WAIT_MS,
      ...(options.as === 'owner' ? {} : { options: `-c role=${APPLICATION_ROLE}` }),
      ...(silenceMs === undefined
        ? {}
        : {
            connectionTimeoutMillis: silenceMs,
            onPoolCreated: (pool: Pool) => endSilentConnections(pool, silenceMs),
          }),
    },
    extensions: [Migrator],
    migrations: { migrationsList: MIGRATIONS, snapshot: false, silent: true, tableName: 'schema_migration' },
    timezone: 'UTC',
    forceUtcTimezone: true,
    discovery: { warnWhenNoEntities: false },
  });
}

/** Opens the pool; does not migrate. Rejects when the server cannot be reached, or was never migrated. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const orm = await MikroORM.init(ormConfig(options));
  await orm.em.getConnection().execute('select 1');
  return { orm, sql: orm.em.getKysely() as unknown as Sql, close: () => orm.close(true) };
}

/** Reads all of one moment: what is written meanwhile is not seen. Inside a transaction it is that transaction's moment. */
export function inOneSnapshot<T>(sql: Sql, read: (snapshot: Sql) => Promise<T>): Promise<T> {
  if (sql.isTransaction) return read(sql);
  return sql.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);
}

/** Applies pending migrations, as the owner of the tables; returns their names. */
export async function migrate(url: string): Promise<string[]> {
  const owner = await openDatabase({ url, poolSize: 1, as: 'owner' });
  try {
    const done = await owner.orm.migrator.up();
    return done.map((migration) => migration.name);
  } finally {
    await owner.close();
  }
}
