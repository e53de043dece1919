import { priceText, shareText, shareWord } from './charge-terms.js';
import type { AdjustmentRow, ChargeRow } from './manager-report-charges.js';
import type { SessionRow, SpotRow, TariffRow } from './manager-report-energy.js';
import type { InvoiceRow } from './manager-report-invoices.js';
import type { Language } from './printer.js';
import { bandWord, dayTypeWord, methodWord, seasonWord, stageWord, stateWord } from './words.js';
import type { CellKind, Column } from './workbook-column.js';
import type { WorkbookPaper } from './workbook-paper.js';
import { dateCell, euros, kWh, momentCell, type TableRanges } from './workbook-sheet.js';
import type { WorkbookWords } from './workbook-words.js';

type Value<Row> = Column<Row>['value'];
type Key = keyof WorkbookWords['columns'];

/** Makes the columns of a sheet whose titles are the words of their keys. */
export function columnsOf<Row>({ words }: WorkbookPaper) {
  const column =
    (kind: CellKind, summed: boolean) =>
    (key: Key, width: number, value: Value<Row>): Column<Row> => ({
      key,
      title: words.columns[key],
      width,
      kind,
      value,
      summed,
    });
  return {
    text: column('text', false),
    count: column('count', true),
    weight: column('count', false),
    date: column('date', false),
    moment: column('moment', false),
    price: column('price', false),
    energy: (key: Key, width: number, wh: (row: Row) => number | null) =>
      column('energy', true)(key, width, (row) => scaled(wh(row), kWh)),
    money: (key: Key, width: number, cents: (row: Row) => number) =>
      column('money', true)(key, width, (row) => euros(cents(row))),
    amount: (key: Key, width: number, cents: (row: Row) => number) =>
      column('money', false)(key, width, (row) => euros(cents(row))),
  };
}

function scaled(value: number | null, scale: (value: number) => number): number | null {
  return value === null ? null : scale(value);
}

/** Money: what was asked for, less what nobody had to pay or never will, less what is due. */
export const receivedCents = (row: InvoiceRow): number =>
  row.grossCents + row.interestCents - row.creditedCents - row.writtenOffCents - row.dueCents;

/** One row per invoice; what no invoice of the month has gets no column. */
export function imputationColumns(paper: WorkbookPaper): Column<InvoiceRow>[] {
  const { facts } = paper;
  const { text, energy, money } = columnsOf<InvoiceRow>(paper);
  const any = (cents: (row: InvoiceRow) => number) => facts.invoices.some((row) => cents(row) !== 0);
  const parts = [
    ...(any((row) => row.chargesCents) ? [money('charges', 12, (row) => row.chargesCents)] : []),
    ...(any((row) => row.adjustmentsCents) ? [money('adjustments', 12, (row) => row.adjustmentsCents)] : []),
    ...(any((row) => row.feesCents) ? [money('fees', 12, (row) => row.feesCents)] : []),
  ];
  return [
    text('unit', 14, (row) => row.units.join(', ')),
    text('customer', 10, (row) => row.customerId),
    text('name', 26, (row) => row.customerName),
    text('spots', 14, (row) => row.spots.join(', ')),
    energy('energy', 16, (row) => row.wh),
    ...(parts.length === 0 ? [] : [money('energyValue', 13, (row) => row.energyCents), ...parts]),
    money('net', 13, (row) => row.netCents),
    money('vat', 12, (row) => row.vatCents),
    money('gross', 13, (row) => row.grossCents),
    ...bookedColumns(paper),
    money('paid', 13, receivedCents),
    money('due', 13, (row) => row.dueCents),
    text('state', 15, (row) => stateWord(row.state, facts.language)),
  ];
}

