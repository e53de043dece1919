import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { tryFileLock, type HeldLock } from '../processes/file-lock.js';
import type { ProcessIdentity } from '../processes/process-identity.js';

/** What a running system tells other programs on the machine; readable by its owner alone (it has the password). */
export interface SystemState {
  readonly pid: number;
  readonly phase: 'starting' | 'running' | 'stopping';
  readonly databaseUrl?: string;
  readonly consoleUrl?: string;
}

export interface Secrets {
  /** Session and encryption key. */
  readonly chazemoSecret: string;
  readonly stripeWebhookSecret: string;
  readonly adminPassword: string;
}

const BRIEFLY_MS = 2_000;
const STOPPING_MS = 15_000;

export const runFolderOf = (dataDir: string): string => join(dataDir, 'run');

function writePrivate(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}

const stateFile = (dataDir: string) => join(runFolderOf(dataDir), 'system.json');

export function writeState(dataDir: string, state: SystemState): void {
  writePrivate(stateFile(dataDir), state);
}

export function removeState(dataDir: string): void {
  rmSync(stateFile(dataDir), { force: true });
}

export function readState(dataDir: string): SystemState | null {
  const file = stateFile(dataDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SystemState) : null;
}

/** The secrets made on the first start and kept with mode 600; `fresh` says that they were made now. */
export function keptSecrets(dataDir: string): Secrets & { readonly fresh: boolean } {
  const file = join(dataDir, 'secrets.json');
  if (existsSync(file)) return { ...(JSON.parse(readFileSync(file, 'utf8')) as Secrets), fresh: false };
  const secrets: Secrets = {
    chazemoSecret: randomBytes(32).toString('base64url'),
    stripeWebhookSecret: `whsec_${randomBytes(24).toString('hex')}`,
    adminPassword: randomBytes(12).toString('base64url'),
  };
  mkdirSync(dataDir, { recursive: true });
  writePrivate(file, secrets);
  return { ...secrets, fresh: true };
}

/** The key that signs fiscal documents, made on the first start and kept with mode 600. Returns its file. */
export function keptFiscalKey(dataDir: string, bits: number): string {
  const file = fiscalKeyFile(dataDir);
  if (existsSync(file)) return file;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(`${file}.new`, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return file;
}

const fiscalKeyFile = (dataDir: string): string => join(dataDir, 'fiscal-key.pem');

/** The kept key; null when none was made yet. */
export const keptFiscalKeyFile = (dataDir: string): string | null =>
  existsSync(fiscalKeyFile(dataDir)) ? fiscalKeyFile(dataDir) : null;

/** A second start on a data directory in use; the message names the process. */
export class DataFolderInUse extends Error {
  constructor(
    readonly pid: number,
    dataDir: string,
    state: SystemState | null,
  ) {
    const where = state?.consoleUrl === undefined ? '' : `, console at ${state.consoleUrl}`;
    super(
      `ChaZeMo already runs on ${dataDir}: process ${pid}${where}. ` +
        `Stop it (Ctrl-C in its terminal, or: kill ${pid}), or set CHAZEMO_DATA_DIR to another folder.`,
    );
  }
}

const lockFile = (dataDir: string) => join(runFolderOf(dataDir), 'lock');

/** Who has, or had, the data directory; it may have died. */
export function lockOwner(dataDir: string): ProcessIdentity | null {
  const file = lockFile(dataDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity) : null;
}

/** Takes the data directory for this process; waits while another one is stopping, throws when it is in use. */
export async function takeDataFolder(dataDir: string, brieflyMs = BRIEFLY_MS): Promise<HeldLock> {
  mkdirSync(runFolderOf(dataDir), { recursive: true });
  const startedMs = Date.now();
  for (;;) {
    const lock = tryFileLock(lockFile(dataDir));
    if (lock.release !== undefined) return lock;
    const state = readState(dataDir);
    const patienceMs = state?.phase === 'stopping' ? STOPPING_MS : brieflyMs;
    if (Date.now() - startedMs > patienceMs) throw new DataFolderInUse(lock.owner.pid, dataDir, state);
    await sleep(100);
  }
}
