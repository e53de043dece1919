import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ExcelJS from 'exceljs';

import { inOneSnapshot } from '#libs/persistence/database.js';
import { loadManagerReport } from '#libs/reporting/manager-report-facts.js';
import { renderManagerWorkbook } from '#libs/reporting/manager-workbook.js';
import { readStoredFile } from '#libs/reporting/stored-files.js';
import { fillWorkbookMonth } from '#test/load/workbook-month.js';
import type { MadeWorkbook } from '#test/load/workbook-process.js';
import { makeWorkbookApart } from '#test/load/workbook.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

const SPOTS = 5_000;
const MOST_MIB = 256;

let database: TestDatabase;
let cycleId: string;
let made: MadeWorkbook;
let bytes: Buffer;
beforeAll(async () => {
  database = await createTestDatabase();
  cycleId = await fillWorkbookMonth(database.sql, SPOTS);
  made = await makeWorkbookApart(database.url, cycleId);
  bytes = (await readStoredFile(database.sql, made.fileId))?.bytes ?? Buffer.alloc(0);
}, 120_000);
afterAll(() => database.drop());

describe('a month of 5,000 spots and 25,000 charge parts in one workbook', () => {
  it('is written by a process that never holds 256 MiB', () => {
    expect(made.peakRssMiB).toBeGreaterThan(50);
    expect(made.peakRssMiB).toBeLessThan(MOST_MIB);
  });

  it('is the same bytes when it is made again from the same month', async () => {
    const again = await inOneSnapshot(database.sql, async (snapshot) =>
      renderManagerWorkbook(await loadManagerReport(snapshot, cycleId)),
    );
    const hash = (content: Buffer) => createHash('sha256').update(content).digest('hex');
    expect(hash(again)).toBe(hash(bytes));
  }, 60_000);

  it('opens, with every row in its place and the sums of all', async () => {
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(Uint8Array.from(bytes).buffer);
    const rows = Object.fromEntries(book.worksheets.map(({ name, rowCount }) => [name, rowCount]));
    expect(rows).toMatchObject({
      Imputação: SPOTS + 6,
      Encargos: 5 * SPOTS + 6,
      Sessões: SPOTS + 6,
      'Acertos de meses anteriores': SPOTS / 10 + 6,
      'Cobranças e dívidas': SPOTS + 6,
    });
    const charges = book.getWorksheet('Encargos');
    expect(charges?.getCell(5 * SPOTS + 6, 12).value).toEqual({
      formula: `SUBTOTAL(109,L5:L${5 * SPOTS + 4})`,
      result: (5 * SPOTS * 100) / 100,
    });
    expect(charges?.getCell(5 * SPOTS + 4, 12).value).toBe(1);
    expect(book.getWorksheet('Resumo')?.getCell('B5').result).toBe((SPOTS * 2_645) / 100);
  }, 60_000);
});
