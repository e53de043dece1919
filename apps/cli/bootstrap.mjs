#!/usr/bin/env node
/**
 * Brings a fresh clone to life and runs one program of it. Plain Node 20 or newer, nothing installed yet:
 *
 *   node apps/cli/bootstrap.mjs <file in dist> [arguments]   a program, under the project's own Node 26
 *   node apps/cli/bootstrap.mjs --run <npm script> [arguments]
 *   node apps/cli/bootstrap.mjs --build                      programs and console
 *   node apps/cli/bootstrap.mjs --console                    the console alone
 *
 * Each step is skipped when what it makes is newer than what it is made from. What it says goes to standard error:
 * standard output belongs to the program.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { withFileLock } from './processes/file-lock.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const DIST = join(ROOT, 'dist');
const MODULES = join(ROOT, 'node_modules');
const NODE = join(MODULES, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const CONSOLE = join(ROOT, 'apps', 'console');
const SOURCES = ['apps', 'libs', 'workflows', 'temporal', 'test'];

const LEAST_NODE = 20;
const PROGRESS_MS = 15_000;
const PARENT_POLL_MS = 500;

const tell = (text) => process.stderr.write(`${text}\n`);

function fail(text) {
  tell(text);
  process.exit(1);
}

/** Environment of everything started here: the project's programs, and so its Node 26, come first. */
function environment() {
  const env = { ...process.env, PATH: `${join(MODULES, '.bin')}${delimiter}${process.env.PATH ?? ''}` };
  for (const name of ['npm_config_loglevel', 'npm_config_json', 'npm_config_omit', 'npm_config_production']) {
    delete env[name];
  }
  return env;
}

/** How npm is started: the one that runs us, on its own Node, or the one on PATH. */
function npmCommand() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  const known = node !== undefined && script !== undefined && basename(script) === 'npm-cli.js';
  return known && existsSync(script) && existsSync(node) ? [node, script] : ['npm'];
}

/** Runs npm with everything it says on standard error; resolves to its exit status. */
function npm(args) {
  return new Promise((resolve) => {
    const [command, ...first] = npmCommand();
    const child = spawn(command, [...first, ...args], { cwd: ROOT, env: environment(), stdio: ['ignore', 2, 2] });
    child.once('error', (error) => {
      tell(`npm could not be started: ${error.message}`);
      resolve(1);
    });
    child.once('close', (status) => resolve(status ?? 1));
  });
}

