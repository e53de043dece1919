import { runJune, startDemo } from '../demo/demo.js';
import { temporaryDataFolder } from '../setup/data-folder.js';

export interface MonthFigures {
  /** From an empty folder to a system that answers, with its car park. */
  readonly setUpSeconds: number;
  readonly messages: number;
  readonly readings: number;
  readonly invoices: number;
  /** From the first frame of June until ... */
  readonly juneIsPlayedSeconds: number;
  readonly excelIsSentSeconds: number;
  readonly lastCollectionEndedSeconds: number;
}

/** The demo's month on a data directory of its own: from the first frame to the manager's Excel. */
export async function benchMonth(): Promise<MonthFigures> {
  const folder = await temporaryDataFolder('bench');
  const beginMs = performance.now();
  const demo = await startDemo({
    dataDir: folder.path,
    env: { PATH: process.env['PATH'] },
    httpPort: 0,
    ocppPort: 0,
    console: false,
  });
  const secondsSince = (sinceMs: number): number => (performance.now() - sinceMs) / 1000;
  try {
    const setUpSeconds = secondsSince(beginMs);
    let firstFrameMs = 0;
    let juneIsPlayedSeconds = 0;
    let excelIsSentSeconds = 0;
    const { june } = await runJune(demo, {
      onFirstFrame: () => {
        firstFrameMs = performance.now();
      },
      onPlayed: (done, total) => {
        if (done === total) juneIsPlayedSeconds = secondsSince(firstFrameMs);
      },
      onProgress: (month) => {
        if (excelIsSentSeconds === 0 && month.step === 'collecting') excelIsSentSeconds = secondsSince(firstFrameMs);
      },
    });
    const lastCollectionEndedSeconds = secondsSince(firstFrameMs);
    await june.close();
    const count = async (table: 'ocpp_message' | 'meter_reading' | 'fiscal_document'): Promise<number> => {
      const { n } = await demo.database.sql
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
      return n;
    };
    return {
      setUpSeconds,
      messages: await count('ocpp_message'),
      readings: await count('meter_reading'),
      invoices: await count('fiscal_document'),
      juneIsPlayedSeconds,
      excelIsSentSeconds: excelIsSentSeconds === 0 ? lastCollectionEndedSeconds : excelIsSentSeconds,
      lastCollectionEndedSeconds,
    };
  } finally {
    await demo.stop();
    await folder.remove();
  }
}
