import { invoiceWords } from './invoice-paper.js';
import { drawClosing, drawPageFoot } from './pdf-fiscal.js';
import { ACCENT, CONTENT_WIDTH, MARGIN, PALE, PdfPage } from './pdf-page.js';
import { drawCustomer, drawDocumentHeading } from './pdf-parties.js';
import { drawHeader, drawRow, drawSum, drawTitle, ROW, type PdfColumn } from './pdf-table.js';
import { printerOf, type Printer } from './printer.js';
import type { ReceiptFacts } from './receipt-facts.js';
import { RECEIPT_WORDS, type ReceiptWords } from './receipt-words.js';

const LEFT = MARGIN.left;

/** A receipt as an A4 document in the customer's language. Pure: the same facts give the same bytes. */
export async function renderReceiptPdf(facts: ReceiptFacts): Promise<Buffer> {
  const shared = invoiceWords(facts.language);
  const words = RECEIPT_WORDS[facts.language];
  const print = printerOf(facts.language, facts.currency);
  const { issuer, customer, numberText } = facts;
  const page = new PdfPage({
    title: `${words.title} ${numberText}`,
    author: issuer.name,
    createdAt: facts.issuedAt,
    locale: shared.locale,
  });
  drawDocumentHeading(page, {
    issuer,
    taxNumber: shared.taxNumber,
    title: words.title.toLocaleUpperCase(shared.locale),
    numberText,
    issued: words.issued(print.date(facts.issueDate)),
  });
  drawCustomer(page, customer, {
    heading: shared.customer.toLocaleUpperCase(shared.locale),
    taxNumber: shared.taxNumber,
    finalConsumer: shared.finalConsumer,
    customerNumber: shared.customerNumber(customer.id),
  });
  page.y += 76;
  drawReceived(page, { facts, words, print });
  drawLines(page, { facts, words, print });
  page.y += 14;
  const notes = [words.questions(issuer.email, numberText)];
  if (facts.fiscalMark !== null) notes.push(shared.notes.complaints);
  drawClosing(page, facts.fiscalMark, { notes, words: shared.fiscal });
  return page.finish((number, count) =>
    drawPageFoot(page, { numberText, issuer: issuer.name, mark: facts.fiscalMark, page: shared.page(number, count) }),
  );
}

interface Paper {
  readonly facts: ReceiptFacts;
  readonly words: ReceiptWords;
  readonly print: Printer;
}

/** The total first, with when and how it came. */
function drawReceived(page: PdfPage, { facts, words, print }: Paper): void {
  const x = LEFT + 218;
  const width = CONTENT_WIDTH - 236;
  page.box(LEFT, page.y, CONTENT_WIDTH, 62, ACCENT, 6);
  page.line(words.received, LEFT + 18, page.y + 11, 180, { size: 9, color: PALE });
  page.line(print.money(facts.amountCents), LEFT + 18, page.y + 24, 190, { size: 24, bold: true, color: '#ffffff' });
  page.line(words.headline(print.date(facts.paidOn)), x, page.y + 13, width, {
    size: 12,
    bold: true,
    color: '#ffffff',
  });
  const how = words.mechanism[facts.mechanism] ?? facts.mechanism;
  page.line(how, x, page.y + 31, width, { size: 8.5, color: PALE });
  page.y += 78;
}

function drawLines(page: PdfPage, { facts, words, print }: Paper): void {
  const { columns: titles } = words;
  const columns: PdfColumn[] = [
    { title: titles.document, share: 0.4, align: 'left' },
    { title: titles.date, share: 0.2, align: 'left' },
    { title: facts.statesVat ? titles.vat : '', share: 0.2, align: 'right' },
    { title: titles.amount, share: 0.2, align: 'right' },
  ];
  drawTitle(page, words.settles, ROW * 4);
  drawHeader(page, columns);
  for (const line of facts.lines) {
    if (page.room(ROW)) drawHeader(page, columns);
    const vat = facts.statesVat ? print.money(line.vatCents) : '';
    drawRow(page, columns, [line.numberText, print.date(line.issueDate), vat, print.money(line.amountCents)]);
  }
  page.room(ROW * 2);
  drawSum(page, columns, [words.total, '', '', print.money(facts.amountCents)]);
}
