import { openDatabase, type Sql } from '#libs/persistence/database.js';
import { openCycle } from '#libs/rating/cycle.js';
import { rateCycle, type CycleTotals } from '#libs/rating/rate-cycle.js';
import { peakRssMiB } from '#test/load/peak-memory.js';

const PERIOD = '2026-06';

/** What a process that rated every installation's month says of it when it ends. */
export interface RatedMonths {
  readonly cycles: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMiB: number;
  readonly lines: number;
  readonly totalWh: number;
}

async function openCycles(sql: Sql, now: Date): Promise<string[]> {
  const installations = await sql.selectFrom('installation').select('id').orderBy('id').execute();
  const cycleIds: string[] = [];
  for (const { id } of installations) {
    const workflowId = `bill/${id}/${PERIOD}`;
    const { cycleId } = await openCycle(sql, { installationId: id, period: PERIOD, workflowId, now });
    cycleIds.push(cycleId);
  }
  return cycleIds;
}

/** The path of production, transaction included. */
async function rateOne(sql: Sql, cycleId: string, now: Date): Promise<CycleTotals> {
  const result = await sql.transaction().execute((trx) => rateCycle(trx, { cycleId, now }));
  if ('refused' in result) throw new Error(`no price for ${JSON.stringify(result.refused)}`);
  return result.ok;
}

/** Rates all months of the database at `url`, so many at a time, in this process. */
async function rateAll(url: string, atOnce: number): Promise<RatedMonths> {
  const database = await openDatabase({ url, poolSize: atOnce });
  const now = new Date('2026-07-01T05:00:00Z');
  const waiting = await openCycles(database.sql, now);
  const cycles = waiting.length;
  const before = process.cpuUsage();
  const started = performance.now();
  let lines = 0;
  let totalWh = 0;
  const rateOnes = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const totals = await rateOne(database.sql, next, now);
      lines += totals.lines;
      totalWh += totals.totalWh;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, rateOnes));
  const seconds = (performance.now() - started) / 1000;
  const cpu = process.cpuUsage(before);
  await database.close();
  return {
    cycles,
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    peakRssMiB: peakRssMiB(),
    lines,
    totalWh,
  };
}

const [url, atOnce] = process.argv.slice(2);
if (url === undefined || atOnce === undefined) throw new Error('usage: rating-process.js <database url> <at once>');
process.send?.(await rateAll(url, Number(atOnce)));
