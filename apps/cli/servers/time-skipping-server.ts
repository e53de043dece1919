import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { withFileLock } from '../processes/file-lock.js';
import { programOnPath, runProgram } from '../processes/run-program.js';
import { cacheFolder, programFolder } from './folders.js';
import { answersOnPort, freePort } from './ports.js';
import { downloadedServer, downloadServer } from './sdk-download.js';

/** The jars' version (temporal/test-server/pom.xml) and their main class. */
const JARS = { version: '1.32.0', mainClass: 'io.temporal.testserver.TestServer', leastJava: 11 } as const;
const MAVEN_LIMIT_MS = 5 * 60_000;
const ARCHIVE_LIMIT_MS = 30_000;

export interface ServerSearch {
  /** Told what is being done, one line each. */
  readonly tell?: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

function jarsFolder(env: NodeJS.ProcessEnv): string {
  return join(cacheFolder(env), `temporal-test-server-${JARS.version}`);
}

function downloadFolder(env: NodeJS.ProcessEnv): string {
  return join(cacheFolder(env), 'temporal-sdk');
}

/** The test server an earlier run left in the cache; null when there is none. */
export function cachedTimeSkippingServer(env: NodeJS.ProcessEnv = process.env): string | null {
  const script = join(jarsFolder(env), 'temporal-test-server');
  if (existsSync(script)) return script;
  return downloadedServer('time-skipping', downloadFolder(env));
}

/** The major version of the Java on PATH; null when there is none. */
export async function javaVersion(env: NodeJS.ProcessEnv = process.env): Promise<number | null> {
  const java = programOnPath('java', env['PATH']);
  if (java === null) return null;
  const { said } = await runProgram(java, ['-version'], { limitMs: 20_000 });
  const major = /version "(?:1\.)?(\d+)/.exec(said)?.[1];
  return major === undefined ? null : Number(major);
}

/** Starting with compiled code in mind: the SDK gives the server five seconds to answer. */
const JAVA_FLAGS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'] as const;

/**
 * Lets the JVM keep the loaded classes (class data sharing): the server is then up in 0.3 s instead of 3 s, which on a
 * busy machine is the difference between a test and a time-out. Where that fails the server only starts slower.
 */
async function archiveClasses(folder: string): Promise<void> {
  const port = await freePort();
  const args = [...JAVA_FLAGS, `-XX:ArchiveClassesAtExit=${folder}/classes.jsa`, '-cp', `${folder}/jars/*`];
  const java = spawn('java', [...args, JARS.mainClass, String(port)], { stdio: 'ignore' });
  const end = new Promise<void>((resolve) => {
    java.once('error', () => resolve());
    java.once('exit', () => resolve());
  });
  const limit = Date.now() + ARCHIVE_LIMIT_MS;
  while (java.exitCode === null && Date.now() < limit && !(await answersOnPort(port))) await sleep(100);
  java.kill('SIGTERM');
  const kill = setTimeout(() => java.kill('SIGKILL'), ARCHIVE_LIMIT_MS);
  await end;
  clearTimeout(kill);
}

/** Fetches the jars from Maven Central; the script that starts them is written last and makes it complete. */
async function installJars(env: NodeJS.ProcessEnv): Promise<{ path: string } | { failed: string }> {
  const java = await javaVersion(env);
  const maven = programOnPath('mvn', env['PATH']);
  if (java === null || java < JARS.leastJava) {
    return { failed: `no Java ${JARS.leastJava} or newer on PATH${java === null ? '' : ` (found ${java})`}` };
  }
  if (maven === null) return { failed: 'no Maven (mvn) on PATH' };
  const folder = jarsFolder(env);
  rmSync(folder, { recursive: true, force: true });
  const pom = join(programFolder(), 'temporal/test-server/pom.xml');
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'jars')}`];
  const outcome = await runProgram(maven, args, { limitMs: MAVEN_LIMIT_MS, env });
  if (outcome.status !== 0) {
    return { failed: `Maven: ${outcome.said.split('\n').find((line) => line.includes('ERROR')) ?? outcome.said}` };
  }
  await archiveClasses(folder);
  const path = join(folder, 'temporal-test-server');
  writeFileSync(`${path}.new`, startScript(), { mode: 0o755 });
  renameSync(`${path}.new`, path);
  return { path };
}

function startScript(): string {
  const flags = [...JAVA_FLAGS, '-Xshare:auto', '-XX:SharedArchiveFile="$here/classes.jsa"'].join(' ');
  return `#!/bin/sh\nhere=$(dirname "$0")\nexec java ${flags} -cp "$here/jars/*" ${JARS.mainClass} "$@"\n`;
}

async function install({ tell, env = process.env }: ServerSearch): Promise<string> {
  const cached = cachedTimeSkippingServer(env);
  if (cached !== null) return cached;
  mkdirSync(cacheFolder(env), { recursive: true });
  tell?.('downloading the time-skipping test server by the Temporal SDK');
  const downloaded = await downloadServer('time-skipping', downloadFolder(env));
  if ('path' in downloaded) return downloaded.path;
  tell?.(`no download (${downloaded.failed}); fetching its jars from Maven Central`);
  const jars = await installJars(env);
  if ('path' in jars) return jars.path;
  throw new Error(
    [
      "Temporal's time-skipping test server is not here, and no way to get it worked:",
      `  cache ${cacheFolder(env)}: nothing there`,
      `  the Temporal SDK's download: ${downloaded.failed}`,
      `  Java with jars from Maven Central: ${jars.failed}`,
      `Install Java ${JARS.leastJava}+ and Maven (Debian: apt-get install default-jre-headless maven), or let this machine reach temporal.download.`,
    ].join('\n'),
  );
}

/**
 * The executable of Temporal's time-skipping test server, for
 * `TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } })`.
 * Order: cached; the SDK's download; Java with its jars. The first call on a machine takes a while, later ones nothing.
 * Throws with what was tried and what to install.
 */
export async function timeSkippingServerPath(search: ServerSearch = {}): Promise<string> {
  const env = search.env ?? process.env;
  const cached = cachedTimeSkippingServer(env);
  if (cached !== null) return cached;
  const lock = join(cacheFolder(env), 'temporal-test-server.lock');
  return withFileLock(
    lock,
    () => install(search),
    (pid) => search.tell?.(`process ${pid} is fetching the test server`),
  );
}
