import { sql as fragment } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import { chainedReadings } from './read-chain.js';
import { CHAIN_START, extendChain, readingLine, type ChainHead, type SealedHead } from './reading-chain.js';
import { safeHorizon } from './safe-horizon.js';

const SEALS_PER_INSERT = 1_000;

export interface Sealed {
  /** All readings of the chargers up to this id, and no others, are covered by the heads. */
  readonly horizon: number;
  /** The chargers that have readings, in plain order of their ids. */
  readonly heads: readonly SealedHead[];
}

/**
 * Extends the chains of the chargers to all readings there are and stores a seal for each that has new ones.
 *
 * Order and concurrency: a chain runs in order of id, and a seal is set only below a horizon under which no id can
 * appear any more (`safeHorizon`). So what a seal says, the count and the hash of the readings up to its id, is a fact
 * about those readings, whoever computes it and when. Two months that seal one charger at once need no lock: they write
 * the same seal, or one further down the same chain. A reading that is seen late has an id above every horizon taken
 * before, and is in the next seal. (The other way, to append late ids out of order, would need a list of members with
 * each seal, and whoever adds a reading by hand could then call it late.)
 *
 * `trx` is a transaction in READ COMMITTED; `now` is written as the time of the seals. In pages, memory is flat.
 */
export async function sealReadings(trx: Sql, chargerIds: readonly string[], now: Date): Promise<Sealed> {
  const horizon = await safeHorizon(trx);
  const heads = await headsAt(trx, chargerIds, horizon);
  const former = new Map(heads);
  const spans = [...new Set(chargerIds)].map((chargerId) => ({
    chargerId,
    afterId: heads.get(chargerId)?.upToReadingId ?? 0,
    upToId: horizon,
  }));
  for await (const page of chainedReadings(trx, spans)) {
    for (const reading of page) {
      const chain = heads.get(reading.chargerId) ?? CHAIN_START;
      heads.set(reading.chargerId, extendChain(chain, reading.id, readingLine(reading)));
    }
  }
  const all = [...heads]
    .map(([chargerId, head]): SealedHead => Object.assign({ chargerId }, head))
    .sort((a, b) => (a.chargerId < b.chargerId ? -1 : 1));
  await storeSeals(
    trx,
    all.filter(({ chargerId, head }) => former.get(chargerId)?.head !== head),
    now,
  );
  return { horizon, heads: all };
}

/** The last seals of the chargers up to a reading's id; chargers without one are not in the map. */
async function headsAt(sql: Sql, chargerIds: readonly string[], horizon: number): Promise<Map<string, ChainHead>> {
  const { rows } = await fragment<{ charger_id: string; up_to_reading_id: number; readings: number; head: string }>`
    select distinct on (charger_id) charger_id, up_to_reading_id, readings, head from reading_seal
    where charger_id = any(${[...chargerIds]}::text[]) and up_to_reading_id <= ${horizon}
    order by charger_id, up_to_reading_id desc`.execute(sql);
  return new Map(
    rows.map((row): [string, ChainHead] => [
      row.charger_id,
      { readings: row.readings, upToReadingId: row.up_to_reading_id, head: row.head },
    ]),
  );
}

async function storeSeals(trx: Sql, seals: readonly SealedHead[], now: Date): Promise<void> {
  for (let from = 0; from < seals.length; from += SEALS_PER_INSERT) {
    await trx
      .insertInto('reading_seal')
      .values(
        seals.slice(from, from + SEALS_PER_INSERT).map((seal) => ({
          charger_id: seal.chargerId,
          up_to_reading_id: seal.upToReadingId,
          readings: seal.readings,
          head: seal.head,
          sealed_at: now,
        })),
      )
      .onConflict((conflict) => conflict.columns(['charger_id', 'up_to_reading_id']).doNothing())
      .execute();
  }
}
