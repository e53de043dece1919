import {
  printedDate,
  printedKWh,
  printedLocalTime,
  printedMoney,
  printedPricePerKWh,
} from '../invoicing/printed-numbers.js';
import type { InvoiceFacts, InvoiceLineFacts } from './invoice-facts.js';
import { ACCENT, CONTENT_WIDTH, MARGIN, MUTED, TINT, type Align, type PdfPage, type TextStyle } from './pdf-page.js';
import { dayTypeWord } from './words.js';

const LEFT = MARGIN.left;
const ROW = 14;

interface Column {
  readonly title: string;
  /** Share of the content width. */
  readonly share: number;
  readonly align: Align;
}

const REPORT_COLUMNS: readonly Column[] = [
  { title: 'Período horário', share: 0.26, align: 'left' },
  { title: 'Horas', share: 0.2, align: 'left' },
  { title: 'Energia', share: 0.19, align: 'right' },
  { title: 'Preço por kWh', share: 0.19, align: 'right' },
  { title: 'Valor', share: 0.16, align: 'right' },
];

const METER_COLUMNS: readonly Column[] = [
  { title: 'Lugar', share: 0.08, align: 'left' },
  { title: 'Carregador', share: 0.15, align: 'left' },
  { title: 'Primeira leitura', share: 0.17, align: 'left' },
  { title: '', share: 0.145, align: 'right' },
  { title: 'Última leitura', share: 0.18, align: 'right' },
  { title: '', share: 0.145, align: 'right' },
  { title: 'Diferença', share: 0.13, align: 'right' },
];

/** The charging report: per spot and charger, grouped by season and day type, one row per band interval. */
export function drawChargingReport(page: PdfPage, facts: InvoiceFacts): void {
  drawTitle(page, 'Relatório de carregamentos', 60);
  for (const [heading, lines] of groupLines(facts.lines, spotHeading)) drawSpot(page, facts, heading, lines);
  const totalWh = sumOf(facts.lines, importedWh);
  page.room(22);
  page.line(
    `Total carregado de ${printedDate(facts.periodFrom)} até ${printedDate(facts.periodTo)}: ${printedKWh(totalWh)}`,
    LEFT,
    page.y,
    CONTENT_WIDTH,
    { size: 10, bold: true, color: ACCENT },
  );
  page.y += 22;
}

function drawSpot(page: PdfPage, facts: InvoiceFacts, heading: string, lines: readonly InvoiceLineFacts[]): void {
  const openTable = (continued: boolean) => {
    page.line(continued ? `${heading} (continuação)` : heading, LEFT, page.y, CONTENT_WIDTH, { size: 10, bold: true });
    page.y += 16;
    drawHeader(page, REPORT_COLUMNS);
  };
  page.room(ROW * 5 + 16);
  openTable(false);
  for (const [group, members] of groupLines(lines, dayHeading)) {
    if (page.room(ROW * 2 + 6)) openTable(true);
    page.line(group, LEFT, page.y + 3, CONTENT_WIDTH, { size: 8.5, bold: true, color: ACCENT });
    page.y += ROW + 2;
    for (const line of members) {
      if (page.room(ROW)) {
        openTable(true);
        page.line(`${group} (continuação)`, LEFT, page.y + 3, CONTENT_WIDTH, { size: 8.5, bold: true, color: ACCENT });
        page.y += ROW + 2;
      }
      drawRow(page, REPORT_COLUMNS, lineCells(line, facts.currency));
    }
  }
  if (page.room(ROW + 20)) openTable(true);
  const wh = sumOf(lines, importedWh);
  const cents = sumOf(lines, (line) => line.netCents);
  page.rule(LEFT, page.y + 1, CONTENT_WIDTH);
  page.y += 3;
  const bold = { size: 9, bold: true } as const;
  drawRow(page, REPORT_COLUMNS, ['Total sem IVA', '', printedKWh(wh), '', printedMoney(cents, facts.currency)], bold);
  page.y += 12;
}

