import type { ByPerson, WithReason } from '../installation-month/messages.js';
import { Steering } from '../steering.js';
import type { StagePlan } from './activities.js';
import type { ArrearsOutcome, ArrearsProgress, ArrearsStage } from './messages.js';

/** Where the chase of one invoice stands. Plain: no clock, no server; instants come in as ISO text. */
export class ArrearsState extends Steering {
  #stage: Exclude<ArrearsStage, 'parked'> = 'opened';
  #since: string;
  #next: StagePlan | null = null;
  #pausedReason: string | null = null;
  #debiting = false;
  #lookAgainAt: string | null = null;
  #outcome: ArrearsOutcome | null = null;
  #events = 0;
  #paymentFacts = 0;
  readonly #changedPayments = new Set<string>();

  constructor(at: string) {
    super();
    this.#since = at;
  }

  // What happened

  planned(next: StagePlan | null): void {
    this.#next = next;
  }

  enter(stage: Exclude<ArrearsStage, 'parked'>, at: string): void {
    this.#stage = stage;
    this.#since = at;
    this.#next = null;
  }

  paymentChanged(providerPaymentId: string): void {
    this.#events += 1;
    this.#paymentFacts += 1;
    this.#changedPayments.add(providerPaymentId);
  }
  /** Payments to read again, each once however often it was signalled. */
  takeChangedPayments(): string[] {
    const payments = [...this.#changedPayments];
    this.#changedPayments.clear();
    return payments;
  }
  /** Debits under way: read them again before anything else. */
  lookAt(payments: readonly string[]): void {
    for (const payment of payments) this.#changedPayments.add(payment);
  }
  ledgerChanged(): void {
    this.#events += 1;
  }

  beginDebit(): void {
    this.unpark();
    this.#debiting = true;
  }
  processing(lookAgainAt: string): void {
    this.#lookAgainAt = lookAgainAt;
  }
  endDebit(): void {
    this.#debiting = false;
    this.#lookAgainAt = null;
  }

  finish(outcome: ArrearsOutcome, at: string): void {
    this.unpark();
    this.#outcome = outcome;
    this.#since = at;
    this.#next = null;
    this.#pausedReason = null;
  }

  // What people ask; each `refusal…` says why it makes no sense now, or null

  refusalOfPause(): string | null {
    return this.#refusalWhenOver() ?? (this.#pausedReason === null ? null : 'The case is already paused');
  }
  pause({ reason }: WithReason): void {
    this.#events += 1;
    this.#pausedReason = reason;
  }

  refusalOfResume(): string | null {
    return this.#refusalWhenOver() ?? (this.#pausedReason === null ? 'The case is not paused' : null);
  }
  resume(_command: ByPerson): void {
    this.#events += 1;
    this.#pausedReason = null;
  }

  refusalOfWaive(): string | null {
    return this.#refusalWhenOver() ?? (this.cancelled ? 'The case is already being closed' : null);
  }
  waive(command: WithReason): void {
    this.#events += 1;
    this.cancel(command);
  }

  refusalOfRetry(): string | null {
    if (this.#outcome !== null) return this.#refusalWhenOver();
    return this.#debiting && this.parked === null
      ? 'A debit is under way: a second one would take the money twice'
      : null;
  }
  override retry(): void {
    this.#events += 1;
    super.retry();
  }

  // What the workflow asks

  get events(): number {
    return this.#events;
  }
  get paymentFacts(): number {
    return this.#paymentFacts;
  }
  get paused(): boolean {
    return this.#pausedReason !== null;
  }
  get stage(): Exclude<ArrearsStage, 'parked'> {
    return this.#stage;
  }
  get outcome(): ArrearsOutcome | null {
    return this.#outcome;
  }
  get needsAction(): string | null {
    if (this.#outcome !== null) return this.#outcome === 'suspension-proposed' ? 'suspension' : null;
    if (this.parked !== null) return 'parked';
    return this.paused ? 'paused' : null;
  }

  progress(): ArrearsProgress {
    const still = this.parked !== null || this.paused;
    return {
      stage: this.parked === null ? this.#stage : 'parked',
      since: this.parked?.since ?? this.#since,
      nextStage: this.#next?.stage ?? null,
      nextActionAt: this.#lookAgainAt ?? (still ? null : (this.#next?.at ?? null)),
      pausedReason: this.parked === null ? this.#pausedReason : `person:${this.parked.code}`,
    };
  }

  #refusalWhenOver(): string | null {
    return this.#outcome === null ? null : `The case is closed: ${this.#outcome}`;
  }
}
