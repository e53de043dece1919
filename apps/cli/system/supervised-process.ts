import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { identityOf, isRunning, type ProcessIdentity } from '../processes/process-identity.js';

/** Waits before the first, second, … start of a process that keeps dying; the first is at once. */
const BACK_OFF_MS = [0, 500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;
/** A process that lived so long has recovered: its next start is at once again. */
const RECOVERED_MS = 30_000;
const KILL_WAIT_MS = 1_000;
const RECORD = '.process.json';

/** How to run one process of the system. */
export interface ProcessPlan {
  readonly name: string;
  /** Starts it, as the leader of its own process group (`detached`), so that the terminal's Ctrl-C is ours alone. */
  spawn(): ChildProcess;
  /** Resolves when it does its work; rejects, with why, when it ended before or takes too long. */
  untilReady(child: ChildProcess): Promise<void>;
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** After this it is killed. */
  readonly stopLimitMs: number;
  /** How often the first start is tried; 1 when not given. */
  readonly startTries?: number;
}

interface ProcessRecord extends ProcessIdentity {
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

/** Resolves when the process has ended (or could not be started). */
function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

/** Rejects when the signal fires, and never before. */
export function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted === true) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch {
      // no such group: the process alone; no such process: it has ended
    }
  }
}

/** One process that is started again whenever it dies, until it is stopped. */
export class SupervisedProcess {
  #child: ChildProcess | null = null;
  #stopping = false;
  #loop: Promise<void> = Promise.resolve();
  readonly #wake = new AbortController();

  private constructor(
    private readonly plan: ProcessPlan,
    private readonly runFolder: string,
    private readonly tell: (line: string) => void,
  ) {}

  /** Starts the process and resolves when it is ready; rejects, with nothing left running, when it is not or on abort. */
  static async start(
    plan: ProcessPlan,
    runFolder: string,
    tell: (line: string) => void,
    signal?: AbortSignal,
  ): Promise<SupervisedProcess> {
    const supervised = new SupervisedProcess(plan, runFolder, tell);
    for (let left = plan.startTries ?? 1; ; left -= 1) {
      signal?.throwIfAborted();
      const child = supervised.#spawn();
      try {
        await Promise.race([plan.untilReady(child), aborted(signal)]);
        supervised.#loop = supervised.#keepRunning();
        return supervised;
      } catch (error) {
        const endedByItself = hasEnded(child);
        await supervised.#end(child);
        if (left <= 1 || !endedByItself) throw error;
        await sleep(500);
      }
    }
  }

  /** The process that runs now; null between two starts. */
  get pid(): number | null {
    return this.#child !== null && !hasEnded(this.#child) ? (this.#child.pid ?? null) : null;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake.abort();
    if (this.#child !== null) await this.#end(this.#child);
    await this.#loop;
  }

  get #recordFile(): string {
    return join(this.runFolder, `${this.plan.name}${RECORD}`);
  }

  #spawn(): ChildProcess {
    const child = this.plan.spawn();
    child.on('error', () => undefined);
    this.#child = child;
    if (child.pid !== undefined && !hasEnded(child)) {
      try {
        const record: ProcessRecord = { ...identityOf(child.pid), stopSignal: this.plan.stopSignal };
        mkdirSync(this.runFolder, { recursive: true });
        writeFileSync(this.#recordFile, JSON.stringify(record));
      } catch {
        // it ended at once: `untilReady` or the loop says so
      }
    }
    return child;
  }

  async #end(child: ChildProcess): Promise<void> {
    const { pid } = child;
    if (pid !== undefined && !hasEnded(child)) {
      child.kill(this.plan.stopSignal);
      await Promise.race([end(child), sleep(this.plan.stopLimitMs, undefined, { ref: false })]);
      if (!hasEnded(child)) this.tell(`${this.plan.name} does not end by itself: killed`);
    }
    if (pid !== undefined) signalGroup(pid, 'SIGKILL');
    await end(child);
    rmSync(this.#recordFile, { force: true });
  }

  async #keepRunning(): Promise<void> {
    let deaths = 0;
    for (;;) {
      const child = this.#child;
      if (child === null) return;
      const startedMs = Date.now();
      await end(child);
      if (this.#stopping) return;
      if (Date.now() - startedMs > RECOVERED_MS) deaths = 0;
      const waitMs = BACK_OFF_MS[Math.min(deaths, BACK_OFF_MS.length - 1)] ?? 0;
      deaths += 1;
      const how = child.signalCode ?? `status ${child.exitCode}`;
      this.tell(`${this.plan.name} ended (${how}); starting it again${waitMs === 0 ? '' : ` in ${waitMs / 1000} s`}`);
      await sleep(waitMs, undefined, { signal: this.#wake.signal }).catch(() => undefined);
      if (this.#stopping) return;
      this.#watch(this.#spawn());
    }
  }

  /** Tells when a started process is up again, and ends one that never gets there so that the loop starts a new one. */
  #watch(child: ChildProcess): void {
    this.plan.untilReady(child).then(
      () => this.tell(`${this.plan.name} is up again`),
      () => {
        if (!this.#stopping && !hasEnded(child) && child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      },
    );
  }
}

/** Ends what a supervisor that was killed left running, by the records it kept. Returns the names. */
export async function reclaimProcesses(runFolder: string): Promise<string[]> {
  const files = readdirSync(runFolder).filter((file) => file.endsWith(RECORD));
  const left = files.flatMap((file) => {
    try {
      const record = JSON.parse(readFileSync(join(runFolder, file), 'utf8')) as ProcessRecord;
      return isRunning(record) ? [{ name: file.slice(0, -RECORD.length), record }] : [];
    } catch {
      return []; // half written at the moment of the kill
    }
  });
  for (const { record } of left) signalGroup(record.pid, record.stopSignal);
  const limit = Date.now() + 5_000;
  while (left.some(({ record }) => isRunning(record)) && Date.now() < limit) await sleep(50);
  for (const { record } of left.filter(({ record }) => isRunning(record))) signalGroup(record.pid, 'SIGKILL');
  const killLimit = Date.now() + KILL_WAIT_MS;
  while (left.some(({ record }) => isRunning(record)) && Date.now() < killLimit) await sleep(50);
  for (const file of files) rmSync(join(runFolder, file), { force: true });
  return left.map(({ name }) => name);
}
