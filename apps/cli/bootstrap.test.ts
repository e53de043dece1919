import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

/** Stands for npm: writes down how it was called; `install` brings Node, `run compile` copies the sources, slowly. */
const NPM = `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
fs.appendFileSync('calls.log', args.join(' ') + '\\n');
console.log('npm talks');
if (args[0] === 'install') {
  fs.mkdirSync('node_modules/.bin', { recursive: true });
  fs.rmSync('node_modules/.bin/node', { force: true });
  fs.symlinkSync(${JSON.stringify(process.execPath)}, 'node_modules/.bin/node');
} else if (args[2] === 'compile') {
  const to = args[args.indexOf('-d') + 1];
  fs.mkdirSync(to, { recursive: true });
  setTimeout(() => fs.cpSync('apps', to + '/apps', { recursive: true }), 300);
}
`;

const PROGRAM = `
process.on('SIGTERM', () => { console.log('asked to end'); process.exit(7); });
console.log(JSON.stringify(process.argv.slice(2)));
if (process.argv[2] === 'stay') setInterval(() => {}, 1000);
else process.exitCode = Number(process.argv[2] ?? 0);
`;

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'chazemo-bootstrap-')));
  const own = dirname(fileURLToPath(import.meta.url));
  mkdirSync(join(root, 'apps/cli'), { recursive: true });
  cpSync(join(own, 'bootstrap.mjs'), join(root, 'apps/cli/bootstrap.mjs'));
  cpSync(join(own, 'processes'), join(root, 'apps/cli/processes'), { recursive: true });
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'chazemo', type: 'module' }));
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(join(root, 'apps/program.js'), PROGRAM);
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'bin/package.json'), '{"type":"commonjs"}');
  writeFileSync(join(root, 'bin/npm'), NPM);
  chmodSync(join(root, 'bin/npm'), 0o755);
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
});

interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: readonly string[]): { child: ChildProcess; end: Promise<Outcome>; out: () => string } {
  const env = { PATH: `${join(root, 'bin')}:${process.env['PATH']}`, HOME: process.env['HOME'] };
  const child = spawn(process.execPath, ['apps/cli/bootstrap.mjs', ...args], { cwd: root, env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const end = once(child, 'close').then(([status]) => ({ status: status as number | null, out, err }));
  return { child, end, out: () => out };
}

const run = (...args: string[]): Promise<Outcome> => start(args).end;
const calls = (): string[] => readFileSync(join(root, 'calls.log'), 'utf8').trim().split('\n');
const compiles = (): number => calls().filter((call) => call.includes('compile')).length;

async function untilTrue(holds: () => boolean): Promise<void> {
  const limit = Date.now() + 15_000;
  while (!holds()) {
    if (Date.now() > limit) throw new Error('not in time');
    await sleep(20);
  }
}

describe('the bootstrap on a fresh clone', () => {
  test('installs and compiles, then gives standard output and the exit status to the program alone', async () => {
    const outcome = await run('apps/program.js', '3', '--json');
    expect(outcome).toMatchObject({ status: 3, out: '["3","--json"]\n' });
    expect(calls().map((call) => call.split(' ')[0])).toEqual(['install', 'run']);
  });

  test('does nothing again until a source or the lock file changes', async () => {
    await run('apps/program.js');
    await run('apps/program.js');
    expect(calls()).toHaveLength(2);

    writeFileSync(join(root, 'apps/program.js'), `${PROGRAM}console.log('changed');`);
    expect((await run('apps/program.js')).out).toContain('changed');
    expect(calls()).toHaveLength(3);

    await sleep(20);
    writeFileSync(join(root, 'package-lock.json'), '{"changed":true}');
    await run('apps/program.js');
    expect(calls()[3]).toMatch(/^install --no-save /);
  });

  test('removes from dist what has no source any more', async () => {
    writeFileSync(join(root, 'apps/gone.js'), '');
    await run('apps/program.js');
    expect(existsSync(join(root, 'dist/apps/gone.js'))).toBe(true);
    rmSync(join(root, 'apps/gone.js'));
    await run('apps/program.js');
    expect(existsSync(join(root, 'dist/apps/gone.js'))).toBe(false);
  });

  test('two at the same time compile once', async () => {
    const outcomes = await Promise.all([run('apps/program.js', '4'), run('apps/program.js', '5')]);
    expect(outcomes.map(({ status }) => status)).toEqual([4, 5]);
    expect(compiles()).toBe(1);
  });

  test('a kill -9 while it compiles leaves nothing that hinders the next', async () => {
    const first = start(['apps/program.js']);
    await untilTrue(() => existsSync(join(root, 'calls.log')) && compiles() === 1);
    first.child.kill('SIGKILL');
    await first.end;
    expect(await run('apps/program.js', '6')).toMatchObject({ status: 6, out: '["6"]\n' });
  });

  test('an install that was killed is begun anew', async () => {
    await run('apps/program.js');
    writeFileSync(join(root, 'dist/.installing'), '');
    writeFileSync(join(root, 'package-lock.json'), '{"changed":true}');
    writeFileSync(join(root, 'node_modules/half'), '');
    await run('apps/program.js');
    expect(existsSync(join(root, 'node_modules/half'))).toBe(false);
    expect(existsSync(join(root, 'dist/.installing'))).toBe(false);
  });

  test('hands a signal on to the program and ends with its status', async () => {
    const started = start(['apps/program.js', 'stay']);
    await untilTrue(() => started.out().includes('stay'));
    started.child.kill('SIGTERM');
    expect(await started.end).toMatchObject({ status: 7, out: '["stay"]\nasked to end\n' });
  });
});
