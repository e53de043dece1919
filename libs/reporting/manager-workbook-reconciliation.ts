import type ExcelJS from 'exceljs';

import type { ComparedBill } from '../imputation/compare-bill.js';
import { sum } from '../imputation/sum.js';
import { billTotals } from './bill-totals.js';
import type { InvoiceRow } from './manager-report-invoices.js';
import { retailersNet } from './manager-workbook-columns.js';
import { bandWord, byBand } from './words.js';
import { columnLetter, type CellKind } from './workbook-column.js';
import type { WorkbookPaper } from './workbook-paper.js';
import { wrappedLines } from './workbook-rows.js';
import { euros, HEADER_ROW, kWh, styleCell, styleHeader, styleNote, type TableRanges } from './workbook-sheet.js';

/** Cells of the reconciliation that the summary shows. */
export interface BillCells {
  readonly bill: string;
  readonly recovered: string;
  readonly residual: string;
  readonly difference: string;
}

interface Formula {
  readonly formula: string;
  readonly result: number;
}
type Value = string | number | null | Formula;
interface Cell {
  readonly kind: CellKind;
  readonly value: Value;
}

const text = (value: string): Cell => ({ kind: 'text', value });
const energy = (wh: number | null): Cell => ({ kind: 'energy', value: wh === null ? null : kWh(wh) });
const money = (value: number | Formula): Cell => ({
  kind: 'money',
  value: typeof value === 'number' ? euros(value) : value,
});

const WIDTHS = [46, 17, 17, 17, 17, 17, 17, 60];

/**
 * Where each cent of the retailer's bill went, with a check that is 0,00, and beside it, where the retailer's invoice is
 * entered, that invoice against what was measured and rated.
 */
export function addReconciliationSheet(
  sheet: ExcelJS.Worksheet,
  paper: WorkbookPaper,
  imputation: TableRanges,
): BillCells {
  sheet.columns = WIDTHS.map((width) => ({ width }));
  const writer = new SheetWriter(sheet, paper.facts.currency);
  const cells = writeFlow(writer, paper, imputation);
  if (paper.facts.comparison !== null) writeComparison(writer, paper, paper.facts.comparison);
  const { sheets } = paper.words;
  const cell = (row: number) => `'${sheets.reconciliation}'!$C$${row}`;
  return {
    bill: cell(cells.bill),
    recovered: cell(cells.recovered),
    residual: cell(cells.residual),
    difference: cell(cells.difference),
  };
}

function writeFlow(
  writer: SheetWriter,
  paper: WorkbookPaper,
  imputation: TableRanges,
): Record<keyof BillCells, number> {
  const { facts, words } = paper;
  const { lines } = facts.reconciliation;
  const totals = billTotals(facts.reconciliation);
  const invoices = facts.comparison?.invoices ?? [];
  const numbers = invoices.map(({ number }) => number).join(', ');
  writer.header([words.bill.flow, words.columns.energy, words.columns.net], ['text', 'energy', 'money']);
  const isEntered = facts.reconciliation.billSource === 'retailer-invoice';
  const name = isEntered ? words.bill.entered(numbers) : words.bill.byTariff;
  const bill = writer.row([text(name), energy(null), money(totals.billCents)], { bold: true });
  const side = (wanted: string, total: string, cents: number): number => {
    const own = lines.filter((line) => line.side === wanted);
    const rows = own.map(({ code, wh, netCents }) =>
      writer.row([text(words.bill.lines[code] ?? code), energy(wh), money(netCents)]),
    );
    const [first, last] = [rows[0], rows.at(-1)];
    const formula = first === undefined ? '0' : `SUM(C${first}:C${last ?? first})`;
    return writer.row([text(total), energy(null), money({ formula, result: euros(cents) })], { bold: true, sum: true });
  };
  const recovered = side('recovered', words.bill.recovered, totals.recoveredCents);
  const residual = side('residual', words.bill.residual, totals.residualCents);
  const formula = `ROUND(C${bill}-C${recovered}-C${residual},2)`;
  const check = money({ formula, result: euros(totals.leftCents) });
  const difference = writer.row([text(words.bill.check), energy(null), check], { bold: true });
  writer.skip();
  writeInvoiced(writer, paper, { imputation, recovered });
  writer.note(words.bill.toInvoiceNote);
  writer.note(words.bill.feesNote);
  return { bill, recovered, residual, difference };
}

