import { sql } from 'kysely';

import type { Answer } from '#libs/ocpp/messages.js';
import type { Sql } from '#libs/persistence/database.js';

import type { StoredAround } from './check-registers.js';
import { startKey } from './decide-start.js';
import type { Facts, IncomingMessage, TokenFacts, TransactionFacts } from './facts.js';
import { registersAround, spanOf, toAround, type AroundColumns } from './load-registers.js';
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
  /** The transaction the message names, whosever it is, with the registers stored around the message's own. */
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
    left join charging_transaction t on t.id = coalesce(r.transaction,
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

function idTagOf({ message }: IncomingMessage): string | null {
  switch (message.kind) {
    case 'authorize':
    case 'transaction-started':
    case 'transaction-stopped':
      return message.idTag;
    case 'meter-values':
      return message.event?.idTag ?? null;
    default:
      return null;
  }
}

/** The transaction a message says it belongs to: the number we gave it, or the charger's own name. */
function nameOf({ message }: IncomingMessage): number | string | null {
  return 'transactionId' in message ? message.transactionId : null;
}

async function loadTokens(
  db: Sql,
  messages: readonly Keyed[],
  known: ReadonlyMap<number, Known>,
): Promise<Map<number, TokenFacts>> {
  const asked = messages.flatMap(({ index, incoming }) => {
    const idTag = idTagOf(incoming);
    const installation = known.get(index)?.installationId ?? null;
    if (idTag === null || installation === null) return [];
    const { chargerId: charger, message } = incoming;
    const begins = beginsWithCard(message);
    const at = message.kind === 'transaction-started' ? startedAt(incoming) : incoming.receivedAt;
    const mayEnd = message.kind === 'authorize' || message.kind === 'meter-values';
    return [{ index, installation, charger, tag: idTag.toLowerCase(), begins, at, may_end: mayEnd }];
  });
  if (asked.length === 0) return new Map();
  const { rows } = await sql<{ index: number; status: string; expires_at: Date | null; suspended: boolean }>`
    select r.index, t.status, t.expires_at, r.begins and ${IS_SUSPENDED} and not (r.may_end and ${ENDS_ITS_OWN})
      as suspended
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as r(index int, installation text, charger text, tag text, begins boolean, at timestamptz, may_end boolean)
    join token t on t.installation_id = r.installation and lower(t.id_tag) = r.tag`.execute(db);
  return new Map(
    rows.map(({ index, status, expires_at: expiresAt, suspended }) => [index, { status, expiresAt, suspended }]),
  );
}

/** Whether the card is shown to begin a session, or to one that has begun without it. */
function beginsWithCard(message: IncomingMessage['message']): boolean {
  if (message.kind === 'meter-values') return message.event?.trigger !== 'StopAuthorized';
  return message.kind === 'authorize' || message.kind === 'transaction-started';
}

function startedAt({ message, receivedAt }: IncomingMessage): Date {
  return message.kind === 'transaction-started' ? (message.stamp.at ?? receivedAt) : receivedAt;
}

/** The card's customer, or who answers for the spot of the charger unless it is shared, was suspended at that time. */
const IS_SUSPENDED = sql`exists (
  select from customer_suspension s join customer debtor on debtor.id = s.customer_id
  where s."from" <= r.at and (s.until is null or s.until > r.at)
    and (s.even_prepaid or debtor.payment_method <> 'prepaid')
    and (s.customer_id = t.customer_id or s.customer_id = (
      select o.customer_id from charger_placement p join occupancy o on o.spot_id = p.spot_id
      where p.charger_id = r.charger and p.sharing = 'occupant'
        and p."from" <= r.at and (p.until is null or p.until > r.at)
        and o."from" <= r.at and (o.until is null or o.until > r.at)
      order by o."from" desc, o.customer_id limit 1)))`;

/** Chargers ask about a card again before they let it end its session: refused, it would leave a cable locked in. */
const ENDS_ITS_OWN = sql`exists (
  select from charging_transaction running
  where running.charger_id = r.charger and running.stopped_at is null and lower(running.id_tag) = r.tag
    and running.started_at > r.at - interval '7 days')`;

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

/** Starts and stops, and registers that name no transaction or one which is not the charger's. */
function needsSearch({ incoming }: Keyed, named: TransactionFacts | null): boolean {
  const { message, chargerId } = incoming;
  if (message.kind === 'transaction-started' || message.kind === 'transaction-stopped') return true;
  if (message.kind !== 'meter-values') return false;
  if (message.transactionId === null) {
    return message.connectorId > 0 && message.samples.some((sample) => sample.importWh !== undefined);
  }
  return named?.chargerId !== chargerId;
}

/** Transactions with the same start, still open, or under way within a week of the message; the latest 30 of each charger. */
async function loadNear(db: Sql, messages: readonly Keyed[]): Promise<Map<number, TransactionFacts[]>> {
  if (messages.length === 0) return new Map();
  const asked = messages.map(({ index, incoming }) => ({
    index,
    charger: incoming.chargerId,
    at: spanOf(incoming).first,
    key: keyOfStart(incoming),
  }));
  const { rows } = await sql<TransactionRow & { index: number }>`
    select r.index, t.*
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as r(index int, charger text, at timestamptz, key text)
    cross join lateral (
      (select ${COLUMNS} from charging_transaction t where t.start_key = r.key)
      union
      (select ${COLUMNS} from charging_transaction t
       where t.charger_id = r.charger and t.started_at <= r.at + interval '7 days'
         and (t.stopped_at is null or t.stopped_at >= r.at - interval '7 days')
       order by t.started_at desc limit 30)
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

function keyOfStart({ message, chargerId, receivedAt }: IncomingMessage): string | null {
  if (message.kind !== 'transaction-started' || message.event !== undefined) return null;
  return startKey(chargerId, message, message.stamp.at ?? receivedAt);
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