/** The retailer's parts of the net as a formula; where nothing but energy was invoiced they are the net. */
export function retailersNet(imputation: TableRanges, parts: readonly ('charges' | 'adjustments')[]): string {
  const keys = imputation.has('energyValue') ? ['energyValue', ...parts] : ['net'];
  return keys
    .filter((key) => imputation.has(key))
    .map((key) => `SUM(${imputation.range(key)})`)
    .join('+');
}

/** What was charged beside the invoices, and what was given back or given up of them; a column only where there is any. */
function bookedColumns(paper: WorkbookPaper): Column<InvoiceRow>[] {
  const { money } = columnsOf<InvoiceRow>(paper);
  const columns: readonly (readonly [Key, (row: InvoiceRow) => number])[] = [
    ['interest', (row) => row.interestCents],
    ['credited', (row) => row.creditedCents],
    ['writtenOff', (row) => row.writtenOffCents],
  ];
  return columns
    .filter(([, cents]) => paper.facts.invoices.some((row) => cents(row) !== 0))
    .map(([key, cents]) => money(key, 13, cents));
}

/** Every part of every charge, with what it came from. */
export function chargeColumns(paper: WorkbookPaper): Column<ChargeRow>[] {
  const { facts, words, print } = paper;
  const { text, amount, weight, money } = columnsOf<ChargeRow>(paper);
  return [
    text('party', 15, ({ party }) => words.parties[party] ?? party),
    text('charge', 24, ({ label }) => label),
    text('unit', 13, ({ units }) => units.join(', ')),
    text('customer', 26, (row) =>
      row.customerId === null ? words.condominium : `${row.customerId} ${row.customerName ?? ''}`,
    ),
    text('spots', 12, ({ spots }) => spots.join(', ')),
    text('chargePrice', 24, ({ terms }) => priceText(terms, facts.month, print)),
    amount('whole', 12, ({ terms }) => terms.totalCents),
    text('dividedBy', 16, ({ terms }) => shareWord(terms.shareBy, facts.language)),
    text('share', 24, ({ terms }) => shareText(terms, facts.month, print)),
    weight('weight', 15, ({ terms }) => terms.weight),
    weight('totalWeight', 17, ({ terms }) => terms.totalWeight),
    money('part', 14, ({ netCents }) => netCents),
  ];
}

export function tariffColumns(paper: WorkbookPaper): Column<TariffRow>[] {
  const { facts, words } = paper;
  const { text, energy, price, money } = columnsOf<TariffRow>(paper);
  const hasAverages = facts.tariff.some((row) => row.isAveragePrice);
  const note = text('priceNote', 22, (row) => (row.isAveragePrice ? words.averagePrice : ''));
  return [
    text('season', 13, (row) => seasonWord(row.season, facts.language)),
    text('day', 12, (row) => dayTypeWord(row.dayType, facts.language)),
    text('band', 17, (row) => bandWord(row.band, facts.language)),
    text('label', 15, (row) => row.label),
    text('interval', 15, (row) => row.interval),
    text('direction', 12, (row) => words.directions[row.direction === 'export' ? 'export' : 'import']),
    energy('energy', 17, (row) => row.wh),
    energy('estimated', 16, (row) => row.estimatedWh),
    price('price', 15, (row) => row.microsPerKWh / 1_000_000),
    ...(hasAverages ? [note] : []),
    money('value', 15, (row) => row.cents),
  ];
}

export function spotColumns(paper: WorkbookPaper): Column<SpotRow>[] {
  const { words } = paper;
  const { text, count, energy } = columnsOf<SpotRow>(paper);
  return [
    text('circuit', 22, (row) => row.circuit ?? ''),
    text('spot', 11, (row) => row.spot ?? words.noSpot),
    text('unit', 15, (row) => row.unit ?? ''),
    text('charger', 16, (row) => row.charger),
    count('sessions', 11, (row) => row.sessions),
    count('flagged', 12, (row) => row.flagged),
    energy('monthEnergy', 18, (row) => row.wh),
    energy('estimated', 17, (row) => row.estimatedWh),
    energy('worstCase', 15, (row) => row.estimatedErrorWh),
  ];
}

