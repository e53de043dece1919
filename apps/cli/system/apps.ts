import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { programFolder } from '../servers/folders.js';
import { endOfLog } from '../servers/logs.js';
import type { ProcessPlan } from './supervised-process.js';

export const APPS = ['gateway', 'worker', 'backoffice', 'sandbox'] as const;
export type AppName = (typeof APPS)[number];

/**
 * What V8 may keep for new objects, in MiB: its own choice (16) triples into resident memory for every burst of short-lived
 * rows, as a month's workbook is. test/load/workbook.ts measures with the same. The other programs answer quickly with
 * V8's own choice, and write no month's workbook.
 */
const YOUNG_SPACE: Readonly<Partial<Record<AppName, readonly string[]>>> = { worker: ['--max-semi-space-size=4'] };

/** The programs in dist that the system consists of. */
export const APP_ENTRIES: Readonly<Record<AppName, string>> = {
  gateway: 'dist/apps/gateway/main.js',
  worker: 'dist/apps/worker/main.js',
  backoffice: 'dist/apps/backoffice/main.js',
  sandbox: 'dist/test/stripe-sandbox/main.js',
};

const READY_LIMIT_MS = 60_000;
const LOG_BYTES = 20 * 1024 * 1024;

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** Where a log goes on: a large one of earlier runs is put aside, one generation. */
function openLog(dataDir: string, name: string): { file: string; descriptor: number } {
  const folder = join(dataDir, 'log');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.log`);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) renameSync(file, `${file}.1`);
  return { file, descriptor: openSync(file, 'a') };
}

export interface AppPlan {
  readonly name: AppName;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Asked until it answers 200. */
  readonly readyUrl?: string;
  /** Or: asked until true. */
  readonly isReady?: () => Promise<boolean>;
  readonly stopLimitMs: number;
  /** Another program in its place, for tests of the supervisor. */
  readonly entry?: string | undefined;
}

/** One of our own programs as a process to supervise: Node from dist, its output in a log, ending with us. */
export function appPlan(plan: AppPlan): ProcessPlan {
  const root = programFolder();
  const entry = plan.entry ?? join(root, APP_ENTRIES[plan.name]);
  const preload = pathToFileURL(join(root, 'dist/apps/cli/system/leave-with-parent.js')).href;
  const logFile = join(plan.dataDir, 'log', `${plan.name}.log`);
  const isReady = async () =>
    (plan.readyUrl === undefined || (await answersOk(plan.readyUrl))) &&
    (plan.isReady === undefined || (await plan.isReady()));
  return {
    name: plan.name,
    stopSignal: 'SIGTERM',
    stopLimitMs: plan.stopLimitMs,
    spawn() {
      if (!existsSync(entry)) throw new Error(`${entry} does not exist: run \`npm run build\``);
      const { descriptor } = openLog(plan.dataDir, plan.name);
      try {
        return spawn(
          process.execPath,
          [...(YOUNG_SPACE[plan.name] ?? []), '--enable-source-maps', '--no-warnings', '--import', preload, entry],
          {
            cwd: root,
            detached: true,
            env: plan.env,
            stdio: ['ignore', descriptor, descriptor, 'ipc'],
          },
        );
      } finally {
        closeSync(descriptor);
      }
    },
    async untilReady(child: ChildProcess) {
      const limit = Date.now() + READY_LIMIT_MS;
      for (;;) {
        const ended = child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
        if (ended || Date.now() > limit) {
          const what = ended ? 'ended while starting' : `is not ready after ${READY_LIMIT_MS / 1000} s`;
          throw new Error(`${plan.name} ${what}. The end of ${logFile}:\n${endOfLog(logFile)}`);
        }
        if (await isReady()) return;
        await sleep(50);
      }
    },
  };
}
