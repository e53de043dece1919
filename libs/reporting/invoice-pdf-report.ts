import { sum } from '../imputation/sum.js';
import { printedLocalTime } from '../invoicing/printed-numbers.js';
import type { InvoiceLineFacts } from './invoice-facts.js';
import type { InvoicePaper } from './invoice-paper.js';
import { importedWh, isCreditNote, netCentsOf } from './invoice-sections.js';
import { ACCENT, CONTENT_WIDTH, MARGIN, MUTED } from './pdf-page.js';
import { drawHeader, drawRow, drawSubrow, drawSum, drawTitle, ROW, SUBROW, type PdfColumn } from './pdf-table.js';
import { dayTypeWord, seasonWord } from './words.js';

const LEFT = MARGIN.left;

function reportColumns({ words, hasRates }: InvoicePaper): PdfColumn[] {
  const { columns } = words;
  const columnsBefore: PdfColumn[] = [
    { title: columns.band, share: 0.26, align: 'left' },
    { title: columns.hours, share: 0.2, align: 'left' },
    { title: columns.energy, share: hasRates ? 0.16 : 0.19, align: 'right' },
    { title: columns.price, share: hasRates ? 0.17 : 0.19, align: 'right' },
  ];
  const rate: PdfColumn = { title: columns.vat, share: 0.07, align: 'right' };
  const value: PdfColumn = { title: columns.value, share: hasRates ? 0.14 : 0.16, align: 'right' };
  return hasRates ? [...columnsBefore, rate, value] : [...columnsBefore, value];
}

/** The charging report: per spot and charger, grouped by season and day type, one row per band interval. */
export function drawChargingReport(paper: InvoicePaper): void {
  const { page, facts, sections, words, print } = paper;
  if (sections.energy.length === 0) return;
  drawTitle(page, isCreditNote(facts) ? words.creditedReport : words.report, 60);
  for (const [heading, lines] of Map.groupBy(sections.energy, (line) => spotHeading(line, paper))) {
    drawSpot(paper, heading, lines);
  }
  drawMarks(paper);
  if (isCreditNote(facts)) return;
  const [from, to] = [print.date(facts.periodFrom), print.date(facts.periodTo)];
  const totals = [words.charged(from, to, print.kWh(importedWh(sections.energy)))];
  const fedBack = sections.energy.filter(({ kind }) => kind === 'energy-export');
  if (fedBack.length > 0) {
    const wh = sum(fedBack, (line) => line.wh ?? 0);
    totals.push(words.fedBackTotal(print.kWh(wh), print.money(-netCentsOf(fedBack))));
  }
  page.room(totals.length * ROW + 8);
  for (const total of totals) {
    page.line(total, LEFT, page.y, CONTENT_WIDTH, { size: 10, bold: true, color: ACCENT });
    page.y += ROW;
  }
  page.y += 8;
}

function drawSpot(paper: InvoicePaper, heading: string, lines: readonly InvoiceLineFacts[]): void {
  const { page, words, print, hasRates } = paper;
  const columns = reportColumns(paper);
  const openTable = (continued: boolean) => {
    const title = continued ? `${heading}${words.continued}` : heading;
    page.line(title, LEFT, page.y, CONTENT_WIDTH, { size: 10, bold: true });
    page.y += 16;
    drawHeader(page, columns);
  };
  const openGroup = (group: string) => {
    page.line(group, LEFT, page.y + 3, CONTENT_WIDTH, { size: 8.5, bold: true, color: ACCENT });
    page.y += ROW + 2;
  };
  page.room(ROW * 5 + 16);
  openTable(false);
  for (const [group, members] of Map.groupBy(lines, (line) => dayHeading(line, paper))) {
    if (page.room(ROW * 2 + 6)) openTable(true);
    openGroup(group);
    for (const line of members) {
      const estimate = estimateText(line, paper);
      if (page.room(ROW + (estimate === null ? 0 : SUBROW))) {
        openTable(true);
        openGroup(`${group}${words.continued}`);
      }
      drawRow(page, columns, lineCells(line, paper));
      if (estimate !== null) drawSubrow(page, estimate);
    }
  }
  if (page.room(ROW + 20)) openTable(true);
  const energy = print.kWh(importedWh(lines));
  const sums = [words.netTotal, '', energy, '', ...(hasRates ? [''] : []), print.money(netCentsOf(lines))];
  drawSum(page, columns, sums);
  page.y += 12;
}

