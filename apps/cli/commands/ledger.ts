import { Command } from 'commander';

import { checkBooks } from '#libs/payments/check-books.js';

import { withDatabase } from '../system/with-database.js';
import { statementCommand } from './ledger-statement.js';

/** `chazemo ledger check`: exit status 1 when the books do not balance. */
export function ledgerCommand(): Command {
  const check = new Command('check')
    .description(
      'check that the books balance, every invoice equals its postings and every payout of the provider is matched',
    )
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      const result = await withDatabase(({ sql }) => checkBooks(sql));
      const problems = result.problems.map(({ code, subject, detail }) => `  ${code} ${subject}: ${detail}`);
      const text = result.balanced ? 'The books balance.' : `The books do not balance:\n${problems.join('\n')}`;
      process.stdout.write(`${json === true ? JSON.stringify(result) : text}\n`);
      if (!result.balanced) process.exitCode = 1;
    });
  return new Command('ledger').description('the double-entry books').addCommand(check).addCommand(statementCommand());
}
