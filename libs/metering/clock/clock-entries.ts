import { sql as raw, type RawBuilder } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

/** What a charger's times are off, of those it gave in [from, until) in readings that came after one. */
export interface ClockEntry {
  readonly isStaff: boolean;
  /** Null: staff take back what they said. */
  readonly offsetMs: number | null;
  readonly from: Date;
  readonly until: Date | null;
  readonly afterReadingId: number;
}

/** A charger's entries in the order in which they were recorded. None: its clock is right, as nearly all are. */
export type Clock = readonly ClockEntry[];

export interface ClocksQuery {
  readonly chargerIds: readonly string[];
  /** Only what was recorded before this instant: what was known when a month was rated. Null: all. */
  readonly recordedBefore: Date | null;
}

/** The clocks of those chargers that have entries. */
export async function clocksOf(sql: Sql, { chargerIds, recordedBefore }: ClocksQuery): Promise<Map<string, Clock>> {
  const rows = await sql
    .selectFrom('charger_clock')
    .selectAll()
    .where('charger_id', '=', raw<string>`any (${[...chargerIds]}::text[])`)
    .where(raw<boolean>`(${recordedBefore}::timestamptz is null or at < ${recordedBefore})`)
    .orderBy('id')
    .execute();
  const clocks = new Map<string, ClockEntry[]>();
  for (const row of rows) {
    const clock = clocks.get(row.charger_id) ?? [];
    clocks.set(row.charger_id, clock);
    clock.push({
      isStaff: row.source === 'staff',
      offsetMs: row.offset_ms,
      from: row.from_at,
      until: row.until_at,
      afterReadingId: row.after_reading_id,
    });
  }
  return clocks;
}

/** Those that decide, the first that holds for a time first: the last word of staff, else what was observed last. */
function inOrder(clock: Clock): ClockEntry[] {
  const latest = clock.toReversed();
  return [...latest.filter((one) => one.isStaff), ...latest.filter((one) => !one.isStaff)];
}

/** SQL: the true instant of `at` in a row of meter_reading. */
export function correctedAt(clock: Clock): RawBuilder<Date> {
  if (clock.length === 0) return raw<Date>`at`;
  const ordered = inOrder(clock);
  const holds = (one: ClockEntry) => {
    const until = one.until === null ? raw`` : raw`and at < ${one.until}`;
    return raw`at >= ${one.from} ${until} and id > ${one.afterReadingId}::bigint`;
  };
  const cases = ordered.map((one, place) => {
    if (one.offsetMs === null) return null;
    // what staff took back later does not hold, as far as it was taken back
    const takenBack = one.isStaff ? ordered.slice(0, place).filter((later) => later.offsetMs === null) : [];
    const unless = takenBack.map((later) => raw`and not (${holds(later)})`);
    return raw`when ${holds(one)} ${raw.join(unless, raw` `)} then ${one.offsetMs}::bigint`;
  });
  const known = cases.flatMap((one) => one ?? []);
  if (known.length === 0) return raw<Date>`at`;
  return raw<Date>`(at - (case ${raw.join(known, raw` `)} else 0 end) * interval '1 millisecond')`;
}

/** SQL: `at` may be the charger's time of an instant in [from, to): ranges that its index can be asked for. */
export function mayBeWithin(clock: Clock, from: Date, to: Date): RawBuilder<unknown> {
  const offsets = new Set([0, ...clock.map((one) => one.offsetMs ?? 0)]);
  const ranges = [...offsets].map((offsetMs) => {
    const [first, end] = [from, to].map((at) => new Date(at.getTime() + offsetMs));
    return raw`(at >= ${first} and at < ${end})`;
  });
  return raw`(${raw.join(ranges, raw` or `)})`;
}
