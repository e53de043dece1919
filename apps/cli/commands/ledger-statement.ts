import { Command, Option } from 'commander';

import { dayStatement, type DayStatement } from '#libs/ledger/day-statement.js';
import { statementCsv } from '#libs/ledger/statement-csv.js';
import {
  lineInWords,
  STATEMENT_LANGUAGES,
  STATEMENT_WORDS,
  type StatementLanguage,
} from '#libs/ledger/statement-words.js';
import type { StatementOf } from '#libs/ledger/statement.js';

import { withDatabase } from '../system/with-database.js';

interface StatementOptions {
  readonly customer?: string;
  readonly condominium?: string;
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly lang: StatementLanguage;
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
    .addOption(new Option('--lang <code>', 'language of the words').choices(STATEMENT_LANGUAGES).default('pt'))
    .option('--json', 'print one JSON object')
    .option('--csv', 'print CSV')
    .action(async (options: StatementOptions) => {
      const { from, to, timeZone, lang, json, csv } = options;
      const of = ownerOf(options);
      const found = await withDatabase(({ sql }) => dayStatement(sql, { of, from, to, timeZone }));
      if (json === true) process.stdout.write(`${JSON.stringify(found)}\n`);
      else process.stdout.write(csv === true ? statementCsv(found, lang) : textOf(found, lang));
    });
}

function ownerOf({ customer, condominium }: StatementOptions): StatementOf {
  if (customer !== undefined && condominium === undefined) return { kind: 'customer', customerId: customer };
  if (condominium !== undefined && customer === undefined) return { kind: 'condominium', condominiumId: condominium };
  throw new Error('say either --customer or --condominium');
}

function textOf({ from, to, items, currency, openingCents, closingCents }: DayStatement, lang: StatementLanguage) {
  const { opening, closing } = STATEMENT_WORDS[lang];
  const money = (cents: number | null): string =>
    (cents === null ? '' : `${(cents / 100).toFixed(2)} ${currency}`).padStart(16);
  const row = (on: string, amountCents: number | null, balanceCents: number, words: string) =>
    `${on} ${money(amountCents)} ${money(balanceCents)}  ${words}`;
  const lines = items.map((line) =>
    row(line.at.toISOString().slice(0, 10), line.amountCents, line.balanceCents, lineInWords(line, lang)),
  );
  return [row(from, null, openingCents, opening), ...lines, row(to, null, closingCents, closing), ''].join('\n');
}
