import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { Command } from 'commander';

import { isPeriod } from '#libs/registry/period.js';
import { checkSaft, type CheckedSaft } from '#libs/reporting/saft/check-saft.js';
import { saftSoftware } from '#libs/reporting/saft/software.js';
import { writeSaft, type WrittenSaft } from '#libs/reporting/saft/write-saft.js';

import { programFolder } from '../servers/folders.js';
import { validateXml, type SchemaVerdict } from '../servers/schema-validator.js';
import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';
import { saftRefusalText } from './saft-refusal.js';

interface ExportFlags {
  readonly issuer: string;
  readonly month: string;
  readonly out?: string;
  readonly validate?: boolean;
  readonly json?: boolean;
}

interface FileFlags {
  readonly json?: boolean;
}

const tell = (line: string) => process.stderr.write(`${line}\n`);
const euros = (cents: number): string => (cents / 100).toFixed(2);

async function programVersion(): Promise<string> {
  const file = await readFile(join(programFolder(), 'package.json'), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

/** Written beside its place and put there when it is whole: what was there before stays until then. */
async function writeFile(flags: ExportFlags, out: string): Promise<WrittenSaft> {
  const software = saftSoftware(process.env, await programVersion());
  const part = `${out}.part`;
  const order = { issuerId: flags.issuer, period: flags.month, software, now: new Date() };
  const target = createWriteStream(part);
  try {
    const result = await withDatabase(({ sql }) => writeSaft(sql, order, target));
    if ('refused' in result) refuse(saftRefusalText(result.refused));
    await rename(part, out);
    return result.ok;
  } finally {
    target.destroy();
    await rm(part, { force: true });
  }
}

async function exportMonth(flags: ExportFlags): Promise<void> {
  if (!isPeriod(flags.month)) refuse(`--month is a month such as 2026-06, not "${flags.month}"`);
  const out = flags.out ?? `saft-${flags.issuer}-${flags.month}.xml`;
  const written = await writeFile(flags, out);
  const verdict = flags.validate === true ? await validateXml(out, 'saft', { tell }) : null;
  const said =
    flags.json === true ? JSON.stringify({ file: out, ...written, ...verdict }) : textOf(out, written, verdict);
  process.stdout.write(`${said}\n`);
  if (verdict !== null && verdict.faultCount > 0) process.exitCode = 1;
}

function textOf(
  out: string,
  { issuerId, period, sales, payments, bytes, sha256 }: WrittenSaft,
  verdict: SchemaVerdict | null,
) {
  return [
    `${out}: ${issuerId}, ${period}, ${bytes} bytes`,
    `  ${sales.entries} invoices and credit notes: debit ${euros(sales.debitCents)}, credit ${euros(sales.creditCents)} EUR net`,
    `  ${payments.entries} receipts: debit ${euros(payments.debitCents)}, credit ${euros(payments.creditCents)} EUR net`,
    `SHA-256 ${sha256}`,
    ...(verdict === null ? [] : [verdictText(verdict)]),
  ].join('\n');
}

function verdictText({ faults, faultCount }: SchemaVerdict): string {
  if (faultCount === 0) return 'Valid by the schema of SAF-T (PT) 1.04_01, its assertions included.';
  const lines = faults.map(({ line, column, message }) => `  line ${line}, column ${column}: ${message}`);
  const more = faultCount - faults.length;
  return [`Not valid: ${faultCount} faults`, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

async function validateFile(file: string, { json }: FileFlags): Promise<void> {
  const verdict = await validateXml(file, 'saft', { tell });
  process.stdout.write(`${json === true ? JSON.stringify({ file, ...verdict }) : verdictText(verdict)}\n`);
  if (verdict.faultCount > 0) process.exitCode = 1;
}

async function checkFile(file: string, { json, issuer }: FileFlags & { readonly issuer?: string }): Promise<void> {
  const options = issuer === undefined ? {} : { issuerId: issuer };
  const result = await withDatabase(({ sql }) => checkSaft(sql, createReadStream(file), options));
  if ('refused' in result) {
    refuse(
      result.refused.code === 'SAFT.UNREADABLE'
        ? `${file} is no SAF-T file: ${result.refused.detail}`
        : `Not one issuer with the tax number ${result.refused.nif}: name it with --issuer`,
    );
  }
  process.stdout.write(`${json === true ? JSON.stringify({ file, ...result.ok }) : checkText(file, result.ok)}\n`);
  if (result.ok.problemCount > 0) process.exitCode = 1;
}

function checkText(
  file: string,
  { issuerId, period, documents, receipts, problems, problemCount }: CheckedSaft,
): string {
  const head = `${file}: ${issuerId}, ${period}: ${documents} invoices and credit notes, ${receipts} receipts`;
  if (problemCount === 0)
    return `${head}\nAll of the month's documents are in it once, as they were issued and signed.`;
  const told = problems.map(({ code, subject, line, detail }) => {
    return `  ${code} ${subject}${line === null ? '' : ` (line ${line})`}: ${detail}`;
  });
  const more = problemCount - problems.length;
  return [head, `${problemCount} things do not match:`, ...told, ...(more > 0 ? [`  and ${more} more`] : [])].join(
    '\n',
  );
}

/** `chazemo saft`: the tax authority's audit file. Exit status 1 when a file is not valid or does not match. */
export function saftCommand(): Command {
  const exported = new Command('export')
    .description('write the invoices, credit notes and receipts that an issuer issued in a month')
    .requiredOption('--issuer <id>')
    .requiredOption('--month <month>', 'yyyy-mm, by the date of issue')
    .option('-o, --out <file>', 'saft-<issuer>-<month>.xml when not given')
    .option('--validate', 'validate it by the schema as well (needs Java)')
    .option('--json', 'print one JSON object')
    .action(refusing(exportMonth));
  const validated = new Command('validate')
    .description('validate a file by the schema of SAF-T (PT) 1.04_01 with its assertions (needs Java)')
    .argument('<file>')
    .option('--json', 'print one JSON object')
    .action(refusing(validateFile));
  const checked = new Command('check')
    .description('check a file against the database: each document once, as issued, sums and signatures')
    .argument('<file>')
    .option('--issuer <id>', 'where several issuers have one tax number')
    .option('--json', 'print one JSON object')
    .action(refusing(checkFile));
  const saft = new Command('saft').description('SAF-T (PT), the audit file of the Portuguese tax authority');
  return saft.addCommand(exported).addCommand(validated).addCommand(checked);
}
