import { z } from 'zod';

import type { ReadingEntry } from '#libs/metering/chain/chain-file.js';
import { sha256 } from '#libs/metering/chain/reading-chain.js';

import type { ProblemList } from './audit-problem.js';

const FILE = 'messages.ndjson';
const messageSchema = z.object({ id: z.int(), charger: z.string() });

/** A charger's messages: the hash of each line by id. */
interface ChargerMessages {
  readonly charger: string;
  readonly hashes: Map<number, string>;
}

/**
 * Compares the readings of a file with the messages that brought them. Both files go through the chargers in one order,
 * so that memory holds the hashes of one charger's messages.
 */
export class MessageCheck {
  readonly #groups: AsyncGenerator<ChargerMessages>;
  readonly #problems: ProblemList;
  #current: ChargerMessages | null = null;
  #isAtEnd = false;
  count = 0;

  constructor(lines: AsyncIterable<string>, problems: ProblemList) {
    this.#problems = problems;
    this.#groups = this.#grouped(lines);
  }

  async compare(reading: ReadingEntry): Promise<void> {
    while (!this.#isAtEnd && (this.#current === null || this.#current.charger < reading.charger)) await this.#advance();
    const found = this.#current?.charger === reading.charger ? this.#current.hashes.get(reading.message) : undefined;
    if (found === reading.messageSha256) return;
    this.#problems.add({
      code: found === undefined ? 'message-missing' : 'message-changed',
      file: FILE,
      place: `message ${reading.message} of charger ${reading.charger}`,
      detail:
        found === undefined
          ? `the message that brought reading ${reading.id} is not there`
          : `is not the message that brought reading ${reading.id}`,
    });
  }

  /** Reads what is left, so that the file's own hash is complete. */
  async finish(): Promise<void> {
    while (!this.#isAtEnd) await this.#advance();
  }

  async #advance(): Promise<void> {
    const next = await this.#groups.next();
    if (next.done === true) {
      this.#isAtEnd = true;
      return;
    }
    this.#current = next.value;
  }

  async *#grouped(lines: AsyncIterable<string>): AsyncGenerator<ChargerMessages> {
    let group = null as ChargerMessages | null;
    for await (const line of lines) {
      this.count += 1;
      const message = parseMessage(line);
      if (message === null) {
        this.#problems.add({ code: 'malformed', file: FILE, place: `line ${this.count}`, detail: 'is no message' });
        continue;
      }
      if (group?.charger !== message.charger) {
        if (group !== null) yield group;
        group = { charger: message.charger, hashes: new Map() };
      }
      group.hashes.set(message.id, sha256(line));
    }
    if (group !== null) yield group;
  }
}

function parseMessage(line: string) {
  try {
    return messageSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
