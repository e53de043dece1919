import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { pino } from 'pino';

import { timeSkippingServerPath } from '#apps/cli/servers/time-skipping-server.js';
import { startGateway, type RunningGateway } from '#apps/gateway/start-gateway.js';
import { keepCommandsCarried } from '#apps/worker/command-keeper.js';
import { CommandActivitiesService } from '#apps/worker/command.activities.js';
import { askCharger, type CommandOrder } from '#libs/commands/ask-charger.js';
import { commandById, type ShownCommand } from '#libs/commands/command-history.js';
import type { Command } from '#libs/ocpp/commands.js';
import type { Sql } from '#libs/persistence/database.js';
import { commandVault } from '#libs/persistence/secret-vault.js';
import { bundleStories } from '#temporal/stories/story-server.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { until } from '#test/setup/until.js';
import { TASK_QUEUE } from '#workflows/task-queues.js';

const silent = pino({ level: 'silent' });
/** Passwords in commands are sealed under this. */
export const COMMAND_SECRET = 'a secret for the tests';
const vault = commandVault(COMMAND_SECRET);

/** All that carries commands: a database, Temporal, the worker's part of it, and gateways as they are asked for. */
export class CommandGround {
  readonly #stopping = new AbortController();
  readonly #gateways: RunningGateway[] = [];
  readonly #running: Promise<unknown>[];
  #keys = 0;

  private constructor(
    private readonly database: TestDatabase,
    private readonly env: TestWorkflowEnvironment,
    private readonly worker: Worker,
    private readonly callTimeoutMs: number | undefined,
  ) {
    const { sql, databaseUrl, temporal } = this;
    this.#running = [
      worker.run(),
      keepCommandsCarried({ environment: temporal, databaseUrl, sql, log: silent }, this.signal),
    ];
  }

  /** `seed` fills the database before anybody works on it; `on` is one that is there already, and the ground's from now on. */
  static async open(
    seed: (sql: Sql) => Promise<unknown>,
    { callTimeoutMs, on }: { readonly callTimeoutMs?: number; readonly on?: TestDatabase } = {},
  ): Promise<CommandGround> {
    const workflowBundle = await bundleStories(); // installs the SDK's runtime, before anything else does
    const path = await timeSkippingServerPath();
    const server = { executable: { type: 'existing-path', path } } as const;
    const [database, env] = await Promise.all([
      on ?? createTestDatabase(),
      TestWorkflowEnvironment.createTimeSkipping({ server }),
    ]);
    await seed(database.sql);
    const records = new CommandActivitiesService(database.sql);
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: TASK_QUEUE,
      workflowBundle,
      activities: {
        lookForCharger: records.lookForCharger.bind(records),
        settleLostCommand: records.settleLostCommand.bind(records),
        forgetConnection: records.forgetConnection.bind(records),
        nextProvisioningCommand: records.nextProvisioningCommand.bind(records),
        finishProvisioning: records.finishProvisioning.bind(records),
      },
    });
    return new CommandGround(database, env, worker, callTimeoutMs);
  }

  get sql(): Sql {
    return this.database.sql;
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** The environment of whoever is to reach this Temporal. */
  get temporal(): { readonly TEMPORAL_ADDRESS: string } {
    return { TEMPORAL_ADDRESS: this.env.address };
  }

  /** Aborted when the ground is closed. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** One more gateway process's worth of gateway, in this process. */
  async gateway(): Promise<RunningGateway> {
    const { databaseUrl, temporal, callTimeoutMs } = this;
    const timeout = callTimeoutMs === undefined ? {} : { callTimeoutMs };
    const settings = { databaseUrl, host: '127.0.0.1', port: 0, temporal, secret: COMMAND_SECRET, ...timeout };
    const gateway = await startGateway(settings, silent);
    this.#gateways.push(gateway);
    return gateway;
  }

  /** Asks a charger under a new key; the command's id. */
  async ask(chargerId: string, command: Command, more: Partial<CommandOrder> = {}): Promise<string> {
    this.#keys += 1;
    const order = { chargerId, command, by: 'test', key: `key-${this.#keys}`, now: new Date(), vault, ...more };
    const asked = await askCharger(this.sql, order);
    if ('refused' in asked) throw new Error(asked.refused.code);
    return asked.ok.id;
  }

  async command(id: string): Promise<ShownCommand> {
    const found = await commandById(this.sql, id);
    if (found === null) throw new Error(`no command ${id}`);
    return found;
  }

  /** The command when it has ended. */
  ended(id: string): Promise<ShownCommand> {
    return until(
      () => this.command(id),
      ({ endedAt }) => endedAt !== null,
    );
  }

  /** Chargers are closed before, what else runs by {@link signal} ends with it: `running`. */
  async close(running: readonly Promise<unknown>[] = []): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#gateways.map((gateway) => gateway.close()));
    this.worker.shutdown();
    await Promise.all([...this.#running, ...running]);
    await this.env.teardown();
    await this.database.drop();
  }
}