async function step(title, run) {
  const startedMs = Date.now();
  tell(`${title} …`);
  const progress = setInterval(() => {
    tell(`  … ${Math.round((Date.now() - startedMs) / 1000)} s`);
  }, PROGRESS_MS);
  try {
    if ((await run()) !== 0) fail(`${title}: failed`);
  } finally {
    clearInterval(progress);
  }
  tell(`${title}: done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
}

const hashOf = (text) => createHash('sha256').update(text).digest('hex');
const readOr = (path, other) => (existsSync(path) ? readFileSync(path, 'utf8') : other);

// ---- dependencies

const INSTALLED = join(MODULES, '.chazemo-installed');

function installed() {
  if (!existsSync(NODE)) return false;
  const lock = join(ROOT, 'package-lock.json');
  const wanted = hashOf(readFileSync(lock, 'utf8'));
  if (readOr(INSTALLED, '') === wanted) return true;
  // Installed by hand with npm: its own record of what is there is younger than what was asked for.
  const record = statSync(join(MODULES, '.package-lock.json'), { throwIfNoEntry: false });
  if (record === undefined || record.mtimeMs < statSync(lock).mtimeMs) return false;
  writeFileSync(INSTALLED, wanted);
  return true;
}

const INTERRUPTED = join(DIST, '.installing');

/**
 * Installs what the lock file names. Not `npm ci`, which refuses a lock file that lacks an optional package of another
 * platform; `--no-save` leaves lock file and package.json as they are. An install that was killed may have left a
 * package without what its install script makes: that one is begun anew.
 */
async function install() {
  if (installed()) return;
  await step('Installing dependencies (npm install)', async () => {
    mkdirSync(DIST, { recursive: true });
    if (existsSync(INTERRUPTED)) rmSync(MODULES, { recursive: true, force: true });
    writeFileSync(INTERRUPTED, '');
    const status = await npm([
      'install',
      '--no-save',
      '--include=dev',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--loglevel=error',
    ]);
    rmSync(INTERRUPTED, { force: true });
    return status;
  });
  if (!existsSync(NODE)) {
    fail('npm left no Node 26 in node_modules: it comes as the package "node", whose install script must be allowed.');
  }
  writeFileSync(INSTALLED, hashOf(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
}

// ---- programs and console

/** Name, size and time of every file below: changes when a source changes. */
function stampOf(folders, files = [], leaveOut = () => false) {
  const lines = [];
  const add = (path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined) lines.push(`${relative(ROOT, path)} ${found.size} ${found.mtimeMs}`);
  };
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (leaveOut(path) || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) add(path);
    }
  };
  folders
    .map((folder) => join(ROOT, folder))
    .filter((folder) => existsSync(folder))
    .forEach(walk);
  files
    .map((file) => join(ROOT, file))
    .filter((file) => existsSync(file))
    .forEach(add);
  return hashOf(lines.sort().join('\n'));
}

/** Moves every changed file into place, one by one and whole, and removes what has no source any more. */
function replaceFiles(from, to) {
  mkdirSync(to, { recursive: true });
  const fresh = new Set();
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    fresh.add(entry.name);
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) replaceFiles(source, target);
    else if (!existsSync(target) || !readFileSync(source).equals(readFileSync(target))) renameSync(source, target);
  }
  for (const name of readdirSync(to)) {
    if (!fresh.has(name)) rmSync(join(to, name), { recursive: true, force: true });
  }
}

/** New files are made here and moved to their place when complete: a kill -9 leaves nothing half written in use. */
const BUILDING = join(DIST, '.building');

const programs = {
  title: 'Compiling',
  stampFile: join(DIST, '.compiled'),
  stamp: () =>
    stampOf(
      SOURCES,
      ['.swcrc', 'package.json', 'package-lock.json'],
      (path) => path === CONSOLE || path.endsWith('.test.ts') || path.endsWith('.md'),
    ),
  isThere: () => existsSync(join(DIST, 'apps')),
  make: () => npm(['run', '-s', 'compile', '--', '-d', relative(ROOT, BUILDING)]),
  place() {
    for (const folder of SOURCES.filter((name) => existsSync(join(BUILDING, name)))) {
      replaceFiles(join(BUILDING, folder), join(DIST, folder));
    }
  },
};

const consolePages = {
  title: 'Building the console',
  stampFile: join(DIST, '.console-built'),
  stamp: () => stampOf(['apps/console'], ['package.json', 'package-lock.json']),
  isThere: () => !existsSync(join(CONSOLE, 'index.html')) || existsSync(join(DIST, 'console', 'index.html')),
  make: () => npm(['run', '-s', 'console', '--', '--outDir', BUILDING, '--emptyOutDir', '--logLevel', 'warn']),
  place() {
    rmSync(join(DIST, 'console'), { recursive: true, force: true });
    renameSync(BUILDING, join(DIST, 'console'));
  },
};

const isFresh = (part) => readOr(part.stampFile, '') === part.stamp() && part.isThere();

async function build(part) {
  if (isFresh(part)) return;
  const stamp = part.stamp();
  await step(part.title, async () => {
    rmSync(BUILDING, { recursive: true, force: true });
    const status = await part.make();
    if (status !== 0) return status;
    part.place();
    rmSync(BUILDING, { recursive: true, force: true });
    writeFileSync(part.stampFile, stamp);
    return 0;
  });
}

/** One bootstrap at a time installs and builds; the others wait and then find everything fresh. */
async function prepare(parts) {
  if (installed() && parts.every(isFresh)) return;
  // An install may empty node_modules, so the lock lies outside of it.
  await withFileLock(
    join(DIST, '.lock'),
    async () => {
      await install();
      for (const part of parts) await build(part);
    },
    (pid) => tell(`Waiting for process ${pid}, which is installing or compiling`),
  );
}

// ---- the program

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];

/** File names on the command line are relative to where the person stands, whom npm has moved to the root. */
function callersFolder() {
  return process.cwd() === ROOT ? (process.env.INIT_CWD ?? ROOT) : process.cwd();
}

/** Our parents up to npm: npm itself or the shell it runs a script in, and npm. They change when one of them dies. */
function parents() {
  try {
    const text = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    return `${process.ppid} ${text.slice(text.lastIndexOf(')') + 2).split(' ')[1]}`;
  } catch {
    return String(process.ppid); // no /proc here
  }
}

/**
 * Runs a program in the foreground: its standard streams are ours, our signals are its, and its end is ours.
 * A kill -9 of this process closes the channel to the program; one of npm above us is seen by our new parent.
 */
function run(command, args, { channel = false } = {}) {
  const child = spawn(command, args, {
    cwd: channel ? callersFolder() : ROOT,
    env: environment(),
    stdio: channel ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
  });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event !== undefined) {
    const before = parents();
    const watch = setInterval(() => {
      if (parents() === before) return;
      clearInterval(watch);
      child.kill('SIGTERM');
    }, PARENT_POLL_MS).unref();
  }
  child.once('error', (error) => fail(`${command} could not be started: ${error.message}`));
  child.once('exit', (status, signal) => {
    process.exit(signal === null ? (status ?? 1) : 128 + (constants.signals[signal] ?? 0));
  });
}

const [first, ...rest] = process.argv.slice(2);
if (Number(process.versions.node.split('.')[0]) < LEAST_NODE) {
  fail(`Node ${LEAST_NODE} or newer is needed, this is ${process.version}.`);
}
switch (first) {
  case undefined:
    fail('usage: node apps/cli/bootstrap.mjs <file in dist> [arguments] | --run <npm script> | --build | --console');
    break;
  case '--build':
    await prepare([programs, consolePages]);
    break;
  case '--console':
    await prepare([consolePages]);
    break;
  case '--run': {
    await prepare([programs]);
    const [script, ...args] = rest;
    const [command, ...own] = npmCommand();
    run(command, [...own, 'run', '-s', script, '--', ...args]);
    break;
  }
  default: {
    await prepare([programs]);
    const entry = join(DIST, first);
    if (!existsSync(entry)) fail(`${relative(ROOT, entry)} does not exist`);
    run(NODE, ['--enable-source-maps', '--no-warnings', entry, ...rest], { channel: true });
  }
}