/** The energy of a session is that of the whole session, also where it reaches into another month. */
export function sessionColumns(paper: WorkbookPaper): Column<SessionRow>[] {
  const { facts, words } = paper;
  const { text, moment, energy } = columnsOf<SessionRow>(paper);
  const at = (instant: Date | null) => (instant === null ? null : momentCell(instant, facts.timeZone));
  return [
    text('spot', 11, (row) => row.spot ?? words.noSpot),
    text('charger', 16, (row) => row.charger),
    moment('start', 18, (row) => at(row.startedAt)),
    moment('stop', 18, (row) => at(row.stoppedAt)),
    energy('sessionEnergy', 18, (row) => row.wh),
    text('flags', 40, (row) => row.flags.join(', ')),
  ];
}

export function adjustmentColumns(paper: WorkbookPaper): Column<AdjustmentRow>[] {
  const { facts, words, print } = paper;
  const { text, energy, money } = columnsOf<AdjustmentRow>(paper);
  const { language } = facts;
  return [
    text('month', 18, (row) => print.month(row.period)),
    text('invoice', 18, (row) => row.number),
    text('customer', 26, (row) => `${row.customerId} ${row.customerName}`),
    text('spot', 10, (row) => row.spot ?? ''),
    text('party', 15, (row) => words.parties[row.party] ?? row.party),
    text('season', 12, (row) => (row.season === null ? '' : seasonWord(row.season, language))),
    text('day', 12, (row) => (row.dayType === null ? '' : dayTypeWord(row.dayType, language))),
    text('label', 24, (row) => row.label),
    text('interval', 14, (row) => row.interval ?? ''),
    text('direction', 12, (row) => directionOf(row, words)),
    energy('energy', 15, (row) => row.wh),
    money('value', 14, (row) => row.netCents),
  ];
}

function directionOf({ kind }: AdjustmentRow, { directions }: WorkbookWords): string {
  if (kind === 'energy-export') return directions.export;
  return kind === 'energy' ? directions.import : '';
}

export function collectionColumns(paper: WorkbookPaper): Column<InvoiceRow>[] {
  const { facts, words } = paper;
  const { text, date, money, moment } = columnsOf<InvoiceRow>(paper);
  const { language, timeZone } = facts;
  return [
    text('invoice', 18, (row) => row.number),
    date('issued', 12, (row) => dateCell(row.issueDate)),
    date('dueDate', 12, (row) => dateCell(row.dueDate)),
    text('customer', 28, (row) => `${row.customerId} ${row.customerName}`),
    money('gross', 13, (row) => row.grossCents),
    ...bookedColumns(paper),
    money('paid', 13, receivedCents),
    money('due', 13, (row) => row.dueCents),
    text('method', 16, (row) => methodWord(row.method, language)),
    text('state', 15, (row) => stateWord(row.state, language)),
    text('stage', 22, (row) => (row.stage === null ? '' : stageWord(row.stage, language))),
    text('next', 22, (row) => nextAction(row, words, facts.language)),
    moment('nextAt', 16, (row) =>
      row.nextActionAt === null || row.dueCents <= 0 ? null : momentCell(row.nextActionAt, timeZone),
    ),
  ];
}

/** What happens next to an invoice that is not paid, in words. */
function nextAction(row: InvoiceRow, { next }: WorkbookWords, language: Language): string {
  if (row.dueCents <= 0) return '';
  if (row.nextStage !== null) return stageWord(row.nextStage, language);
  switch (row.stage) {
    case 'pre-notifying':
    case 'awaiting-due-date':
      if (row.method === 'direct-debit') return next.debit;
      return row.method === 'prepaid' ? next.deduction : next.transfer;
    case 'debiting':
    case 'processing':
      return next.bank;
    default:
      return '';
  }
}
