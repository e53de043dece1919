import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

import { Command, Option } from 'commander';

import { accountVault, type AccountVault } from '#libs/payments/account-vault.js';
import { importStatement, type StatementImport } from '#libs/payments/bank/import-statement.js';
import { matchBankLines } from '#libs/payments/match-bank-lines.js';
import type { Sql } from '#libs/persistence/database.js';

import { ownSecret } from '../system/own-secret.js';
import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

/** The one that account numbers are sealed with. */
export function ownVault(env: NodeJS.ProcessEnv = process.env): AccountVault {
  return accountVault(ownSecret(env));
}

/** The issuer that is meant: the one that is named, else the only one. */
export async function issuerOf(sql: Sql, named: string | undefined): Promise<string> {
  const issuers = await sql.selectFrom('issuer').select('id').orderBy('id').execute();
  if (named !== undefined) {
    return issuers.find(({ id }) => id === named)?.id ?? refuse(`there is no issuer "${named}"`);
  }
  const [only, ...others] = issuers;
  if (only === undefined) refuse('there is no issuer');
  return others.length === 0 ? only.id : refuse(`there are several issuers: say which with --issuer`);
}

/** What `import` and `template` call it. */
export const STATEMENT_LIST = 'bank-statement';

export interface StatementFlags {
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly issuer?: string;
}

/** `chazemo import bank-statement`: into the books, and what is certain is matched. Workflows look for themselves in time. */
export async function runStatementImport(file: string, flags: StatementFlags): Promise<void> {
  const bytes = await readFile(file).catch(() => refuse(`${file} cannot be read`));
  const dryRun = flags.dryRun === true;
  const outcome = await withDatabase(async ({ sql }) => {
    const now = new Date();
    const issuerId = await issuerOf(sql, flags.issuer);
    const order = { issuerId, fileName: basename(file), bytes, dryRun, by: 'cli', now };
    const imported = await importStatement(sql, ownVault(), order);
    const found = imported.imported ? await matchBankLines(sql, { issuerId, now }) : null;
    return { ...imported, matched: found?.matched ?? 0, left: found?.left ?? 0 };
  });
  if (flags.json === true) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  else tell(outcome, dryRun);
  if (outcome.problems.length > 0) process.exitCode = 1;
}

const euros = (cents: number): string => (cents / 100).toFixed(2);

function tell(outcome: StatementImport & { readonly matched: number; readonly left: number }, dryRun: boolean): void {
  for (const { row, column, message } of outcome.problems) {
    process.stderr.write(`row ${row}${column === null ? '' : `, ${column}`}: ${message}\n`);
  }
  for (const { openedOn, closedOn, lines, newLines, creditCents, debitCents, gapCents } of outcome.statements) {
    const gap = gapCents === null ? '' : `; the one before ended with ${euros(gapCents)}: one may be missing`;
    process.stdout.write(
      `${openedOn} to ${closedOn}: ${lines} lines, ${newLines} new, in ${euros(creditCents)}, out ${euros(debitCents)}${gap}\n`,
    );
  }
  if (outcome.problems.length > 0) process.stderr.write('nothing was imported\n');
  else if (dryRun) process.stdout.write('nothing was changed\n');
  else process.stdout.write(`${outcome.matched} lines matched, ${outcome.left} wait for a person\n`);
}

async function listLines(flags: { readonly issuer?: string; readonly limit: string; readonly json?: boolean }) {
  const lines = await withDatabase(async ({ sql }) => {
    const issuerId = await issuerOf(sql, flags.issuer);
    return sql
      .selectFrom('bank_line as line')
      .where('line.issuer_id', '=', issuerId)
      .where('line.amount_cents', '>', 0)
      .where((where) =>
        where.not(where.exists(where.selectFrom('bank_decision').select('id').whereRef('line_id', '=', 'line.id'))),
      )
      .select([
        'line.id',
        'line.booked_on as bookedOn',
        'line.amount_cents as amountCents',
        'line.counterparty_name as payer',
        'line.text',
      ])
      .orderBy('line.booked_on')
      .orderBy('line.id')
      .limit(Number(flags.limit))
      .execute();
  });
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ lines })}\n`);
  else if (lines.length === 0) process.stdout.write('No line waits for a person.\n');
  for (const { bookedOn, amountCents, payer, text } of flags.json === true ? [] : lines) {
    process.stdout.write(`${bookedOn} ${euros(amountCents).padStart(12)}  ${payer ?? ''}  ${text}\n`);
  }
}

/** `chazemo bank lines`: money that came in and that nobody has decided on. */
export function bankCommand(): Command {
  const lines = new Command('lines')
    .description('money on the bank account that nobody was found for yet')
    .option('--issuer <id>', 'whose account; needed only where there are several issuers')
    .option('--limit <count>', 'at most so many', '200')
    .addOption(new Option('--json', 'print one JSON object'))
    .action(refusing(listLines));
  return new Command('bank').description('the issuers’ bank accounts').addCommand(lines);
}
