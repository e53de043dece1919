import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

import { Command } from 'commander';

import { chainProblem, type AuditProblem } from '#libs/auditing/audit-problem.js';
import { verifyArchive, verifyReadings } from '#libs/auditing/verify-archive.js';
import { verifyChain } from '#libs/metering/chain/verify-chain.js';

import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

interface VerifyFlags {
  readonly installation?: string;
  readonly file?: string;
  readonly json?: boolean;
}

/** What was looked at, in words and numbers, and what does not match. */
interface Verdict {
  readonly ok: boolean;
  readonly about: string | null;
  readonly checked: Readonly<Record<string, number>>;
  readonly problems: readonly AuditProblem[];
  readonly problemCount: number;
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path).catch((error: unknown) => {
    refuse(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString('latin1') === 'PK';
  } finally {
    await file.close();
  }
}

async function verifyFile(path: string): Promise<Verdict> {
  const found = (await isZip(path))
    ? await verifyArchive(path).catch((error: unknown) => {
        refuse(`${path} is no whole zip file: ${error instanceof Error ? error.message : ''}`);
      })
    : await verifyReadings(createReadStream(path) as AsyncIterable<Buffer>, path);
  const { about, problems, problemCount, ...checked } = found;
  return { ok: problemCount === 0, about, checked, problems, problemCount };
}

async function verifyDatabase(installationId: string | null): Promise<Verdict> {
  return await withDatabase(async ({ sql }) => {
    if (installationId !== null) {
      const known = await sql
        .selectFrom('installation')
        .select('id')
        .where('id', '=', installationId)
        .executeTakeFirst();
      if (known === undefined) refuse(`There is no installation "${installationId}"`);
    }
    const { breaks, ...checked } = await verifyChain(sql, { installationId });
    const problems = breaks.map((found) => chainProblem(found, null));
    return { ok: problems.length === 0, about: installationId, checked, problems, problemCount: problems.length };
  });
}

const ADVICE_DATABASE = [
  'What to do: bill nothing from these chargers until it is explained. Look at the backup made before the seal named',
  'above and compare the readings between the two ids; ask who had access to the database server since then.',
];
const ADVICE_FILE = [
  'What to do: do not rely on this file. Ask for it again, compare its SHA-256 with the one told when it was handed',
  'over, and have `chazemo verify` run on the database it came from.',
];

function textOf(verdict: Verdict, file: string | undefined): string {
  const counts = Object.entries(verdict.checked)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name === 'unsealedReadings' ? 'readings not sealed yet' : name}`)
    .join(', ');
  const about = [file, verdict.about].filter((each) => each !== undefined && each !== null).join(': ');
  const head = `${about === '' ? 'All installations' : about}: ${counts === '' ? 'nothing to verify' : counts}`;
  if (verdict.ok) return `${head}\nEverything matches.`;
  const problems = verdict.problems.map(
    ({ code, file: inFile, place, detail }) => `  ${code}: ${inFile === null ? '' : `${inFile}, `}${place}: ${detail}`,
  );
  const more = verdict.problemCount - problems.length;
  return [
    head,
    `${verdict.problemCount} things do not match:`,
    ...problems,
    ...(more > 0 ? [`  and ${more} more of the same`] : []),
    ...(file === undefined ? ADVICE_DATABASE : ADVICE_FILE),
  ].join('\n');
}

/** `chazemo verify`: recomputes the chains over the readings; exit status 1 when something does not match. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('recompute the hash chains over the readings, from the database or offline from a file')
    .option('--installation <id>', 'only its chargers')
    .option('--file <file>', 'an archive of `chazemo audit`, or its readings.ndjson; no database is used')
    .option('--json', 'print one JSON object')
    .action(
      refusing(async (flags: VerifyFlags) => {
        const verdict = await (flags.file === undefined
          ? verifyDatabase(flags.installation ?? null)
          : verifyFile(flags.file));
        process.stdout.write(`${flags.json === true ? JSON.stringify(verdict) : textOf(verdict, flags.file)}\n`);
        if (!verdict.ok) process.exitCode = 1;
      }),
    );
}
