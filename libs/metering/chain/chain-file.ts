import { z } from 'zod';

import { ChainCheck, type ChainBreak, type Seal } from './check-chain.js';
import type { ChainHead, SealedHead } from './reading-chain.js';
import type { ChainReport } from './verify-chain.js';

/**
 * A file of chained readings, one JSON object a line, charger by charger:
 * - `{"chain":{"charger","readings","upToReadingId","head"}}`: where the charger's chain is taken up;
 * - readings, each as `readingLine` writes it, in order of id;
 * - `{"seal":{"charger","readings","upToReadingId","head","sealedAt"}}` after the reading a seal ends with.
 * The last line of a charger is a seal: with it the start, too, is proven, for no other start leads there.
 */
export function chainStartLine({ chargerId, readings, upToReadingId, head }: SealedHead): string {
  return JSON.stringify({ chain: { charger: chargerId, readings, upToReadingId, head } });
}

export function sealLine({ chargerId, readings, upToReadingId, head, sealedAt }: Seal): string {
  return JSON.stringify({
    seal: { charger: chargerId, readings, upToReadingId, head, sealedAt: sealedAt.toISOString() },
  });
}

/** A line that is none of the three, or stands where it cannot: nothing can be said of what follows. */
export interface FileFault {
  readonly line: number;
  readonly problem: string;
}

export interface ChainFileReport extends ChainReport {
  /** What each charger's chain reaches in the file: the last seal. */
  readonly heads: readonly SealedHead[];
  readonly faults: readonly FileFault[];
}

const MOST_FAULTS = 20;

const headSchema = z.string().regex(/^[0-9a-f]{64}$/);
const countSchema = z.int().nonnegative();

const chainSchema = z.strictObject({
  charger: z.string(),
  readings: countSchema,
  upToReadingId: countSchema,
  head: headSchema,
  sealedAt: z.iso.datetime().optional(),
});
type ChainEntry = z.infer<typeof chainSchema>;
const chainLineSchema = z.strictObject({ chain: chainSchema });
const sealLineSchema = z.strictObject({ seal: chainSchema });

/** The members of a reading's line that a check looks at; the hash is over the whole text. */
const readingSchema = z.object({
  id: countSchema,
  charger: z.string(),
  message: countSchema,
  messageSha256: z.string(),
});
export type ReadingEntry = z.infer<typeof readingSchema>;

type ChainFileEntry =
  | { readonly kind: 'chain'; readonly chain: ChainEntry }
  | { readonly kind: 'seal'; readonly seal: ChainEntry }
  | { readonly kind: 'reading'; readonly reading: ReadingEntry };

/** What a line of the file is, or null. */
function parseChainLine(text: string): ChainFileEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (text.startsWith('{"chain"')) {
    const { data } = chainLineSchema.safeParse(value);
    return data === undefined ? null : { kind: 'chain', chain: data.chain };
  }
  if (text.startsWith('{"seal"')) {
    const { data } = sealLineSchema.safeParse(value);
    return data === undefined ? null : { kind: 'seal', seal: data.seal };
  }
  const { data } = readingSchema.safeParse(value);
  return data === undefined ? null : { kind: 'reading', reading: data };
}

/** Reads such a file line by line and checks it; memory holds one charger's head. Pure. */
export class ChainFileCheck {
  readonly #heads: SealedHead[] = [];
  readonly #breaks: ChainBreak[] = [];
  readonly #faults: FileFault[] = [];
  readonly #chargers = new Set<string>();
  #open: { readonly chargerId: string; readonly check: ChainCheck; sealed: ChainHead | null } | null = null;
  #line = 0;
  #readings = 0;
  #seals = 0;

  /** The next line; returns the reading it holds, for those who compare it with something else. */
  add(text: string): ReadingEntry | null {
    this.#line += 1;
    const entry = parseChainLine(text);
    if (entry === null) this.#fault('is neither a chain, nor a reading, nor a seal');
    else if (entry.kind === 'chain') this.#begin(entry.chain);
    else if (entry.kind === 'seal') this.#seal(entry.seal);
    else return this.#reading(entry.reading, text);
    return null;
  }

  finish(): ChainFileReport {
    this.#close();
    return {
      chargers: this.#chargers.size,
      readings: this.#readings,
      seals: this.#seals,
      unsealedReadings: 0,
      breaks: this.#breaks,
      heads: this.#heads,
      faults: this.#faults,
    };
  }

  #begin({ charger: chargerId, readings, upToReadingId, head }: ChainEntry): void {
    this.#close();
    if (this.#chargers.has(chargerId)) this.#fault(`begins charger ${chargerId} a second time`);
    this.#chargers.add(chargerId);
    this.#open = { chargerId, check: new ChainCheck(chargerId, { readings, upToReadingId, head }), sealed: null };
  }

  #reading(reading: ReadingEntry, text: string): ReadingEntry | null {
    if (this.#open?.chargerId !== reading.charger) {
      this.#fault(`is a reading of charger ${reading.charger}, whose chain has not begun here`);
      return null;
    }
    this.#open.check.add(reading.id, text);
    this.#readings += 1;
    return reading;
  }

  #seal({ charger: chargerId, readings, upToReadingId, head, sealedAt }: ChainEntry): void {
    if (this.#open?.chargerId !== chargerId) {
      this.#fault(`is a seal of charger ${chargerId}, whose chain has not begun here`);
      return;
    }
    const sealed = { readings, upToReadingId, head };
    this.#open.check.compare({ chargerId, ...sealed, sealedAt: new Date(sealedAt ?? NaN) });
    this.#open.sealed = sealed;
    this.#seals += 1;
  }

  #close(): void {
    if (this.#open === null) return;
    const { chargerId, check, sealed } = this.#open;
    const broken = check.broken ?? check.unsealedEnd;
    if (broken !== null) this.#breaks.push(broken);
    if (sealed !== null) this.#heads.push({ chargerId, ...sealed });
    this.#open = null;
  }

  /** A file that is something else altogether must not fill the report. */
  #fault(problem: string): void {
    if (this.#faults.length < MOST_FAULTS) this.#faults.push({ line: this.#line, problem });
  }
}
