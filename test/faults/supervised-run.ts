import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { programFolder } from '#apps/cli/servers/folders.js';

/** What supervisor-main.ts prints when it is up. */
export interface UpReport {
  readonly pid: number;
  readonly pids: Readonly<Record<string, number>>;
  readonly databaseUrl: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface SupervisedRun {
  readonly child: ChildProcess;
  readonly up: UpReport;
  /** What it said on standard error so far. */
  said(): string;
}

const nodeArguments = (file: string) => ['--enable-source-maps', '--no-warnings', join(programFolder(), 'dist', file)];

/** Starts a supervisor as a process of its own; resolves when it is up or has ended. */
export async function launch(
  dataDir: string,
  args: readonly string[] = [],
): Promise<{ run: SupervisedRun } | { status: number | null; said: string }> {
  const child = spawn(process.execPath, [...nodeArguments('test/faults/supervisor-main.js'), dataDir, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'], // the channel ends it when this test run is killed
  });
  let out = '';
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!out.includes('\n') && child.exitCode === null && child.signalCode === null) await sleep(20);
  if (!out.includes('\n')) return { status: child.exitCode, said };
  return { run: { child, up: JSON.parse(out) as UpReport, said: () => said } };
}

export async function launchUp(dataDir: string, args: readonly string[] = []): Promise<SupervisedRun> {
  const launched = await launch(dataDir, args);
  if ('run' in launched) return launched.run;
  throw new Error(`the supervisor did not come up (${launched.status}):\n${launched.said}`);
}

/** Sends a signal and waits for the end; the exit status, or the signal that ended it. */
export async function endBy(run: SupervisedRun, signal: NodeJS.Signals): Promise<number | string | null> {
  const end = once(run.child, 'exit');
  run.child.kill(signal);
  const [status, by] = (await end) as [number | null, string | null];
  return status ?? by;
}

/** Processes of this machine whose command line or environment names the data directory: the system's own, all of them. */
export function processesOf(dataDir: string): { pid: number; command: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    try {
      if (readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      return command.includes(dataDir) || environment.includes(dataDir) ? [{ pid, command }] : [];
    } catch {
      return [];
    }
  });
}

/** Waits until a condition holds; throws with its last value when it does not in time. */
export async function until<T>(what: string, read: () => T | Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const limit = Date.now() + 20_000;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > limit) throw new Error(`not in time: ${what}; last: ${JSON.stringify(value)}`);
    await sleep(50);
  }
}
