import { readFile } from 'node:fs/promises';

import { Command } from 'commander';

import { recordAudit } from '#libs/identity/audit.js';
import {
  listSeries,
  registerSeries,
  yearsNeeded,
  type SeriesRefusal,
  type SeriesRow,
} from '#libs/invoicing/fiscal/series.js';
import { verifyFiscalChain } from '#libs/invoicing/fiscal/verify-chain.js';
import { checkReceipts } from '#libs/payments/receipts/check-receipts.js';

import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

/** Who says so: nobody is signed in at a command line. */
const BY = 'command line';

const REFUSALS: Readonly<Record<SeriesRefusal['code'], string>> = {
  'SERIES.NO_ISSUER': 'There is no such issuer in Portugal',
  'SERIES.UNKNOWN': 'The issuer has no such series: see `chazemo series list`',
  'SERIES.CODE_INVALID': 'A validation code has at least 8 capitals and digits, as the tax authority answered it',
  'SERIES.REGISTERED': 'The series has another code already, which stands on documents',
};

function lineOf(row: SeriesRow): string {
  const state = row.validationCode ?? 'not registered';
  const used = row.lastNumber === 0 ? 'no document yet' : `last number ${row.lastNumber}`;
  return `${row.issuerId.padEnd(16)} ${row.type} ${row.code.padEnd(16)} ${state.padEnd(16)} ${used}`;
}

function listCommand(): Command {
  return new Command('list')
    .description('series of this year and, from December on, the next, with their validation codes')
    .option('--year <year>', 'of this year')
    .option('--json', 'print one JSON object')
    .action(
      refusing(async ({ year, json }: { year?: string; json?: boolean }) => {
        const years = year === undefined ? yearsNeeded(new Date()) : [Number(year)];
        if (!years.every((one) => Number.isInteger(one) && one > 2000 && one < 2100))
          refuse(`--year is 2026, not "${year}"`);
        const series = await withDatabase(({ sql }) => listSeries(sql, years));
        process.stdout.write(`${json === true ? JSON.stringify({ series }) : series.map(lineOf).join('\n')}\n`);
      }),
    );
}

function registerCommand(): Command {
  return new Command('register')
    .description('enter the validation code that the tax authority answered when the series was registered')
    .requiredOption('--issuer <id>')
    .requiredOption('--type <type>', 'FT, FS, FR, NC, RG or RC')
    .requiredOption('--series <code>', 'such as CZM2026')
    .requiredOption('--code <validation code>')
    .option('--json', 'print one JSON object')
    .action(
      refusing(async (flags: { issuer: string; type: string; series: string; code: string; json?: boolean }) => {
        const { issuer: issuerId, type, series: code, code: validationCode } = flags;
        const registered = await withDatabase(({ sql }) =>
          sql.transaction().execute(async (trx) => {
            const done = await registerSeries(trx, { issuerId, type, code, validationCode, by: BY, now: new Date() });
            if ('refused' in done) refuse(REFUSALS[done.refused.code]);
            const event = { actor: BY, action: 'series.register', subject: `series/${issuerId}/${type} ${code}` };
            const after = { validationCode, firstNumber: done.ok.firstNumber };
            await recordAudit(trx, { ...event, installationId: null, before: null, after });
            return done.ok;
          }),
        );
        const text = `${type} ${code}: ${validationCode}, from number ${registered.firstNumber} on`;
        process.stdout.write(`${flags.json === true ? JSON.stringify(registered) : text}\n`);
      }),
    );
}

function checkCommand(): Command {
  return new Command('check')
    .description('check that numbers have no gaps, dates rise and every document is as it was signed')
    .option('--public-key <file>', 'PEM; else the keys that were kept when they were first used')
    .option('--json', 'print one JSON object')
    .action(
      refusing(async ({ publicKey, json }: { publicKey?: string; json?: boolean }) => {
        const key = publicKey === undefined ? undefined : await readFile(publicKey, 'utf8');
        const result = await withDatabase(async ({ sql }) => {
          const { documents, problems } = await verifyFiscalChain(sql, key);
          return { documents, problems: [...problems, ...(await checkReceipts(sql))] };
        });
        const found = result.problems.map(({ code, subject, detail }) => `  ${code} ${subject}: ${detail}`);
        const text =
          found.length === 0
            ? `${result.documents} documents: numbers, dates and signatures are in order.`
            : `Not in order:\n${found.join('\n')}`;
        process.stdout.write(`${json === true ? JSON.stringify(result) : text}\n`);
        if (found.length > 0) process.exitCode = 1;
      }),
    );
}

/** `chazemo series`: numbering and signature of fiscal documents. */
export function seriesCommand(): Command {
  return new Command('series')
    .description('series of fiscal documents: list, register at the tax authority, check')
    .addCommand(listCommand())
    .addCommand(registerCommand())
    .addCommand(checkCommand());
}
