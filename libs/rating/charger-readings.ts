import { sql as raw, type RawBuilder } from 'kysely';

import { chargersWithClock, toldRanges, trueAt } from '#libs/metering/clock/true-instants.js';
import { disregardedReadings } from '#libs/metering/correct-reading.js';
import { EARLIEST } from '#libs/metering/decide-instant.js';
import type { Sql } from '#libs/persistence/database.js';
import { cardHolderAt } from '#libs/registry/card-holder.js';

import { PACKED, unixMs, unpacked, type PackedReadings } from './packed-readings.js';
import { ReadingTable } from './reading-table.js';

/** So many readings are packed at once: some megabytes. */
const PAGE = 20_000;

/** Connector 0 is the charger's own meter: outside transactions its register repeats what the connectors show. */
const MAIN_METER = 0;

/** No charger stays silent for so long in a transaction. */
const FAR_AHEAD_MS = 366 * 24 * 3600 * 1000;

/** By more a charger's clock is not turned back between a meter value and the Stop that it sends later. */
const AFTER_STOP_MS = 31 * 24 * 3600 * 1000;

/** A charger in use has a reading within so long. */
const SHORTLY_MS = 45 * 24 * 3600 * 1000;

export interface ReadingsOptions {
  /** Only readings up to this one, in order of arrival: what was there when a month was rated. */
  readonly upToReadingId?: number;
  /** Of the corrections of readings only those before this instant: what people had said when a month was rated. */
  readonly correctedBefore?: Date;
  /** Whether something was recorded of the charger's clock then; looked up when not given. */
  readonly hasClock?: boolean;
  /** Whose cards began the sessions; not given: those of where the charger is registered now. */
  readonly installationId?: string;
  /** Only this transaction's. */
  readonly transactionId?: number;
}

/** One charger's month. */
interface Span {
  readonly chargerId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly upToReadingId: number | null;
  readonly correctedBefore: Date | null;
  readonly cardsOf: string | null;
  readonly transactionId: number | null;
  readonly hasClock: boolean;
}

async function spanOf(
  sql: Sql,
  { chargerId, startsAt, endsAt }: Pick<Span, 'chargerId' | 'startsAt' | 'endsAt'>,
  options: ReadingsOptions,
): Promise<Span> {
  const { upToReadingId = null, correctedBefore = null, installationId: cardsOf = null } = options;
  const known = { chargerIds: [chargerId], recordedBefore: correctedBefore };
  const hasClock = options.hasClock ?? (await chargersWithClock(sql, known)).has(chargerId);
  const { transactionId = null } = options;
  return { chargerId, startsAt, endsAt, upToReadingId, correctedBefore, cardsOf, transactionId, hasClock };
}

/**
 * The columns of readings in [from, to) that say where a register stood and when, to be narrowed further: not those of a
 * clock that was wrong by years, over which the energy would be spread thin, nor negative ones, from which a register
 * would rise by all it ever counted. Both are flagged; what moved there shows between the readings around them, or as
 * energy that no transaction explains. Nor those that a person said to disregard. Where the charger's clock was off, the
 * instants are the true ones.
 */
function soundReadings(span: Span, from: Date, to: Date, asked: Asked = 'by-time'): RawBuilder<unknown> {
  const { chargerId, upToReadingId, correctedBefore, transactionId } = span;
  const first = new Date(Math.max(from.getTime(), EARLIEST.getTime()));
  const arrived = upToReadingId === null ? raw`` : raw`and id <= ${upToReadingId}`;
  const only = transactionId === null ? raw`` : raw`and transaction_id = ${transactionId}`;
  return raw`select id, connector_id, transaction_id, at, import_wh, export_wh from ${trueReadings(span, first, to, asked)}
    where at >= ${first} and at < ${to} and import_wh >= 0 ${arrived} ${only}
      and id <> all (${disregardedReadings(raw`${chargerId}`, correctedBefore)})`;
}

/** By what the readings are found: the times given, or the one transaction that the caller narrows them to. */
type Asked = 'by-time' | 'by-transaction';

/** The table itself as long as the charger's clock is right: only then its index alone gives the answer. */
function trueReadings(span: Span, from: Date, to: Date, asked: Asked): RawBuilder<unknown> {
  const { chargerId, hasClock, correctedBefore } = span;
  if (!hasClock) return raw`meter_reading`;
  const one = { charger: raw`r.charger_id`, told: raw`r.at`, reading: raw`r.id` };
  const byTime = raw`unnest(${toldRanges(raw`${chargerId}::text`, from, to, correctedBefore)}) told
    join meter_reading r on r.charger_id = ${chargerId} and r.at >= lower(told) and r.at < upper(told)`;
  // offset 0: asked once a row
  return raw`(select r.id, r.charger_id, r.connector_id, r.transaction_id, known.at, r.import_wh, r.export_wh
    from ${asked === 'by-time' ? byTime : raw`meter_reading r`}
    cross join lateral (select ${trueAt(one, correctedBefore)} as at offset 0) known) meter_reading`;
}

