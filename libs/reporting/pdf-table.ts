import { CONTENT_WIDTH, MARGIN, MUTED, TINT, type Align, type PdfPage, type TextStyle } from './pdf-page.js';

const LEFT = MARGIN.left;

/** Height of a table's row, and of the small line that may explain it. */
export const ROW = 14;
export const SUBROW = 10.5;

export interface PdfColumn {
  readonly title: string;
  /** Share of the content width. */
  readonly share: number;
  readonly align: Align;
}

export function drawTitle(page: PdfPage, title: string, heightBelow: number): void {
  page.room(20 + heightBelow);
  page.line(title, LEFT, page.y, CONTENT_WIDTH, { size: 11.5, bold: true });
  page.y += 20;
}

export function drawHeader(page: PdfPage, columns: readonly PdfColumn[]): void {
  page.box(LEFT, page.y, CONTENT_WIDTH, ROW + 2, TINT);
  page.y += 1;
  const titles = columns.map(({ title }) => title);
  drawRow(page, columns, titles, { size: 8, color: MUTED });
  page.y += 3;
}

export function drawRow(
  page: PdfPage,
  columns: readonly PdfColumn[],
  cells: readonly string[],
  style: TextStyle = {},
): void {
  let x = LEFT;
  columns.forEach((column, index) => {
    const width = CONTENT_WIDTH * column.share;
    page.line(cells[index] ?? '', x + 4, page.y + 3, width - 8, { size: 8.5, ...style, align: column.align });
    x += width;
  });
  page.y += ROW;
}

/** A small line that says more of the row above it. */
export function drawSubrow(page: PdfPage, text: string): void {
  page.line(text, LEFT + 12, page.y + 1, CONTENT_WIDTH * 0.84 - 16, { size: 7.5, color: MUTED });
  page.y += SUBROW;
}

/** A sum under a rule. */
export function drawSum(page: PdfPage, columns: readonly PdfColumn[], cells: readonly string[]): void {
  page.rule(LEFT, page.y + 1, CONTENT_WIDTH);
  page.y += 3;
  drawRow(page, columns, cells, { size: 9, bold: true });
}
