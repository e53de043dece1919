import ExcelJS from 'exceljs';

import type { Column } from './table.js';

/** Rows below the header whose cells offer the allowed values. */
const OFFERED_ROWS = 500;

/**
 * A workbook to fill in: the first sheet has the header only, each column with a note and its allowed values to choose
 * from; the second explains the columns in Portuguese and English and shows whole rows as examples.
 */
export function excelTemplate(
  name: string,
  columns: readonly Column[],
  examples: readonly Readonly<Record<string, string>>[],
): ExcelJS.Workbook {
  const workbook = new ExcelJS.Workbook();
  addFillIn(workbook, name, columns);
  if (columns.some(({ about }) => about !== undefined)) addExplanations(workbook, columns, examples);
  return workbook;
}

function addFillIn(workbook: ExcelJS.Workbook, name: string, columns: readonly Column[]): void {
  const sheet = workbook.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = columns.map((column) => ({ header: column.name, width: Math.max(14, column.name.length + 4) }));
  sheet.getRow(1).font = { bold: true };
  columns.forEach((column, index) => {
    sheet.getCell(1, index + 1).note = noteOf(column);
    if (column.values === undefined) return;
    const list = [`"${column.values.join(',')}"`];
    for (let row = 2; row <= OFFERED_ROWS; row += 1) {
      sheet.getCell(row, index + 1).dataValidation = { type: 'list', allowBlank: true, formulae: list };
    }
  });
}

function noteOf({ required, example, about, values }: Column): string {
  const need = required ? 'required' : 'optional';
  const lines = [
    `${need}${example === '' ? '' : `, such as ${example}`}`,
    ...(about === undefined ? [] : [about.pt, about.en]),
    ...(values === undefined ? [] : [values.join(', ')]),
  ];
  return lines.join('\n');
}

const EXPLAINED = [
  ['coluna / column', 20],
  ['obrigatória / required', 22],
  ['o que é', 60],
  ['what it is', 60],
  ['valores / values', 60],
  ['exemplo / example', 34],
] as const;

function addExplanations(
  workbook: ExcelJS.Workbook,
  columns: readonly Column[],
  examples: readonly Readonly<Record<string, string>>[],
): void {
  const sheet = workbook.addWorksheet('Ajuda · Help', { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = EXPLAINED.map(([header, width]) => ({ header, width }));
  sheet.getRow(1).font = { bold: true };
  for (const { name, required, about, values, example } of columns) {
    const need = required ? 'sim / yes' : 'não / no';
    sheet.addRow([name, need, about?.pt ?? '', about?.en ?? '', values?.join(', ') ?? '', example]);
  }
  if (examples.length === 0) return;
  sheet.addRow([]);
  sheet.addRow(['exemplos / examples']).font = { bold: true };
  const used = columns.filter(({ name }) => examples.some((row) => (row[name] ?? '') !== ''));
  sheet.addRow(used.map(({ name }) => name)).font = { bold: true };
  for (const row of examples) sheet.addRow(used.map(({ name }) => row[name] ?? ''));
}