/** `Lugar 3012 (ZCS031903)`, or what a line without a spot is about. */
function spotHeading(line: InvoiceLineFacts): string {
  if (line.spotName === null) return line.chargerLabel ?? 'Outros valores';
  return `Lugar ${line.spotName}${line.chargerLabel === null ? '' : ` (${line.chargerLabel})`}`;
}

/** `Verão/Semana`, as retailers print it. */
function dayHeading(line: InvoiceLineFacts): string {
  const parts = [line.season, line.dayType === null ? null : dayTypeWord(line.dayType)];
  const text = parts.filter((part) => part !== null).join('/');
  return line.kind === 'energy-export' ? `${text} – energia devolvida à rede` : text;
}

function lineCells(line: InvoiceLineFacts, currency: string): string[] {
  const estimated = (line.estimatedWh ?? 0) > 0 ? ' *' : '';
  return [
    `${line.label}${estimated}`,
    line.interval?.replace('-', ' – ') ?? '',
    line.wh === null ? '' : printedKWh(line.wh),
    line.microsPerKWh === null ? '' : printedPricePerKWh(line.microsPerKWh, currency),
    printedMoney(line.netCents, currency),
  ];
}

/** The meter at both ends of the month, per charger: what a customer compares with the display. */
export function drawMeters(page: PdfPage, facts: InvoiceFacts): void {
  if (facts.lines.some((line) => (line.estimatedWh ?? 0) > 0)) {
    page.room(14);
    page.line('* inclui energia estimada: ver a nota no fim.', LEFT, page.y - 8, CONTENT_WIDTH, {
      size: 8,
      color: MUTED,
    });
    page.y += 8;
  }
  if (facts.meters.length === 0) return;
  drawTitle(page, 'Leituras do contador', ROW * 3);
  drawHeader(page, METER_COLUMNS);
  for (const meter of facts.meters) {
    if (page.room(ROW)) drawHeader(page, METER_COLUMNS);
    drawRow(page, METER_COLUMNS, [
      meter.spotName,
      meter.connectorId > 1 ? `${meter.chargerLabel}/${meter.connectorId}` : meter.chargerLabel,
      printedLocalTime(meter.firstAt, facts.timeZone),
      printedKWh(meter.firstWh),
      printedLocalTime(meter.lastAt, facts.timeZone),
      printedKWh(meter.lastWh),
      printedKWh(meter.lastWh - meter.firstWh),
    ]);
  }
  page.y += 6;
}

function drawTitle(page: PdfPage, title: string, heightBelow: number): void {
  page.room(20 + heightBelow);
  page.line(title, LEFT, page.y, CONTENT_WIDTH, { size: 11.5, bold: true });
  page.y += 20;
}

function drawHeader(page: PdfPage, columns: readonly Column[]): void {
  page.box(LEFT, page.y, CONTENT_WIDTH, ROW + 2, TINT);
  page.y += 1;
  drawRow(
    page,
    columns,
    columns.map(({ title }) => title),
    { size: 8, color: MUTED },
  );
  page.y += 3;
}

function drawRow(page: PdfPage, columns: readonly Column[], cells: readonly string[], style: TextStyle = {}): void {
  let x = LEFT;
  columns.forEach((column, index) => {
    const width = CONTENT_WIDTH * column.share;
    const inset = { x: x + 4, width: width - 8 };
    page.line(cells[index] ?? '', inset.x, page.y + 3, inset.width, { size: 8.5, ...style, align: column.align });
    x += width;
  });
  page.y += ROW;
}

function groupLines(
  lines: readonly InvoiceLineFacts[],
  nameOf: (line: InvoiceLineFacts) => string,
): Map<string, InvoiceLineFacts[]> {
  return Map.groupBy(lines, nameOf);
}

function importedWh(line: InvoiceLineFacts): number {
  return line.kind === 'energy' ? (line.wh ?? 0) : 0;
}

function sumOf(lines: readonly InvoiceLineFacts[], value: (line: InvoiceLineFacts) => number): number {
  return lines.reduce((sum, line) => sum + value(line), 0);
}
