import { hash } from 'node:crypto';

/** A reading as it is chained: all that was recorded of it, and the SHA-256 of the message that brought it. */
export interface ChainedReading {
  readonly id: number;
  readonly chargerId: string;
  readonly connectorId: number;
  readonly transactionId: number | null;
  readonly at: Date;
  readonly importWh: number;
  readonly exportWh: number | null;
  readonly context: string;
  readonly messageId: number;
  /** Hexadecimal; of the message's line, see `message-line.ts`. */
  readonly messageSha256: string;
}

/** How far a charger's chain reaches: over how many readings, to which one, and the hash there. */
export interface ChainHead {
  readonly readings: number;
  readonly upToReadingId: number;
  readonly head: string;
}

/** Before the first reading of a charger. */
export const CHAIN_START: ChainHead = { readings: 0, upToReadingId: 0, head: '0'.repeat(64) };

/**
 * The one text of a reading: a line of JSON with these members in this order, as JSON.stringify writes it; instants in
 * UTC to the millisecond, registers in Wh, null where there is none. It is what is hashed and what an export holds.
 */
export function readingLine(reading: ChainedReading): string {
  return JSON.stringify({
    id: reading.id,
    charger: reading.chargerId,
    connector: reading.connectorId,
    transaction: reading.transactionId,
    at: reading.at.toISOString(),
    importWh: reading.importWh,
    exportWh: reading.exportWh,
    context: reading.context,
    message: reading.messageId,
    messageSha256: reading.messageSha256,
  });
}

/** SHA-256 of a text in UTF-8, hexadecimal. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Hash n: SHA-256 of hash n-1 in hexadecimal, a line feed and the line of reading n. */
export function extendChain(chain: ChainHead, readingId: number, line: string): ChainHead {
  return {
    readings: chain.readings + 1,
    upToReadingId: readingId,
    head: sha256(`${chain.head}\n${line}`),
  };
}

/** A charger and the head of its chain. */
export interface SealedHead extends ChainHead {
  readonly chargerId: string;
}

/**
 * One hash over the chains of several chargers: SHA-256 of a line `charger head` each, in plain order of the charger's
 * id. What a month was rated from is thereby one text of 64 characters.
 */
export function readingsSealOf(heads: readonly Pick<SealedHead, 'chargerId' | 'head'>[]): string {
  const lines = heads
    .map(({ chargerId, head }) => `${chargerId} ${head}\n`)
    .sort((a, b) => (a < b ? -1 : Number(a > b)));
  return sha256(lines.join(''));
}
