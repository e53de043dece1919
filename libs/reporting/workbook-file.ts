import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import type ExcelJS from 'exceljs';
import yauzl from 'yauzl';
import { ZipFile } from 'yazl';

import type { RowStyles } from './workbook-rows.js';
import type { StreamedTable } from './workbook-sheet.js';

/**
 * The file of a workbook whose tables still have no rows: exceljs writes all else, with one plain and one tinted row that
 * show how a table's cells look, and the rows themselves go past as text, page by page, into the compressed file. So
 * memory does not grow with the rows (docs/decisions/0011-workbook-rows-as-a-stream.md). Every entry of the zip is dated
 * noon of `at` (UTC): a zip has no zone, and equal contents give equal bytes.
 */
export async function workbookFile(
  workbook: ExcelJS.Workbook,
  tables: readonly StreamedTable[],
  at: Date,
): Promise<Buffer> {
  const byEntry = new Map(tables.map((table) => [`xl/worksheets/sheet${table.sheetId}.xml`, table]));
  const zip = new ZipFile();
  const mtime = new Date(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), 12);
  const options = { mtime, mode: 0o100644, forceDosTimestamp: true };
  const written = buffer(zip.outputStream);
  const failed = new Promise<never>((_, reject) => {
    zip.once('error', reject);
    void addEntries().catch(reject);
  });
  return Promise.race([written, failed]);

  async function addEntries(): Promise<void> {
    for await (const { name, content } of entriesOf(Buffer.from(await workbook.xlsx.writeBuffer()))) {
      const table = byEntry.get(name);
      if (table === undefined || table.count === 0) {
        zip.addBuffer(content, name, options);
        continue;
      }
      const sheet = content.toString('utf8');
      zip.addReadStreamLazy(name, options, (use) => {
        const source = Readable.from(withRows(sheet, table));
        source.once('error', (error) => zip.emit('error', error));
        use(null, source);
      });
    }
    zip.end();
  }
}

/** The files of a zip in memory; folders are none. */
async function* entriesOf(archive: Buffer): AsyncGenerator<{ readonly name: string; readonly content: Buffer }> {
  const zip = await yauzl.fromBufferPromise(archive);
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue;
    yield { name: entry.fileName, content: await buffer(await zip.openReadStreamPromise(entry)) };
  }
}

/** The sheet with all rows in the place of the two that show their look. */
async function* withRows(sheet: string, table: StreamedTable): AsyncGenerator<Buffer> {
  const plain = patternRow(sheet, table.first);
  const tinted = patternRow(sheet, table.first + 1);
  if (tinted.start !== plain.end) throw new Error(`the pattern rows from ${table.first} on are not side by side`);
  const styles: RowStyles = { plain: plain.styles, tinted: tinted.styles };
  yield Buffer.from(sheet.slice(0, plain.start), 'utf8');
  for await (const xml of table.xml(styles)) yield Buffer.from(xml, 'utf8');
  yield Buffer.from(sheet.slice(tinted.end), 'utf8');
}

function patternRow(sheet: string, at: number): { start: number; end: number; styles: string[] } {
  const start = sheet.indexOf(`<row r="${at}" `);
  const end = sheet.indexOf('</row>', start) + '</row>'.length;
  if (start < 0 || end < start) throw new Error(`the sheet has no row ${at} to take its look from`);
  const styles = [...sheet.slice(start, end).matchAll(/<c r="[A-Z]+\d+" s="(\d+)"/g)].map(([, style = '0']) => style);
  return { start, end, styles };
}
