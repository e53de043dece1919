import { sql as raw, type RawBuilder } from 'kysely';

import { withoutFrameSecrets } from '#libs/ocpp/frame-secrets.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Direction } from './directions.js';

/** One exchange with a charger: what it sent and what it was answered, what it was asked and how that went, or what could not be read. */
export interface ChargerFrame {
  /** `m` and `f` are two books: messages, and frames beside them. */
  readonly id: string;
  /** When it was received, or sent. */
  readonly at: Date;
  readonly direction: Direction;
  readonly protocol: string | null;
  /** The OCPP message id; of our own calls it is not kept. */
  readonly messageId: string | null;
  readonly action: string | null;
  readonly payload: unknown;
  readonly answer: unknown;
  /** How it went: answer, error, timed-out, lost, malformed; of what could not be read the reason. */
  readonly outcome: string;
  /** The text of what could not be read. */
  readonly raw: string | null;
}

export interface FramesQuery {
  readonly chargerId: string;
  /** [from, to) by the time of receipt. */
  readonly from: Date;
  readonly to: Date;
  readonly direction?: Direction | undefined;
  readonly action?: string | undefined;
  /** The number we gave a transaction: messages that name it, and those that brought its readings. */
  readonly transactionId?: number | undefined;
  /** A text anywhere in what was sent or answered, without regard to case. */
  readonly find?: string | undefined;
}

/** Where a page ended: time, book, id. */
export type FramePlace = readonly [at: string, book: 0 | 1, id: number];

export interface FramesPage {
  readonly frames: readonly ChargerFrame[];
  /** Where the search goes on; null: all of the span was looked at. */
  readonly next: FramePlace | null;
  /** How far the search has come, where it stopped before it found enough. */
  readonly searchedTo: Date | null;
}

/** Frames that one search looks through: a charger's busy week. */
const LOOKED_AT = 20_000;

interface FrameRow {
  readonly book: 0 | 1;
  readonly id: number;
  readonly at: Date;
  readonly direction: Direction;
  readonly protocol: string | null;
  readonly message_id: string | null;
  readonly action: string | null;
  readonly payload: unknown;
  readonly answer: unknown;
  readonly outcome: string | null;
  readonly raw: string | null;
  readonly matches: boolean;
}

const COLUMNS: readonly RawBuilder<unknown>[] = [
  raw`0 as book, id, received_at as at, 'from-charger' as direction, protocol, message_id, action, payload, answer,
    'answer' as outcome, null as raw`,
  raw`1 as book, id, at, case kind when 'asked' then 'to-charger' else 'malformed' end as direction, protocol,
    null as message_id, action, payload, answer, outcome, raw`,
];

/**
 * A page of a charger's frames, newest first. Both books are read by (charger, time) alone, `LOOKED_AT` rows of each at
 * most however many there are: a search that finds nothing yet says how far it came, and goes on from there.
 */
export async function framesOf(
  sql: Sql,
  query: FramesQuery,
  { limit, after }: { readonly limit: number; readonly after: FramePlace | null },
): Promise<FramesPage> {
  const { rows } = await raw<FrameRow>`
    with looked_at as materialized (
      select * from (
        (${bookOf(0, query, after)} order by received_at desc, id desc limit ${LOOKED_AT})
        union all
        (${bookOf(1, query, after)} order by at desc, id desc limit ${LOOKED_AT})
      ) both_books order by at desc, book desc, id desc limit ${LOOKED_AT}),
    judged as (select *, ${matches(query)} as matches from looked_at),
    found as (select * from judged where matches order by at desc, book desc, id desc limit ${limit + 1}),
    last as (select *, (select count(*) from judged) as seen from judged order by at, book, id limit 1)
    select book, id, at, direction, protocol, message_id, action, payload, answer, outcome, raw, true as matches from found
    union all
    select book, id, at, direction, protocol, message_id, action, null, null, outcome, null, false from last
    where seen = ${LOOKED_AT}
    order by at desc, book desc, id desc, matches desc`.execute(sql);
  const found = rows.filter((row) => row.matches);
  const shown = found.slice(0, limit);
  if (found.length > limit) return { frames: shown.map(frameOf), next: placeOf(shown.at(-1)), searchedTo: null };
  const end = rows.find((row) => !row.matches);
  return { frames: shown.map(frameOf), next: placeOf(end), searchedTo: end?.at ?? null };
}

