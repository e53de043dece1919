import { sum } from '../imputation/sum.js';
import { ibanInFours } from '../payments/iban.js';
import type { InvoiceFacts } from './invoice-facts.js';
import { invoicePaper, invoiceWords, type InvoicePaper } from './invoice-paper.js';
import { drawAdjustments, drawCharges, drawFees } from './invoice-pdf-charges.js';
import { drawOverview } from './invoice-pdf-overview.js';
import { drawChargingReport, drawMeters } from './invoice-pdf-report.js';
import { importedWh, isCreditNote } from './invoice-sections.js';
import { drawClosing, drawPageFoot } from './pdf-fiscal.js';
import { ACCENT, CONTENT_WIDTH, HALF, MARGIN, MUTED, PALE, PdfPage, RIGHT_COLUMN } from './pdf-page.js';
import { drawCustomer, drawDocumentHeading } from './pdf-parties.js';

const LEFT = MARGIN.left;
const NO_BREAK_SPACE = '\u00a0';

/**
 * An invoice or credit note as an A4 document in the installation's language. Pure: the same facts give the same bytes.
 */
export async function renderInvoicePdf(facts: InvoiceFacts): Promise<Buffer> {
  const words = invoiceWords(facts.language);
  const page = new PdfPage({
    title: `${titleOf(facts, words)} ${facts.numberText}`,
    author: facts.issuer.name,
    createdAt: facts.issuedAt,
    locale: words.locale,
  });
  const paper = invoicePaper(page, facts);
  drawHeading(paper);
  drawParties(paper);
  drawTotal(paper);
  drawOverview(paper);
  drawChargingReport(paper);
  drawCharges(paper);
  drawFees(paper);
  drawAdjustments(paper);
  drawMeters(paper);
  drawClosing(page, facts.fiscalMark, { notes: notesOf(paper), words: words.fiscal });
  return page.finish((number, count) =>
    drawPageFoot(page, {
      numberText: facts.numberText,
      issuer: facts.issuer.name,
      mark: facts.fiscalMark,
      page: words.page(number, count),
    }),
  );
}

function drawHeading({ page, facts, words, print }: InvoicePaper): void {
  drawDocumentHeading(page, {
    issuer: facts.issuer,
    taxNumber: words.taxNumber,
    title: titleOf(facts, words).toLocaleUpperCase(words.locale),
    numberText: facts.numberText,
    issued: words.issued(print.date(facts.issueDate)),
  });
}

/** What the law calls it: a fatura, fatura simplificada, fatura-recibo or nota de crédito. */
function titleOf({ type }: Pick<InvoiceFacts, 'type'>, { titles }: InvoicePaper['words']): string {
  return type === 'NC' || type === 'FS' || type === 'FR' ? titles[type] : titles.FT;
}

function drawParties({ page, facts, words, print }: InvoicePaper): void {
  const { customer, corrects } = facts;
  const top = page.y;
  drawCustomer(page, customer, {
    heading: words.customer.toLocaleUpperCase(words.locale),
    taxNumber: words.taxNumber,
    finalConsumer: words.finalConsumer,
    customerNumber: words.customerNumber(customer.id),
  });

  const spots = [...new Set(facts.lines.flatMap((line) => (line.spotName === null ? [] : [line.spotName])))];
  const { rows: names } = words;
  const rows: [string, string][] = [
    [names.period, words.period(print.date(facts.periodFrom), print.date(facts.periodTo))],
    corrects === null
      ? facts.type === 'FR'
        ? [names.paid, print.date(facts.issueDate)]
        : [names.due, print.date(facts.dueDate)]
      : [names.corrects, words.correctedInvoice(corrects.numberText, print.date(corrects.issueDate))],
    [names.installation, facts.installationName],
    [names.condominium, facts.condominiumName],
    [spots.length > 1 ? names.spots : names.spot, spots.join(', ')],
  ];
  rows.forEach(([name, value], index) => {
    const y = top + index * 13;
    page.line(name, RIGHT_COLUMN, y, 70, { size: 9, color: MUTED });
    page.line(value, RIGHT_COLUMN + 72, y, HALF - 72, { size: 9, align: 'right' });
  });
  page.y = top + 72;
}

/** Total first, and how it will be collected; of a credit note what it corrects, and why. */
function drawTotal(paper: InvoicePaper): void {
  const { page, facts, words, print } = paper;
  const { headline, explanation } = explanationOf(paper);
  const x = LEFT + 218;
  const width = CONTENT_WIDTH - 236;
  const small = { size: 8.5, color: PALE } as const;
  const height = Math.max(62, 40 + page.heightOf(explanation, width, small));
  page.box(LEFT, page.y, CONTENT_WIDTH, height, ACCENT, 6);
  const name = isCreditNote(facts) ? words.toCredit : facts.type === 'FR' ? words.paidInFull : words.toPay;
  page.line(name, LEFT + 18, page.y + 11, 180, { size: 9, color: PALE });
  page.line(print.money(facts.grossCents), LEFT + 18, page.y + 24, 190, { size: 24, bold: true, color: '#ffffff' });
  page.line(headline, x, page.y + 13, width, { size: 12, bold: true, color: '#ffffff' });
  page.paragraph(explanation, x, page.y + 30, width, small);
  page.y += height + 13;
}

function explanationOf({ facts, words, print }: InvoicePaper): { headline: string; explanation: string } {
  if (isCreditNote(facts)) {
    const headline = words.credit.headline(facts.corrects?.numberText ?? '');
    return { headline, explanation: words.credit.explanation(facts.reason ?? '–') };
  }
  const { headline, explanation } = collectionOf(facts, words);
  const date = print.date(facts.type === 'FR' ? facts.issueDate : facts.dueDate);
  return { headline: headline(date), explanation: explanation(payWords(facts)) };
}

function payWords({ pay, numberText, fiscalMark }: InvoiceFacts) {
  return {
    number: numberText,
    iban: pay.iban === null ? null : ibanInFours(pay.iban, NO_BREAK_SPACE),
    last4: pay.mandateLast4,
    reference: pay.paymentReference?.replaceAll(' ', NO_BREAK_SPACE) ?? null,
    hasMultibanco: fiscalMark !== null,
  };
}

function collectionOf({ type, paymentMethod }: InvoiceFacts, words: InvoicePaper['words']) {
  if (type === 'FR') return words.receipt;
  if (paymentMethod === 'direct-debit') return words.directDebit;
  return paymentMethod === 'prepaid' ? words.prepaid : words.transfer;
}

function notesOf({ facts, sections, words, print }: InvoicePaper): string[] {
  const { notes } = words;
  const said = [notes.questions(facts.issuer.email, facts.numberText)];
  if (facts.fiscalMark !== null) said.push(notes.complaints);
  if (isCreditNote(facts)) return [...said, notes.credit];
  const estimatedWh = sum(sections.energy, (line) => line.estimatedWh ?? 0);
  if (estimatedWh > 0) said.push(notes.estimated(print.kWh(estimatedWh)));
  said.push(notes.prices);
  const meteredWh = sum(facts.meters, (meter) => meter.lastWh - meter.firstWh);
  if (facts.meters.length > 0 && meteredWh !== importedWh(sections.energy)) said.push(notes.metersDiffer);
  return said;
}
