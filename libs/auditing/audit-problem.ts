import type { FileFault } from '#libs/metering/chain/chain-file.js';
import type { BreakCode, ChainBreak } from '#libs/metering/chain/check-chain.js';

/**
 * What does not match.
 * - unreadable, file-missing, file-added, file-changed: a file of the archive as such.
 * - malformed: a line that is not what it should be.
 * - the codes of a chain: `check-chain.ts`.
 * - message-missing, message-changed: a reading's raw message is not there, or is another.
 * - readings-seal-differs: the chains in the file are not those from which the month was rated.
 * - line-amount: a line's cents are not Wh × price. total-differs: a sum does not add up.
 */
export type ProblemCode =
  | 'unreadable'
  | 'file-missing'
  | 'file-added'
  | 'file-changed'
  | 'malformed'
  | BreakCode
  | 'message-missing'
  | 'message-changed'
  | 'readings-seal-differs'
  | 'line-amount'
  | 'total-differs';

export interface AuditProblem {
  readonly code: ProblemCode;
  /** The file of the archive; null: the database. */
  readonly file: string | null;
  /** Where in it: a line, a charger and the ids between which it lies, a document. */
  readonly place: string;
  readonly detail: string;
}

/** More of one kind say nothing more. */
const MOST_OF_A_KIND = 20;

/** Problems in the order in which they are found; of each kind and file the first ones, and how many there were. */
export class ProblemList {
  readonly #list: AuditProblem[] = [];
  readonly #counts = new Map<string, number>();

  add(problem: AuditProblem): void {
    const key = `${problem.file} ${problem.code}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count <= MOST_OF_A_KIND) this.#list.push(problem);
  }

  get list(): readonly AuditProblem[] {
    return this.#list;
  }

  /** All that were found, also those that are not listed. */
  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }
}

function placeOf({ chargerId, afterReadingId, upToReadingId, sealedAt }: ChainBreak): string {
  const seal = sealedAt === null ? '' : `, sealed ${sealedAt.toISOString()}`;
  return `charger ${chargerId}, after reading ${afterReadingId} up to reading ${upToReadingId}${seal}`;
}

function detailOf({ code, sealedReadings, foundReadings }: ChainBreak): string {
  switch (code) {
    case 'reading-missing':
      return `${sealedReadings} readings were sealed and ${foundReadings} are there: readings were removed`;
    case 'reading-added':
      return `${sealedReadings} readings were sealed and ${foundReadings} are there: readings were added`;
    case 'reading-changed':
      return 'as many readings as were sealed, but not the same: a reading or its raw message was changed';
    case 'seal-changed':
      return 'the readings match the later seals, so it is this seal that was changed';
    case 'unsealed':
      return `${foundReadings - sealedReadings} readings follow the last seal: nothing vouches for them`;
    default:
      return code satisfies never;
  }
}

export function chainProblem(found: ChainBreak, file: string | null): AuditProblem {
  return { code: found.code, file, place: placeOf(found), detail: detailOf(found) };
}

export function faultProblem({ line, problem }: FileFault, file: string): AuditProblem {
  return { code: 'malformed', file, place: `line ${line}`, detail: problem };
}
