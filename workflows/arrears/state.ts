import type { ByPerson, WithReason } from '../installation-month/messages.js';
import { Steering } from '../steering.js';
import type { CaseLook, SuspensionDecision } from './activities.js';
import type { ArrearsOutcome, ArrearsProgress, ArrearsStage } from './messages.js';

/** Where the chase of one invoice stands. Plain: no clock, no server; instants come in as ISO text. */
export class ArrearsState extends Steering {
  #stage: Exclude<ArrearsStage, 'parked'> = 'opened';
  #since: string;
  #look: CaseLook = { next: null };
  #caseChanged = false;
  #decision: SuspensionDecision | null = null;
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

  planned(look: CaseLook): void {
    this.#look = look;
  }

  enter(stage: Exclude<ArrearsStage, 'parked'>, at: string): void {
    this.#stage = stage;
    this.#since = at;
    this.#look = { ...this.#look, next: null };
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
  caseChanged(): void {
    this.#events += 1;
    this.#caseChanged = true;
  }
  /** Whether the case is to be looked at again; asked once. */
  takeCaseChange(): boolean {
    const changed = this.#caseChanged;
    this.#caseChanged = false;
    return changed;
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
    this.#look = { next: null };
    this.#decision = null;
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

  refusalOfDecision(): string | null {
    if (this.#outcome !== null) return this.#refusalWhenOver();
    if (this.#decision !== null) return 'A decision on the suspension is being written down';
    if (this.#stage === 'suspended') return 'Charging is suspended already';
    return this.#stage === 'suspension-proposed' ? null : `No suspension is proposed: the case is at ${this.#stage}`;
  }
  decide(decision: SuspensionDecision): void {
    this.#events += 1;
    this.#decision = decision;
  }
  decided(): void {
    this.#decision = null;
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
  /** What a person decided on the suspension and is not on record yet. */
  get decision(): SuspensionDecision | null {
    return this.#decision;
  }
  get needsAction(): string | null {
    if (this.#outcome !== null) return this.#outcome === 'suspension-proposed' ? 'suspension' : null;
    if (this.parked !== null) return 'parked';
    return this.paused ? 'paused' : (this.#look.needs ?? null);
  }

  progress(): ArrearsProgress {
    const { next, standstill = null } = this.#look;
    const still = this.parked !== null || this.paused;
    const nextAt = standstill === null ? (next?.at ?? null) : standstill.until;
    return {
      stage: this.parked === null ? this.#stage : 'parked',
      since: this.parked?.since ?? this.#since,
      nextStage: next?.stage ?? null,
      nextActionAt: this.#lookAgainAt ?? (still ? null : nextAt),
      pausedReason: this.parked === null ? this.#pausedReason : `person:${this.parked.code}`,
      ...(standstill === null ? {} : { standsStill: standstill.because }),
    };
  }

  #refusalWhenOver(): string | null {
    return this.#outcome === null ? null : `The case is closed: ${this.#outcome}`;
  }
}
