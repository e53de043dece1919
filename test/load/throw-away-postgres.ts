import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { prepareEmbeddedPostgres, removeEmbeddedPostgres } from '#apps/cli/servers/postgres.js';
import { migrate } from '#libs/persistence/database.js';

/** Runs something on an empty, migrated database of its own, with fsync on as in production; removes it afterwards. */
export async function onThrowAwayPostgres<T>(run: (databaseUrl: string) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'chazemo-bench-'));
  chmodSync(dataDir, 0o711); // as root the server runs as the user postgres, who must get in
  const remove = () => removeEmbeddedPostgres(dataDir);
  const interrupted = () => void remove().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const server = await prepareEmbeddedPostgres({ dataDir });
    await server.untilReady(server.spawn());
    await migrate(server.url);
    return await run(server.url);
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await remove();
  }
}