interface Place extends Span {
  readonly connectorId: number;
}

/** Where a page ended; the transaction is NaN outside any. */
interface LastReading {
  readonly transactionId: number;
  readonly at: Date;
}

/**
 * The readings of one charger that say what its registers moved in [startsAt, endsAt): those inside, in pages, and
 * around them the nearest before and after, of each transaction and of each connector. All in the order in which they
 * arrived, so that of two at one instant the first stands. Each transaction with the customer of its card.
 */
export async function chargerReadings(
  sql: Sql,
  chargerId: string,
  startsAt: Date,
  endsAt: Date,
  options: ReadingsOptions = {},
): Promise<ReadingTable> {
  const span = await spanOf(sql, { chargerId, startsAt, endsAt }, options);
  const payers = await payersOf(sql, span);
  const filling = new Filling(payers);
  const { connectors, ...around } = await neighbours(sql, span, [...payers.keys()]);
  filling.take(around);
  for (const connectorId of connectors ?? []) {
    const place = { ...span, connectorId };
    if (connectorId !== MAIN_METER) await takePages(filling, (last) => looseReadings(sql, place, last?.at ?? null));
    await takePages(filling, (last) => transactionReadings(sql, place, [...payers.keys()], last));
  }
  return filling.table;
}

async function takePages(filling: Filling, next: (last: LastReading | null) => Promise<PackedReadings>): Promise<void> {
  for (let last: LastReading | null = null; ;) {
    const taken = filling.take(await next(last));
    if (taken.count < PAGE) return;
    ({ last } = taken);
  }
}

/** Fills a table from packed readings. */
class Filling {
  readonly table = new ReadingTable();
  readonly #payers: ReadonlyMap<number, string | null>;
  #connectorId = NaN;
  #transactionId = NaN;
  #series = -1;

  constructor(payers: ReadonlyMap<number, string | null>) {
    this.#payers = payers;
  }

  /** Adds them all; returns how many they were and where they end. */
  take(packed: PackedReadings): { count: number; last: LastReading } {
    const connectors = unpacked(packed.connector_ids);
    const transactions = unpacked(packed.transaction_ids);
    const instants = unpacked(packed.instants);
    const imports = unpacked(packed.import_whs);
    const exports = unpacked(packed.export_whs);
    for (let i = 0; i < instants.length; i += 1) {
      const connectorId = connectors[i] ?? NaN;
      const transactionId = transactions[i] ?? NaN;
      if (connectorId === MAIN_METER && isNaN(transactionId)) continue;
      const exportWh = exports[i] ?? NaN;
      const series = this.#seriesOf(connectorId, transactionId);
      this.table.add(series, unixMs(instants[i] ?? NaN), imports[i] ?? NaN, exportWh < 0 ? NaN : exportWh, 0);
    }
    const last = { transactionId: transactions.at(-1) ?? NaN, at: new Date(unixMs(instants.at(-1) ?? NaN)) };
    return { count: instants.length, last };
  }

