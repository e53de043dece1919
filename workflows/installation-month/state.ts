import { Steering } from '../steering.js';
import {
  MONTH_STEPS,
  type ByPerson,
  type MonthInput,
  type MonthOutcome,
  type MonthProgress,
  type MonthStep,
} from './messages.js';

/** At most this many chargers are named in `waitsFor`; the rest is a number. */
const NAMED_CHARGERS = 8;

type Step = (typeof MONTH_STEPS)[number];

const isBefore = (step: Step, other: Step): boolean => MONTH_STEPS.indexOf(step) < MONTH_STEPS.indexOf(other);

/** Where a month stands and what people have asked of it. Plain: no clock, no server; instants come in as ISO text. */
export class MonthState extends Steering {
  readonly input: MonthInput;
  #step: Step = 'awaiting-period-end';
  #since: string;
  #waitsFor: string | null = null;
  #waitsUntil: string | null = null;
  #done = 0;
  #total = 0;
  #readingsWaived = false;
  #approvedBy: string | null = null;
  #outcome: MonthOutcome | null = null;
  readonly #pages = new Map<number, number>();

  constructor(input: MonthInput, at: string) {
    super();
    this.input = input;
    this.#since = at;
  }

  // What happened

  enter(step: Step, at: string): void {
    this.begin();
    if (step !== this.#step) this.#since = at;
    this.#step = step;
    this.#waitsFor = null;
    this.#waitsUntil = null;
    this.#done = 0;
    this.#total = 0;
    if (step === 'awaiting-approval') this.#approvedBy = null;
  }

  count(done: number, total: number): void {
    this.#done = done;
    this.#total = total;
  }

  waitFor(what: string, until: string | null = null): void {
    this.#waitsFor = what;
    this.#waitsUntil = until;
  }

  waitForReadings(chargers: readonly string[], until: string): void {
    const named = chargers.slice(0, NAMED_CHARGERS);
    const more = chargers.length - named.length;
    this.waitFor(`readings:${named.join(',')}${more > 0 ? `,+${more}` : ''}`, until);
    this.#total = Math.max(this.#total, chargers.length);
    this.#done = this.#total - chargers.length;
  }

  beginCollecting(total: number): void {
    this.#total = total;
    this.#waitsFor = 'collections';
    this.#countPages();
  }

  /** A page's report; repeats and late ones change nothing. */
  pageProgressed(page: number, done: number): void {
    this.#pages.set(page, Math.max(done, this.#pages.get(page) ?? 0));
    if (this.#step === 'collecting') this.#countPages();
  }

  finish(outcome: MonthOutcome, at: string): void {
    this.unpark();
    this.#outcome = outcome;
    this.#since = at;
    this.#waitsFor = null;
    this.#waitsUntil = null;
    if (outcome === 'cancelled') return;
    this.#step = 'done';
    this.#done = this.#total;
  }

  // What people ask; each `refusal…` says why it makes no sense now, or null

  refusalOfApprove(): string | null {
    if (this.parked === null && this.#step === 'awaiting-approval') return null;
    return `Nothing waits for approval: the month is in step ${this.#shownStep()}`;
  }
  approve({ by }: ByPerson): void {
    this.#approvedBy = by;
  }

  refusalOfHold(): string | null {
    return this.#refusalWhenOver() ?? (this.held ? 'The month is already held' : null);
  }
  refusalOfRelease(): string | null {
    return this.held ? null : 'The month is not held';
  }

  refusalOfWaiveReadings(): string | null {
    if (this.#outcome !== null) return this.#refusalWhenOver();
    if (this.#readingsWaived) return 'The late readings are already waived';
    if (isBefore('awaiting-readings', this.#step)) return 'The period is closed: no readings are awaited any more';
    return null;
  }
  waiveReadings(): void {
    this.#readingsWaived = true;
  }

  refusalOfRetry(): string | null {
    if (this.#outcome !== null) return this.#refusalWhenOver();
    if (this.parked !== null || this.#step === 'awaiting-approval') return null;
    return `There is nothing to try again: the month is in step ${this.#shownStep()}`;
  }

  refusalOfCancel(): string | null {
    if (this.#outcome !== null) return this.#refusalWhenOver();
    if (this.cancelled) return 'The month is already being cancelled';
    if (isBefore(this.#step, 'invoicing')) return null;
    return 'Invoices are being issued or were issued: correct them by credit notes';
  }

  // What the workflow asks

  get readingsWaived(): boolean {
    return this.#readingsWaived;
  }
  get approvedBy(): string | null {
    return this.#approvedBy;
  }
  get outcome(): MonthOutcome | null {
    return this.#outcome;
  }
  get waitsUntil(): string | null {
    return this.parked === null && !this.holding ? this.#waitsUntil : null;
  }
  /** For the search attribute NeedsAction. */
  get needsAction(): string | null {
    if (this.#outcome !== null) return null;
    if (this.parked !== null) return 'parked';
    if (this.holding) return 'held';
    return this.#step === 'awaiting-approval' && this.#approvedBy === null ? 'approval' : null;
  }

  progress(): MonthProgress {
    return {
      step: this.#shownStep(),
      since: this.parked?.since ?? this.#since,
      waitsFor: this.#shownWait(),
      done: this.#done,
      total: this.#total,
      held: this.held,
    };
  }

  #countPages(): void {
    const done = [...this.#pages.values()].reduce((sum, finished) => sum + finished, 0);
    this.#done = Math.min(done, this.#total);
  }

  #shownStep(): MonthStep {
    if (this.#outcome === 'cancelled') return 'cancelled';
    return this.parked === null ? this.#step : 'parked';
  }

  #shownWait(): string | null {
    if (this.parked !== null) return `person:${this.parked.code}`;
    return this.holding ? 'person:held' : this.#waitsFor;
  }

  #refusalWhenOver(): string | null {
    return this.#outcome === null ? null : `The month is over: ${this.#outcome}`;
  }
}
