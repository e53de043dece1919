import { expect, test } from '@jest/globals';

import { readSheet } from '#libs/registry/tabular/sheet.js';
import { pricePlanTable } from '#libs/tariff/tables/price-plan.js';

import { excelTemplate } from './excel-template.js';

const { name, columns, examples = [] } = pricePlanTable;

test('the workbook’s first sheet is the empty list that an import takes', async () => {
  const bytes = new Uint8Array(await excelTemplate(name, columns, examples).xlsx.writeBuffer());
  const { header, rows } = await readSheet('x.xlsx', bytes);
  expect(header).toEqual(columns.map((column) => column.name));
  expect(rows).toEqual([]);
});

test('each column says in both languages what it is, and offers the values it allows', () => {
  const [fillIn, help] = excelTemplate(name, columns, examples).worksheets;
  for (const [index, column] of columns.entries()) {
    expect(fillIn?.getCell(1, index + 1).note).toContain(column.about?.pt);
    const row = help?.getRow(index + 2).values;
    expect(row).toEqual(expect.arrayContaining([column.name, column.about?.pt, column.about?.en]));
    const offered = fillIn?.getCell(2, index + 1).dataValidation?.formulae;
    expect(offered).toEqual(column.values === undefined ? undefined : [`"${column.values.join(',')}"`]);
  }
});

test('the example rows are rows of the list', () => {
  for (const row of examples) {
    const cells = Object.fromEntries(columns.map((column) => [column.name, row[column.name] ?? '']));
    expect(pricePlanTable.schema.safeParse(cells)).toMatchObject({ success: true });
  }
});
