import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { Command } from 'commander';

import { writeMonthArchive, type WrittenArchive } from '#libs/auditing/write-month-archive.js';

import { programFolder } from '../servers/folders.js';
import { refuse, refusing } from '../system/refused.js';
import { withMonth, type MonthFlags } from '../system/with-month.js';

interface AuditFlags extends MonthFlags {
  readonly output: string;
  readonly json?: boolean;
}

async function programName(): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(programFolder(), 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return `${name} ${version}`;
}

async function writeArchive(flags: AuditFlags): Promise<WrittenArchive> {
  const program = await programName();
  return await withMonth(flags, async (sql, cycleId) => {
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
    refuse(
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
    .action(
      refusing(async (flags: AuditFlags) => {
        const written = await writeArchive(flags);
        process.stdout.write(`${flags.json === true ? JSON.stringify(written) : tableOf(flags, written)}\n`);
      }),
    );
}
