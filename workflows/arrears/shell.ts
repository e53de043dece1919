import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow';

import { now } from '../clock.js';
import { OneAtATime } from '../one-at-a-time.js';
import { Recorder } from '../recorder.js';
import { unless, type Refused } from '../refusal.js';
import { Stepper } from '../stepper.js';
import { VisibilityBoard } from '../visibility.js';
import { arrearsRecords, type SuspensionDecision } from './activities.js';
import {
  approveSuspensionUpdate,
  arrearsProgressQuery,
  caseChangedSignal,
  declineSuspensionUpdate,
  ledgerChangedSignal,
  paymentChangedSignal,
  pauseUpdate,
  resumeUpdate,
  retryDebitUpdate,
  waiveUpdate,
  type ArrearsOutcome,
  type ArrearsStage,
} from './messages.js';
import { ArrearsState } from './state.js';

/** Between the sentence (workflow.ts) and the state (state.ts): parking, records, messages. */
export class ArrearsShell {
  readonly documentId: string;
  readonly state = new ArrearsState(now());
  #installationId: string | null = null;
  readonly #locals = new OneAtATime();
  readonly #recorder = new Recorder(() => this.#locals.run(() => this.#write()));
  readonly #board = new VisibilityBoard();
  readonly #stepper = new Stepper<Exclude<ArrearsStage, 'parked'>>(this.state, () => this.record());

  constructor(documentId: string) {
    this.documentId = documentId;
    this.#listen();
    this.#listenToDecisions();
  }

  /** From now on the case has a row in the database. */
  opened(installationId: string): void {
    this.#installationId = installationId;
  }

  /** What the ledger says is still due. */
  dueCents(): Promise<number> {
    return this.#locals.run(() => arrearsRecords.arrearsDueCents(this.documentId));
  }

  guarded<T>(run: () => Promise<T | Refused>): Promise<T> {
    return this.#stepper.guarded(run);
  }

  async finish(outcome: ArrearsOutcome): Promise<ArrearsOutcome> {
    this.state.finish(outcome, now());
    await this.record();
    await condition(allHandlersFinished);
    return outcome;
  }

  async record(): Promise<void> {
    const { state } = this;
    const { stage, nextActionAt } = state.progress();
    this.#board.show({
      installationId: this.#installationId,
      stage,
      outcome: state.outcome,
      needsAction: state.needsAction,
      nextActionAt,
    });
    if (this.#installationId !== null) await this.#recorder.record();
  }

  #write(): Promise<void> {
    const { state } = this;
    const progress = state.progress();
    return arrearsRecords.recordArrears(this.documentId, {
      ...progress,
      outcome: state.outcome,
      closedAt: state.outcome === null ? null : progress.since,
    });
  }

  #listen(): void {
    const { state } = this;
    setHandler(arrearsProgressQuery, () => state.progress());
    setHandler(paymentChangedSignal, ({ providerPaymentId }) => state.paymentChanged(providerPaymentId));
    setHandler(ledgerChangedSignal, () => state.ledgerChanged());
    setHandler(caseChangedSignal, () => state.caseChanged());
    setHandler(
      pauseUpdate,
      (command) => this.#obey(() => state.pause(command)),
      unless(() => state.refusalOfPause()),
    );
    setHandler(
      resumeUpdate,
      (command) => this.#obey(() => state.resume(command)),
      unless(() => state.refusalOfResume()),
    );
    setHandler(
      waiveUpdate,
      (command) => this.#obey(() => state.waive(command)),
      unless(() => state.refusalOfWaive()),
    );
    setHandler(
      retryDebitUpdate,
      () => this.#obey(() => state.retry()),
      unless(() => state.refusalOfRetry()),
    );
  }

  #listenToDecisions(): void {
    const { state } = this;
    const validate = unless(() => state.refusalOfDecision());
    setHandler(approveSuspensionUpdate, ({ by }) => this.#decide({ approved: true, by, reason: null }), validate);
    setHandler(declineSuspensionUpdate, ({ by, reason }) => this.#decide({ approved: false, by, reason }), validate);
  }

  /** Answers when the decision is on record, so that the answer says what follows. */
  async #decide(decision: SuspensionDecision) {
    this.state.decide(decision);
    await condition(() => this.state.decision === null);
    return this.state.progress();
  }

  async #obey(command: () => void) {
    command();
    await this.record();
    return this.state.progress();
  }
}
