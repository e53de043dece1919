import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { tryFileLock, withFileLock } from './file-lock.js';
import { identityOf, isRunning } from './process-identity.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chazemo-lock-'));
  path = join(folder, 'sub', 'lock');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('one holder at a time, who leaves nothing behind', () => {
  const first = tryFileLock(path);
  expect(tryFileLock(path)).toEqual({ owner: identityOf() });
  first.release?.();
  const second = tryFileLock(path);
  expect(second.owner).toBeUndefined();
  second.release?.();
  expect(readdirSync(join(folder, 'sub'))).toEqual([]);
});

test('what a killed holder left is taken over', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const owner = identityOf(child.pid);
  tryFileLock(path).release?.();
  writeFileSync(path, JSON.stringify(owner));
  expect(tryFileLock(path)).toEqual({ owner });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isRunning(owner)).toBe(false);
  expect(tryFileLock(path).owner).toBeUndefined();
});

test('a pid that the system gave to somebody else is no holder', () => {
  tryFileLock(path).release?.();
  writeFileSync(path, JSON.stringify({ pid: process.pid, startedAs: 'another boot/1' }));
  expect(tryFileLock(path).owner).toBeUndefined();
});

test('half a file is no holder', () => {
  tryFileLock(path).release?.();
  writeFileSync(path, '{"pid":');
  expect(tryFileLock(path).owner).toBeUndefined();
});

test('those who wait come one after the other, also after a failure', async () => {
  let inside = 0;
  let most = 0;
  const enter = async (fails: boolean) => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 10));
    inside -= 1;
    if (fails) throw new Error('failed inside');
  };
  const runs = [true, false, true, false].map((fails) => withFileLock(path, () => enter(fails)));
  const states = (await Promise.allSettled(runs)).map(({ status }) => status);
  expect(states.sort()).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
  expect(most).toBe(1);
  expect(existsSync(path)).toBe(false);
});
