import { migrate, openDatabase, type Database } from '#libs/persistence/database.js';

import { dataFolder } from '../servers/folders.js';
import { prepareEmbeddedPostgres, requirePostgres } from '../servers/postgres.js';
import { DataFolderInUse, readState, runFolderOf, takeDataFolder } from './data-folder.js';
import { reclaimProcesses, SupervisedProcess } from './supervised-process.js';

export interface WithDatabaseOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly tell?: (line: string) => void;
  /** Brings the tables up to date first; true when not given. */
  readonly migrated?: boolean;
}

async function use<T>(url: string, options: WithDatabaseOptions, run: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase({ url });
  try {
    if (options.migrated !== false) await migrate(database);
    return await run(database);
  } finally {
    await database.close();
  }
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
 * Runs something on the system's database: DATABASE_URL; the one of the system that runs on the data directory; or the
 * embedded server, started for the while.
 */
export async function withDatabase<T>(
  run: (database: Database, url: string) => Promise<T>,
  options: WithDatabaseOptions = {},
): Promise<T> {
  const env = options.env ?? process.env;
  const configured = env['DATABASE_URL'];
  if (configured !== undefined && configured !== '') {
    await requirePostgres(configured);
    return use(configured, options, (database) => run(database, configured));
  }
  const dataDir = dataFolder(env);
  try {
    return await onOwnServer(dataDir, options, (url) => use(url, options, (database) => run(database, url)));
  } catch (error) {
    if (!(error instanceof DataFolderInUse)) throw error;
    const url = readState(dataDir)?.databaseUrl;
    if (url === undefined) throw error;
    return use(url, options, (database) => run(database, url));
  }
}
