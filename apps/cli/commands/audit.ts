import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { Command } from 'commander';

import { writeMonthArchive, type WrittenArchive } from '#libs/auditing/write-month-archive.js';
import type { Sql } from '#libs/persistence/database.js';

import { programFolder } from '../servers/folders.js';
import { withDatabase } from '../system/with-database.js';

interface AuditFlags {
  readonly installation: string;
  readonly period: string;
  readonly output: string;
  readonly json?: boolean;
}

/** Told on standard error, exit status 2, no file. */
class AuditRefused extends Error {}

async function programName(): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(programFolder(), 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return `${name} ${version}`;
}

async function cycleOf(sql: Sql, { installation, period }: AuditFlags): Promise<string> {
  const cycle = await sql
    .selectFrom('billing_cycle')
    .select('id')
    .where('installation_id', '=', installation)
    .where('period', '=', period)
    .executeTakeFirst();
  if (cycle === undefined) throw new AuditRefused(`There is no month ${period} of installation "${installation}"`);
  return cycle.id;
}

async function writeArchive(flags: AuditFlags): Promise<WrittenArchive> {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(flags.period)) {
    throw new AuditRefused(`--period is a month such as 2026-06, not "${flags.period}"`);
  }
  const program = await programName();
  return await withDatabase(async ({ sql }) => {
    const cycleId = await cycleOf(sql, flags);
    const onFile = (name: string) => {
      if (process.stderr.isTTY) process.stderr.write(`writing ${name} …\n`);
    };
    const target = createWriteStream(flags.output);
    const written = await writeMonthArchive(sql, { cycleId, program, onFile }, target).catch(async (error: unknown) => {
      await rm(flags.output, { force: true });
      throw error;
    });
    if ('ok' in written) return written.ok;
    target.destroy();
    await rm(flags.output, { force: true });
    throw new AuditRefused(
      `The month ${flags.period} of "${flags.installation}" has not been rated from sealed readings: rate it, then ask again`,
    );
  });
}

function tableOf(flags: AuditFlags, { files, bytes, sha256 }: WrittenArchive): string {
  const rows = files.map((file) => `  ${file.name.padEnd(16)} ${String(file.bytes).padStart(12)} bytes`);
  return [
    `${flags.output}: ${flags.installation}, ${flags.period}, ${bytes} bytes`,
    ...rows,
    `SHA-256 ${sha256}`,
    'Hand this number over by another way than the file. Whoever has both verifies it with:',
    `  chazemo verify --file ${flags.output}`,
  ].join('\n');
}

/** `chazemo audit`: a month as one archive for an auditor. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('write an installation’s month as one archive for an auditor: readings to documents, with hashes')
    .requiredOption('--installation <id>')
    .requiredOption('--period <month>', 'yyyy-mm')
    .requiredOption('-o, --output <file>', 'a .zip file')
    .option('--json', 'print one JSON object')
    .action(async (flags: AuditFlags) => {
      try {
        const written = await writeArchive(flags);
        process.stdout.write(`${flags.json === true ? JSON.stringify(written) : tableOf(flags, written)}\n`);
      } catch (error) {
        if (!(error instanceof AuditRefused)) throw error;
        process.stderr.write(`${error.message}\n`);
        process.exitCode = 2;
      }
    });
}
