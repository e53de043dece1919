import ExcelJS from 'exceljs';

import { printedDate, printedLocalTime, printedMonth } from '../invoicing/printed-numbers.js';
import type { InvoiceRow, ManagerReportFacts, SessionRow, SpotRow, TariffRow } from './manager-report-facts.js';
import { addSummarySheet, type DataSheets } from './manager-workbook-summary.js';
import { bandWord, dayTypeWord, methodWord, stageWord, stateWord } from './words.js';
import { addTableSheet, dateCell, euros, kWh, momentCell, type Column } from './workbook-sheet.js';
import { withZipTimestamps } from './zip-timestamps.js';

export interface WorkbookOptions {
  /** Adds every session with its times. They show when someone is home, so the default is totals per spot. */
  readonly sessionDetail?: boolean;
}

/** The manager's Excel of one month. Pure: the same facts give the same bytes. */
export async function renderManagerWorkbook(facts: ManagerReportFacts, options: WorkbookOptions = {}): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  workbook.creator = facts.issuerName;
  workbook.lastModifiedBy = facts.issuerName;
  workbook.created = facts.asOf;
  workbook.modified = facts.asOf;
  workbook.title = `${facts.installationName} – ${printedMonth(facts.period)}`;
  workbook.calcProperties.fullCalcOnLoad = true;

  // The summary comes first in the file but needs the others' ranges: they are laid out in a first pass.
  const ranges = addDataSheets(new ExcelJS.Workbook(), facts, options);
  addSummarySheet(workbook, facts, ranges, subtitleOf(facts));
  addDataSheets(workbook, facts, options);
  return withZipTimestamps(Buffer.from(await workbook.xlsx.writeBuffer()), facts.asOf);
}

function subtitleOf(facts: ManagerReportFacts): string {
  const period = `${printedDate(facts.periodFrom)} a ${printedDate(facts.periodTo)}`;
  const asOf = printedLocalTime(facts.asOf, facts.timeZone);
  return `${facts.condominiumName} · ${facts.installationName} · ${period} · situação em ${asOf}`;
}

function addDataSheets(workbook: ExcelJS.Workbook, facts: ManagerReportFacts, options: WorkbookOptions): DataSheets {
  const common = { subtitle: subtitleOf(facts), currency: facts.currency };
  const month = printedMonth(facts.period);
  const imputation = addTableSheet(workbook, {
    ...common,
    name: 'Imputação',
    title: `Imputação por fração e cliente – ${month}`,
    columns: IMPUTATION,
    rows: facts.invoices.toSorted(byUnit),
  });
  const tariff = addTableSheet(workbook, {
    ...common,
    name: 'Tarifário',
    title: `Consumo por período horário – ${month}`,
    columns: TARIFF,
    rows: facts.tariff,
  });
  addTableSheet(workbook, {
    ...common,
    name: 'Sessões',
    title: `Sessões por lugar – ${month}`,
    columns: SPOTS,
    rows: facts.spots,
  });
  if (options.sessionDetail === true) {
    addTableSheet(workbook, {
      ...common,
      name: 'Sessões (detalhe)',
      title: `Sessões – ${month}`,
      columns: sessionColumns(facts.timeZone),
      rows: facts.sessions,
    });
  }
  const collections = addTableSheet(workbook, {
    ...common,
    name: 'Cobranças e dívidas',
    title: `Cobranças e dívidas – ${month}`,
    columns: collectionColumns(facts.timeZone),
    rows: facts.invoices,
  });
  return { imputation, tariff, collections };
}

function byUnit(a: InvoiceRow, b: InvoiceRow): number {
  const text = (row: InvoiceRow) => `${row.units.join()}/${row.spots.join()}/${row.customerId}`;
  return text(a).localeCompare(text(b), 'pt', { numeric: true });
}

const IMPUTATION: readonly Column<InvoiceRow>[] = [
  { key: 'unit', title: 'Fração', width: 14, kind: 'text', value: (row) => row.units.join(', ') },
  { key: 'customer', title: 'Cliente', width: 10, kind: 'text', value: (row) => row.customerId },
  { key: 'name', title: 'Nome', width: 26, kind: 'text', value: (row) => row.customerName },
  { key: 'spots', title: 'Lugares', width: 14, kind: 'text', value: (row) => row.spots.join(', ') },
  { key: 'kWh', title: 'Energia', width: 16, kind: 'energy', value: (row) => kWh(row.wh), summed: true },
  { key: 'net', title: 'Sem IVA', width: 13, kind: 'money', value: (row) => euros(row.netCents), summed: true },
  { key: 'vat', title: 'IVA', width: 12, kind: 'money', value: (row) => euros(row.vatCents), summed: true },
  { key: 'gross', title: 'Total', width: 13, kind: 'money', value: (row) => euros(row.grossCents), summed: true },
  {
    key: 'paid',
    title: 'Recebido',
    width: 13,
    kind: 'money',
    value: (row) => euros(row.grossCents - row.dueCents),
    summed: true,
  },
  { key: 'due', title: 'Por receber', width: 13, kind: 'money', value: (row) => euros(row.dueCents), summed: true },
  { key: 'state', title: 'Estado', width: 15, kind: 'text', value: (row) => stateWord(row.state) },
];

const directionWord = (direction: string): string => (direction === 'export' ? 'Devolução' : 'Consumo');

