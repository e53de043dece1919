import { Command } from 'commander';

import { differencesOf, proposeAdjustments, type CustomerDifference } from '#libs/invoicing/propose-adjustments.js';
import type { Sql } from '#libs/persistence/database.js';

import { withDatabase } from '../system/with-database.js';

interface DifferencesFlags {
  readonly installation: string;
  readonly period: string;
  readonly propose?: boolean;
  readonly json?: boolean;
}

/** Told on standard error, exit status 2, nothing kept. */
class DifferencesRefused extends Error {}

async function cycleOf(sql: Sql, { installation, period }: DifferencesFlags): Promise<string> {
  const cycle = await sql
    .selectFrom('billing_cycle')
    .select('id')
    .where('installation_id', '=', installation)
    .where('period', '=', period)
    .executeTakeFirst();
  if (cycle === undefined)
    throw new DifferencesRefused(`There is no month ${period} of installation "${installation}"`);
  return cycle.id;
}

async function lookFor(sql: Sql, flags: DifferencesFlags): Promise<readonly CustomerDifference[]> {
  const cycleId = await cycleOf(sql, flags);
  const found =
    flags.propose === true
      ? await sql.transaction().execute((trx) => proposeAdjustments(trx, { cycleId, now: new Date() }))
      : await differencesOf(sql, cycleId);
  if ('ok' in found) return found.ok;
  const { code, detail } = found.refused;
  throw new DifferencesRefused(
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
    .action(async (flags: DifferencesFlags) => {
      try {
        const found = await withDatabase(({ sql }) => lookFor(sql, flags));
        const text =
          flags.json === true ? JSON.stringify({ differences: found }) : tableOf(found, flags.propose === true);
        process.stdout.write(`${text}\n`);
      } catch (error) {
        if (!(error instanceof DifferencesRefused)) throw error;
        process.stderr.write(`${error.message}\n`);
        process.exitCode = 2;
      }
    });
}
