import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow';

import { now } from '../clock.js';
import { OneAtATime } from '../one-at-a-time.js';
import { Recorder } from '../recorder.js';
import { unless, type Refused } from '../refusal.js';
import { Stepper } from '../stepper.js';
import { VisibilityBoard } from '../visibility.js';
import { collectionRecords, type CollectionFacts } from './activities.js';
import {
  cancelCollectionUpdate,
  collectionProgressQuery,
  holdCollectionUpdate,
  ledgerChangedSignal,
  paymentChangedSignal,
  releaseCollectionUpdate,
  retryCollectionUpdate,
  type COLLECTION_STEPS,
  type CollectionOutcome,
} from './messages.js';
import { CollectionState } from './state.js';

type Step = (typeof COLLECTION_STEPS)[number];

/** Between the sentence (workflow.ts) and the state (state.ts): step boundaries, parking, records, messages. */
export class CollectionShell {
  readonly documentId: string;
  readonly state = new CollectionState(now());
  #facts: CollectionFacts | null = null;
  readonly #locals = new OneAtATime();
  readonly #recorder = new Recorder(() => this.#locals.run(() => this.#write()));
  readonly #board = new VisibilityBoard();
  readonly #stepper = new Stepper<Step>(this.state, () => this.record());

  constructor(documentId: string) {
    this.documentId = documentId;
    this.#listen();
  }

  step<T>(step: Step, run: (again: boolean) => Promise<T | Refused>): Promise<T> {
    return this.#stepper.step(step, run);
  }

  guarded<T>(run: () => Promise<T | Refused>): Promise<T> {
    return this.#stepper.guarded(run);
  }

  /** What the database says now: what is due moves, the rest stays. */
  async facts(): Promise<CollectionFacts> {
    const facts = await this.#locals.run(() => collectionRecords.collectionFacts(this.documentId));
    this.#facts = facts;
    return facts;
  }

  queueMail(): Promise<{ readonly mailId: string | null }> {
    return this.#locals.run(() => collectionRecords.queueInvoiceMail(this.documentId));
  }

  /** While the week's limit has no room for the debit. */
  async postponed(until: string): Promise<void> {
    this.state.waitFor('weekly-limit', until);
    await this.record();
  }

  /** While a debit is processing; no step boundary, for money is moving. */
  async processing(lookAgainAt: string): Promise<void> {
    this.state.enter('processing', now());
    this.state.waitFor('provider', lookAgainAt);
    await this.record();
  }

  async finish(outcome: CollectionOutcome, reason: string | null): Promise<void> {
    this.state.finish(outcome, reason, now());
    await this.record();
    await condition(allHandlersFinished);
  }

  async record(): Promise<void> {
    const { state } = this;
    const { step, nextActionAt } = state.progress();
    this.#board.show({
      installationId: this.#facts?.installationId ?? null,
      period: this.#facts?.period ?? null,
      stage: step,
      outcome: state.outcome,
      needsAction: state.needsAction,
      nextActionAt,
    });
    await this.#recorder.record();
  }

  #write(): Promise<void> {
    const { state } = this;
    return collectionRecords.recordCollection(this.documentId, {
      ...state.progress(),
      outcome: state.outcome,
      reason: state.reason,
    });
  }

  #listen(): void {
    const { state } = this;
    setHandler(collectionProgressQuery, () => state.progress());
    setHandler(paymentChangedSignal, () => state.paymentChanged());
    setHandler(ledgerChangedSignal, () => state.ledgerChanged());
    setHandler(
      holdCollectionUpdate,
      () => this.#obey(() => state.hold()),
      unless(() => state.refusalOfHold()),
    );
    setHandler(
      releaseCollectionUpdate,
      () => this.#obey(() => state.release()),
      unless(() => state.refusalOfRelease()),
    );
    setHandler(
      retryCollectionUpdate,
      () => this.#obey(() => state.retry()),
      unless(() => state.refusalOfRetry()),
    );
    setHandler(
      cancelCollectionUpdate,
      (command) => this.#obey(() => state.cancel(command)),
      unless(() => state.refusalOfCancel()),
    );
  }

  async #obey(command: () => void) {
    command();
    await this.record();
    return this.state.progress();
  }
}
