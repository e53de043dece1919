import { startSystem, type RunningSystem, type StartOptions } from './start-system.js';

/**
 * Starts the system for a program that runs until it is asked to end: by SIGINT, SIGTERM or SIGHUP, or because the
 * program that started it through a channel (apps/cli/bootstrap.mjs) is gone. Then, also while it is still starting,
 * everything is stopped and this process ends: status 0, or 1 when stopping failed. Asking twice changes nothing.
 */
export async function startUntilSignal(options: StartOptions = {}): Promise<RunningSystem> {
  const interruption = new AbortController();
  const starting = startSystem({ ...options, signal: interruption.signal });
  let asked = false;
  const stop = async (why: string): Promise<void> => {
    if (asked) return;
    asked = true;
    options.tell?.(`stopping (${why})`);
    interruption.abort(new Error(`interrupted (${why})`));
    const system = await starting.catch(() => null);
    try {
      await system?.stop();
      process.exit(0);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));
  process.on('disconnect', () => void stop('the program that started it is gone'));
  return starting.catch((error: unknown) => {
    // Interrupted: `stop` ends the process, nobody is to be told of an error that is none.
    if (asked) return new Promise<never>(() => undefined);
    throw error;
  });
}
