import { Command } from 'commander';

import { dayStatement, type DayStatement } from '#libs/ledger/day-statement.js';
import { statementCsv } from '#libs/ledger/statement-csv.js';
import type { StatementOf } from '#libs/ledger/statement.js';

import { withDatabase } from '../system/with-database.js';

interface StatementOptions {
  readonly customer?: string;
  readonly condominium?: string;
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** `chazemo ledger statement`: what moved for a customer or a condominium between two local days. */
export function statementCommand(): Command {
  return new Command('statement')
    .description('what moved for a customer or a condominium, with the balance after each line')
    .option('--customer <id>', 'of this customer')
    .option('--condominium <id>', 'of this condominium')
    .requiredOption('--from <yyyy-mm-dd>', 'first local day')
    .requiredOption('--to <yyyy-mm-dd>', 'the day after the last')
    .option('--time-zone <name>', 'whose days they are', 'Europe/Lisbon')
    .option('--json', 'print one JSON object')
    .option('--csv', 'print CSV')
    .action(async (options: StatementOptions) => {
      const { from, to, timeZone, json, csv } = options;
      const of = ownerOf(options);
      const found = await withDatabase(({ sql }) => dayStatement(sql, { of, from, to, timeZone }));
      if (json === true) process.stdout.write(`${JSON.stringify(found)}\n`);
      else process.stdout.write(csv === true ? statementCsv(found) : textOf(found));
    });
}

function ownerOf({ customer, condominium }: StatementOptions): StatementOf {
  if (customer !== undefined && condominium === undefined) return { kind: 'customer', customerId: customer };
  if (condominium !== undefined && customer === undefined) return { kind: 'condominium', condominiumId: condominium };
  throw new Error('say either --customer or --condominium');
}

function textOf({ items, currency, openingCents, closingCents }: DayStatement): string {
  const money = (cents: number): string => `${(cents / 100).toFixed(2)} ${currency}`.padStart(16);
  const lines = items.map(
    ({ at, description, amountCents, balanceCents }) =>
      `${at.toISOString().slice(0, 10)} ${money(amountCents)} ${money(balanceCents)}  ${description}`,
  );
  return [
    `opening ${money(openingCents).padStart(36)}`,
    ...lines,
    `closing ${money(closingCents).padStart(36)}`,
    '',
  ].join('\n');
}
