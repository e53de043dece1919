import { sql, type RawBuilder } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import type { StoredAround } from './check-registers.js';
import type { IncomingMessage, RegisterFacts } from './facts.js';

interface StoredRegister {
  readonly at: number;
  readonly importWh: number;
}

export interface AroundColumns {
  readonly before: StoredRegister | null;
  readonly after: StoredRegister | null;
  readonly same: readonly StoredRegister[] | null;
}

/** The first and last instant a message speaks of; the moment of receipt where it gives none. */
export function spanOf({ message, receivedAt }: IncomingMessage): { first: string; last: string } {
  const stamps = 'samples' in message ? message.samples.map((one) => one.stamp) : [];
  if ('stamp' in message) stamps.push(message.stamp);
  const times = stamps.map((stamp) => (stamp.at ?? receivedAt).getTime());
  if (times.length === 0) times.push(receivedAt.getTime());
  return { first: new Date(Math.min(...times)).toISOString(), last: new Date(Math.max(...times)).toISOString() };
}

/** Columns `before`, `after`, `same`: the registers of a transaction around the span `r.first` to `r.last`. */
export function registersAround(transaction: RawBuilder<unknown>): RawBuilder<unknown> {
  const register = sql`jsonb_build_object('at', (extract(epoch from m.at) * 1000)::bigint, 'importWh', m.import_wh)`;
  return sql`
    (select ${register} from meter_reading m where m.transaction_id = ${transaction} and m.at < r.first
      order by m.at desc limit 1) as before,
    (select ${register} from meter_reading m where m.transaction_id = ${transaction} and m.at > r.last
      order by m.at limit 1) as after,
    (select jsonb_agg(${register}) from meter_reading m where m.transaction_id = ${transaction}
      and m.at >= r.first and m.at <= r.last) as same`;
}

/** The registers around messages whose transaction was found otherwise than by its name, by place in the batch. */
export async function loadAround(
  db: Sql,
  asked: readonly {
    readonly index: number;
    readonly transaction: number;
    readonly first: string;
    readonly last: string;
  }[],
): Promise<Map<number, StoredAround>> {
  if (asked.length === 0) return new Map();
  const { rows } = await sql<AroundColumns & { index: number }>`
    select r.index, ${registersAround(sql`r.transaction`)}
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as r(index int, transaction int, first timestamptz, last timestamptz)`.execute(db);
  return new Map(rows.map((row) => [row.index, toAround(row)]));
}

export function toAround(row: AroundColumns): StoredAround {
  const facts = ({ at, importWh }: StoredRegister): RegisterFacts => ({ at: new Date(at), importWh });
  return {
    before: row.before === null ? null : facts(row.before),
    after: row.after === null ? null : facts(row.after),
    same: (row.same ?? []).map(facts),
  };
}
