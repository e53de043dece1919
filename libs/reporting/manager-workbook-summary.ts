import type ExcelJS from 'exceljs';

import { sum } from '../imputation/sum.js';
import { billTotals } from './bill-totals.js';
import type { InvoiceRow } from './manager-report-invoices.js';
import { receivedCents, retailersNet } from './manager-workbook-columns.js';
import type { BillCells } from './manager-workbook-reconciliation.js';
import { bandWord, byBand, stateWord } from './words.js';
import type { CellKind } from './workbook-column.js';
import type { WorkbookPaper } from './workbook-paper.js';
import { euros, HEADER_ROW, kWh, styleCell, styleHeader, styleNote, type TableRanges } from './workbook-sheet.js';

/** The sheets the summary's formulas point into. */
export interface DataSheets {
  readonly imputation: TableRanges;
  readonly tariff: TableRanges;
  readonly collections: TableRanges;
  /** Null while the month is not imputed. */
  readonly reconciliation: BillCells | null;
}

/** A figure of the summary: a live formula with the result we already know, for viewers that do not calculate. */
interface Figure {
  readonly label: string;
  readonly kind: CellKind;
  readonly formula?: string;
  readonly result: number | string;
  /** By which others rely on the cell, in every language the same. */
  readonly name?: string;
}

const label = (result: string): Figure => ({ label: '', kind: 'text', result });
const blank = label('');

/** The first sheet: every total is a formula over the other sheets. */
export function fillSummary(
  workbook: ExcelJS.Workbook,
  sheet: ExcelJS.Worksheet,
  paper: WorkbookPaper,
  sheets: DataSheets,
): void {
  const { facts, words } = paper;
  const { figures } = words;
  sheet.columns = [44, 20, 4, 26, 11, 20, 20].map((width) => ({ width }));
  const place = new SummaryWriter(workbook, sheet, facts.currency);
  place.figures(figures.values, money(paper, sheets));
  place.figures(figures.energy, energy(paper, sheets));
  place.figures(figures.checks, checks(paper, sheets));
  place.table([figures.invoices, figures.number, words.columns.gross, figures.due], stateRows(paper, sheets));
  place.table([figures.bands, '', figures.energy, figures.netValue], bandRows(paper, sheets));
  if (sheets.reconciliation !== null) {
    place.table([figures.bill, '', '', figures.netValue], billRows(paper, sheets.reconciliation));
  }
  place.note(words.questions(facts.issuerEmail));
}

/** What the condominium recovers, as a formula: the net without the fees. */
const recoveredFormula = (imputation: TableRanges) => retailersNet(imputation, ['charges', 'adjustments']);

function money({ facts, words }: WorkbookPaper, { imputation, collections }: DataSheets): Figure[] {
  const { figures } = words;
  const rows = facts.invoices;
  const total = (text: string, key: string, name: string, cents: (row: InvoiceRow) => number): Figure => ({
    label: text,
    kind: 'money',
    formula: `SUM(${imputation.range(key)})`,
    result: euros(sum(rows, cents)),
    name,
  });
  const optional = (...figure: Parameters<typeof total>): Figure[] =>
    imputation.has(figure[1]) ? [total(...figure)] : [];
  const arrears = rows.filter(({ state }) => state === 'arrears' || state === 'disputed');
  const due = collections.range('due');
  const inState = (state: 'arrears' | 'disputed') =>
    `SUMIF(${collections.range('state')},"${stateWord(state, facts.language)}",${due})`;
  return [
    {
      label: figures.recovered,
      kind: 'money',
      formula: recoveredFormula(imputation),
      result: euros(sum(rows, (row) => row.netCents - row.feesCents)),
      name: 'Recuperado',
    },
    ...optional(figures.fees, 'fees', 'Servico', (row) => row.feesCents),
    total(figures.vat, 'vat', 'IVA', (row) => row.vatCents),
    total(figures.gross, 'gross', 'Faturado', (row) => row.grossCents),
    ...optional(figures.interest, 'interest', 'Juros', (row) => row.interestCents),
    ...optional(figures.credited, 'credited', 'Creditado', (row) => row.creditedCents),
    ...optional(figures.writtenOff, 'writtenOff', 'Perdoado', (row) => row.writtenOffCents),
    total(figures.paid, 'paid', 'Recebido', receivedCents),
    total(figures.due, 'due', 'PorReceber', (row) => row.dueCents),
    {
      label: figures.inArrears,
      kind: 'money',
      formula: `${inState('arrears')}+${inState('disputed')}`,
      result: euros(sum(arrears, (row) => row.dueCents)),
      name: 'EmDivida',
    },
  ];
}

