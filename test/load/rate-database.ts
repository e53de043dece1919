import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { openDatabase } from '#libs/persistence/database.js';

import { fillMonthOfMany, type MonthOfMany } from './month-of-many.js';
import type { RatedMonths } from './rating-process.js';
import { onThrowAwayPostgres } from './throw-away-postgres.js';

/** A tenth, and the whole: 300,000 sessions and 9,000,000 readings. */
const CUSTOMERS = [1_000, 10_000] as const;

/** Months under way at once in the one rating process: PostgreSQL reads for one while another is rated. */
const AT_ONCE = 2;

export interface DatabaseRun {
  readonly customers: number;
  readonly sessions: number;
  readonly readings: number;
  /** From the first month's first query until the last month's lines are committed. */
  readonly seconds: number;
  readonly readingsPerSecond: number;
  /** Of the rating process alone; the rest is PostgreSQL's. */
  readonly cpuSeconds: number;
  readonly peakRssMiB: number;
  readonly ratedLines: number;
}

export interface DatabaseFigures {
  readonly runs: readonly DatabaseRun[];
  /** Time and memory of the whole by those of a tenth: 10 and 1 are growth in step with the readings and none. */
  readonly secondsGrowth: number;
  readonly memoryGrowth: number;
}

/** Rates in a process of its own, whose memory is that of rating alone. */
async function rateApart(databaseUrl: string): Promise<RatedMonths> {
  const program = fileURLToPath(import.meta.resolve('#test/load/rating-process.js'));
  const child = fork(program, [databaseUrl, String(AT_ONCE)]);
  return await new Promise((resolve, reject) => {
    let rated: RatedMonths | null = null;
    child.once('message', (message) => {
      rated = message as RatedMonths;
    });
    child.once('error', reject);
    child.once('close', (status) => {
      if (rated === null) reject(new Error(`rating ended with status ${status}`));
      else resolve(rated);
    });
  });
}

async function rateMonthOf(customers: number): Promise<DatabaseRun> {
  return await onThrowAwayPostgres(async (databaseUrl) => {
    const database = await openDatabase({ url: databaseUrl, poolSize: 1, as: 'owner' });
    const filled: MonthOfMany = await fillMonthOfMany(database.sql, customers);
    await database.close();
    const rated = await rateApart(databaseUrl);
    if (rated.totalWh !== filled.movedWh) {
      throw new Error(`registers moved ${filled.movedWh} Wh, and ${rated.totalWh} Wh were rated`);
    }
    const { sessions, readings } = filled;
    const { seconds, cpuSeconds, peakRssMiB, lines } = rated;
    const readingsPerSecond = Math.round(readings / seconds);
    return { customers, sessions, readings, seconds, readingsPerSecond, cpuSeconds, peakRssMiB, ratedLines: lines };
  });
}

/** A month rated from the database, lines written: seconds, memory, and how both grow from a tenth to the whole. */
export async function benchRateDatabase(): Promise<DatabaseFigures> {
  const runs: DatabaseRun[] = [];
  for (const customers of CUSTOMERS) runs.push(await rateMonthOf(customers));
  const [tenth, whole] = runs;
  if (tenth === undefined || whole === undefined) throw new Error('two sizes are compared');
  return {
    runs,
    secondsGrowth: whole.seconds / tenth.seconds,
    memoryGrowth: whole.peakRssMiB / tenth.peakRssMiB,
  };
}
