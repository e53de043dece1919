import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow';

import { now } from '../clock.js';
import { OneAtATime } from '../one-at-a-time.js';
import { Recorder } from '../recorder.js';
import { unless, type Refused } from '../refusal.js';
import { Stepper } from '../stepper.js';
import { VisibilityBoard } from '../visibility.js';
import { monthRecords, type Batch } from './activities.js';
import {
  approveUpdate,
  cancelUpdate,
  holdUpdate,
  pageProgressedSignal,
  progressQuery,
  releaseUpdate,
  retryUpdate,
  waiveReadingsUpdate,
  type MonthInput,
  type MonthOutcome,
  type MONTH_STEPS,
} from './messages.js';
import { MonthState } from './state.js';

/** Between the sentence (workflow.ts) and the state (state.ts): step boundaries, parking, records, messages. */
export class MonthShell {
  readonly state: MonthState;
  #cycleId: string | null = null;
  readonly #locals = new OneAtATime();
  readonly #recorder = new Recorder(() => this.#locals.run(() => this.#write()));
  readonly #board = new VisibilityBoard();
  readonly #stepper: Stepper<(typeof MONTH_STEPS)[number]>;

  constructor(input: MonthInput) {
    this.state = new MonthState(input, now());
    this.#stepper = new Stepper(this.state, () => this.record());
    this.#show();
    this.#listen();
  }

  /** From now on progress has a row in the database. */
  opened(cycleId: string): void {
    this.#cycleId = cycleId;
  }

  /** One step of the month: see {@link Stepper.step}. */
  step<T>(step: (typeof MONTH_STEPS)[number], run: (again: boolean) => Promise<T | Refused>): Promise<T> {
    return this.#stepper.step(step, run);
  }

  /** Runs a long job piece by piece, showing its progress; refused pieces park it when the others are done. */
  async batches(run: (after: string | null) => Promise<Batch>): Promise<null | Refused> {
    const refused: Batch['refused'][number][] = [];
    for (let after: string | null = null; ;) {
      const batch: Batch = await run(after);
      refused.push(...batch.refused);
      this.state.count(batch.done, batch.total);
      await this.record();
      if (batch.next === null) break;
      after = batch.next;
    }
    const [first] = refused;
    if (first === undefined) return null;
    const others = refused.length > 1 ? `,+${refused.length - 1}` : '';
    return { refused: { code: first.code, detail: `${first.subject}${others}` } };
  }

  async finish(outcome: MonthOutcome): Promise<void> {
    this.state.finish(outcome, now());
    await this.record();
    await condition(allHandlersFinished);
  }

  /** Shows where the month stands, in Temporal and in the database. */
  async record(): Promise<void> {
    this.#show();
    if (this.#cycleId !== null) await this.#recorder.record();
  }

  #write(): Promise<void> {
    const { state } = this;
    const progress = state.progress();
    const over = state.outcome !== null;
    return monthRecords.recordMonth(this.#cycleId ?? '', {
      ...progress,
      finishedAt: over ? progress.since : null,
      outcome: state.outcome,
    });
  }

  #show(): void {
    const { state } = this;
    this.#board.show({
      installationId: state.input.installationId,
      period: state.input.period,
      stage: state.progress().step,
      outcome: state.outcome,
      needsAction: state.needsAction,
      nextActionAt: state.waitsUntil,
    });
  }

  #listen(): void {
    const { state } = this;
    setHandler(progressQuery, () => state.progress());
    setHandler(pageProgressedSignal, ({ page, done }) => {
      state.pageProgressed(page, done);
      return this.record();
    });
    setHandler(
      approveUpdate,
      (command) => this.#obey(() => state.approve(command)),
      unless(() => state.refusalOfApprove()),
    );
    setHandler(
      holdUpdate,
      () => this.#obey(() => state.hold()),
      unless(() => state.refusalOfHold()),
    );
    setHandler(
      releaseUpdate,
      () => this.#obey(() => state.release()),
      unless(() => state.refusalOfRelease()),
    );
    setHandler(
      waiveReadingsUpdate,
      () => this.#obey(() => state.waiveReadings()),
      unless(() => state.refusalOfWaiveReadings()),
    );
    setHandler(
      retryUpdate,
      () => this.#obey(() => state.retry()),
      unless(() => state.refusalOfRetry()),
    );
    setHandler(
      cancelUpdate,
      (command) => this.#obey(() => state.cancel(command)),
      unless(() => state.refusalOfCancel()),
    );
  }

  /** The command takes effect at once; its caller is answered when the database shows it. */
  async #obey(command: () => void) {
    command();
    await this.record();
    return this.state.progress();
  }
}
