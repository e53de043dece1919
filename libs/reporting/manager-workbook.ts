import ExcelJS from 'exceljs';

import { printedDate, printedLocalTime } from '../invoicing/printed-numbers.js';
import type { ManagerReportFacts } from './manager-report-facts.js';
import type { InvoiceRow } from './manager-report-invoices.js';
import {
  adjustmentColumns,
  chargeColumns,
  collectionColumns,
  imputationColumns,
  sessionColumns,
  spotColumns,
  tariffColumns,
} from './manager-workbook-columns.js';
import { creditNoteColumns, debtColumns, payoutColumns } from './manager-workbook-money.js';
import { addReconciliationSheet } from './manager-workbook-reconciliation.js';
import { fillSummary, type DataSheets } from './manager-workbook-summary.js';
import { pagesOf, type RowPages } from './row-pages.js';
import type { Column } from './workbook-column.js';
import { workbookFile } from './workbook-file.js';
import { workbookPaper, type WorkbookPaper } from './workbook-paper.js';
import { measure, type MeasuredTable } from './workbook-rows.js';
import { addPrintableSheet, addTableSheet, type StreamedTable, type TableRanges } from './workbook-sheet.js';
import type { SheetWord } from './workbook-words.js';

export interface WorkbookOptions {
  /** Adds every session with its times. They show when someone is home, so the default is totals per spot. */
  readonly sessionDetail?: boolean;
}

/**
 * The manager's Excel of one month, in the installation's language: the same facts give the same bytes. Rows are read
 * page by page, twice: to know how many and how wide, and to write them.
 */
export async function renderManagerWorkbook(facts: ManagerReportFacts, options: WorkbookOptions = {}): Promise<Buffer> {
  const paper = workbookPaper(facts);
  const { words, print } = paper;
  const workbook = new ExcelJS.Workbook();
  workbook.creator = facts.issuerName;
  workbook.lastModifiedBy = facts.issuerName;
  workbook.created = facts.asOf;
  workbook.modified = facts.asOf;
  workbook.title = `${facts.installationName} – ${print.month(facts.period)}`;
  workbook.calcProperties.fullCalcOnLoad = true;

  // The summary comes first in the file and is filled last: its formulas point into the others.
  const title = `${facts.installationName} – ${words.titles.summary(print.month(facts.period))}`;
  const named = { name: words.sheets.summary, title, subtitle: subtitleOf(paper), language: facts.language };
  const summary = addPrintableSheet(workbook, named, 7);
  const { sheets, tables } = await addDataSheets(workbook, paper, options);
  fillSummary(workbook, summary, paper, sheets);
  return workbookFile(workbook, tables, facts.asOf);
}

function subtitleOf({ facts, words }: WorkbookPaper): string {
  const period = { from: printedDate(facts.periodFrom), to: printedDate(facts.periodTo) };
  const asOf = words.asOf(period, printedLocalTime(facts.asOf, facts.timeZone));
  return `${facts.condominiumName} · ${facts.installationName} · ${asOf}`;
}

interface Filled {
  readonly sheets: DataSheets;
  readonly tables: readonly StreamedTable[];
}

async function addDataSheets(
  workbook: ExcelJS.Workbook,
  paper: WorkbookPaper,
  options: WorkbookOptions,
): Promise<Filled> {
  const { facts } = paper;
  const bill = facts.reconciliation.billSource === null ? null : reserved(workbook, paper);
  const book = new TableSheets(workbook, paper);
  const imputation = await book.add('imputation', imputationColumns(paper), pagesOf(inOrderOfUnits(facts.invoices)));
  await book.addIfAny('charges', chargeColumns(paper), facts.charges);
  const tariff = await book.add('tariff', tariffColumns(paper), pagesOf(facts.tariff));
  await book.add('sessions', spotColumns(paper), pagesOf(facts.spots));
  if (options.sessionDetail === true) await book.add('sessionDetail', sessionColumns(paper), facts.sessions);
  await book.addIfAny('adjustments', adjustmentColumns(paper), facts.adjustments);
  const collections = await book.add('collections', collectionColumns(paper), pagesOf(facts.invoices));
  await book.addIfAny('debts', debtColumns(paper), facts.debts);
  await book.addIfAny('creditNotes', creditNoteColumns(paper), pagesOf(facts.creditNotes));
  await book.addIfAny('payouts', payoutColumns(paper), pagesOf(facts.payouts));
  const reconciliation = bill === null ? null : addReconciliationSheet(bill, paper, imputation);
  return { sheets: { imputation, tariff, collections, reconciliation }, tables: book.tables };
}

/** Adds the sheets with tables, one after the other. */
class TableSheets {
  readonly tables: StreamedTable[] = [];

  constructor(
    private readonly workbook: ExcelJS.Workbook,
    private readonly paper: WorkbookPaper,
  ) {}

  async add<Row>(sheet: SheetWord, columns: readonly Column<Row>[], rows: RowPages<Row>): Promise<TableRanges> {
    return this.#place(sheet, await measure(columns, rows));
  }

  /** A table without a row gets no sheet. */
  async addIfAny<Row>(sheet: SheetWord, columns: readonly Column<Row>[], rows: RowPages<Row>): Promise<void> {
    const table = await measure(columns, rows);
    if (table.count > 0) this.#place(sheet, table);
  }

  #place<Row>(sheet: SheetWord, table: MeasuredTable<Row>): TableRanges {
    const { facts, words, print } = this.paper;
    const { ranges, streamed } = addTableSheet(this.workbook, {
      name: words.sheets[sheet],
      title: words.titles[sheet](print.month(facts.period)),
      subtitle: subtitleOf(this.paper),
      language: facts.language,
      currency: facts.currency,
      table,
    });
    this.tables.push(streamed);
    return ranges;
  }
}

/** Right after the summary; it is filled when the sheets it points into are there. */
function reserved(workbook: ExcelJS.Workbook, paper: WorkbookPaper): ExcelJS.Worksheet {
  const { facts, words, print } = paper;
  const title = words.titles.reconciliation(print.month(facts.period));
  const named = { name: words.sheets.reconciliation, title, subtitle: subtitleOf(paper), language: facts.language };
  return addPrintableSheet(workbook, named, 8);
}

const units = new Intl.Collator('pt', { numeric: true });

function inOrderOfUnits(invoices: readonly InvoiceRow[]): InvoiceRow[] {
  return invoices
    .map((invoice) => ({ invoice, text: `${invoice.units.join()}/${invoice.spots.join()}/${invoice.customerId}` }))
    .sort((a, b) => units.compare(a.text, b.text))
    .map(({ invoice }) => invoice);
}
