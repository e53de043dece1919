import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { removeEmbeddedPostgres } from '#apps/cli/servers/postgres.js';

export interface TemporaryDataFolder {
  readonly path: string;
  /** Removes it with whatever the servers kept elsewhere for it; stop the system before. */
  remove(): Promise<void>;
}

/** A data directory of its own for one run of the system; as root the server's user can get in. */
export async function temporaryDataFolder(purpose: string): Promise<TemporaryDataFolder> {
  const path = await mkdtemp(join(tmpdir(), `chazemo-${purpose}-`));
  await chmod(path, 0o711);
  return {
    path,
    async remove() {
      await removeEmbeddedPostgres(path);
      await rm(path, { recursive: true, force: true });
    },
  };
}
