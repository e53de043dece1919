import { readFileSync } from 'node:fs';

/**
 * The most memory this process has held since its program began, MiB. Linux counts in `maxRSS` also what the parent held
 * when it started us, before our program took its place; the high-water mark of our own memory does not.
 */
export function peakRssMiB(): number {
  try {
    const kiB = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kiB !== undefined) return Number(kiB) / 1024;
  } catch {
    // Not Linux: the system's own figure.
  }
  return process.resourceUsage().maxRSS / 1024;
}
