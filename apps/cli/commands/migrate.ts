import { Command } from 'commander';

import { migrate } from '#libs/persistence/database.js';

import { withDatabaseUrl } from '../system/with-database.js';

/** `chazemo migrate`: brings the tables up to date; doing it again changes nothing. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database up to date')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      const applied = await withDatabaseUrl(migrate, {
        tell: (line) => process.stderr.write(`${line}\n`),
      });
      const text = applied.length === 0 ? 'The database is up to date.' : `Applied:\n  ${applied.join('\n  ')}`;
      process.stdout.write(`${json === true ? JSON.stringify({ applied }) : text}\n`);
    });
}
