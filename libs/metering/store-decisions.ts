import { sql, type RawBuilder } from 'kysely';

import type { Answer } from '#libs/ocpp/messages.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Concern, Decision, TransactionChange } from './facts.js';
import type { Keyed } from './load-facts.js';
import { observedOffsetMs } from './observed-offset.js';

/** A message judged: what will be written of it. */
export interface Judged extends Keyed {
  readonly installationId: string;
  readonly decision: Decision;
  /** In the words of the charger's version. */
  readonly answer: Answer;
}

/**
 * Writes what was decided on messages of different chargers: one statement, so all of it or nothing, and one
 * commit. Each part refers to its message by key; parts with nothing to write are left out.
 */
export async function storeDecisions(db: Sql, judged: readonly Judged[]): Promise<void> {
  const renamed = judged.flatMap(({ decision }) => decision.renames ?? []);
  if (renamed.length === 0) return storeAll(db, judged);
  await db.transaction().execute(async (trx) => {
    await rename(trx, renamed);
    await storeAll(trx, judged);
  });
}

/** A name is a charger's for one transaction at a time: the former one gives it up before it is given again. */
async function rename(trx: Sql, ids: readonly number[]): Promise<void> {
  await sql`
    update charging_transaction set charger_ref = charger_ref || '#' || id, start_key = start_key || '#' || id
    where id = any (${ids}::int[])`.execute(trx);
}

async function storeAll(db: Sql, judged: readonly Judged[]): Promise<void> {
  const parts = [begins(judged), changes(judged), readings(judged), oddities(judged), settled(judged), boots(judged)];
  const written = parts.flatMap((part) => (part === null ? [] : [sql`, ${part}`]));
  await sql`with m as (${messages(judged)}) ${sql.join(written, sql` `)} select count(*) from m`.execute(db);
}

function messages(judged: readonly Judged[]): RawBuilder<unknown> {
  const values = judged.map(({ incoming, key, answer }) => ({
    charger: incoming.chargerId,
    received_at: incoming.receivedAt,
    message_id: incoming.messageId,
    protocol: incoming.protocol,
    action: incoming.action,
    payload: incoming.payload,
    answer,
    key,
  }));
  return sql`
    insert into ocpp_message (charger_id, received_at, protocol, message_id, action, payload, answer, key)
    select charger, received_at, protocol, message_id, action, payload, answer, key
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r(charger text, received_at timestamptz,
      protocol text, message_id text, action text, payload jsonb, answer jsonb, key text)
    returning id, key`;
}

/** A transaction and all that this same message changes of it: a statement cannot update the row it inserts. */
function begins(judged: readonly Judged[]): RawBuilder<unknown> | null {
  const values = judged.flatMap(({ incoming, key, decision }) => {
    const { begins: begun } = decision;
    if (begun === undefined) return [];
    const change = decision.changes?.find(({ id }) => id === begun.id);
    const flags = [...new Set(flagsOf(decision, begun.id))];
    return [
      {
        ...begun,
        ...change?.end,
        stops: change?.end !== undefined,
        lastReadingAt: change?.lastReadingAt,
        seqNo: change?.seqNo,
        offline: change?.offline ?? false,
        flags,
        charger: incoming.chargerId,
        key,
      },
    ];
  });
  if (values.length === 0) return null;
  return sql`begun as (
    insert into charging_transaction (id, charger_id, connector_id, id_tag, started_at, stopped_at, meter_start_wh,
      meter_stop_wh, stop_reason, start_key, start_message_id, stop_message_id, last_reading_at, flags, charger_ref,
      offline, seq_nos)
    select r.id, r.charger, r."connectorId", r."idTag", r."startedAt", r."stoppedAt", r."meterStartWh",
      r."meterStopWh", r.reason, r."startKey", case when r."hasStart" then m.id end, case when r.stops then m.id end,
      r."lastReadingAt", ${FLAGS_AT_BEGIN}, r."chargerRef", r.offline, ${numbers(sql`r."seqNo"`)}
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r(id int, charger text, "connectorId" int,
      "idTag" text, "startedAt" timestamptz, "stoppedAt" timestamptz, "meterStartWh" bigint, "meterStopWh" bigint,
      reason text, "startKey" text, "hasStart" boolean, stops boolean, "lastReadingAt" timestamptz, flags text[],
      "chargerRef" text, offline boolean, "seqNo" int, key text)
    join m using (key))`;
}

/** The charger's clock is known to be off: what is rated of the session are not the times it gave. */
const FLAGS_AT_BEGIN = sql`r.flags || case when ${observedOffsetMs(sql`r.charger`)} <> 0
    then array['clock-corrected'] else '{}'::text[] end`;

/** The number of an event as a range of its own; none of none. */
function numbers(seqNo: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`case when ${seqNo} is null then '{}'::int4multirange
    else int4multirange(int4range(${seqNo}, ${seqNo}, '[]')) end`;
}

