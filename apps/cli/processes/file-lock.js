import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { identityOf, isRunning } from './process-identity.js';

const POLL_MS = 100;

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function ownerOf(text) {
  try {
    const { pid, startedAs } = JSON.parse(text);
    return { pid, startedAs };
  } catch {
    return { pid: 0, startedAs: '' };
  }
}

/** Puts a file with this content at `path` unless one is there: content and existence in one step. */
function place(path, text) {
  const own = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  writeFileSync(own, text);
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(own);
  }
}

/** Takes a dead owner's file away; when somebody renewed it in between, puts it back. */
function discard(path, staleText) {
  const aside = `${path}.stale-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const text = readFileSync(aside, 'utf8');
  if (text !== staleText) place(path, text);
  unlinkSync(aside);
}

/**
 * Takes the lock file at once or says who has it. The lock holds as long as its owner runs: what a kill -9 leaves
 * behind is recognised by the owner's pid and start time and taken over.
 * Returns `{ release }` or `{ owner: { pid, startedAs } }`.
 */
export function tryFileLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = JSON.stringify({ ...identityOf(), key: randomBytes(8).toString('hex') });
  for (;;) {
    if (place(path, mine)) {
      return {
        release() {
          if (read(path) === mine) unlinkSync(path);
        },
      };
    }
    const text = read(path);
    if (text === null) continue;
    const owner = ownerOf(text);
    if (isRunning(owner)) return { owner };
    discard(path, text);
  }
}

/** Runs `run` while holding the lock; waits for another owner, telling `onWait(pid)` once. */
export async function withFileLock(path, run, onWait) {
  let told = false;
  for (;;) {
    const lock = tryFileLock(path);
    if (lock.release) {
      try {
        return await run();
      } finally {
        lock.release();
      }
    }
    if (!told) onWait?.(lock.owner.pid);
    told = true;
    await sleep(POLL_MS);
  }
}
