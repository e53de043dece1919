import { sql, type RawBuilder } from 'kysely';

/** SQL: by how many milliseconds a charger's clock was last seen to be ahead; null of one that was never seen to be off. */
export function observedOffsetMs(charger: RawBuilder<unknown>): RawBuilder<number | null> {
  return sql<number | null>`(select known.offset_ms from charger_clock known
    where known.charger_id = ${charger} and known.source = 'observed' order by known.id desc limit 1)`;
}
