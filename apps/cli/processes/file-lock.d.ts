import type { ProcessIdentity } from './process-identity.js';

export interface HeldLock {
  release(): void;
  readonly owner?: undefined;
}

export interface LockOfAnother {
  readonly owner: ProcessIdentity;
  readonly release?: undefined;
}

export function tryFileLock(path: string): HeldLock | LockOfAnother;
export function withFileLock<T>(path: string, run: () => Promise<T> | T, onWait?: (pid: number) => void): Promise<T>;
