import { setTimeout as sleep } from 'node:timers/promises';

import { Context } from '@temporalio/activity';
import { NativeConnection, Runtime, Worker, type LogLevel } from '@temporalio/worker';

import { temporalEnvironment } from '#temporal/client.js';
import type { DeliverInput, DeliveryOutcome, GatewayActivities } from '#workflows/charger-command/activities.js';
import { gatewayTaskQueue } from '#workflows/task-queues.js';

import type { Logger } from '../log.js';

const RETRY_MS = 1_000;
/** The workflow believes a gateway dead after three of these. */
const HEARTBEAT_MS = 3_000;
/** Commands that wait for answers of their chargers at once. */
const MOST_AT_ONCE = 500;

export interface HostOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly gatewayId: string;
  readonly deliver: (input: DeliverInput) => Promise<DeliveryOutcome>;
  readonly log: Logger;
}

/** Takes this process's commands from its own Temporal task queue, whenever Temporal is there. */
export class CommandHost {
  readonly #options: HostOptions;
  readonly #stopping = new AbortController();
  #worker: Worker | null = null;
  #hosting: Promise<void> | null = null;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** True while it polls. */
  get running(): boolean {
    return this.#worker?.getState() === 'RUNNING';
  }

  start(): void {
    quiet(this.#options.log);
    this.#hosting ??= this.#host();
  }

  /** Takes no more. What is under way ends by itself when the sockets close. */
  shutdown(): void {
    this.#stopping.abort();
    if (this.running) this.#worker?.shutdown();
  }

  /** Resolves when nothing is under way any more. */
  async stopped(): Promise<void> {
    await this.#hosting;
  }

  async #host(): Promise<void> {
    const { log } = this.#options;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#hostOnce();
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        log.warn({ err: error }, 'commands stand still: Temporal is away; trying again');
        await sleep(RETRY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }

  async #hostOnce(): Promise<void> {
    const { environment, gatewayId, log } = this.#options;
    const { address, namespace, tls, apiKey } = temporalEnvironment(environment);
    const connection = await NativeConnection.connect({ address, tls, ...(apiKey === undefined ? {} : { apiKey }) });
    try {
      const worker = await Worker.create({
        connection,
        namespace,
        taskQueue: gatewayTaskQueue(gatewayId),
        activities: this.#activities(),
        maxConcurrentActivityTaskExecutions: MOST_AT_ONCE,
        shutdownGraceTime: '1 second',
        shutdownForceTime: '4 seconds',
      });
      this.#worker = worker;
      if (this.#stopping.signal.aborted) return;
      log.info({ queue: gatewayTaskQueue(gatewayId) }, 'commands are taken');
      await worker.run();
    } finally {
      this.#worker = null;
      await connection.close();
    }
  }

  #activities(): GatewayActivities {
    return {
      deliverCommand: async (input) => {
        const context = Context.current();
        const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
        try {
          return await this.#options.deliver(input);
        } finally {
          clearInterval(beat);
        }
      },
    };
  }
}

const LEVELS = { TRACE: 'trace', DEBUG: 'trace', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;
let isQuiet = false;

/** The SDK's log lines go into ours; it handles no signals, main.ts does. A process that has a runtime keeps it. */
function quiet(log: Logger): void {
  if (isQuiet || Runtime._instance !== undefined) return;
  isQuiet = true;
  const write = (level: LogLevel, message: string, temporal?: object): void =>
    log[LEVELS[level]]({ temporal }, message);
  Runtime.install({
    logger: {
      log: write,
      trace: (message, meta) => write('TRACE', message, meta),
      debug: (message, meta) => write('DEBUG', message, meta),
      info: (message, meta) => write('INFO', message, meta),
      warn: (message, meta) => write('WARN', message, meta),
      error: (message, meta) => write('ERROR', message, meta),
    },
    shutdownSignals: [],
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
  });
}