/** One frame whole; null when the charger has none of that name. */
export async function frameById(sql: Sql, chargerId: string, id: string): Promise<ChargerFrame | null> {
  const [, letter, digits] = /^([mf])(\d{1,15})$/.exec(id) ?? [];
  if (digits === undefined) return null;
  const book = letter === 'm' ? 0 : 1;
  const { rows } = await raw<FrameRow>`select ${COLUMNS[book]}, true as matches from ${tableOf(book)}
    where id = ${Number(digits)} and charger_id = ${chargerId}`.execute(sql);
  const [row] = rows;
  return row === undefined ? null : frameOf(row);
}

const tableOf = (book: 0 | 1): RawBuilder<unknown> => (book === 0 ? raw`ocpp_message` : raw`charger_frame`);

function bookOf(book: 0 | 1, { chargerId, from, to, direction, action }: FramesQuery, after: FramePlace | null) {
  const at = book === 0 ? raw`received_at` : raw`at`;
  const parts = [raw`charger_id = ${chargerId}`, raw`${at} >= ${from}`, raw`${at} < ${to}`];
  if (action !== undefined) parts.push(raw`action = ${action}`);
  if (direction !== undefined) {
    if ((direction === 'from-charger') !== (book === 0)) parts.push(raw`false`);
    else if (book === 1) parts.push(raw`kind = ${direction === 'to-charger' ? 'asked' : 'malformed'}`);
  }
  if (after !== null) {
    const [afterAt, afterBook, afterId] = after;
    parts.push(
      raw`${at} <= ${afterAt}`,
      raw`(${at}, ${book}::int, id) < (${afterAt}::timestamptz, ${afterBook}::int, ${afterId}::bigint)`,
    );
  }
  return raw`select ${COLUMNS[book]} from ${tableOf(book)} where ${raw.join(parts, raw` and `)}`;
}

function matches({ find, transactionId }: FramesQuery): RawBuilder<unknown> {
  const parts = [raw`true`];
  if (find !== undefined && find !== '') {
    const pattern = `%${find.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    parts.push(raw`concat_ws(' ', action, message_id, payload::text, answer::text, raw, outcome) ilike ${pattern}`);
  }
  if (transactionId !== undefined) {
    parts.push(raw`(
      payload ->> 'transactionId' = ${String(transactionId)} or answer ->> 'transactionId' = ${String(transactionId)}
      or payload #>> '{transactionInfo,transactionId}' = (
        select charger_ref from charging_transaction where id = ${transactionId})
      or (book = 0 and id in (
        select message_id from meter_reading where transaction_id = ${transactionId}
        union select unnest(array[start_message_id, stop_message_id]) from charging_transaction where id = ${transactionId})))`);
  }
  return raw.join(parts, raw` and `);
}

function placeOf(row: FrameRow | undefined): FramePlace | null {
  return row === undefined ? null : [row.at.toISOString(), row.book, row.id];
}

function frameOf(row: FrameRow): ChargerFrame {
  return {
    id: `${row.book === 0 ? 'm' : 'f'}${row.id}`,
    at: row.at,
    direction: row.direction,
    protocol: row.protocol,
    messageId: row.message_id,
    action: row.action,
    payload: withoutFrameSecrets(row.payload),
    answer: withoutFrameSecrets(row.answer),
    outcome: row.outcome ?? 'answer',
    raw: row.raw,
  };
}

/** When a transaction's messages came, first to last, with a moment around them; null when there is no such transaction. */
export async function spanOfTransaction(
  sql: Sql,
  chargerId: string,
  transactionId: number,
): Promise<{ from: Date; to: Date } | null> {
  const { rows } = await raw<{ first: Date | null; last: Date | null }>`
    select min(m.received_at) as first, max(m.received_at) as last from ocpp_message m
    where m.charger_id = ${chargerId} and m.id in (
      select message_id from meter_reading where transaction_id = ${transactionId}
      union select unnest(array[start_message_id, stop_message_id]) from charging_transaction where id = ${transactionId})
    `.execute(sql);
  const [span] = rows;
  if (span === undefined || span.first === null || span.last === null) return null;
  return { from: new Date(span.first.getTime() - 60_000), to: new Date(span.last.getTime() + 60_000) };
}
