import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { identityOf, isRunning, type ProcessIdentity } from '../processes/process-identity.js';

/** One file a port, with the process that has given it away: its listener may come up some time later. */
const FOLDER = join(tmpdir(), 'chazemo-ports');

/**
 * Claims a port for this process. False: another process of ours that runs has it, or this one has given it away before.
 * What a dead process claimed is free. Where no files can be written there are no claims, and chance must do.
 */
export function claimPort(port: number): boolean {
  const file = join(FOLDER, String(port));
  try {
    mkdirSync(FOLDER, { recursive: true });
    if (write(file)) return true;
    if (isHeld(readFileSync(file, 'utf8'))) return false;
    rmSync(file, { force: true });
    return write(file);
  } catch {
    return true;
  }
}

/** False: it is there already. */
function write(file: string): boolean {
  try {
    writeFileSync(file, JSON.stringify(identityOf()), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A claim that cannot be read is being written. */
function isHeld(claim: string): boolean {
  try {
    return isRunning(JSON.parse(claim) as ProcessIdentity);
  } catch {
    return true;
  }
}
