import { openDatabase } from '#libs/persistence/database.js';
import { storeManagerWorkbook } from '#libs/reporting/store-manager-workbook.js';
import { peakRssMiB } from '#test/load/peak-memory.js';

/** What a process that made one month's workbook says of it when it ends. */
export interface MadeWorkbook {
  readonly fileId: string;
  readonly seconds: number;
  /** Of the whole process: Node, the database's client and all that is imported with them. */
  readonly peakRssMiB: number;
}

async function make(url: string, cycleId: string): Promise<MadeWorkbook> {
  const database = await openDatabase({ url, poolSize: 2 });
  const started = performance.now();
  const { fileId } = await storeManagerWorkbook(database.sql, { cycleId });
  const seconds = (performance.now() - started) / 1000;
  await database.close();
  return { fileId, seconds, peakRssMiB: peakRssMiB() };
}

const [url, cycleId] = process.argv.slice(2);
if (url === undefined || cycleId === undefined) throw new Error('usage: workbook-process.js <database url> <cycle>');
process.send?.(await make(url, cycleId));
