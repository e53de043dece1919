import type ExcelJS from 'exceljs';

import { printedMonth } from '../invoicing/printed-numbers.js';
import type { ManagerReportFacts } from './manager-report-facts.js';
import { bandWord, BAND_ORDER, stateWord } from './words.js';
import {
  addPrintableSheet,
  euros,
  HEADER_ROW,
  kWh,
  styleCell,
  styleHeader,
  type CellKind,
  type TableRanges,
} from './workbook-sheet.js';

/** The sheets the summary's formulas point into. */
export interface DataSheets {
  readonly imputation: TableRanges;
  readonly tariff: TableRanges;
  readonly collections: TableRanges;
}

/** A figure of the summary: a live formula with the result we already know, for viewers that do not calculate. */
interface Figure {
  readonly label: string;
  readonly kind: CellKind;
  readonly formula?: string;
  readonly result: number | string;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Cells of the summary that others rely on by name. */
const NAMES: Readonly<Record<string, string>> = {
  'Recuperado (sem IVA)': 'Recuperado',
  IVA: 'IVA',
  'Total faturado': 'Faturado',
  Recebido: 'Recebido',
  'Por receber': 'PorReceber',
  'do qual em dívida': 'EmDivida',
  'Energia faturada': 'EnergiaFaturada',
};

const SUMMARY_ROWS = 20;

/** The first sheet: every total is a formula over the other sheets. */
export function addSummarySheet(
  workbook: ExcelJS.Workbook,
  facts: ManagerReportFacts,
  sheets: DataSheets,
  subtitle: string,
): void {
  const title = `${facts.installationName} – relatório de ${printedMonth(facts.period)}`;
  const sheet = addPrintableSheet(workbook, { name: 'Resumo', title, subtitle }, 7);
  sheet.columns = [40, 20, 4, 24, 11, 20, 20].map((width) => ({ width }));
  const place = new SummaryWriter(workbook, sheet, facts.currency);
  place.figures('Valores', money(facts, sheets));
  place.figures('Energia', energy(facts, sheets));
  place.figures('Controlo', checks(facts, sheets));
  place.table(4, HEADER_ROW, ['Faturas', 'Número', 'Total', 'Por receber'], stateRows(facts, sheets));
  place.table(4, HEADER_ROW + 9, ['Período horário', '', 'Energia', 'Valor sem IVA'], bandRows(facts, sheets));
  for (let row = HEADER_ROW; row < HEADER_ROW + SUMMARY_ROWS; row += 1) sheet.getRow(row).height = 19;
  const note = sheet.getCell(HEADER_ROW + SUMMARY_ROWS - 1, 4);
  note.value = `Dúvidas: ${facts.issuerEmail}`;
  note.font = { name: 'Calibri', size: 10, color: { argb: 'FF5F6C7B' } };
}

function money(facts: ManagerReportFacts, { imputation, collections }: DataSheets): Figure[] {
  const rows = facts.invoices;
  const total = (label: string, key: string, cents: number): Figure => ({
    label,
    kind: 'money',
    formula: `SUM(${imputation.range(key)})`,
    result: euros(cents),
  });
  const arrears = rows.filter(({ state }) => state === 'arrears' || state === 'disputed');
  const due = collections.range('due');
  const inState = (state: 'arrears' | 'disputed') =>
    `SUMIF(${collections.range('state')},"${stateWord(state)}",${due})`;
  return [
    total('Recuperado (sem IVA)', 'net', sum(rows.map((row) => row.netCents))),
    total('IVA', 'vat', sum(rows.map((row) => row.vatCents))),
    total('Total faturado', 'gross', sum(rows.map((row) => row.grossCents))),
    total('Recebido', 'paid', sum(rows.map((row) => row.grossCents - row.dueCents))),
    total('Por receber', 'due', sum(rows.map((row) => row.dueCents))),
    {
      label: 'do qual em dívida',
      kind: 'money',
      formula: `${inState('arrears')}+${inState('disputed')}`,
      result: euros(sum(arrears.map((row) => row.dueCents))),
    },
  ];
}

function energy(facts: ManagerReportFacts, { imputation, tariff }: DataSheets): Figure[] {
  const rated = `SUMIF(${tariff.range('direction')},"Consumo",${tariff.range('kWh')})`;
  const invoiced = `SUM(${imputation.range('kWh')})`;
  const ratedWh = sum(facts.tariff.filter(({ direction }) => direction !== 'export').map(({ wh }) => wh));
  const invoicedWh = sum(facts.invoices.map(({ wh }) => wh));
  return [
    { label: 'Energia tarifada', kind: 'energy', formula: rated, result: kWh(ratedWh) },
    { label: 'Energia faturada', kind: 'energy', formula: invoiced, result: kWh(invoicedWh) },
    {
      label: 'Energia sem fatura (lugar sem titular)',
      kind: 'energy',
      formula: `ROUND(${rated}-${invoiced},3)`,
      result: kWh(ratedWh - invoicedWh),
    },
    { label: 'Energia fora de sessões', kind: 'energy', result: kWh(facts.unattributedWh) },
  ];
}

function checks(facts: ManagerReportFacts, { imputation, collections }: DataSheets): Figure[] {
  const verdict = (difference: string, cents: number): Pick<Figure, 'formula' | 'result'> => ({
    formula: `IF(ROUND(${difference},2)=0,"Certo","Verificar")`,
    result: cents === 0 ? 'Certo' : 'Verificar',
  });
  const net = `SUM(${imputation.range('net')})`;
  const gross = `SUM(${imputation.range('gross')})`;
  const ledger = euros(facts.ledgerRecoveredCents);
  const netCents = sum(facts.invoices.map((row) => row.netCents));
  return [
    { label: 'Recuperado segundo a contabilidade', kind: 'money', result: ledger },
    {
      label: 'Imputação = contabilidade',
      kind: 'text',
      ...verdict(`${net}-${ledger}`, netCents - facts.ledgerRecoveredCents),
    },
    { label: 'Imputação = faturas', kind: 'text', ...verdict(`${gross}-SUM(${collections.range('gross')})`, 0) },
    {
      label: 'Total = recebido + por receber',
      kind: 'text',
      ...verdict(`${gross}-SUM(${collections.range('paid')})-SUM(${collections.range('due')})`, 0),
    },
  ];
}

const STATES = ['paid', 'processing', 'open', 'partly-paid', 'arrears', 'disputed'] as const;

function stateRows(facts: ManagerReportFacts, { collections }: DataSheets): Figure[][] {
  const states = collections.range('state');
  return STATES.map((state) => {
    const rows = facts.invoices.filter((row) => row.state === state);
    const word = stateWord(state);
    const over = (key: string) => `SUMIF(${states},"${word}",${collections.range(key)})`;
    return [
      { label: '', kind: 'text', result: word },
      { label: '', kind: 'count', formula: `COUNTIF(${states},"${word}")`, result: rows.length },
      { label: '', kind: 'money', formula: over('gross'), result: euros(sum(rows.map((row) => row.grossCents))) },
      { label: '', kind: 'money', formula: over('due'), result: euros(sum(rows.map((row) => row.dueCents))) },
    ];
  });
}

function bandRows(facts: ManagerReportFacts, { tariff }: DataSheets): Figure[][] {
  const used = new Set(facts.tariff.map(({ band }) => band));
  const known = BAND_ORDER.filter((band) => used.has(band));
  return [...known, ...[...used].filter((band) => !known.includes(band))].map((band) => {
    const rows = facts.tariff.filter((row) => row.band === band);
    const word = bandWord(band);
    const inBand = `${tariff.range('band')},"${word}"`;
    const drawn = rows.filter(({ direction }) => direction !== 'export');
    return [
      { label: '', kind: 'text', result: word },
      { label: '', kind: 'text', result: '' },
      {
        label: '',
        kind: 'energy',
        formula: `SUMIFS(${tariff.range('kWh')},${inBand},${tariff.range('direction')},"Consumo")`,
        result: kWh(sum(drawn.map(({ wh }) => wh))),
      },
      {
        label: '',
        kind: 'money',
        formula: `SUMIFS(${tariff.range('value')},${inBand})`,
        result: euros(sum(rows.map(({ cents }) => cents))),
      },
    ];
  });
}

/** Places figures down the first two columns and tables beside them. */
class SummaryWriter {
  private row = HEADER_ROW;

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
      const name = NAMES[figure.label];
      if (name !== undefined) this.workbook.definedNames.add(`'Resumo'!$B$${this.row}`, name);
    }
    this.row += 2;
  }

  table(column: number, row: number, titles: readonly string[], rows: readonly (readonly Figure[])[]): void {
    this.heading(row, column, titles);
    rows.forEach((figures, index) =>
      figures.forEach((figure, offset) => this.cell(row + 1 + index, column + offset, figure, false)),
    );
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
    styleCell(cell, figure.kind, this.currency, bold);
    if (figure.kind === 'text' && column === 2) cell.alignment = { horizontal: 'right', vertical: 'middle' };
  }
}
