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
import { addReconciliationSheet } from './manager-workbook-reconciliation.js';
import { fillSummary, type DataSheets } from './manager-workbook-summary.js';
import { workbookPaper, type WorkbookPaper } from './workbook-paper.js';
import { addPrintableSheet, addTableSheet, type Column, type TableRanges } from './workbook-sheet.js';
import type { WorkbookWords } from './workbook-words.js';
import { withZipTimestamps } from './zip-timestamps.js';

export interface WorkbookOptions {
  /** Adds every session with its times. They show when someone is home, so the default is totals per spot. */
  readonly sessionDetail?: boolean;
}

/** The manager's Excel of one month, in the installation's language. Pure: the same facts give the same bytes. */
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
  fillSummary(workbook, summary, paper, addDataSheets(workbook, paper, options));
  return withZipTimestamps(Buffer.from(await workbook.xlsx.writeBuffer()), facts.asOf);
}

function subtitleOf({ facts, words }: WorkbookPaper): string {
  const period = { from: printedDate(facts.periodFrom), to: printedDate(facts.periodTo) };
  const asOf = words.asOf(period, printedLocalTime(facts.asOf, facts.timeZone));
  return `${facts.condominiumName} · ${facts.installationName} · ${asOf}`;
}

function addDataSheets(workbook: ExcelJS.Workbook, paper: WorkbookPaper, options: WorkbookOptions): DataSheets {
  const { facts, words, print } = paper;
  const common = { subtitle: subtitleOf(paper), language: facts.language, currency: facts.currency };
  const month = print.month(facts.period);
  const add = <Row>(
    sheet: keyof WorkbookWords['sheets'],
    columns: readonly Column<Row>[],
    rows: readonly Row[],
  ): TableRanges => {
    const table = { name: words.sheets[sheet], title: words.titles[sheet](month), columns, rows };
    return addTableSheet(workbook, { ...common, ...table });
  };
  const bill = facts.reconciliation.billSource === null ? null : reserved(workbook, paper);
  const imputation = add('imputation', imputationColumns(paper), facts.invoices.toSorted(byUnit));
  if (facts.charges.length > 0) add('charges', chargeColumns(paper), facts.charges);
  const tariff = add('tariff', tariffColumns(paper), facts.tariff);
  add('sessions', spotColumns(paper), facts.spots);
  if (options.sessionDetail === true) add('sessionDetail', sessionColumns(paper), facts.sessions);
  if (facts.adjustments.length > 0) add('adjustments', adjustmentColumns(paper), facts.adjustments);
  const collections = add('collections', collectionColumns(paper), facts.invoices);
  const reconciliation = bill === null ? null : addReconciliationSheet(bill, paper, imputation);
  return { imputation, tariff, collections, reconciliation };
}

/** Right after the summary; it is filled when the sheets it points into are there. */
function reserved(workbook: ExcelJS.Workbook, paper: WorkbookPaper): ExcelJS.Worksheet {
  const { facts, words, print } = paper;
  const title = words.titles.reconciliation(print.month(facts.period));
  const named = { name: words.sheets.reconciliation, title, subtitle: subtitleOf(paper), language: facts.language };
  return addPrintableSheet(workbook, named, 8);
}

function byUnit(a: InvoiceRow, b: InvoiceRow): number {
  const text = (row: InvoiceRow) => `${row.units.join()}/${row.spots.join()}/${row.customerId}`;
  return text(a).localeCompare(text(b), 'pt', { numeric: true });
}
