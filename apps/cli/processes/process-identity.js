import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process started, as an opaque text; null when no such process runs. A pid alone is not an identity: the
 * system gives it to somebody else later, so every pid we keep in a file is kept together with this.
 * Plain JavaScript, because the bootstrap needs it before anything is compiled.
 */
export function startOfProcess(pid) {
  if (process.platform === 'linux') {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in parentheses may hold anything: fields are counted from the last parenthesis (proc(5)).
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return null;
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
    } catch {
      return null;
    }
  }
  const { status, stdout } = spawnSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const line = (stdout ?? '').trim();
  return status === 0 && line !== '' && !line.startsWith('Z') ? line.slice(1).trim() : null;
}

/** This or another running process as it is written into a file; throws when it is not running. */
export function identityOf(pid = process.pid) {
  const startedAs = startOfProcess(pid);
  if (startedAs === null) throw new Error(`process ${pid} is not running`);
  return { pid, startedAs };
}

/** Whether the very process of a kept identity still runs. */
export function isRunning(identity) {
  return startOfProcess(identity.pid) === identity.startedAs;
}
