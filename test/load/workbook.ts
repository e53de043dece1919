import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { openDatabase } from '#libs/persistence/database.js';

import { onThrowAwayPostgres } from './throw-away-postgres.js';
import { fillWorkbookMonth } from './workbook-month.js';
import type { MadeWorkbook } from './workbook-process.js';

const SIZES = [500, 5_000] as const;

export interface WorkbookRun extends Omit<MadeWorkbook, 'fileId'> {
  readonly spots: number;
  readonly chargeParts: number;
  readonly fileKiB: number;
}

/** Makes the workbook of a filled month in a process of its own, started as the worker is (apps/cli/system/apps.ts). Run it from the compiled tree. */
export async function makeWorkbookApart(databaseUrl: string, cycleId: string): Promise<MadeWorkbook> {
  const program = fileURLToPath(import.meta.resolve('#test/load/workbook-process.js'));
  const child = fork(program, [databaseUrl, cycleId], { execArgv: ['--max-semi-space-size=4'] });
  return new Promise((resolve, reject) => {
    child.once('message', (made) => resolve(made as MadeWorkbook));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the workbook's process ended with status ${String(code)}`)));
  });
}

async function run(spots: number): Promise<WorkbookRun> {
  return onThrowAwayPostgres(async (url) => {
    const owner = await openDatabase({ url, poolSize: 1, as: 'owner' });
    try {
      const cycleId = await fillWorkbookMonth(owner.sql, spots);
      const { fileId, ...figures } = await makeWorkbookApart(url, cycleId);
      const file = await owner.sql
        .selectFrom('stored_file')
        .select('bytes')
        .where('id', '=', fileId)
        .executeTakeFirstOrThrow();
      return { spots, chargeParts: spots * 5, ...figures, fileKiB: file.bytes.length / 1024 };
    } finally {
      await owner.close();
    }
  });
}

/** Memory and time of the manager's workbook of a month, from a small car park to a very large one. */
export async function benchWorkbook(): Promise<{ readonly runs: readonly WorkbookRun[] }> {
  const runs: WorkbookRun[] = [];
  for (const spots of SIZES) runs.push(await run(spots));
  return { runs };
}
