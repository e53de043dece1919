import { sql } from 'kysely';

import type { Answer } from '#libs/ocpp/messages.js';
import type { Sql } from '#libs/persistence/database.js';

import type { StoredAround } from './check-registers.js';
import { IMPORTED, startKey } from './decide-start.js';
import { stopKey } from './decide-stop.js';
import type { Facts, IncomingMessage, TransactionFacts } from './facts.js';
import { registersAround, spanOf, toAround, type AroundColumns } from './load-registers.js';
import { loadTokens } from './load-tokens.js';
import { parseSequence } from './sequence.js';

/** A message with its place in the batch and its idempotency key. */
export interface Keyed {
  readonly index: number;
  readonly key: string;
  readonly incoming: IncomingMessage;
}

/** What one look at the records tells of a message. */
export interface Known {
  /** Null for a charger that is not registered. */
  readonly installationId: string | null;
  /** The stored answer, when this message was recorded before. */
  readonly answer: Answer | null;
  /** The charger's transaction that the message names, with the registers stored around the message's own. */
  readonly named: TransactionFacts | null;
  readonly around: StoredAround;
}

interface TransactionRow {
  readonly id: number;
  readonly charger_id: string;
  readonly connector_id: number;
  readonly id_tag: string | null;
  readonly started_at: Date;
  readonly stopped_at: Date | null;
  readonly meter_start_wh: number | null;
  readonly meter_stop_wh: number | null;
  readonly start_key: string;
  readonly has_start: boolean;
  readonly flags: string[];
  readonly charger_ref: string | null;
  readonly last_reading_at: Date | null;
  readonly seq_nos: string;
}

const COLUMNS = sql`t.id, t.charger_id, t.connector_id, t.id_tag, t.started_at, t.stopped_at, t.meter_start_wh,
  t.meter_stop_wh, t.start_key, t.start_message_id is not null as has_start, t.flags, t.charger_ref,
  t.last_reading_at, t.seq_nos::text as seq_nos`;

type KnownRow = AroundColumns & {
  readonly index: number;
  readonly installation_id: string | null;
  readonly answer: Answer | null;
} & (TransactionRow | { readonly id: null });

/** Each message's installation, the answer it got if it came before, and the transaction it names. One statement. */
export async function loadKnown(db: Sql, messages: readonly Keyed[]): Promise<Map<number, Known>> {
  const asked = messages.map(({ index, key, incoming }) => {
    const name = nameOf(incoming);
    const transaction = typeof name === 'number' ? name : null;
    const ref = typeof name === 'string' ? name : null;
    return { index, key, charger: incoming.chargerId, transaction, ref, ...(name === null ? {} : spanOf(incoming)) };
  });
  const { rows } = await sql<KnownRow>`
    select r.index, c.installation_id, m.answer, ${COLUMNS}, ${registersAround(sql`t.id`)}
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as r(index int, key text, charger text, transaction int, ref text, first timestamptz, last timestamptz)
    left join charger c on c.id = r.charger
    left join ocpp_message m on m.key = r.key
    left join charging_transaction t on t.charger_id = r.charger and t.id = coalesce(r.transaction,
      (select own.id from charging_transaction own where own.charger_id = r.charger and own.charger_ref = r.ref))`.execute(
    db,
  );
  return new Map(
    rows.map((row) => [
      row.index,
      {
        installationId: row.installation_id,
        answer: row.answer,
        named: row.id === null ? null : toFacts(row),
        around: toAround(row),
      },
    ]),
  );
}

/** Everything the decisions on these messages need, in a handful of statements however many they are. */
export async function loadFacts(
  db: Sql,
  messages: readonly Keyed[],
  known: ReadonlyMap<number, Known>,
): Promise<Map<number, Facts>> {
  const tokens = await loadTokens(db, messages, known);
  const searching = messages.filter((one) => needsSearch(one, known.get(one.index)?.named ?? null));
  const near = await loadNear(db, searching);
  const ids = await reserveIds(db, searching);
  return new Map(
    messages.map(({ index }) => {
      const own = near.get(index) ?? [];
      const named = known.get(index)?.named ?? null;
      return [
        index,
        {
          token: tokens.get(index) ?? null,
          transactions: named === null ? own : [named, ...own.filter(({ id }) => id !== named.id)],
          newTransactionId: ids.get(index) ?? 0,
          lastRegisterWh: known.get(index)?.around.before?.importWh ?? null,
        },
      ];
    }),
  );
}

