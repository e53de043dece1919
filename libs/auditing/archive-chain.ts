import { chainStartLine, sealLine } from '#libs/metering/chain/chain-file.js';
import type { Seal } from '#libs/metering/chain/check-chain.js';
import { chainedReadings, sealsOf, type ChainSpan } from '#libs/metering/chain/read-chain.js';
import {
  CHAIN_START,
  extendChain,
  readingLine,
  type ChainedReading,
  type ChainHead,
} from '#libs/metering/chain/reading-chain.js';
import type { Sql } from '#libs/persistence/database.js';

/** Chargers whose seals are in memory at once. */
const CHARGERS_AT_ONCE = 500;

/**
 * The lines of a file of chained readings (`chain-file.ts` has the form): of each charger from the first reading of its
 * span on. The chain is followed from the last seal before, whose readings are not in the file, so that it can begin in
 * the middle; the seals up to the end of the span stand in their places.
 */
export async function* archivedReadings(trx: Sql, spans: readonly ChainSpan[]): AsyncGenerator<string[]> {
  const ordered = [...spans].sort((a, b) => (a.chargerId < b.chargerId ? -1 : 1));
  for (let from = 0; from < ordered.length; from += CHARGERS_AT_ONCE) {
    yield* withSeals(trx, ordered.slice(from, from + CHARGERS_AT_ONCE));
  }
}

async function* withSeals(trx: Sql, spans: readonly ChainSpan[]): AsyncGenerator<string[]> {
  const seals = Map.groupBy(await sealsWithin(trx, spans), (seal) => seal.chargerId);
  const writers = new Map(
    spans.map((span) => [span.chargerId, new ChainWriter(span, seals.get(span.chargerId) ?? [])]),
  );
  const followed = spans.map((span) => ({ ...span, afterId: writers.get(span.chargerId)?.startsAfterId ?? 0 }));
  let current: ChainWriter | null = null;
  for await (const page of chainedReadings(trx, followed)) {
    const lines: string[] = [];
    for (const reading of page) {
      const writer = writers.get(reading.chargerId) ?? null;
      if (writer !== current) lines.push(...(current?.finish() ?? []));
      current = writer;
      lines.push(...(writer?.add(reading) ?? []));
    }
    yield lines;
  }
  yield current?.finish() ?? [];
}

/** Writes one charger's readings and seals in their order, once the span has begun. */
class ChainWriter {
  readonly #span: ChainSpan;
  readonly #seals: readonly Seal[];
  #chain: ChainHead;
  #next: number;
  #hasBegun = false;

  constructor(span: ChainSpan, seals: readonly Seal[]) {
    this.#span = span;
    this.#seals = seals;
    this.#next = seals.findIndex((seal) => seal.upToReadingId > span.afterId);
    if (this.#next < 0) this.#next = seals.length;
    this.#chain = seals[this.#next - 1] ?? CHAIN_START;
  }

  get startsAfterId(): number {
    return this.#chain.upToReadingId;
  }

  add(reading: ChainedReading): string[] {
    const line = readingLine(reading);
    const isInside = reading.id > this.#span.afterId;
    const lines = isInside ? [...this.#begin(), ...this.#sealsBefore(reading.id), line] : [];
    this.#chain = extendChain(this.#chain, reading.id, line);
    return lines;
  }

  finish(): string[] {
    return this.#sealsBefore(Infinity);
  }

  #begin(): string[] {
    if (this.#hasBegun) return [];
    this.#hasBegun = true;
    const { readings, upToReadingId, head } = this.#chain;
    return [chainStartLine({ chargerId: this.#span.chargerId, readings, upToReadingId, head })];
  }

  #sealsBefore(readingId: number): string[] {
    const lines: string[] = [];
    for (let seal = this.#seals[this.#next]; seal !== undefined && seal.upToReadingId < readingId;) {
      lines.push(sealLine(seal));
      this.#next += 1;
      seal = this.#seals[this.#next];
    }
    return lines;
  }
}

/** None behind the span. */
async function sealsWithin(trx: Sql, spans: readonly ChainSpan[]): Promise<Seal[]> {
  const ends = new Map(spans.map((span) => [span.chargerId, span.upToId]));
  return (await sealsOf(trx, [...ends.keys()])).filter((seal) => seal.upToReadingId <= (ends.get(seal.chargerId) ?? 0));
}
