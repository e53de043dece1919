import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One file a port, with the process that has given it away: its listener may come up some time later. */
const FOLDER = join(tmpdir(), 'chazemo-ports');

/**
 * Claims a port for this process. False: another process of ours that lives has it, or this one has given it away before.
 * What a dead process claimed is free. Where no files can be written there are no claims, and chance must do.
 */
export function claimPort(port: number): boolean {
  const file = join(FOLDER, String(port));
  try {
    mkdirSync(FOLDER, { recursive: true });
    if (write(file)) return true;
    if (lives(Number(readFileSync(file, 'utf8')))) return false;
    rmSync(file, { force: true });
    return write(file);
  } catch {
    return true;
  }
}

/** False: it is there already. */
function write(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function lives(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
