import { Steering } from '../steering.js';
import type { COLLECTION_STEPS, CollectionOutcome, CollectionProgress, CollectionStep } from './messages.js';

type Step = (typeof COLLECTION_STEPS)[number];

/** Where the collection of one invoice stands. Plain: no clock, no server; instants come in as ISO text. */
export class CollectionState extends Steering {
  #step: Step = 'pre-notifying';
  #since: string;
  #waitsFor: string | null = null;
  #nextActionAt: string | null = null;
  #outcome: CollectionOutcome | null = null;
  #reason: string | null = null;
  #paymentFacts = 0;
  #ledgerFacts = 0;

  constructor(at: string) {
    super();
    this.#since = at;
  }

  enter(step: Step, at: string): void {
    this.begin();
    if (step !== this.#step) this.#since = at;
    this.#step = step;
    this.#waitsFor = null;
    this.#nextActionAt = null;
  }

  waitFor(what: string, until: string): void {
    this.#waitsFor = what;
    this.#nextActionAt = until;
  }

  /** A payment of this document changed at the provider: what changed is read there, so repeats are harmless. */
  paymentChanged(): void {
    this.#paymentFacts += 1;
  }
  ledgerChanged(): void {
    this.#ledgerFacts += 1;
  }

  finish(outcome: CollectionOutcome, reason: string | null, at: string): void {
    this.unpark();
    this.#outcome = outcome;
    this.#reason = reason;
    this.#since = at;
    this.#waitsFor = null;
    this.#nextActionAt = null;
    if (outcome === 'settled') this.#step = 'settled';
    if (outcome === 'arrears') this.#step = 'handed-to-arrears';
  }

  refusalOfHold(): string | null {
    return this.#refusalWhenOver() ?? (this.held ? 'The collection is already held' : null);
  }
  refusalOfRelease(): string | null {
    return this.held ? null : 'The collection is not held';
  }
  refusalOfRetry(): string | null {
    if (this.#outcome !== null) return this.#refusalWhenOver();
    return this.parked === null ? `There is nothing to try again: the collection is in step ${this.#step}` : null;
  }
  refusalOfCancel(): string | null {
    if (this.#outcome !== null) return this.#refusalWhenOver();
    if (this.cancelled) return 'The collection is already being cancelled';
    if (this.#step === 'processing') return 'A debit is being processed: it can only be awaited';
    if (this.#step === 'debiting' && this.parked === null && !this.holding) return 'A debit is being started';
    return null;
  }

  get paymentFacts(): number {
    return this.#paymentFacts;
  }
  get ledgerFacts(): number {
    return this.#ledgerFacts;
  }
  get outcome(): CollectionOutcome | null {
    return this.#outcome;
  }
  get reason(): string | null {
    return this.#reason;
  }
  get needsAction(): string | null {
    if (this.#outcome !== null) return null;
    if (this.parked !== null) return 'parked';
    return this.holding ? 'held' : null;
  }

  progress(): CollectionProgress {
    const waiting = this.parked === null && !this.holding;
    return {
      step: this.#shownStep(),
      since: this.parked?.since ?? this.#since,
      waitsFor: this.#shownWait(),
      nextActionAt: waiting ? this.#nextActionAt : null,
      held: this.held,
    };
  }

  #shownStep(): CollectionStep {
    if (this.#outcome === 'cancelled') return 'cancelled';
    return this.parked === null ? this.#step : 'parked';
  }

  #shownWait(): string | null {
    if (this.parked !== null) return `person:${this.parked.code}`;
    return this.holding ? 'person:held' : this.#waitsFor;
  }

  #refusalWhenOver(): string | null {
    return this.#outcome === null ? null : `The collection is over: ${this.#outcome}`;
  }
}
