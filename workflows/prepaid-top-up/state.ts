import { Steering } from '../steering.js';
import type { TOP_UP_STEPS, TopUpOutcome, TopUpProgress } from './messages.js';

type Step = (typeof TOP_UP_STEPS)[number];

/** Where one top-up stands. Plain: no clock, no server; instants come in as ISO text. */
export class TopUpState extends Steering {
  #step: Step = 'pre-notifying';
  #since: string;
  #nextActionAt: string | null = null;
  #outcome: TopUpOutcome | null = null;
  #facts = 0;

  constructor(at: string) {
    super();
    this.#since = at;
  }

  enter(step: Step, at: string): void {
    this.begin();
    if (step !== this.#step) this.#since = at;
    this.#step = step;
    this.#nextActionAt = null;
  }

  waitUntil(at: string): void {
    this.#nextActionAt = at;
  }

  changed(): void {
    this.#facts += 1;
  }

  finish(outcome: TopUpOutcome, at: string): void {
    this.enter('ended', at);
    this.#outcome = outcome;
  }

  /** Counts what the provider said. */
  get facts(): number {
    return this.#facts;
  }

  get outcome(): TopUpOutcome | null {
    return this.#outcome;
  }

  get needsAction(): string | null {
    return this.parked === null ? null : 'parked';
  }

  progress(): TopUpProgress {
    const { parked } = this;
    if (parked !== null) {
      return { step: 'parked', since: parked.since, waitsFor: `person:${parked.code}`, nextActionAt: null };
    }
    const waitsFor = this.#nextActionAt === null ? null : this.#step === 'processing' ? 'provider' : 'debit-date';
    return { step: this.#step, since: this.#since, waitsFor, nextActionAt: this.#nextActionAt };
  }

  refusalOfRetry(): string | null {
    return this.parked === null ? 'There is nothing to try again: the top-up is not parked.' : null;
  }
}
