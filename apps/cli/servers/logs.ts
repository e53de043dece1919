import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

const END_BYTES = 4_000;

/** The last lines of a log file, for the message that says why something did not start. */
export function endOfLog(file: string, lines = 20): string {
  if (!existsSync(file)) return '(no log)';
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, END_BYTES));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8').trim().split('\n').slice(-lines).join('\n');
  } finally {
    closeSync(descriptor);
  }
}
