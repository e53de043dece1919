import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

/** The channel on which gateways and workers hear that a charger has another connection. */
export const CONNECTION_CHANNEL = 'charger_connection';

/** A gateway sees to its sockets every half minute, and writes down that their chargers are alive: half as much again. */
const LIFE_MS = 45_000;

/** By more than that a gateway's clock is wrong. */
const CLOCKS_DIFFER_S = 5;

export interface Connection {
  readonly chargerId: string;
  readonly connectionId: string;
  readonly protocol: string;
  readonly since: Date;
}

/** What is told on {@link CONNECTION_CHANNEL}. */
export interface ConnectionNotice {
  readonly charger: string;
  readonly gateway: string;
}

/**
 * These sockets are the chargers' from now on, whoever held an older one; everybody is told. What is written late does not
 * take the place of a newer one, unless that one is of a gateway whose clock is ahead.
 */
export async function openConnections(sql: Sql, gateway: string, opened: readonly Connection[]): Promise<void> {
  if (opened.length === 0) return;
  await raw`
    with made as (
      insert into charger_connection (charger_id, gateway, connection_id, protocol, since)
      select r.charger, ${gateway}, r.connection, r.protocol, r.since from ${rowsOf(opened)}
      order by r.charger
      on conflict (charger_id) do update set gateway = excluded.gateway, connection_id = excluded.connection_id,
        protocol = excluded.protocol, since = excluded.since
      where excluded.since >= charger_connection.since
        or charger_connection.since > now() + make_interval(secs => ${CLOCKS_DIFFER_S})
      returning charger_id
    )
    select ${told(gateway)} from made`.execute(sql);
}

/** These sockets have closed; what is another's already stays. */
export async function closeConnections(
  sql: Sql,
  closed: readonly Pick<Connection, 'chargerId' | 'connectionId'>[],
): Promise<void> {
  if (closed.length === 0) return;
  const rows = closed.map(({ chargerId, connectionId }) => ({ charger: chargerId, connection: connectionId }));
  await raw`
    delete from charger_connection c
    using jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(charger text, connection uuid)
    where c.charger_id = r.charger and c.connection_id = r.connection`.execute(sql);
}

/**
 * A gateway does not take what is brought to it: the socket is forgotten, unless the gateway has shown life lately by any
 * of its chargers. Then it has its hands full, and the charger is where it was. @returns whether it was forgotten
 */
export async function forgetUnlessBusy(
  sql: Sql,
  { chargerId, connectionId, now }: Pick<Connection, 'chargerId' | 'connectionId'> & { readonly now: Date },
): Promise<boolean> {
  const livedSince = new Date(now.getTime() - LIFE_MS);
  const { numAffectedRows } = await raw`
    delete from charger_connection c
    where c.charger_id = ${chargerId} and c.connection_id = ${connectionId}::uuid and not exists (
      select from charger_connection other join charger on charger.id = other.charger_id
      where other.gateway = c.gateway and charger.online and charger.last_seen_at >= ${livedSince})`.execute(sql);
  return (numAffectedRows ?? 0n) > 0n;
}

/** Sockets that are alive and stand nowhere, because somebody believed this gateway dead, stand there again. */
export async function keepConnections(sql: Sql, gateway: string, open: readonly Connection[]): Promise<void> {
  if (open.length === 0) return;
  await raw`
    with made as (
      insert into charger_connection (charger_id, gateway, connection_id, protocol, since)
      select r.charger, ${gateway}, r.connection, r.protocol, r.since from ${rowsOf(open)}
      order by r.charger
      on conflict (charger_id) do nothing
      returning charger_id
    )
    select ${told(gateway)} from made`.execute(sql);
}

/** What a gateway that was killed left behind: connections of chargers that nobody has seen alive for a while. */
export async function forgetDeadConnections(sql: Sql, silentSince: Date): Promise<void> {
  await raw`
    delete from charger_connection c using charger
    where charger.id = c.charger_id and not charger.online and c.since < ${silentSince}`.execute(sql);
}

/** Of these sockets the chargers' that have another one by now. */
export async function lostToOthers(
  sql: Sql,
  open: readonly Pick<Connection, 'chargerId' | 'connectionId'>[],
): Promise<string[]> {
  if (open.length === 0) return [];
  const rows = open.map(({ chargerId, connectionId }) => ({ charger: chargerId, connection: connectionId }));
  const { rows: lost } = await raw<{ charger: string }>`
    select r.charger from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(charger text, connection uuid)
    join charger_connection c on c.charger_id = r.charger and c.connection_id <> r.connection`.execute(sql);
  return lost.map(({ charger }) => charger);
}

/** The socket that is the charger's; null when it is away. */
export async function connectionOf(sql: Sql, chargerId: string) {
  const row = await sql
    .selectFrom('charger_connection')
    .selectAll()
    .where('charger_id', '=', chargerId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { gateway: row.gateway, connectionId: row.connection_id, protocol: row.protocol, since: row.since };
}

const rowsOf = (connections: readonly Connection[]) => {
  const rows = connections.map(({ chargerId, connectionId, protocol, since }) => ({
    charger: chargerId,
    connection: connectionId,
    protocol,
    since,
  }));
  return raw`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
    as r(charger text, connection uuid, protocol text, since timestamptz)`;
};

const told = (gateway: string) =>
  raw`pg_notify(${CONNECTION_CHANNEL}, json_build_object('charger', charger_id, 'gateway', ${gateway}::text)::text)`;