/** The transaction a message says it belongs to: the number we gave it, or the charger's own name. */
function nameOf({ message }: IncomingMessage): number | string | null {
  return 'transactionId' in message ? message.transactionId : null;
}

function toFacts(row: TransactionRow): TransactionFacts {
  return {
    id: row.id,
    chargerId: row.charger_id,
    connectorId: row.connector_id,
    idTag: row.id_tag,
    startedAt: row.started_at,
    stoppedAt: row.stopped_at,
    meterStartWh: row.meter_start_wh,
    meterStopWh: row.meter_stop_wh,
    startKey: row.start_key,
    hasStart: row.has_start,
    flags: row.flags,
    chargerRef: row.charger_ref,
    lastReadingAt: row.last_reading_at,
    seqNos: parseSequence(row.seq_nos),
  };
}

/** Starts and stops, and registers that name no transaction, one which is not the charger's, or one that had ended by then. */
function needsSearch({ incoming }: Keyed, named: TransactionFacts | null): boolean {
  const { message } = incoming;
  if (message.kind === 'transaction-started' || message.kind === 'transaction-stopped') return true;
  if (message.kind !== 'meter-values') return false;
  if (message.transactionId === null) {
    return message.connectorId > 0 && message.samples.some((sample) => sample.importWh !== undefined);
  }
  if (named === null) return true;
  return named.stoppedAt !== null && named.stoppedAt.toISOString() < spanOf(incoming).first;
}

/**
 * Transactions made by the same Start or lone Stop, imported with the same start, still open, or under way within a week
 * of the message: the latest 30 of the charger that had begun by then, and 10 that began later, those still open first.
 */
async function loadNear(db: Sql, messages: readonly Keyed[]): Promise<Map<number, TransactionFacts[]>> {
  if (messages.length === 0) return new Map();
  const asked = messages.map(({ index, incoming }) => ({
    index,
    charger: incoming.chargerId,
    at: spanOf(incoming).first,
    key: keyOf(incoming),
    start: startOf(incoming),
  }));
  const { rows } = await sql<TransactionRow & { index: number }>`
    select r.index, t.*
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as r(index int, charger text, at timestamptz, key text,
      start timestamptz)
    cross join lateral (
      (select ${COLUMNS} from charging_transaction t where t.start_key = r.key)
      union
      (select ${COLUMNS} from charging_transaction t
       where t.charger_id = r.charger and t.started_at = r.start and starts_with(t.start_key, ${IMPORTED}))
      union
      (select ${COLUMNS} from charging_transaction t
       where t.charger_id = r.charger and t.started_at <= r.at
         and (t.stopped_at is null or t.stopped_at >= r.at - interval '7 days')
       order by t.started_at desc limit 30)
      union
      (select ${COLUMNS} from charging_transaction t
       where t.charger_id = r.charger and t.started_at > r.at and t.started_at <= r.at + interval '7 days'
         and (t.stopped_at is null or t.stopped_at >= r.at - interval '7 days')
       order by t.stopped_at is not null, t.started_at limit 10)
    ) t
    order by r.index, t.started_at desc, t.id desc`.execute(db);
  const found = new Map<number, TransactionFacts[]>();
  for (const row of rows) {
    const own = found.get(row.index) ?? [];
    own.push(toFacts(row));
    found.set(row.index, own);
  }
  return found;
}

function startOf({ message }: IncomingMessage): Date | null {
  return message.kind === 'transaction-started' ? message.stamp.at : null;
}

/** The key of the transaction that a Start or a lone Stop of 1.6 makes. */
function keyOf({ message, chargerId, receivedAt }: IncomingMessage): string | null {
  if ('event' in message && message.event !== undefined) return null;
  switch (message.kind) {
    case 'transaction-started':
      return startKey(chargerId, message, message.stamp.at ?? receivedAt);
    case 'transaction-stopped':
      return stopKey(chargerId, message, message.stamp.at ?? receivedAt);
    default:
      return null;
  }
}

async function reserveIds(db: Sql, messages: readonly Keyed[]): Promise<Map<number, number>> {
  const begin = messages.filter(({ incoming }) => {
    const { message } = incoming;
    return message.kind !== 'meter-values' || message.event !== undefined;
  });
  if (begin.length === 0) return new Map();
  const { rows } = await sql<{ id: number }>`
    select nextval('charging_transaction_id_seq')::int as id from generate_series(1, ${begin.length})`.execute(db);
  return new Map(begin.map((one, position) => [one.index, rows[position]?.id ?? 0]));
}
