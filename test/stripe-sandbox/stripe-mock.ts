import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { programOnPath, runProgram } from '#apps/cli/processes/run-program.js';
import { cacheFolder } from '#apps/cli/servers/folders.js';
import { answersOnPort, freePort } from '#apps/cli/servers/ports.js';

import { withFileLock } from '../../apps/cli/processes/file-lock.js';

/** The newest that is published. Its specification is of API 2026-08-26.dahlia, one version before ours. */
const MODULE = 'github.com/stripe/stripe-mock';
const VERSION = 'v0.203.0';
const BUILD_LIMIT_MS = 5 * 60_000;
const START_LIMIT_MS = 30_000;

export interface StripeMockFiles {
  readonly program: string;
  /** Stripe's OpenAPI, as it is embedded in the program */
  readonly specification: string;
}

/**
 * Stripe's own stripe-mock: from the cache, or built by Go and kept there. Null when neither is here; throws when Go is
 * here and cannot build it, because then the contract would go unchecked in silence.
 */
export async function findStripeMock(): Promise<StripeMockFiles | null> {
  const folder = join(cacheFolder(), `stripe-mock-${VERSION}`);
  const files = { program: join(folder, 'stripe-mock'), specification: join(folder, 'spec3.json') };
  if (existsSync(files.program)) return files;
  const go = programOnPath('go') ?? programOnPath('go', '/usr/local/go/bin');
  if (go === null) return null;
  await withFileLock(`${folder}.lock`, async () => {
    if (!existsSync(files.program)) await build(go, folder);
  });
  return files;
}

async function build(go: string, folder: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'stripe-mock-'));
  try {
    const options = { env: { ...process.env, GOBIN: work }, cwd: work, limitMs: BUILD_LIMIT_MS };
    const built = await runProgram(go, ['install', `${MODULE}@${VERSION}`], options);
    const modules = await runProgram(go, ['env', 'GOMODCACHE'], options);
    if (built.status !== 0) throw new Error(`Go could not build ${MODULE}@${VERSION}:\n${built.said}`);
    const source = join(modules.stdout.trim(), `${MODULE}@${VERSION}`, 'embedded/openapi/spec3.json');
    mkdirSync(folder, { recursive: true });
    copyFileSync(source, join(folder, 'spec3.json'));
    // The program comes last and makes it complete; by way of a copy, as the cache may be on another disk.
    copyFileSync(join(work, 'stripe-mock'), join(folder, 'stripe-mock.new'));
    renameSync(join(folder, 'stripe-mock.new'), join(folder, 'stripe-mock'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

export interface RunningStripeMock {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it on 127.0.0.1 only; resolves when it answers. */
export async function startStripeMock({ program }: StripeMockFiles): Promise<RunningStripeMock> {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const args = ['-http-addr', `127.0.0.1:${port}`, '-https-addr', `127.0.0.1:${tlsPort}`];
  const child = spawn(program, args, { stdio: 'ignore' });
  const end = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const limit = Date.now() + START_LIMIT_MS;
  while (!(await answersOnPort(port))) {
    if (child.exitCode !== null || Date.now() > limit) throw new Error('stripe-mock did not start');
    await sleep(50);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await end;
    },
  };
}
