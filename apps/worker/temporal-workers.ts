import { setTimeout as sleep } from 'node:timers/promises';

import { NativeConnection, Worker, type WorkerOptions, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Logger } from 'pino';

import type { TemporalSettings } from '#temporal/client.js';
import type { Activities, StripeActivities } from '#workflows/activities.js';
import { STRIPE_TASK_QUEUE, TASK_QUEUE } from '#workflows/task-queues.js';

import { GiveUpInterceptor } from './give-up.js';

const STRIPE_ACTIVITIES_PER_SECOND = 20;
const RETRY_MS = 1_000;
const GRACE = '5 seconds';

export interface HostOptions {
  readonly temporal: TemporalSettings;
  readonly workflowBundle: WorkflowBundleWithSourceMap;
  readonly activities: Activities;
  readonly stripeActivities: StripeActivities;
  /** Of the whole task queue, whatever the number of workers; below Stripe's 25 requests a second and endpoint when not given. */
  readonly stripeActivitiesPerSecond?: number;
  readonly log: Logger;
}

/** Hosts the two workers for as long as it is not stopped; whatever ends them before that, they are begun again. */
export class TemporalWorkers {
  readonly #options: HostOptions;
  readonly #stopping = new AbortController();
  #workers: readonly Worker[] = [];
  #hosting: Promise<void> | null = null;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** True while both poll. */
  get running(): boolean {
    return this.#workers.length > 0 && this.#workers.every((worker) => worker.getState() === 'RUNNING');
  }

  start(): void {
    this.#hosting ??= this.#host();
  }

  /** Takes no more work, ends what is under way, resolves when both are drained. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#shutdown();
    await this.#hosting;
  }

  async #host(): Promise<void> {
    const { log } = this.#options;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#hostOnce();
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        log.warn({ err: error }, 'the workers stand still; trying again');
        await sleep(RETRY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }

  async #hostOnce(): Promise<void> {
    const { address, tls, apiKey } = this.#options.temporal;
    const connection = await NativeConnection.connect({ address, tls, ...(apiKey === undefined ? {} : { apiKey }) });
    try {
      const workers = await this.#create(connection);
      this.#workers = workers;
      if (this.#stopping.signal.aborted) return;
      this.#options.log.info({ queues: [TASK_QUEUE, STRIPE_TASK_QUEUE] }, 'the workers are up');
      // When one of them ends, the other must not go on alone.
      await Promise.all(workers.map((worker) => worker.run().finally(() => this.#shutdown())));
    } finally {
      this.#workers = [];
      await connection.close();
    }
  }

  async #create(connection: NativeConnection): Promise<Worker[]> {
    const { temporal, workflowBundle, activities, stripeActivities } = this.#options;
    const { stripeActivitiesPerSecond = STRIPE_ACTIVITIES_PER_SECOND } = this.#options;
    const common: Omit<WorkerOptions, 'taskQueue'> = {
      connection,
      namespace: temporal.namespace,
      shutdownGraceTime: GRACE,
      interceptors: { activity: [(context) => ({ inbound: new GiveUpInterceptor(context) })] },
    };
    const main = await Worker.create({
      ...common,
      taskQueue: TASK_QUEUE,
      workflowBundle,
      activities,
      maxConcurrentActivityTaskExecutions: 20,
      maxConcurrentLocalActivityExecutions: 20,
    });
    const stripe = await Worker.create({
      ...common,
      taskQueue: STRIPE_TASK_QUEUE,
      activities: stripeActivities,
      maxTaskQueueActivitiesPerSecond: stripeActivitiesPerSecond,
      maxConcurrentActivityTaskExecutions: 10,
    });
    return [main, stripe];
  }

  #shutdown(): void {
    for (const worker of this.#workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  }
}
