import { termsText } from './charge-terms.js';
import type { InvoiceLineFacts } from './invoice-facts.js';
import type { InvoicePaper } from './invoice-paper.js';
import { dayText, estimateText, hoursCell, priceCell } from './invoice-pdf-report.js';
import { netCentsOf } from './invoice-sections.js';
import { CONTENT_WIDTH, MARGIN, MUTED } from './pdf-page.js';
import { drawHeader, drawRow, drawSubrow, drawSum, drawTitle, ROW, SUBROW, type PdfColumn } from './pdf-table.js';

const LEFT = MARGIN.left;

/** What a table has besides its rows: note, header and sum. */
const TABLE_HEIGHT = 10 + ROW + 4 + ROW + 3;
/** A table up to this height is not divided between two pages. */
const KEPT_TOGETHER = 240;

interface Section {
  readonly title: string;
  readonly note: string | null;
  readonly lines: readonly InvoiceLineFacts[];
}

interface Row {
  readonly cells: readonly string[];
  readonly below: string | null;
}

/** The retailer's charges that are no price per kWh, each with how this customer's part came about. */
export function drawCharges(paper: InvoicePaper): void {
  const { sections, words } = paper;
  drawSection(paper, { title: words.parts.charges, note: null, lines: sections.charges }, chargeTable(paper));
}

/** The fees of the contract with the condominium, apart from what the retailer charges. */
export function drawFees(paper: InvoicePaper): void {
  const { facts, sections, words } = paper;
  const note = words.feesSource(facts.issuer.name);
  drawSection(paper, { title: words.parts.fees, note, lines: sections.fees }, chargeTable(paper));
}

/** What corrects former months, each month under its own name. */
export function drawAdjustments(paper: InvoicePaper): void {
  const { sections, words, print } = paper;
  for (const [period, lines] of sections.adjustments) {
    const section = { title: words.adjustments(print.month(period)), note: words.adjustmentsNote, lines };
    drawSection(paper, section, adjustmentTable(paper));
  }
}

interface Table {
  readonly columns: readonly PdfColumn[];
  readonly rowOf: (line: InvoiceLineFacts) => Row;
}

function drawSection({ page, words, print }: InvoicePaper, section: Section, { columns, rowOf }: Table): void {
  const { title, note, lines } = section;
  if (lines.length === 0) return;
  const rows = lines.map(rowOf);
  const height = rows.reduce((sum, { below }) => sum + ROW + (below === null ? 0 : SUBROW), 0) + TABLE_HEIGHT;
  drawTitle(page, title, Math.min(height, KEPT_TOGETHER));
  if (note !== null) {
    page.line(note, LEFT, page.y - 5, CONTENT_WIDTH, { size: 8, color: MUTED });
    page.y += 10;
  }
  drawHeader(page, columns);
  for (const [index, { cells, below }] of rows.entries()) {
    const sumHeight = index === rows.length - 1 ? ROW + 6 : 0; // a sum never stands alone on a page
    if (page.room(ROW + (below === null ? 0 : SUBROW) + sumHeight)) {
      drawTitle(page, `${title}${words.continued}`, 0);
      drawHeader(page, columns);
    }
    drawRow(page, columns, cells);
    if (below !== null) drawSubrow(page, below);
  }
  const blanks = columns.slice(2).map(() => '');
  drawSum(page, columns, [words.netTotal, ...blanks, print.money(netCentsOf(lines))]);
  page.y += 12;
}

function chargeTable(paper: InvoicePaper): Table {
  const { facts, words, print, hasRates } = paper;
  const columns: PdfColumn[] = [
    { title: words.columns.charge, share: 0.76, align: 'left' },
    { title: hasRates ? words.columns.vat : '', share: 0.08, align: 'right' },
    { title: words.columns.value, share: 0.16, align: 'right' },
  ];
  const rowOf = (line: InvoiceLineFacts): Row => ({
    cells: [
      line.spotName === null ? line.label : `${line.label} · ${words.spot(line.spotName, null)}`,
      hasRates ? print.rate(line.vatRatePermyriad) : '',
      print.money(line.netCents),
    ],
    below: line.terms === null ? null : termsText(line.terms, facts.month, print),
  });
  return { columns, rowOf };
}

function adjustmentTable(paper: InvoicePaper): Table {
  const { words, print, hasRates } = paper;
  const columns: PdfColumn[] = [
    { title: words.columns.charge, share: 0.36, align: 'left' },
    { title: words.columns.hours, share: 0.14, align: 'left' },
    { title: words.columns.energy, share: 0.15, align: 'right' },
    { title: words.columns.price, share: 0.16, align: 'right' },
    { title: hasRates ? words.columns.vat : '', share: 0.06, align: 'right' },
    { title: words.columns.value, share: 0.13, align: 'right' },
  ];
  const rowOf = (line: InvoiceLineFacts): Row => ({
    cells: [
      adjustedText(line, paper),
      hoursCell(line),
      line.wh === null ? '' : print.kWh(line.wh),
      priceCell(line, print),
      hasRates ? print.rate(line.vatRatePermyriad) : '',
      print.money(line.netCents),
    ],
    below: estimateText(line, paper),
  });
  return { columns, rowOf };
}

/** `Lugar 3012 · Verão/Semana · Cheia 2`, with a word where it is a fee or energy fed back. */
function adjustedText(line: InvoiceLineFacts, paper: InvoicePaper): string {
  const { words } = paper;
  const parts = [
    line.spotName === null ? '' : words.spot(line.spotName, null),
    dayText(line, paper),
    line.party === 'bpo' ? `${line.label} (${words.feesOf})` : line.label,
    line.kind === 'energy-export' ? words.fedBack : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
