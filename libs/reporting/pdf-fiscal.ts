import { atcudText, programText, type FiscalMark } from './fiscal-mark.js';
import { A4, CONTENT_WIDTH, MARGIN, MUTED, RULE, type PdfPage } from './pdf-page.js';
import { qrModules } from './qr-modules.js';

const LEFT = MARGIN.left;
const POINTS_PER_MM = 72 / 25.4;

/** The law asks for 30 mm at least; a little more, so that no printer's scaling falls below. */
export const QR_MM = 31;
const QR_SIZE = QR_MM * POINTS_PER_MM;
/** Wider than the light border that the code needs. */
const TEXT_X = LEFT + QR_SIZE + 20;
const TEXT_WIDTH = CONTENT_WIDTH - QR_SIZE - 20;
const NOTE = { size: 7.5, color: MUTED } as const;
const GAP = 3;

export interface FiscalWords {
  readonly cashVat: string;
  readonly uncertified: string;
}

/**
 * The end of a document: the QR code, beside it the ATCUD, what the law has the document say, and the notes. Where there
 * is no mark the notes alone.
 */
export function drawClosing(
  page: PdfPage,
  mark: FiscalMark | null,
  { notes, words }: { readonly notes: readonly string[]; readonly words: FiscalWords },
): void {
  if (mark === null) {
    drawNotes(page, notes, { x: LEFT, width: CONTENT_WIDTH });
    return;
  }
  const said = [
    ...(mark.cashVat ? [words.cashVat] : []),
    ...(mark.certificate === '0' ? [words.uncertified] : []),
    ...notes,
  ];
  const height = Math.max(QR_SIZE, 15 + heightOf(page, said, TEXT_WIDTH));
  page.room(height + 6);
  page.y += 6;
  const top = page.y;
  drawQr(page, mark.qrText, LEFT, top);
  page.line(`${atcudText(mark)}  ·  ${programText(mark)}`, TEXT_X, top, TEXT_WIDTH, { size: 8.5, bold: true });
  page.y += 15;
  drawNotes(page, said, { x: TEXT_X, width: TEXT_WIDTH });
  page.y = top + height;
}

const heightOf = (page: PdfPage, notes: readonly string[], width: number): number =>
  notes.reduce((sum, note) => sum + page.heightOf(note, width, NOTE) + GAP, 0);

function drawNotes(page: PdfPage, notes: readonly string[], at: { readonly x: number; readonly width: number }): void {
  page.room(heightOf(page, notes, at.width));
  for (const note of notes) page.y += page.paragraph(note, at.x, page.y, at.width, NOTE) + GAP;
}

/** Runs of dark squares as one path on the page's white. */
function drawQr(page: PdfPage, text: string, x: number, y: number): void {
  const modules = qrModules(text);
  const side = QR_SIZE / modules.size;
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (!modules.isDark(row, column)) continue;
      const from = column;
      while (column + 1 < modules.size && modules.isDark(row, column + 1)) column += 1;
      page.doc.rect(x + from * side, y + row * side, (column - from + 1) * side, side);
    }
  }
  page.doc.fill('#000000');
}

/** At the foot of every page: number, ATCUD and issuer, the prescribed words, and which page it is. */
export function drawPageFoot(
  page: PdfPage,
  foot: {
    readonly numberText: string;
    readonly issuer: string;
    readonly mark: FiscalMark | null;
    readonly page: string;
  },
): void {
  const y = A4.height - 42;
  page.rule(LEFT, y - 7, CONTENT_WIDTH, RULE);
  const style = { size: 7.5, color: MUTED } as const;
  const { numberText, issuer, mark } = foot;
  const parts = [numberText, ...(mark === null ? [] : [atcudText(mark)]), issuer];
  page.line(parts.join('  ·  '), LEFT, y, CONTENT_WIDTH * 0.8, style);
  page.line(foot.page, LEFT + CONTENT_WIDTH * 0.8, y, CONTENT_WIDTH * 0.2, { ...style, align: 'right' });
  if (mark !== null) page.line(programText(mark), LEFT, y + 11, CONTENT_WIDTH, style);
}
