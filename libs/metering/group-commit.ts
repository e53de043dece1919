import type { Sql } from '#libs/persistence/database.js';

import type { IncomingMessage } from './facts.js';
import { ingestBatch, type Ingested } from './ingest.js';

export interface GroupCommitOptions {
  /** Messages in one database transaction at most. */
  readonly maxBatch?: number;
  /** Database transactions at once. */
  readonly lanes?: number;
  /** How long a message waits for a database that is away before it is given back. */
  readonly patienceMs?: number;
  /** Messages waiting at most; beyond, they are given back at once. */
  readonly maxWaiting?: number;
  /** Told after each commit. */
  readonly onBatch?: (size: number, tookMs: number) => void;
}

interface Waiting {
  readonly incoming: IncomingMessage;
  readonly since: number;
  readonly resolve: (result: Ingested) => void;
  readonly reject: (error: unknown) => void;
}

const RETRY_MS = 250;
/** Unique violation (the same message came by another gateway), serialization failure, deadlock. */
const COLLISIONS = new Set(['23505', '40001', '40P01']);
const COLLISION_RETRIES = 3;

/**
 * Commits the messages that arrive while a commit is under way together in the next one: many chargers share the
 * cost of a transaction, and each message is still committed before its answer. Two messages of one charger never
 * share a batch nor overtake each other.
 */
export class GroupCommit {
  private readonly waiting: Waiting[] = [];
  private readonly busy = new Set<string>();
  private running = 0;
  private readonly maxBatch: number;
  private readonly lanes: number;
  private readonly patienceMs: number;
  private readonly maxWaiting: number;

  constructor(
    private readonly db: Sql,
    private readonly options: GroupCommitOptions = {},
  ) {
    this.maxBatch = options.maxBatch ?? 128;
    this.lanes = options.lanes ?? 2;
    this.patienceMs = options.patienceMs ?? 10_000;
    this.maxWaiting = options.maxWaiting ?? 10_000;
  }

  /** Resolves when the message is committed; rejects when it could not be: then it is not recorded, or will be found when sent again. */
  submit(incoming: IncomingMessage): Promise<Ingested> {
    if (this.waiting.length >= this.maxWaiting)
      return Promise.reject(new Error('too many messages wait for the database'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ incoming, since: Date.now(), resolve, reject });
      this.pump();
    });
  }

  private pump(): void {
    while (this.running < this.lanes && this.waiting.length > 0) {
      const batch = this.take();
      if (batch.length === 0) return;
      this.running += 1;
      void this.commit(batch).finally(() => {
        for (const { incoming } of batch) this.busy.delete(incoming.chargerId);
        this.running -= 1;
        this.pump();
      });
    }
  }

  /** The oldest messages, at most one of each charger and none of a charger under way. */
  private take(): Waiting[] {
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    for (const one of this.waiting) {
      const { chargerId } = one.incoming;
      if (batch.length >= this.maxBatch || this.busy.has(chargerId)) rest.push(one);
      else {
        this.busy.add(chargerId);
        batch.push(one);
      }
    }
    this.waiting.splice(0, this.waiting.length, ...rest);
    return batch;
  }

  /** Never rejects: each message of the batch is settled. */
  private async commit(batch: readonly Waiting[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const startedAt = performance.now();
      try {
        const results = await ingestBatch(
          this.db,
          batch.map((one) => one.incoming),
        );
        this.options.onBatch?.(batch.length, performance.now() - startedAt);
        for (const [index, one] of batch.entries()) settle(one, results[index]);
        return;
      } catch (error) {
        if (isAway(error) && this.hasPatience(batch)) {
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        } else if (batch.length > 1 && !isAway(error)) {
          for (const one of batch) await this.commit([one]); // one of them is the culprit
          return;
        } else if (!COLLISIONS.has(codeOf(error)) || attempt >= COLLISION_RETRIES) {
          for (const one of batch) one.reject(error);
          return;
        }
      }
    }
  }

  private hasPatience(batch: readonly Waiting[]): boolean {
    const oldest = Math.min(...batch.map((one) => one.since));
    return Date.now() - oldest < this.patienceMs;
  }
}

function settle(one: Waiting, result: Ingested | undefined): void {
  if (result === undefined) one.reject(new Error('a message went in and nothing came out'));
  else one.resolve(result);
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** Whether the database is away rather than unwilling: connection errors, shutting down, starting up, too many clients. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (/^(08...|57P0[123]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/.test(code)) return true;
  if (error instanceof AggregateError) return error.errors.some(isAway);
  if (!(error instanceof Error)) return false;
  return (
    /connection (terminated|ended|timeout)|not queryable|timeout exceeded/i.test(error.message) || isAway(error.cause)
  );
}
