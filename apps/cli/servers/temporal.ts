import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { withFileLock } from '../processes/file-lock.js';
import { programOnPath, runProgram } from '../processes/run-program.js';
import { cacheFolder } from './folders.js';
import { endOfLog } from './logs.js';
import { answersOnPort, keptPort } from './ports.js';
import { downloadedServer, downloadServer } from './sdk-download.js';
import type { ServerSearch } from './time-skipping-server.js';

/** The newest version that `go install` can build (later ones have replace directives). */
const CLI_VERSION = '1.5.1';
const GO_LIMIT_MS = 15 * 60_000;
const PROGRESS_MS = 15_000;
const START_LIMIT_MS = 60_000;

export interface TemporalProgram {
  readonly path: string;
  readonly from: 'PATH' | 'cache' | 'download' | 'go';
}

/** A Temporal server that is here already: on PATH or in the cache. */
export function presentTemporal(env: NodeJS.ProcessEnv = process.env): TemporalProgram | null {
  const onPath = programOnPath('temporal', env['PATH']);
  if (onPath !== null) return { path: onPath, from: 'PATH' };
  const built = join(builtFolder(env), 'temporal');
  if (existsSync(built)) return { path: built, from: 'cache' };
  const downloaded = downloadedServer('dev-server', join(cacheFolder(env), 'temporal-sdk'));
  return downloaded === null ? null : { path: downloaded, from: 'cache' };
}

function builtFolder(env: NodeJS.ProcessEnv): string {
  return join(cacheFolder(env), `temporal-cli-${CLI_VERSION}`);
}

async function buildByGo({ tell, env = process.env }: ServerSearch): Promise<{ path: string } | { failed: string }> {
  const go = programOnPath('go', env['PATH']) ?? programOnPath('go', '/usr/local/go/bin');
  if (go === null) return { failed: 'no Go toolchain on PATH' };
  const fresh = `${builtFolder(env)}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  tell?.(`building Temporal ${CLI_VERSION} by Go, once for this machine: about 3 minutes`);
  const startedMs = Date.now();
  const progress = setInterval(() => {
    tell?.(`  still building Temporal: ${Math.round((Date.now() - startedMs) / 1000)} s`);
  }, PROGRESS_MS);
  const outcome = await runProgram(go, ['install', `github.com/temporalio/cli/cmd/temporal@v${CLI_VERSION}`], {
    // Go keeps its module cache under HOME, which a service's environment may lack.
    env: { HOME: homedir(), PATH: process.env['PATH'], ...env, GOBIN: fresh },
    cwd: fresh,
    limitMs: GO_LIMIT_MS,
  });
  clearInterval(progress);
  if (outcome.status !== 0 || !existsSync(join(fresh, 'temporal'))) {
    rmSync(fresh, { recursive: true, force: true });
    return { failed: outcome.said.split('\n').slice(-3).join(' ') || 'it took too long' };
  }
  rmSync(builtFolder(env), { recursive: true, force: true });
  renameSync(fresh, builtFolder(env));
  return { path: join(builtFolder(env), 'temporal') };
}

async function getTemporal(search: ServerSearch): Promise<TemporalProgram> {
  const { tell, env = process.env } = search;
  const present = presentTemporal(env);
  if (present !== null) return present;
  tell?.('downloading the Temporal server by the Temporal SDK');
  const downloaded = await downloadServer('dev-server', join(cacheFolder(env), 'temporal-sdk'));
  if ('path' in downloaded) return { path: downloaded.path, from: 'download' };
  tell?.(`no download (${downloaded.failed})`);
  const built = await buildByGo(search);
  if ('path' in built) return { path: built.path, from: 'go' };
  throw new Error(
    [
      'There is no Temporal server, and no way to get one worked:',
      '  TEMPORAL_ADDRESS: not set',
      '  a `temporal` on PATH: none',
      `  the cache ${cacheFolder(env)}: nothing there`,
      `  the Temporal SDK's download: ${downloaded.failed}`,
      `  a build by Go: ${built.failed}`,
      'Install the Temporal CLI (https://docs.temporal.io/cli) or Go 1.24+ (https://go.dev/dl), or set TEMPORAL_ADDRESS to a running server.',
    ].join('\n'),
  );
}

/**
 * The Temporal CLI with its development server: on PATH; cached; the SDK's own download; built by Go.
 * Throws with what was tried and what to install.
 */
export async function temporalProgram(search: ServerSearch = {}): Promise<TemporalProgram> {
  const env = search.env ?? process.env;
  const present = presentTemporal(env);
  if (present !== null) return present;
  mkdirSync(cacheFolder(env), { recursive: true });
  return withFileLock(
    join(cacheFolder(env), 'temporal-cli.lock'),
    () => getTemporal(search),
    (pid) => search.tell?.(`process ${pid} is fetching the Temporal server`),
  );
}

/** The version line of a Temporal CLI. */
export async function temporalVersion(path: string): Promise<string> {
  const { stdout } = await runProgram(path, ['--version'], { limitMs: 20_000 });
  return stdout.trim();
}

export interface EmbeddedTemporal {
  readonly address: string;
  readonly uiUrl: string;
  readonly logFile: string;
  spawn(): ChildProcess;
  untilReady(child: ChildProcess): Promise<void>;
}

/** Prepares Temporal's development server with its data in `<dataDir>/temporal/temporal.db` and its web UI on. */
export async function prepareEmbeddedTemporal(
  options: ServerSearch & { readonly dataDir: string; readonly namespace?: string },
): Promise<EmbeddedTemporal> {
  const { dataDir } = options;
  const program = await temporalProgram(options);
  for (const name of ['temporal', 'log']) mkdirSync(join(dataDir, name), { recursive: true });
  const port = await keptPort(join(dataDir, 'run', 'temporal.port'));
  const uiPort = await keptPort(join(dataDir, 'run', 'temporal-ui.port'));
  const logFile = join(dataDir, 'log', 'temporal.log');
  const args = [
    ['server', 'start-dev', '--ip', '127.0.0.1', '--port', port, '--ui-port', uiPort],
    ['--db-filename', join(dataDir, 'temporal', 'temporal.db')],
    ['--namespace', options.namespace ?? 'default', '--log-level', 'warn'],
  ];
  return {
    address: `127.0.0.1:${port}`,
    uiUrl: `http://127.0.0.1:${uiPort}`,
    logFile,
    spawn() {
      const log = openSync(logFile, 'a');
      try {
        return spawn(program.path, args.flat().map(String), {
          detached: true,
          cwd: dataDir,
          stdio: ['ignore', log, log],
        });
      } finally {
        closeSync(log);
      }
    },
    async untilReady(child) {
      const limit = Date.now() + START_LIMIT_MS;
      while (!((await answersOnPort(port)) && (await answersOnPort(uiPort)))) {
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined || Date.now() > limit) {
          throw new Error(`Temporal did not start. The end of ${logFile}:\n${endOfLog(logFile)}`);
        }
        await sleep(50);
      }
    },
  };
}
