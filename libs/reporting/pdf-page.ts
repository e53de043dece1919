import PDFDocument from 'pdfkit';

export const A4 = { width: 595.28, height: 841.89 } as const;
export const MARGIN = { left: 48, right: 48, top: 42, bottom: 56 } as const;
export const CONTENT_WIDTH = A4.width - MARGIN.left - MARGIN.right;
/** Width of each of two columns, and where the second begins. */
export const HALF = (CONTENT_WIDTH - 24) / 2;
export const RIGHT_COLUMN = MARGIN.left + HALF + 24;

export const INK = '#1f2933';
export const MUTED = '#5f6c7b';
export const ACCENT = '#0b6e4f';
export const TINT = '#eef5f2';
export const RULE = '#d5dde3';
/** Small text on the accent. */
export const PALE = '#d7ebe3';

export type Align = 'left' | 'right' | 'center';

export interface TextStyle {
  readonly size?: number;
  readonly bold?: boolean;
  readonly color?: string;
  readonly align?: Align;
}

/** Code points beyond Latin-1 that the standard fonts' encoding (Windows-1252) has. */
const WINDOWS_1252 = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

/** What the standard fonts can show: a letter they lack loses its mark (Ł stays out as ?), never prints as another. */
export function winAnsiText(text: string): string {
  const has = (char: string) => char.charCodeAt(0) <= 0xff || WINDOWS_1252.includes(char);
  return [...text.normalize('NFC')]
    .map((char) => {
      if (has(char)) return char;
      const base = char.normalize('NFD')[0] ?? '?';
      return has(base) ? base : '?';
    })
    .join('');
}

/**
 * An A4 document filled from top to bottom. `y` is where the next thing goes; `room` opens a new page when what comes
 * does not fit. Same input, same bytes: the only clock is the `createdAt` given.
 */
export class PdfPage {
  readonly doc: PDFKit.PDFDocument;
  y: number = MARGIN.top;
  private readonly chunks: Buffer[] = [];
  private readonly finished: Promise<Buffer>;

  constructor(info: {
    readonly title: string;
    readonly author: string;
    readonly createdAt: Date;
    /** Of its language, as pt-PT. */
    readonly locale: string;
  }) {
    this.doc = new PDFDocument({
      size: 'A4',
      margin: 0,
      bufferPages: true,
      lang: info.locale,
      displayTitle: true,
      info: {
        Title: winAnsiText(info.title),
        Author: winAnsiText(info.author),
        CreationDate: info.createdAt,
        ModDate: info.createdAt,
      },
    });
    this.finished = new Promise((resolve, reject) => {
      this.doc.on('data', (chunk: Buffer) => this.chunks.push(chunk));
      this.doc.on('end', () => resolve(Buffer.concat(this.chunks)));
      this.doc.on('error', reject);
    });
  }

  /** Opens a new page when `height` does not fit on this one; true when it did. */
  room(height: number): boolean {
    if (this.y + height <= A4.height - MARGIN.bottom) return false;
    this.doc.addPage();
    this.y = MARGIN.top;
    return true;
  }

  /** One line of text inside [x, x + width), shortened with … when it is too long. */
  line(text: string, x: number, y: number, width: number, style: TextStyle = {}): void {
    this.use(style);
    const fitted = this.fit(winAnsiText(text), width);
    const free = width - this.doc.widthOfString(fitted);
    const shift = style.align === 'right' ? free : style.align === 'center' ? free / 2 : 0;
    this.doc.text(fitted, x + shift, y, { lineBreak: false });
  }

  /** A paragraph; returns its height. */
  paragraph(text: string, x: number, y: number, width: number, style: TextStyle = {}): number {
    this.use(style);
    const printable = winAnsiText(text);
    this.doc.text(printable, x, y, { width, lineGap: 1.5, align: style.align ?? 'left' });
    return this.heightOf(text, width, style);
  }

  heightOf(text: string, width: number, style: TextStyle = {}): number {
    this.use(style);
    return this.doc.heightOfString(winAnsiText(text), { width, lineGap: 1.5 });
  }

  rule(x: number, y: number, width: number, color: string = RULE, thickness = 0.6): void {
    this.doc
      .moveTo(x, y)
      .lineTo(x + width, y)
      .lineWidth(thickness)
      .strokeColor(color)
      .stroke();
  }

  box(x: number, y: number, width: number, height: number, color: string, radius = 0): void {
    if (radius === 0) this.doc.rect(x, y, width, height).fill(color);
    else this.doc.roundedRect(x, y, width, height, radius).fill(color);
  }

  /** Draws `footer` on every page, then closes the document. */
  async finish(footer: (page: number, pages: number) => void): Promise<Buffer> {
    const { start, count } = this.doc.bufferedPageRange();
    for (let index = 0; index < count; index += 1) {
      this.doc.switchToPage(start + index);
      footer(index + 1, count);
    }
    this.doc.end();
    return this.finished;
  }

  private use(style: TextStyle): void {
    this.doc
      .font(style.bold === true ? 'Helvetica-Bold' : 'Helvetica')
      .fontSize(style.size ?? 9)
      .fillColor(style.color ?? INK);
  }

  private fit(text: string, width: number): string {
    if (this.doc.widthOfString(text) <= width) return text;
    let shorter = text;
    while (shorter.length > 1 && this.doc.widthOfString(`${shorter}…`) > width) shorter = shorter.slice(0, -1);
    return `${shorter.trimEnd()}…`;
  }
}
