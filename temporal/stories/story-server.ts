import { fileURLToPath } from 'node:url';

import { Client, type Workflow, type WorkflowHandle, type WorkflowResultType } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';

import { timeSkippingServerPath } from '#apps/cli/servers/time-skipping-server.js';
import {
  arrearsWorkflowId,
  caseChangedSignal,
  ledgerChangedSignal as arrearsLedgerChanged,
} from '#workflows/arrears/messages.js';
import type { arrears } from '#workflows/arrears/workflow.js';
import { collectionWorkflowId } from '#workflows/collection/messages.js';
import type { collection } from '#workflows/collection/workflow.js';
import { monthWorkflowId } from '#workflows/installation-month/messages.js';
import type { installationMonth } from '#workflows/installation-month/workflow.js';
import { gatewayTaskQueue, STRIPE_TASK_QUEUE, TASK_QUEUE } from '#workflows/task-queues.js';

import { addSearchAttributes } from '../prepare.js';
import { STORY_GATEWAY } from './fake-commands.js';
import { FakeWorld } from './fake-world.js';

export const STORY_INSTALLATION = 'parque-das-nacoes-3';
const HOUR_MS = 3_600_000;

let bundle: Promise<WorkflowBundleWithSourceMap> | null = null;

/** The workflows as one bundle, from the sources under jest and from dist when run as a program; made once. */
export function bundleStories(): Promise<WorkflowBundleWithSourceMap> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  bundle ??= bundleWorkflows(fileURLToPath(new URL(`../../workflows/index.${extension}`, import.meta.url)));
  return bundle;
}

export function bundleWorkflows(workflowsPath: string): Promise<WorkflowBundleWithSourceMap> {
  quiet();
  return bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
}

let isQuiet = false;

/** The SDK's own log, errors only; a runtime can be installed once in a process. */
function quiet(): void {
  if (isQuiet) return;
  isQuiet = true;
  const logging = { filter: 'ERROR', forward: {} };
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
}

/**
 * Runs one story over a {@link FakeWorld} of its own, on a server of its own whose time is skipped: a server that has
 * told one story does not always skip time in the next.
 */
export async function tell<T>(story: (scene: Scene) => Promise<T>): Promise<T> {
  quiet();
  const path = await timeSkippingServerPath();
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  try {
    await addSearchAttributes(env.client);
    return await tellOn(env, await bundleStories(), story);
  } finally {
    await env.teardown();
  }
}

async function tellOn<T>(
  env: TestWorkflowEnvironment,
  workflowBundle: WorkflowBundleWithSourceMap,
  story: (scene: Scene) => Promise<T>,
): Promise<T> {
  const world = new FakeWorld();
  const activities = world.activities();
  const connection = env.nativeConnection;
  const workers = await Promise.all([
    Worker.create({ connection, taskQueue: TASK_QUEUE, activities, workflowBundle }),
    Worker.create({ connection, taskQueue: STRIPE_TASK_QUEUE, activities }),
    Worker.create({
      connection,
      taskQueue: gatewayTaskQueue(STORY_GATEWAY),
      activities: world.commands.gatewayActivities(),
    }),
  ]);
  const running = workers.map((worker) => worker.run());
  try {
    return await story(new Scene(env, world));
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  }
}

/** What a story has at hand. */
export class Scene {
  readonly world: FakeWorld;
  readonly client: Client;
  readonly #env: TestWorkflowEnvironment;

  constructor(env: TestWorkflowEnvironment, world: FakeWorld) {
    this.#env = env;
    // A plain client: the environment's own skips time while it awaits a result, and sometimes years too far.
    this.client = new Client({ connection: env.connection, namespace: env.namespace ?? 'default' });
    this.world = world;
  }

  async now(): Promise<Date> {
    return new Date(await this.#env.currentTimeMs());
  }

  /** The month the story's time is in, or that many after it. */
  async period(after = 0): Promise<string> {
    const now = await this.now();
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + after, 1)).toISOString().slice(0, 7);
  }

  startMonth(period: string): Promise<WorkflowHandle<typeof installationMonth>> {
    const input = { installationId: STORY_INSTALLATION, period };
    return this.client.workflow.start<typeof installationMonth>('installationMonth', {
      taskQueue: TASK_QUEUE,
      workflowId: monthWorkflowId(input),
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
  }

  /** Money came in outside the provider: the books change first, then whoever waits is told. */
  async pay(documentId: string, cents: number): Promise<void> {
    this.world.pay(documentId, cents);
    await this.arrears(documentId).signal(arrearsLedgerChanged);
  }

  /** People do something to a case in the database, and its workflow is told. */
  async change(documentId: string, change: (chase: ReturnType<FakeWorld['caseOf']>) => void): Promise<void> {
    change(this.world.caseOf(documentId));
    await this.arrears(documentId).signal(caseChangedSignal);
  }

  collection(documentId: string): WorkflowHandle<typeof collection> {
    return this.client.workflow.getHandle(collectionWorkflowId(documentId));
  }

  arrears(documentId: string): WorkflowHandle<typeof arrears> {
    return this.client.workflow.getHandle(arrearsWorkflowId(documentId));
  }

  sleep(hours: number): Promise<void> {
    return this.#env.sleep(hours * HOUR_MS);
  }

  /** Lets time pass until the workflow has ended. */
  async end<T extends Workflow>(handle: WorkflowHandle<T>): Promise<WorkflowResultType<T>> {
    await this.until(async () => (await handle.describe()).status.name !== 'RUNNING', `${handle.workflowId} to end`);
    return handle.result();
  }

  /** Lets time pass, hour by hour, until it is so; a story that waits in vain fails. */
  async until(so: () => boolean | Promise<boolean>, what: string, maxHours = 24 * 150): Promise<void> {
    for (let hours = 0, step = 1; hours <= maxHours; hours += step) {
      if (await so()) return;
      await this.sleep(step);
      step = Math.min(step * 2, 12);
    }
    throw new Error(`waited ${maxHours} hours in vain: ${what}`);
  }
}