/** One row per transaction that changes: its new begin or end, its last reading, the flags it gains. */
function changes(judged: readonly Judged[]): RawBuilder<unknown> | null {
  const values = judged.flatMap(changesOf);
  if (values.length === 0) return null;
  return sql`changed as (
    update charging_transaction t set
      connector_id = case when r.begin is null then t.connector_id else (r.begin ->> 'connectorId')::int end,
      id_tag = case when r.begin is null then t.id_tag else r.begin ->> 'idTag' end,
      started_at = case when r.begin is null then t.started_at else (r.begin ->> 'startedAt')::timestamptz end,
      meter_start_wh = case when r.begin is null then t.meter_start_wh else (r.begin ->> 'meterStartWh')::bigint end,
      start_key = case when r.begin is null then t.start_key else r.begin ->> 'startKey' end,
      start_message_id = case when (r.begin ->> 'hasStart')::boolean then m.id else t.start_message_id end,
      stopped_at = case when r."end" is null then t.stopped_at else (r."end" ->> 'stoppedAt')::timestamptz end,
      meter_stop_wh = case when r."end" is null then t.meter_stop_wh else (r."end" ->> 'meterStopWh')::bigint end,
      stop_reason = case when r."end" is null then t.stop_reason else r."end" ->> 'reason' end,
      stop_message_id = case when r."end" is null then t.stop_message_id else m.id end,
      charger_ref = coalesce(r.charger_ref, t.charger_ref),
      last_reading_at = greatest(t.last_reading_at, r.last_reading_at),
      offline = t.offline or coalesce(r.offline, false),
      seq_nos = case when r.seq_no is null then t.seq_nos else t.seq_nos + ${numbers(sql`r.seq_no`)} end,
      flags = case when r.flags <@ t.flags and coalesce(r.settled, '{}') = '{}' then t.flags
        else array(select distinct flag from unnest(t.flags || r.flags) flag where flag <> all (coalesce(r.settled, '{}'))
          order by flag) end
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb)
      as r(id int, begin jsonb, charger_ref text, "end" jsonb, last_reading_at timestamptz, seq_no int, offline boolean,
        flags text[], settled text[], key text)
    join m using (key)
    where t.id = r.id)`;
}

function changesOf({ decision, key }: Judged) {
  const byId = new Map<number, TransactionChange>();
  for (const change of decision.changes ?? []) byId.set(change.id, change);
  const flagged = (decision.concerns ?? []).flatMap(({ transactionId }) => transactionId ?? []);
  const ids = new Set([...byId.keys(), ...flagged]);
  if (decision.begins !== undefined) ids.delete(decision.begins.id);
  return [...ids].map((id) => {
    const change = byId.get(id);
    const { begin, chargerRef, end, lastReadingAt, seqNo, offline } = change ?? {};
    const flags = flagsOf(decision, id);
    const settled = decision.settles?.filter((one) => one.transactionId === id).map(({ code }) => code);
    return {
      id,
      key,
      begin,
      charger_ref: chargerRef,
      end,
      last_reading_at: lastReadingAt,
      seq_no: seqNo,
      offline,
      flags,
      settled,
    };
  });
}

function flagsOf(decision: Decision, id: number): string[] {
  return (decision.concerns ?? []).filter((one) => one.transactionId === id).map((one) => one.code);
}

/** A reading told before is not stored again. */
function readings(judged: readonly Judged[]): RawBuilder<unknown> | null {
  const values = judged.flatMap(({ incoming, decision, key }) =>
    (decision.readings ?? []).map((one) => Object.assign({ charger: incoming.chargerId, key }, one)),
  );
  if (values.length === 0) return null;
  return sql`read as (
    insert into meter_reading (charger_id, connector_id, transaction_id, at, import_wh, export_wh, context, message_id)
    select charger, "connectorId", "transactionId", at, "importWh", "exportWh", context, m.id
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r(charger text, "connectorId" int,
      "transactionId" int, at timestamptz, "importWh" bigint, "exportWh" bigint, context text, key text)
    join m using (key)
    on conflict do nothing)`;
}

function oddities(judged: readonly Judged[]): RawBuilder<unknown> | null {
  const values = judged.flatMap(({ incoming, installationId, decision, key }) =>
    (decision.concerns ?? []).map((concern) => ({
      installation: installationId,
      charger: incoming.chargerId,
      transaction: concern.transactionId,
      code: concern.code,
      detail: concern.detail,
      at: incoming.receivedAt,
      subject: oddityKey(concern, incoming.chargerId, incoming.receivedAt),
      key,
    })),
  );
  if (values.length === 0) return null;
  return sql`seen as (
    insert into oddity (installation_id, charger_id, transaction_id, message_id, code, detail, at, key)
    select installation, charger, transaction, m.id, code, detail, at, subject
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r(installation text, charger text, transaction int,
      code text, detail jsonb, at timestamptz, subject text, key text)
    join m using (key)
    on conflict (key) do nothing)`;
}

/** What a flag's oddity asked for has come by itself. */
function settled(judged: readonly Judged[]): RawBuilder<unknown> | null {
  const values = judged.flatMap(({ incoming, decision }) =>
    (decision.settles ?? []).map(({ code, transactionId }) => ({
      subject: `${code}/transaction/${transactionId}`,
      at: incoming.receivedAt,
    })),
  );
  if (values.length === 0) return null;
  return sql`settled as (
    update oddity o set resolved_at = r.at, resolved_by = 'gateway'
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r(subject text, at timestamptz)
    where o.key = r.subject and o.resolved_at is null)`;
}

/** Once per transaction and code; without a transaction, once per charger, code and day, so that no charger floods a person. */
export function oddityKey(concern: Concern, chargerId: string, at: Date): string {
  if (concern.transactionId !== null) return `${concern.code}/transaction/${concern.transactionId}`;
  const told = concern.detail['toldTransactionId'];
  const subject = typeof told === 'number' || typeof told === 'string' ? `${chargerId}/${told}` : chargerId;
  return `${concern.code}/${subject}/${at.toISOString().slice(0, 10)}`;
}

function boots(judged: readonly Judged[]): RawBuilder<unknown> | null {
  const values = judged.flatMap(({ incoming, decision }) =>
    decision.boot === undefined ? [] : [{ ...decision.boot, charger: incoming.chargerId }],
  );
  if (values.length === 0) return null;
  return sql`booted as (
    update charger c set vendor = r.vendor, model = r.model, firmware = r.firmware
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb)
      as r(charger text, vendor text, model text, firmware text)
    where c.id = r.charger)`;
}