/** `Lugar 3012 (ZCS031903)`, or what a line without a spot is about. */
function spotHeading(line: InvoiceLineFacts, { words }: InvoicePaper): string {
  if (line.spotName === null) return line.chargerLabel ?? words.otherValues;
  return words.spot(line.spotName, line.chargerLabel);
}

/** `Verão/Semana`, as retailers print it. */
function dayHeading(line: InvoiceLineFacts, paper: InvoicePaper): string {
  const text = dayText(line, paper);
  return line.kind === 'energy-export' ? `${text} – ${paper.words.fedBack}` : text;
}

export function dayText(line: InvoiceLineFacts, { facts }: InvoicePaper): string {
  const season = line.season === null || line.season === '' ? null : seasonWord(line.season, facts.language);
  const dayType = line.dayType === null ? null : dayTypeWord(line.dayType, facts.language);
  return [season, dayType].filter((part) => part !== null).join('/');
}

/** What of a line's energy is estimated, and how far that can be off; null where nothing is. */
export function estimateText(line: InvoiceLineFacts, { words, print }: InvoicePaper): string | null {
  if ((line.estimatedWh ?? 0) === 0) return null;
  const error = line.estimatedErrorWh === null ? null : print.kWh(line.estimatedErrorWh);
  return words.estimated(print.kWh(line.estimatedWh ?? 0), error);
}

function lineCells(line: InvoiceLineFacts, { print, hasRates }: InvoicePaper): string[] {
  return [
    (line.estimatedWh ?? 0) === 0 ? line.label : `${line.label} *`,
    hoursCell(line),
    line.wh === null ? '' : print.kWh(line.wh),
    priceCell(line, print),
    ...(hasRates ? [print.rate(line.vatRatePermyriad)] : []),
    print.money(line.netCents),
  ];
}

/** `09.15 – 12.15` */
export function hoursCell({ interval }: InvoiceLineFacts): string {
  return interval?.replace('-', ' – ') ?? '';
}

/** The price per kWh; an average of many is marked. */
export function priceCell(line: InvoiceLineFacts, print: InvoicePaper['print']): string {
  if (line.microsPerKWh === null) return '';
  return `${print.pricePerKWh(line.microsPerKWh)}${line.isAveragePrice ? ' †' : ''}`;
}

/** What the marks in the tables mean, where there are any. */
function drawMarks({ page, facts, words }: InvoicePaper): void {
  if (!facts.lines.some((line) => line.isAveragePrice)) return;
  page.room(ROW);
  page.line(words.averagePrice, LEFT, page.y - 6, CONTENT_WIDTH, { size: 8, color: MUTED });
  page.y += ROW - 2;
}

/** The meter at both ends of the month, per charger: what a customer compares with the display. */
export function drawMeters({ page, facts, words, print }: InvoicePaper): void {
  if (facts.meters.length === 0) return;
  const [spot, charger, first, last, difference] = words.meterColumns;
  const columns: PdfColumn[] = [
    { title: spot, share: 0.08, align: 'left' },
    { title: charger, share: 0.15, align: 'left' },
    { title: first, share: 0.17, align: 'left' },
    { title: '', share: 0.145, align: 'right' },
    { title: last, share: 0.18, align: 'right' },
    { title: '', share: 0.145, align: 'right' },
    { title: difference, share: 0.13, align: 'right' },
  ];
  drawTitle(page, words.meters, ROW * 3);
  drawHeader(page, columns);
  for (const meter of facts.meters) {
    if (page.room(ROW)) drawHeader(page, columns);
    drawRow(page, columns, [
      meter.spotName,
      meter.connectorId > 1 ? `${meter.chargerLabel}/${meter.connectorId}` : meter.chargerLabel,
      printedLocalTime(meter.firstAt, facts.timeZone),
      print.kWh(meter.firstWh),
      printedLocalTime(meter.lastAt, facts.timeZone),
      print.kWh(meter.lastWh),
      print.kWh(meter.lastWh - meter.firstWh),
    ]);
  }
  page.y += 6;
}
