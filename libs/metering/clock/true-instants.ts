import { sql as raw, type RawBuilder } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

/** Only what was recorded of clocks before this instant: what was known when a month was rated. Null: all. May be SQL. */
export type KnownBefore = Date | RawBuilder<unknown> | null;

export interface ToldAt {
  /** SQL: the charger, the time it gave, and the reading that the time is of. */
  readonly charger: RawBuilder<unknown>;
  readonly told: RawBuilder<unknown>;
  readonly reading: RawBuilder<unknown>;
}

const before = (known: KnownBefore): RawBuilder<unknown> => raw`coalesce(${known}::timestamptz, 'infinity')`;

/** A charger of which nothing is recorded, as nearly all, costs a look at an index. */
function corrected<T>(
  charger: RawBuilder<unknown>,
  told: RawBuilder<unknown>,
  call: RawBuilder<unknown>,
): RawBuilder<T> {
  return raw<T>`case when exists (select from charger_clock clock_of where clock_of.charger_id = ${charger})
    then ${call} else ${told} end`;
}

/**
 * SQL: when that truly was. The last word of staff that holds for the time decides, unless they took it back; else what was
 * observed last and holds.
 */
export function trueAt({ charger, told, reading }: ToldAt, known: KnownBefore = null): RawBuilder<Date> {
  return corrected(charger, told, raw`true_at(${charger}, ${told}, ${reading}, ${before(known)})`);
}

/** SQL: when a session truly began; `session` is an alias of charging_transaction. */
export function trueStart(session: string, known: KnownBefore = null): RawBuilder<Date> {
  return ofSession('true_start', session, 'started_at', known);
}

/** SQL: when a session truly stopped; null while it has not. */
export function trueStop(session: string, known: KnownBefore = null): RawBuilder<Date | null> {
  return ofSession('true_stop', session, 'stopped_at', known);
}

/** SQL: when the latest reading of a session truly was; null where it has none. */
export function trueLastReading(session: string, known: KnownBefore = null): RawBuilder<Date | null> {
  return ofSession('true_last_reading', session, 'last_reading_at', known);
}

function ofSession<T>(name: string, session: string, column: string, known: KnownBefore): RawBuilder<T> {
  const [id, charger, told] = ['id', 'charger_id', column].map((one) => raw.ref(`${session}.${one}`));
  return corrected(raw`${charger}`, raw`${told}`, raw`${raw.id(name)}(${id}, ${charger}, ${told}, ${before(known)})`);
}

/**
 * SQL: a session has something of [startsAt, endsAt): it truly began before the end and was under way, as far as is known,
 * at the start or later. Both are instants or SQL.
 */
export function isOfSpan(
  session: string,
  startsAt: Date | RawBuilder<unknown>,
  endsAt: Date | RawBuilder<unknown>,
  known: KnownBefore = null,
): RawBuilder<boolean> {
  return raw<boolean>`(${trueStart(session, known)} < ${endsAt} and coalesce(${trueStop(session, known)},
    ${trueLastReading(session, known)}, ${trueStart(session, known)}) >= ${startsAt})`;
}

/**
 * SQL: a multirange that has every time a charger may have given for an instant in [from, until), and others: an index is
 * asked for it, `trueAt` decides. Both ends are SQL or instants; 'infinity' where there is none, never null.
 */
export function toldRanges(
  charger: RawBuilder<unknown>,
  from: Date | RawBuilder<unknown>,
  until: Date | RawBuilder<unknown>,
  known: KnownBefore = null,
): RawBuilder<unknown> {
  return raw`told_ranges(${charger}, (${from})::timestamptz, (${until})::timestamptz, ${before(known)})`;
}

export interface ClocksQuery {
  readonly chargerIds: readonly string[];
  /** Null: now. */
  readonly recordedBefore: Date | null;
}

/** Of these chargers those of whose clock something was recorded. */
export async function chargersWithClock(sql: Sql, { chargerIds, recordedBefore }: ClocksQuery): Promise<Set<string>> {
  const { rows } = await raw<{ id: string }>`
    select one.id from unnest(${[...chargerIds]}::text[]) one (id)
    where exists (select from charger_clock clock
      where clock.charger_id = one.id and clock.at < ${before(recordedBefore)})`.execute(sql);
  return new Set(rows.map(({ id }) => id));
}
