import { join } from 'node:path';

import { startUntilSignal } from '#apps/cli/system/start-until-signal.js';

/**
 * A supervisor with real servers and fake apps, to be killed: node supervisor-main.js <data directory> [worker].
 * Prints one line of JSON when it is up.
 */
const [dataDir = '', worker = 'worker'] = process.argv.slice(2);
const fake = (name: string) => join(import.meta.dirname, 'fakes', `${name}.js`);

const system = await startUntilSignal({
  dataDir,
  httpPort: 0,
  ocppPort: 0,
  console: false,
  tell: (line) => process.stderr.write(`${line}\n`),
  entries: {
    gateway: fake('gateway'),
    worker: fake(worker),
    backoffice: fake('backoffice'),
    sandbox: fake('sandbox'),
  },
});
process.stdout.write(
  `${JSON.stringify({ pid: process.pid, pids: system.pids, databaseUrl: system.databaseUrl, env: system.env })}\n`,
);
