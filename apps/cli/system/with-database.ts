import { migrate, openDatabase, type Database } from '#libs/persistence/database.js';

import { dataFolder } from '../servers/folders.js';
import { prepareEmbeddedPostgres, requirePostgres } from '../servers/postgres.js';
import { DataFolderInUse, readState, runFolderOf, takeDataFolder } from './data-folder.js';
import { reclaimProcesses, SupervisedProcess } from './supervised-process.js';

export interface WithDatabaseOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly tell?: (line: string) => void;
}

async function onOwnServer<T>(
  dataDir: string,
  options: WithDatabaseOptions,
  run: (url: string) => Promise<T>,
): Promise<T> {
  const lock = await takeDataFolder(dataDir, 0);
  const runFolder = runFolderOf(dataDir);
  const tell = options.tell ?? (() => undefined);
  try {
    await reclaimProcesses(runFolder);
    const server = await prepareEmbeddedPostgres({ dataDir, tell });
    const postgres = await SupervisedProcess.start(
      {
        name: 'postgres',
        stopSignal: 'SIGINT',
        stopLimitMs: 3_000,
        startTries: 3,
        spawn: () => server.spawn(),
        untilReady: (child) => server.untilReady(child),
      },
      runFolder,
      tell,
    );
    const interrupted = () => void postgres.stop().then(() => process.exit(130));
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    try {
      return await run(server.url);
    } finally {
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      await postgres.stop();
    }
  } finally {
    lock.release();
  }
}

/**
 * Runs something on the system's database, its tables brought up to date first: see {@link withDatabaseUrl} for which one
 * that is.
 */
export function withDatabase<T>(
  run: (database: Database, url: string) => Promise<T>,
  options: WithDatabaseOptions = {},
): Promise<T> {
  return withDatabaseUrl(async (url) => {
    await migrate(url);
    const database = await openDatabase({ url });
    try {
      return await run(database, url);
    } finally {
      await database.close();
    }
  }, options);
}

/**
 * Tells where the system's database is, for as long as something runs: DATABASE_URL; the one of the system that runs on
 * the data directory; or the embedded server, started for the while.
 */
export async function withDatabaseUrl<T>(
  run: (url: string) => Promise<T>,
  options: WithDatabaseOptions = {},
): Promise<T> {
  const env = options.env ?? process.env;
  const configured = env['DATABASE_URL'];
  if (configured !== undefined && configured !== '') {
    await requirePostgres(configured);
    return run(configured);
  }
  const dataDir = dataFolder(env);
  try {
    return await onOwnServer(dataDir, options, run);
  } catch (error) {
    if (!(error instanceof DataFolderInUse)) throw error;
    const url = readState(dataDir)?.databaseUrl;
    if (url === undefined) throw error;
    return run(url);
  }
}