  /** Most readings follow another of their series. NaN: outside transactions. */
  #seriesOf(connectorId: number, transactionId: number): number {
    if (connectorId === this.#connectorId && Object.is(transactionId, this.#transactionId)) return this.#series;
    this.#connectorId = connectorId;
    this.#transactionId = transactionId;
    this.#series = isNaN(transactionId)
      ? this.table.seriesNumber('', connectorId, null)
      : this.table.seriesNumber('', connectorId, String(transactionId), this.#payers.get(transactionId) ?? null);
    return this.#series;
  }
}

/** A connector's readings outside transactions, after an instant. */
async function looseReadings(sql: Sql, place: Place, after: Date | null): Promise<PackedReadings> {
  const later = after === null ? raw`true` : raw`at > ${after}`;
  return await pageOf(sql, place, raw`transaction_id is null and ${later}`);
}

/** A connector's readings in transactions, one transaction after the other, after a reading of one of them. */
async function transactionReadings(
  sql: Sql,
  place: Place,
  transactionIds: readonly number[],
  after: LastReading | null,
): Promise<PackedReadings> {
  const later = after === null ? raw`true` : raw`(transaction_id, at) > (${after.transactionId}, ${after.at})`;
  return await pageOf(sql, place, raw`transaction_id = any (${transactionIds}::int[]) and ${later}`);
}

/** Asks for columns of the index meter_reading_once alone: so the table itself, where a charger's readings lie far apart, is not visited. */
async function pageOf(sql: Sql, place: Place, which: RawBuilder<unknown>): Promise<PackedReadings> {
  const { chargerId, connectorId, startsAt, endsAt } = place;
  const { rows } = await raw<PackedReadings>`
    select ${PACKED} from (
      ${soundReadings(place, startsAt, endsAt)} and charger_id = ${chargerId} and connector_id = ${connectorId} and ${which}
      order by transaction_id, at fetch first ${raw.lit(PAGE)} rows with ties
    ) page`.execute(sql);
  const [page] = rows;
  if (page === undefined) throw new Error('an aggregate without a row');
  return page;
}

/**
 * The transactions that may have a reading in the period or after it, each with the customer of the card that started
 * it (cards are compared without regard to case, as the gateway does). Those that ended long before are passed over
 * unread, but for the few flagged as having readings elsewhere than between their Start and their Stop.
 */
async function payersOf(sql: Sql, span: Span): Promise<Map<number, string | null>> {
  const { chargerId, cardsOf, correctedBefore } = span;
  const startsAt = await firstTold(sql, span);
  const stopped = new Date(startsAt.getTime() - AFTER_STOP_MS);
  const { rows } = await raw<{ id: number; customer_id: string | null }>`
    select distinct on (t.id) t.id, ${cardHolderAt('card', 't', correctedBefore)} as customer_id
    from charging_transaction t
      join charger c on c.id = t.charger_id
      left join token card on card.installation_id = coalesce(${cardsOf}, c.installation_id) and lower(card.id_tag) = lower(t.id_tag)
    where t.charger_id = ${chargerId}
      and (t.stopped_at is null or t.stopped_at >= ${stopped}
        or t.flags && array['implausible-time', 'reading-after-stop'])
      and (t.last_reading_at is null or t.last_reading_at >= ${startsAt} or 'implausible-time' = any (t.flags))
    order by t.id, card.id_tag <> t.id_tag, card.id_tag`.execute(sql);
  return new Map(rows.map((row) => [row.id, row.customer_id]));
}

/** The earliest time that the charger may have given for an instant of the period: flagged sessions aside, none before EARLIEST. */
async function firstTold(sql: Sql, { chargerId, startsAt, correctedBefore, hasClock }: Span): Promise<Date> {
  if (!hasClock) return startsAt;
  const ranges = toldRanges(raw`${chargerId}::text`, startsAt, raw`'infinity'`, correctedBefore);
  const { rows } = await raw<{ first: Date }>`
    select lower(${ranges} * tstzmultirange(tstzrange(${EARLIEST}, 'infinity'))) as first`.execute(sql);
  return rows[0]?.first ?? startsAt;
}

/**
 * The last readings before and the first after the period, of each transaction that reaches over an end and of each
 * connector; and the connectors that ever showed a register.
 */
async function neighbours(
  sql: Sql,
  span: Span,
  transactionIds: readonly number[],
): Promise<PackedReadings & { readonly connectors: number[] | null }> {
  const { chargerId, startsAt, endsAt, hasClock } = span;
  const own = raw`transaction_id = t.id and charger_id = ${chargerId}`;
  const hasReading = (when: RawBuilder<unknown>) =>
    hasClock ? raw`true` : raw`exists (select from meter_reading where ${own} and ${when})`;
  const before = soundReadings(span, EARLIEST, startsAt);
  const shortlyBefore = soundReadings(span, new Date(startsAt.getTime() - SHORTLY_MS), startsAt);
  const order = raw`order by at desc, id limit 1`;
  // no index gives the last of corrected times: the whole past is looked at only where the last weeks show nothing
  const lastOf = (which: RawBuilder<unknown>) =>
    hasClock
      ? raw`(${shortlyBefore} and ${which} ${order}) union all
          (${before} and ${which} and not exists (${shortlyBefore} and ${which}) ${order})`
      : raw`${before} and ${which} ${order}`;
  const farAhead = new Date(endsAt.getTime() + FAR_AHEAD_MS);
  const after = soundReadings(span, endsAt, farAhead);
  const { rows } = await raw<PackedReadings & { connectors: number[] | null }>`
    with recursive connector (id) as (
      (select connector_id from meter_reading where charger_id = ${chargerId} order by connector_id limit 1)
      union all
      select (select connector_id from meter_reading where charger_id = ${chargerId} and connector_id > connector.id
              order by connector_id limit 1)
      from connector where connector.id is not null
    )
    select ${PACKED}, (select array_agg(id order by id) from connector where id is not null) as connectors
    from (
      select r.* from unnest(${transactionIds}::int[]) t (id) cross join lateral (
        ${soundReadings(span, EARLIEST, startsAt, 'by-transaction')} and ${own}
        order by at desc, id limit 1
      ) r
      where ${hasReading(raw`at >= ${startsAt}`)}
      union
      select r.* from unnest(${transactionIds}::int[]) t (id) cross join lateral (
        ${soundReadings(span, endsAt, farAhead, 'by-transaction')} and ${own}
        order by at, id limit 1
      ) r
      where ${hasReading(raw`at < ${endsAt}`)}
      union
      select r.* from connector c cross join lateral (${lastOf(raw`charger_id = ${chargerId} and connector_id = c.id`)}) r
      where c.id is not null
      union
      select r.* from connector c cross join lateral (
        ${after} and charger_id = ${chargerId} and connector_id = c.id
        order by at, id limit 1
      ) r
      where c.id is not null
    ) around`.execute(sql);
  const [around] = rows;
  if (around === undefined) throw new Error('an aggregate without a row');
  return around;
}