/** What of the recovered is in this month's invoices already. */
function writeInvoiced(
  writer: SheetWriter,
  { facts, words }: WorkbookPaper,
  { imputation, recovered }: { readonly imputation: TableRanges; readonly recovered: number },
): void {
  const ownCents = (row: InvoiceRow): number => row.energyCents + row.chargesCents;
  const givenBackCents = sum(
    facts.invoices.filter(({ isGivenBack }) => isGivenBack),
    ownCents,
  );
  const all = retailersNet(imputation, ['charges']);
  // What was given back to be invoiced again stands in the invoice that took its place.
  const formula = givenBackCents === 0 ? all : `${all}-${euros(givenBackCents)}`;
  const invoicedCents = sum(facts.invoices, ownCents) - givenBackCents;
  const { recoveredCents } = billTotals(facts.reconciliation);
  const invoiced = money({ formula, result: euros(invoicedCents) });
  const row = writer.row([text(words.bill.invoiced), energy(null), invoiced]);
  const left = { formula: `ROUND(C${recovered}-C${row},2)`, result: euros(recoveredCents - invoicedCents) };
  writer.row([text(words.bill.toInvoice), energy(null), money(left)]);
}

function writeComparison(writer: SheetWriter, { facts, words, print }: WorkbookPaper, compared: ComparedBill): void {
  const { bill } = words;
  const meaningOf = (meanings: readonly string[]) =>
    text(meanings.map((meaning) => bill.meanings[meaning] ?? meaning).join('; '));
  writer.skip();
  const titles = [bill.comparison, bill.measured, bill.rated, bill.billed, bill.billedValue];
  const differences = [bill.energyDifference, bill.valueDifference, bill.mayBe];
  const kinds: CellKind[] = ['text', 'energy', 'money', 'energy', 'money', 'energy', 'money', 'text'];
  writer.header([...titles, ...differences], kinds);
  for (const band of compared.bands.toSorted((a, b) => byBand(a.band, b.band))) {
    writer.row([
      text(bandWord(band.band, facts.language)),
      energy(band.measuredWh),
      money(band.ratedCents),
      energy(band.invoicedWh),
      money(band.invoicedCents),
      energy(band.invoicedWh === null ? null : band.invoicedWh - band.measuredWh),
      money(band.invoicedCents - band.ratedCents),
      meaningOf(band.meanings),
    ]);
  }
  if (compared.unattributedWh > 0) writer.row([text(bill.outside), energy(compared.unattributedWh)]);
  for (const charge of compared.charges) {
    writer.row([
      text(charge.label),
      energy(null),
      money(charge.expectedCents),
      energy(null),
      money(charge.invoicedCents),
      energy(null),
      money(charge.invoicedCents - charge.expectedCents),
      meaningOf(charge.meanings),
    ]);
  }
  const countedWh = compared.measuredWh + compared.unattributedWh;
  const totals = [
    text(bill.total),
    energy(countedWh),
    money(compared.expectedCents),
    energy(compared.invoicedWh),
    money(compared.invoicedCents),
    energy(compared.invoicedWh - countedWh),
    money(compared.invoicedCents - compared.expectedCents),
    meaningOf(compared.meanings),
  ];
  writer.row(totals, { bold: true, sum: true });
  writer.note(bill.tolerance(print.kWh(compared.tolerance.wh), print.money(compared.tolerance.cents)));
}

/** Writes rows downwards, from the header's row on. */
class SheetWriter {
  private at = HEADER_ROW;

  constructor(
    private readonly sheet: ExcelJS.Worksheet,
    private readonly currency: string,
  ) {}

  header(titles: readonly string[], kinds: readonly CellKind[]): void {
    this.sheet.getRow(this.at).height = 30;
    titles.forEach((title, index) => {
      const cell = this.sheet.getCell(this.at, index + 1);
      cell.value = title;
      styleHeader(cell, kinds[index] ?? 'text');
    });
    this.at += 1;
  }

  /** Returns the row's number. */
  row(cells: readonly Cell[], look: { bold?: boolean; sum?: boolean } = {}): number {
    const row = this.at;
    const lines = cells.map(({ kind, value }, index) =>
      kind === 'text' ? wrappedLines(String(value), WIDTHS[index] ?? 1) : 1,
    );
    this.sheet.getRow(row).height = Math.max(...lines) * 14 + 4;
    cells.forEach(({ kind, value }, index) => {
      const cell = this.sheet.getCell(`${columnLetter(index + 1)}${row}`);
      cell.value = value;
      styleCell(cell, kind, this.currency, look);
    });
    this.at += 1;
    return row;
  }

  note(words: string): void {
    const cell = this.sheet.getCell(this.at, 1);
    cell.value = words;
    styleNote(cell, 9);
    this.at += 1;
  }

  skip(): void {
    this.at += 1;
  }
}