const TARIFF: readonly Column<TariffRow>[] = [
  { key: 'season', title: 'Estação', width: 13, kind: 'text', value: (row) => row.season },
  { key: 'dayType', title: 'Dia', width: 12, kind: 'text', value: (row) => dayTypeWord(row.dayType) },
  { key: 'band', title: 'Período horário', width: 17, kind: 'text', value: (row) => bandWord(row.band) },
  { key: 'label', title: 'Designação', width: 15, kind: 'text', value: (row) => row.label },
  { key: 'interval', title: 'Horas', width: 15, kind: 'text', value: (row) => row.interval },
  { key: 'direction', title: 'Sentido', width: 12, kind: 'text', value: (row) => directionWord(row.direction) },
  { key: 'kWh', title: 'Energia', width: 17, kind: 'energy', value: (row) => kWh(row.wh), summed: true },
  {
    key: 'estimated',
    title: 'da qual estimada',
    width: 16,
    kind: 'energy',
    value: (row) => kWh(row.estimatedWh),
    summed: true,
  },
  {
    key: 'price',
    title: 'Preço por kWh',
    width: 15,
    kind: 'price',
    value: (row) => row.microsPerKWh / 1_000_000,
  },
  { key: 'value', title: 'Valor sem IVA', width: 15, kind: 'money', value: (row) => euros(row.cents), summed: true },
];

const SPOTS: readonly Column<SpotRow>[] = [
  { key: 'circuit', title: 'Circuito', width: 22, kind: 'text', value: (row) => row.circuit ?? '' },
  { key: 'spot', title: 'Lugar', width: 11, kind: 'text', value: (row) => row.spot ?? 'sem lugar' },
  { key: 'unit', title: 'Fração', width: 15, kind: 'text', value: (row) => row.unit ?? '' },
  { key: 'charger', title: 'Carregador', width: 16, kind: 'text', value: (row) => row.charger },
  { key: 'sessions', title: 'Sessões', width: 11, kind: 'count', value: (row) => row.sessions, summed: true },
  { key: 'flagged', title: 'com alertas', width: 12, kind: 'count', value: (row) => row.flagged, summed: true },
  { key: 'kWh', title: 'Energia do mês', width: 18, kind: 'energy', value: (row) => kWh(row.wh), summed: true },
  {
    key: 'estimated',
    title: 'da qual estimada',
    width: 17,
    kind: 'energy',
    value: (row) => kWh(row.estimatedWh),
    summed: true,
  },
];

/** The energy of a session is that of the whole session, also where it reaches into another month. */
function sessionColumns(timeZone: string): readonly Column<SessionRow>[] {
  return [
    { key: 'spot', title: 'Lugar', width: 11, kind: 'text', value: (row) => row.spot ?? 'sem lugar' },
    { key: 'charger', title: 'Carregador', width: 16, kind: 'text', value: (row) => row.charger },
    { key: 'start', title: 'Início', width: 18, kind: 'moment', value: (row) => momentCell(row.startedAt, timeZone) },
    {
      key: 'stop',
      title: 'Fim',
      width: 18,
      kind: 'moment',
      value: (row) => (row.stoppedAt === null ? null : momentCell(row.stoppedAt, timeZone)),
    },
    {
      key: 'kWh',
      title: 'Energia da sessão',
      width: 18,
      kind: 'energy',
      value: (row) => (row.wh === null ? null : kWh(row.wh)),
      summed: true,
    },
    { key: 'flags', title: 'Alertas', width: 40, kind: 'text', value: (row) => row.flags.join(', ') },
  ];
}

function collectionColumns(timeZone: string): readonly Column<InvoiceRow>[] {
  return [
    { key: 'number', title: 'Fatura', width: 18, kind: 'text', value: (row) => row.number },
    { key: 'issued', title: 'Emissão', width: 12, kind: 'date', value: (row) => dateCell(row.issueDate) },
    { key: 'dueDate', title: 'Vencimento', width: 12, kind: 'date', value: (row) => dateCell(row.dueDate) },
    {
      key: 'customer',
      title: 'Cliente',
      width: 28,
      kind: 'text',
      value: (row) => `${row.customerId} ${row.customerName}`,
    },
    { key: 'gross', title: 'Total', width: 13, kind: 'money', value: (row) => euros(row.grossCents), summed: true },
    {
      key: 'paid',
      title: 'Recebido',
      width: 13,
      kind: 'money',
      value: (row) => euros(row.grossCents - row.dueCents),
      summed: true,
    },
    { key: 'due', title: 'Por receber', width: 13, kind: 'money', value: (row) => euros(row.dueCents), summed: true },
    { key: 'method', title: 'Cobrança', width: 16, kind: 'text', value: (row) => methodWord(row.method) },
    { key: 'state', title: 'Estado', width: 15, kind: 'text', value: (row) => stateWord(row.state) },
    {
      key: 'stage',
      title: 'Fase',
      width: 22,
      kind: 'text',
      value: (row) => (row.stage === null ? '' : stageWord(row.stage)),
    },
    { key: 'next', title: 'Próxima ação', width: 22, kind: 'text', value: nextAction },
    {
      key: 'nextAt',
      title: 'em',
      width: 16,
      kind: 'moment',
      value: (row) => (row.nextActionAt === null || row.dueCents <= 0 ? null : momentCell(row.nextActionAt, timeZone)),
    },
  ];
}

/** What happens next to an invoice that is not paid, in words. */
function nextAction(row: InvoiceRow): string {
  if (row.dueCents <= 0) return '';
  if (row.nextStage !== null) return stageWord(row.nextStage);
  switch (row.stage) {
    case 'pre-notifying':
    case 'awaiting-due-date':
      if (row.method === 'direct-debit') return 'Débito';
      return row.method === 'prepaid' ? 'Desconto do saldo' : 'Verificar transferência';
    case 'debiting':
    case 'processing':
      return 'Resposta do banco';
    default:
      return '';
  }
}
