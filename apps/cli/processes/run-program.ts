import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The full path of a program on PATH; null when there is none. */
export function programOnPath(name: string, path = process.env['PATH'] ?? ''): string | null {
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // not here: the next folder
    }
  }
  return null;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The program is killed after this time; none when not given. */
  readonly limitMs?: number;
  /** Also ends the program: asked every half second with the time it runs. */
  readonly giveUp?: (elapsedMs: number) => boolean;
}

export interface RunOutcome {
  /** Exit status; null when it was killed or could not be started. */
  readonly status: number | null;
  readonly stdout: string;
  /** Everything it said on both outputs, for the message when it failed. */
  readonly said: string;
}

function stopGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** Runs a program to its end (or ours) and keeps what it says. Never rejects: what went wrong is in the outcome. */
export function runProgram(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunOutcome> {
  return new Promise((resolve) => {
    const startedMs = Date.now();
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: options.env ?? process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    let stdout = '';
    let said = '';
    const watch = setInterval(() => {
      const elapsedMs = Date.now() - startedMs;
      if (elapsedMs > (options.limitMs ?? Infinity) || options.giveUp?.(elapsedMs) === true) stopGroup(child);
    }, 500);
    const stopWithUs = () => stopGroup(child);
    process.once('exit', stopWithUs);
    const end = (status: number | null) => {
      clearInterval(watch);
      process.off('exit', stopWithUs);
      resolve({ status, stdout, said: said.trim() });
    };
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      said += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once('error', (error) => {
      said += error.message;
      end(null);
    });
    child.once('close', (status) => end(status));
  });
}