function energy({ facts, words }: WorkbookPaper, { imputation, tariff }: DataSheets): Figure[] {
  const { figures } = words;
  const rated = `SUMIF(${tariff.range('direction')},"${words.directions.import}",${tariff.range('energy')})`;
  const givenBackWh = sum(
    facts.invoices.filter(({ isGivenBack }) => isGivenBack),
    ({ wh }) => wh,
  );
  // What was given back to be invoiced again stands in the invoice that took its place.
  const invoiced = `SUM(${imputation.range('energy')})${givenBackWh === 0 ? '' : `-${kWh(givenBackWh)}`}`;
  const ratedWh = sum(
    facts.tariff.filter(({ direction }) => direction !== 'export'),
    ({ wh }) => wh,
  );
  const invoicedWh = sum(facts.invoices, ({ wh }) => wh) - givenBackWh;
  const kind = 'energy';
  return [
    { label: figures.rated, kind, formula: rated, result: kWh(ratedWh) },
    { label: figures.invoiced, kind, formula: invoiced, result: kWh(invoicedWh), name: 'EnergiaFaturada' },
    { label: figures.notInvoiced, kind, formula: `ROUND(${rated}-(${invoiced}),3)`, result: kWh(ratedWh - invoicedWh) },
    { label: figures.outside, kind, result: kWh(facts.unattributedWh) },
  ];
}

function checks({ facts, words }: WorkbookPaper, { imputation, collections, reconciliation }: DataSheets): Figure[] {
  const { figures } = words;
  const verdict = (text: string, difference: string, cents: number): Figure => ({
    label: text,
    kind: 'text',
    formula: `IF(ROUND(${difference},2)=0,"${words.right}","${words.wrong}")`,
    result: cents === 0 ? words.right : words.wrong,
  });
  const rows = facts.invoices;
  const gross = `SUM(${imputation.range('gross')})`;
  const settled = ['credited', 'writtenOff', 'paid', 'due'].filter((key) => collections.has(key));
  const interest = collections.has('interest') ? `+SUM(${collections.range('interest')})` : '';
  const hasMore = interest !== '' || collections.has('writtenOff');
  const ledger = euros(facts.ledgerRecoveredCents);
  const recoveredCents = sum(rows, (row) => row.netCents - row.feesCents) - facts.ledgerRecoveredCents;
  const fees = imputation.has('fees') ? `SUM(${imputation.range('fees')})` : '0';
  const feesCents = sum(rows, (row) => row.feesCents) - facts.ledgerFeesCents;
  const hasFees = imputation.has('fees') || facts.ledgerFeesCents !== 0;
  const isFees = verdict(figures.isLedgerFees, `${fees}-${euros(facts.ledgerFeesCents)}`, feesCents);
  const { leftCents } = billTotals(facts.reconciliation);
  const wholes = settled.map((key) => `-SUM(${collections.range(key)})`).join('');
  return [
    { label: figures.ledgerRecovered, kind: 'money', result: ledger },
    ...(hasFees ? [{ label: figures.ledgerFees, kind: 'money', result: euros(facts.ledgerFeesCents) } as const] : []),
    verdict(figures.isLedger, `${recoveredFormula(imputation)}-${ledger}`, recoveredCents),
    ...(hasFees ? [isFees] : []),
    verdict(figures.isInvoices, `${gross}-SUM(${collections.range('gross')})`, 0),
    verdict(hasMore ? figures.isWholeWithMore : figures.isWhole, `${gross}${interest}${wholes}`, 0),
    ...(reconciliation === null ? [] : [verdict(figures.isBill, reconciliation.difference, leftCents)]),
  ];
}

const STATES = ['paid', 'processing', 'open', 'partly-paid', 'arrears', 'disputed'] as const;
/** They have a row only where an invoice is in it. */
const RARE_STATES = ['credited', 'written-off'] as const;

function stateRows({ facts }: WorkbookPaper, { collections }: DataSheets): Figure[][] {
  const states = collections.range('state');
  const rare = RARE_STATES.filter((state) => facts.invoices.some((row) => row.state === state));
  return [...STATES, ...rare].map((state) => {
    const rows = facts.invoices.filter((row) => row.state === state);
    const word = stateWord(state, facts.language);
    const over = (key: string) => `SUMIF(${states},"${word}",${collections.range(key)})`;
    return [
      label(word),
      { label: '', kind: 'count', formula: `COUNTIF(${states},"${word}")`, result: rows.length },
      { label: '', kind: 'money', formula: over('gross'), result: euros(sum(rows, (row) => row.grossCents)) },
      { label: '', kind: 'money', formula: over('due'), result: euros(sum(rows, (row) => row.dueCents)) },
    ];
  });
}

