import { Command } from 'commander';

import { differencesOf, proposeAdjustments, type CustomerDifference } from '#libs/invoicing/propose-adjustments.js';
import type { Sql } from '#libs/persistence/database.js';

import { refuse, refusing } from '../system/refused.js';
import { withMonth, type MonthFlags } from '../system/with-month.js';

interface DifferencesFlags extends MonthFlags {
  readonly propose?: boolean;
  readonly json?: boolean;
}

async function lookFor(sql: Sql, cycleId: string, flags: DifferencesFlags): Promise<readonly CustomerDifference[]> {
  const found =
    flags.propose === true
      ? await sql.transaction().execute((trx) => proposeAdjustments(trx, { cycleId, now: new Date() }))
      : await differencesOf(sql, cycleId);
  if ('ok' in found) return found.ok;
  const { code, detail } = found.refused;
  refuse(
    code === 'MONTH.NOT_BILLED'
      ? `${flags.period} of "${flags.installation}" is not billed yet: rate it again instead`
      : `${flags.period} of "${flags.installation}" cannot be rated as things are now: ${code} ${detail}`,
  );
}

const amount = (cents: number): string => (cents / 100).toFixed(2);

function tableOf(found: readonly CustomerDifference[], isKept: boolean): string {
  if (found.length === 0) return 'What was billed is what it should be.';
  const rows = found.flatMap(({ customerId, netCents, lines }) => [
    `customer ${customerId}: ${amount(netCents)} net`,
    ...lines.map(({ label, spotName, wh, netCents: cents }) => {
      return `  ${[spotName, label].filter((text) => text !== null).join(' ')}: ${wh ?? 0} Wh, ${amount(cents)}`;
    }),
  ]);
  const sum = found.reduce((cents, one) => cents + one.netCents, 0);
  const next = isKept
    ? 'Kept as proposals: accept or dismiss each in the console.'
    : 'Nothing was kept: --propose keeps them for a decision.';
  return [...rows, `${found.length} customers, ${amount(sum)} net together`, next].join('\n');
}

/** `chazemo differences`: what a billed month should have been, less what was billed. */
export function differencesCommand(): Command {
  return new Command('differences')
    .description('what a billed month would be today, less what was billed: late readings, corrected prices')
    .requiredOption('--installation <id>')
    .requiredOption('--period <month>', 'yyyy-mm')
    .option('--propose', 'keep the differences for a person to accept or dismiss')
    .option('--json', 'print one JSON object')
    .action(
      refusing(async (flags: DifferencesFlags) => {
        const found = await withMonth(flags, (sql, cycleId) => lookFor(sql, cycleId, flags));
        const text =
          flags.json === true ? JSON.stringify({ differences: found }) : tableOf(found, flags.propose === true);
        process.stdout.write(`${text}\n`);
      }),
    );
}
