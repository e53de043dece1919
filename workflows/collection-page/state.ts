import type { CollectionOutcome } from '../collection/messages.js';
import type { CollectionPageResult } from './messages.js';

/** At most this many reports from a page to its month: progress, not a second history. */
const MAX_REPORTS = 20;

/** Which collections of a page have ended, and how. */
export class CollectionPageState {
  readonly #total: number;
  readonly #outcomes = new Map<string, CollectionOutcome | 'lost'>();
  #reported = 0;

  constructor(documentIds: readonly string[]) {
    this.#total = new Set(documentIds).size;
  }

  ended(documentId: string, outcome: CollectionOutcome | 'lost'): void {
    this.#outcomes.set(documentId, outcome);
  }

  get done(): number {
    return this.#outcomes.size;
  }

  get complete(): boolean {
    return this.#outcomes.size >= this.#total;
  }

  /** True when enough has ended since the last report; the last report is the page's result. */
  get reportDue(): boolean {
    return this.done - this.#reported >= Math.max(1, Math.ceil(this.#total / MAX_REPORTS));
  }

  report(): number {
    this.#reported = this.done;
    return this.#reported;
  }

  result(): CollectionPageResult {
    const count = (wanted: CollectionOutcome) => [...this.#outcomes.values()].filter((is) => is === wanted).length;
    return {
      settled: count('settled'),
      arrears: count('arrears'),
      cancelled: count('cancelled'),
      lost: [...this.#outcomes].filter(([, outcome]) => outcome === 'lost').map(([documentId]) => documentId),
    };
  }
}
