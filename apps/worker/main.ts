import { pino } from 'pino';

import { readSettings } from './settings.js';
import { startWorker } from './start-worker.js';

/** Longer than any drain; then the supervisor's patience ends anyway. */
const STOP_WITHIN_MS = 15_000;

const log = pino({ base: { app: 'worker' }, level: process.env['LOG_LEVEL'] ?? 'info' });
const stopping = new AbortController();
const started = (async () => startWorker(readSettings(process.env), log, stopping.signal))();

/** Drains, then ends; a second call changes nothing. */
async function stop(why: string): Promise<void> {
  if (stopping.signal.aborted) return;
  stopping.abort();
  log.info({ why }, 'stopping');
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  const worker = await started.catch(() => null);
  await worker?.close();
  process.exit(0);
}

process.once('SIGTERM', () => void stop('SIGTERM'));
process.once('SIGINT', () => void stop('SIGINT'));
process.once('disconnect', () => void stop('the parent is gone'));
try {
  await started;
} catch (error) {
  if (!stopping.signal.aborted) {
    log.fatal({ err: error }, 'the worker could not start');
    process.exit(1);
  }
}