function bandRows({ facts, words }: WorkbookPaper, { tariff }: DataSheets): Figure[][] {
  const used = new Set(facts.tariff.map(({ band }) => band));
  return [...used].sort(byBand).map((band) => {
    const rows = facts.tariff.filter((row) => row.band === band);
    const word = bandWord(band, facts.language);
    const inBand = `${tariff.range('band')},"${word}"`;
    const drawn = rows.filter(({ direction }) => direction !== 'export');
    const ofImport = `${tariff.range('direction')},"${words.directions.import}"`;
    return [
      label(word),
      blank,
      {
        label: '',
        kind: 'energy',
        formula: `SUMIFS(${tariff.range('energy')},${inBand},${ofImport})`,
        result: kWh(sum(drawn, ({ wh }) => wh)),
      },
      {
        label: '',
        kind: 'money',
        formula: `SUMIFS(${tariff.range('value')},${inBand})`,
        result: euros(sum(rows, ({ cents }) => cents)),
      },
    ];
  });
}

/** The retailer's bill and where it went, from the sheet that says it line by line. */
function billRows({ facts, words }: WorkbookPaper, cells: BillCells): Figure[][] {
  const { figures, bill } = words;
  const { billCents, recoveredCents, residualCents, leftCents } = billTotals(facts.reconciliation);
  const rows: [string, string, number][] = [
    [figures.bill, cells.bill, billCents],
    [bill.recovered, cells.recovered, recoveredCents],
    [figures.billKept, cells.residual, residualCents],
    [figures.billDifference, cells.difference, leftCents],
  ];
  return rows.map(([text, formula, cents]) => [
    label(text),
    blank,
    blank,
    { label: '', kind: 'money', formula, result: euros(cents) },
  ]);
}

/** The tables stand beside the figures, from this column on. */
const TABLES = 4;

/** Places figures down the first two columns and tables beside them. */
class SummaryWriter {
  private row = HEADER_ROW;
  private tableRow = HEADER_ROW;

  constructor(
    private readonly workbook: ExcelJS.Workbook,
    private readonly sheet: ExcelJS.Worksheet,
    private readonly currency: string,
  ) {}

  figures(heading: string, figures: readonly Figure[]): void {
    this.heading(this.row, 1, [heading, '']);
    for (const figure of figures) {
      this.row += 1;
      const label = this.sheet.getCell(this.row, 1);
      label.value = figure.label;
      styleCell(label, 'text', this.currency);
      this.cell(this.row, 2, figure, true);
      if (figure.name !== undefined) {
        this.workbook.definedNames.add(`'${this.sheet.name}'!$B$${this.row}`, figure.name);
      }
    }
    this.row += 2;
  }

  table(titles: readonly string[], rows: readonly (readonly Figure[])[]): void {
    this.heading(this.tableRow, TABLES, titles);
    rows.forEach((figures, index) =>
      figures.forEach((figure, offset) => this.cell(this.tableRow + 1 + index, TABLES + offset, figure, false)),
    );
    this.tableRow += rows.length + 3;
  }

  /** The last line beside the figures. */
  note(words: string): void {
    const last = Math.max(this.row - 2, this.tableRow - 2);
    for (let row = HEADER_ROW; row <= last; row += 1) this.sheet.getRow(row).height = 18;
    const cell = this.sheet.getCell(last, TABLES);
    cell.value = words;
    styleNote(cell, 10);
  }

  private heading(row: number, column: number, titles: readonly string[]): void {
    titles.forEach((title, offset) => {
      const cell = this.sheet.getCell(row, column + offset);
      cell.value = title;
      styleHeader(cell, offset === 0 ? 'text' : 'money');
    });
  }

  private cell(row: number, column: number, figure: Figure, bold: boolean): void {
    const cell = this.sheet.getCell(row, column);
    const { formula, result } = figure;
    cell.value = formula === undefined ? result : { formula, result };
    styleCell(cell, figure.kind, this.currency, { bold });
    if (figure.kind !== 'text' || column !== 2) return;
    cell.style = { ...cell.style, alignment: { horizontal: 'right', vertical: 'middle' } };
  }
}
