import { extendChain, type ChainHead } from './reading-chain.js';

/** A stored promise about a charger's readings. */
export interface Seal extends ChainHead {
  readonly chargerId: string;
  readonly sealedAt: Date;
}

/**
 * What is wrong where a seal does not match.
 * - reading-missing, reading-added: not as many readings as the seal counted, before its last one.
 * - reading-changed: as many, but another hash: a reading or a message was changed, or two changed places.
 * - seal-changed: later seals match, so the readings are as they were and this seal is not.
 * - unsealed: readings at the end of a file for which no seal stands.
 */
export type BreakCode = 'reading-missing' | 'reading-added' | 'reading-changed' | 'seal-changed' | 'unsealed';

/** The first seal of a charger that does not match. The fault lies after `afterReadingId`, up to `upToReadingId`. */
export interface ChainBreak {
  readonly code: BreakCode;
  readonly chargerId: string;
  /** The last reading of the last seal that matches, or where the chain was begun. */
  readonly afterReadingId: number;
  /** The last reading of the seal that does not match. */
  readonly upToReadingId: number;
  readonly sealedAt: Date | null;
  readonly sealedReadings: number;
  readonly foundReadings: number;
}

/** Walks one charger's readings in order of id and compares each seal where it stands. Pure. */
export class ChainCheck {
  readonly #chargerId: string;
  #chain: ChainHead;
  #good: Pick<ChainHead, 'upToReadingId' | 'readings'>;
  #lastSealed: number;
  #pending: ChainBreak | null = null;
  #found: ChainBreak | null = null;

  constructor(chargerId: string, start: ChainHead) {
    this.#chargerId = chargerId;
    this.#chain = start;
    this.#good = start;
    this.#lastSealed = start.readings;
  }

  /** The next reading. */
  add(readingId: number, line: string): void {
    this.#chain = extendChain(this.#chain, readingId, line);
  }

  /** The seal that follows the readings added so far. */
  compare(seal: Seal): void {
    const chain = this.#chain;
    this.#lastSealed = chain.readings;
    if (seal.head === chain.head && seal.readings === chain.readings && seal.upToReadingId === chain.upToReadingId) {
      if (this.#pending !== null) this.#found ??= { ...this.#pending, code: 'seal-changed' };
      this.#pending = null;
      this.#good = seal;
      return;
    }
    this.#pending ??= {
      code: codeOf(seal.readings, chain.readings),
      chargerId: this.#chargerId,
      afterReadingId: this.#good.upToReadingId,
      upToReadingId: seal.upToReadingId,
      sealedAt: seal.sealedAt,
      sealedReadings: seal.readings,
      foundReadings: chain.readings,
    };
  }

  /** The first break so far, or null. */
  get broken(): ChainBreak | null {
    return this.#found ?? this.#pending;
  }

  /** How many readings came after the last seal. */
  get unsealedReadings(): number {
    return this.#chain.readings - this.#lastSealed;
  }

  /** The same as a break, for a file that must end with a seal. */
  get unsealedEnd(): ChainBreak | null {
    if (this.unsealedReadings === 0) return null;
    return {
      code: 'unsealed',
      chargerId: this.#chargerId,
      afterReadingId: this.#good.upToReadingId,
      upToReadingId: this.#chain.upToReadingId,
      sealedAt: null,
      sealedReadings: this.#lastSealed,
      foundReadings: this.#chain.readings,
    };
  }
}

function codeOf(sealed: number, found: number): BreakCode {
  if (found < sealed) return 'reading-missing';
  return found > sealed ? 'reading-added' : 'reading-changed';
}
