import { Command } from 'commander';

import { checkLedger, type LedgerProblem } from '#libs/ledger/check-ledger.js';
import { checkPayouts } from '#libs/payments/payout/check-payouts.js';
import type { Sql } from '#libs/persistence/database.js';

import { withDatabase } from '../system/with-database.js';

async function checkAll(sql: Sql): Promise<{ balanced: boolean; problems: LedgerProblem[] }> {
  const problems = [...(await checkLedger(sql)).problems, ...(await checkPayouts(sql))];
  return { balanced: problems.length === 0, problems };
}

/** `chazemo ledger check`: exit status 1 when the books do not balance. */
export function ledgerCommand(): Command {
  const check = new Command('check')
    .description('check that the books balance and every invoice equals its postings')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      const result = await withDatabase(({ sql }) => checkAll(sql));
      const problems = result.problems.map(({ code, subject, detail }) => `  ${code} ${subject}: ${detail}`);
      const text = result.balanced ? 'The books balance.' : `The books do not balance:\n${problems.join('\n')}`;
      process.stdout.write(`${json === true ? JSON.stringify(result) : text}\n`);
      if (!result.balanced) process.exitCode = 1;
    });
  return new Command('ledger').description('the double-entry books').addCommand(check);
}
