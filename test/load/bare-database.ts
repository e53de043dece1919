import { sql as raw } from 'kysely';
import pg from 'pg';

import { openDatabase, type Sql } from '#libs/persistence/database.js';

/** As many messages as one commit of the gateway carries at most, over as many transactions at once. */
const BATCH = 128;
const LANES = 2;
/** The way of one statement, one commit for each message, over as many connections as pools usually have. */
const CONNECTIONS = 8;
const MESSAGES = 40_000;
const SINGLE_MESSAGES = 8_000;

export interface BareDatabaseResult {
  /** Messages a second, each with its rows in a transaction of its own. */
  readonly oneByOnePerSecond: number;
  /** Messages a second in transactions of as many as the gateway gathers. */
  readonly inBatchesPerSecond: number;
}

/**
 * What PostgreSQL alone commits of the rows that the gateway has just written: the message, its reading, and the
 * transaction's last reading. Nothing is parsed, looked up, decided or answered; the indexes are the same.
 */
export async function benchBareDatabase(databaseUrl: string): Promise<BareDatabaseResult> {
  const database = await openDatabase({ url: databaseUrl, poolSize: CONNECTIONS });
  try {
    await makeTables(databaseUrl);
    const rows = await writtenRows(database.sql);
    const oneByOne = await perSecond(database.sql, rows.slice(0, SINGLE_MESSAGES), { batch: 1, lanes: CONNECTIONS });
    await raw`truncate bare_message, bare_reading`.execute(database.sql);
    const inBatches = await perSecond(database.sql, rows, { batch: BATCH, lanes: LANES });
    return { oneByOnePerSecond: oneByOne, inBatchesPerSecond: inBatches };
  } finally {
    await database.close();
  }
}

interface WrittenRows {
  readonly message: object;
  readonly reading: { readonly transaction_id: number };
}

/** As the owner of the database: the application itself may make no tables. */
async function makeTables(databaseUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  await owner.query(`
    create table bare_message (like ocpp_message including all);
    create table bare_reading (like meter_reading including all);
    create table bare_transaction (like charging_transaction including all);
    insert into bare_transaction select * from charging_transaction;
    grant all on bare_message, bare_reading, bare_transaction to public`);
  await owner.end();
}

async function writtenRows(sql: Sql): Promise<WrittenRows[]> {
  const { rows } = await raw<WrittenRows>`
    select to_jsonb(m) as message, to_jsonb(r) as reading
    from ocpp_message m join meter_reading r on r.message_id = m.id
    where m.action = 'MeterValues' order by m.id limit ${MESSAGES}`.execute(sql);
  return rows;
}

async function perSecond(
  sql: Sql,
  rows: readonly WrittenRows[],
  { batch, lanes }: { readonly batch: number; readonly lanes: number },
): Promise<number> {
  const batches = Array.from({ length: Math.ceil(rows.length / batch) }, (_, at) =>
    rows.slice(at * batch, (at + 1) * batch),
  );
  const startedAt = performance.now();
  const lane = async (): Promise<void> => {
    for (let next = batches.pop(); next !== undefined; next = batches.pop()) await write(sql, next);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return Math.round((rows.length / (performance.now() - startedAt)) * 1_000);
}

/** One statement, so one commit. */
async function write(sql: Sql, rows: readonly WrittenRows[]): Promise<void> {
  const messages = JSON.stringify(rows.map(({ message }) => message));
  const readings = JSON.stringify(rows.map(({ reading }) => reading));
  await raw`
    with m as (
      insert into bare_message select * from jsonb_populate_recordset(null::bare_message, ${messages}::jsonb)
      returning id),
    r as (
      insert into bare_reading select * from jsonb_populate_recordset(null::bare_reading, ${readings}::jsonb)
      returning transaction_id, at)
    update bare_transaction t set last_reading_at = greatest(t.last_reading_at, r.at)
    from r where t.id = r.transaction_id`.execute(sql);
}
