import { inOneSnapshot, type Sql } from '#libs/persistence/database.js';

import { ChainCheck, type ChainBreak, type Seal } from './check-chain.js';
import { chainedReadings, sealsOf } from './read-chain.js';
import { CHAIN_START, readingLine, type ChainedReading } from './reading-chain.js';

export interface ChainReport {
  readonly chargers: number;
  readonly readings: number;
  readonly seals: number;
  /** Readings behind the last seal of their charger: no seal speaks for them yet. */
  readonly unsealedReadings: number;
  /** The first break of each charger that has one. */
  readonly breaks: readonly ChainBreak[];
}

export interface VerifyOptions {
  /** Only the chargers registered there; null: all. */
  readonly installationId: string | null;
}

/** Chargers whose seals are in memory at once. */
const CHARGERS_AT_ONCE = 1_000;

/** Recomputes the chains of the chargers from the readings and messages there are, and compares them with every seal. */
export async function verifyChain(sql: Sql, options: VerifyOptions): Promise<ChainReport> {
  return await inOneSnapshot(sql, async (trx) => {
    let query = trx.selectFrom('charger').select('id').orderBy('id');
    if (options.installationId !== null) query = query.where('installation_id', '=', options.installationId);
    const chargers = (await query.execute()).map((row) => row.id);
    const total = { chargers: chargers.length, readings: 0, seals: 0, unsealedReadings: 0 };
    const breaks: ChainBreak[] = [];
    for (let from = 0; from < chargers.length; from += CHARGERS_AT_ONCE) {
      const report = await verifyChargers(trx, chargers.slice(from, from + CHARGERS_AT_ONCE));
      total.readings += report.readings;
      total.seals += report.seals;
      total.unsealedReadings += report.unsealedReadings;
      breaks.push(...report.breaks);
    }
    return { ...total, breaks };
  });
}

async function verifyChargers(trx: Sql, chargerIds: readonly string[]): Promise<ChainReport> {
  const seals = Map.groupBy(await sealsOf(trx, chargerIds), (seal) => seal.chargerId);
  const walks = new Map(chargerIds.map((id) => [id, new SealedWalk(id, seals.get(id) ?? [])]));
  let readings = 0;
  const spans = chargerIds.map((chargerId) => ({ chargerId, afterId: 0, upToId: Number.MAX_SAFE_INTEGER }));
  for await (const page of chainedReadings(trx, spans)) {
    for (const reading of page) walks.get(reading.chargerId)?.add(reading);
    readings += page.length;
  }
  const checks = [...walks.values()].map((walk) => walk.finish());
  return {
    chargers: chargerIds.length,
    readings,
    seals: [...seals.values()].reduce((sum, of) => sum + of.length, 0),
    unsealedReadings: checks.reduce((sum, check) => sum + check.unsealedReadings, 0),
    breaks: checks.flatMap((check) => check.broken ?? []),
  };
}

/** A charger's readings in order of id, with its seals, ascending, compared as they are passed. */
class SealedWalk {
  readonly #check: ChainCheck;
  readonly #seals: readonly Seal[];
  #next = 0;

  constructor(chargerId: string, seals: readonly Seal[]) {
    this.#check = new ChainCheck(chargerId, CHAIN_START);
    this.#seals = seals;
  }

  add(reading: ChainedReading): void {
    this.#passSealsBefore(reading.id);
    this.#check.add(reading.id, readingLine(reading));
  }

  finish(): ChainCheck {
    this.#passSealsBefore(Infinity);
    return this.#check;
  }

  #passSealsBefore(readingId: number): void {
    for (let seal = this.#seals[this.#next]; seal !== undefined && seal.upToReadingId < readingId;) {
      this.#check.compare(seal);
      this.#next += 1;
      seal = this.#seals[this.#next];
    }
  }
}
