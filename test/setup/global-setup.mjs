import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PREFIX = 'chazemo-test-';
const OWNER = 'owner.json';

/** The system's own way to run PostgreSQL, compiled: this file runs outside Jest's transforms. */
async function compiled(path) {
  try {
    return await import(path);
  } catch (error) {
    throw new Error('the programs are not compiled: run `npm test`, or `npm run compile` first', { cause: error });
  }
}

/** Ends and removes the servers of runs that were killed together with their keeper. */
async function sweep({ isRunning }, { removeEmbeddedPostgres }) {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    const owner = join(folder, OWNER);
    try {
      if (existsSync(owner) && !isRunning(JSON.parse(readFileSync(owner, 'utf8')))) {
        await removeEmbeddedPostgres(folder);
      }
    } catch {
      // another run is removing it, or it belongs to another user
    }
  }
}

/**
 * A run of everything needs Temporal's servers: fetched or built here, once for a machine, so that no test's time limit
 * has to hold the minutes it takes. A run of chosen files gets them when it comes to need them.
 */
async function fetchTemporal() {
  const { temporalProgram } = await compiled('#apps/cli/servers/temporal.js');
  const { timeSkippingServerPath } = await compiled('#apps/cli/servers/time-skipping-server.js');
  const tell = (text) => process.stderr.write(`${text}\n`);
  for (const fetched of [temporalProgram, timeSkippingServerPath]) {
    // A test that needs it fails with this very message.
    await fetched({ tell }).catch((error) => tell(error instanceof Error ? error.message : String(error)));
  }
}

/**
 * One real PostgreSQL for the whole run; each test takes its own database from it (test/setup/database.ts). A keeper
 * process stops and removes it when this run ends, however it ends.
 */
export default async function globalSetup({ nonFlagArgs = [] }) {
  if (nonFlagArgs.length === 0 && !process.env.TEMPORAL_ADDRESS) await fetchTemporal();
  const postgres = await compiled('#apps/cli/servers/postgres.js');
  const identity = await compiled('#apps/cli/processes/process-identity.js');
  await sweep(identity, postgres);
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  chmodSync(folder, 0o711); // as root the server runs as the user postgres, who must get in
  writeFileSync(join(folder, OWNER), JSON.stringify(identity.identityOf()));
  const server = await postgres.prepareEmbeddedPostgres({ dataDir: folder, throwAway: true });
  const keeper = fileURLToPath(new URL('./postgres-keeper.mjs', import.meta.url));
  globalThis.testPostgresKeeper = spawn(process.execPath, ['--no-warnings', keeper, folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const child = server.spawn();
  await server.untilReady(child);
  child.unref();
  process.env.TEST_POSTGRES_URL = server.url.slice(0, server.url.lastIndexOf('/'));
}
