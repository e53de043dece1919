import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { programFolder } from '#apps/cli/servers/folders.js';
import { appPlan } from '#apps/cli/system/apps.js';
import type { RunningSystem } from '#apps/cli/system/start-system.js';

/** Stands where the system's worker would be, so that the supervisor does not begin ours again behind our back. */
export const NO_WORKER = join(programFolder(), 'dist/test/faults/fakes/worker.js');

/** The real worker beside a running system: begun again at once when it is killed, without the supervisor's patience. */
export class KillableWorker {
  #child: ChildProcess;
  readonly #spawn: () => ChildProcess;

  constructor({ dataDir, env }: RunningSystem) {
    const { CHAZEMO_WORKER_PORT: _, ...rest } = env;
    const plan = appPlan({
      name: 'worker',
      dataDir,
      env: { PATH: process.env['PATH'], LOG_LEVEL: 'warn', ...rest },
      stopLimitMs: 0,
    });
    this.#spawn = () => plan.spawn();
    this.#child = this.#spawn();
  }

  /** kill -9, as a power cut or the kernel would; then another one starts. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
    this.#child = this.#spawn();
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error('the worker ended by itself');
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }
}
