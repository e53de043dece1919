import { sum } from '../imputation/sum.js';
import type { InvoiceFacts } from './invoice-facts.js';
import { invoicePaper, invoiceWords, type InvoicePaper } from './invoice-paper.js';
import { drawAdjustments, drawCharges, drawFees } from './invoice-pdf-charges.js';
import { drawOverview } from './invoice-pdf-overview.js';
import { drawChargingReport, drawMeters } from './invoice-pdf-report.js';
import { importedWh, isCreditNote } from './invoice-sections.js';
import { A4, ACCENT, CONTENT_WIDTH, HALF, MARGIN, MUTED, PdfPage, RIGHT_COLUMN, RULE, TINT } from './pdf-page.js';

const LEFT = MARGIN.left;
const PALE = '#d7ebe3';

/**
 * An invoice or credit note as an A4 document in the installation's language. Pure: the same facts give the same bytes.
 */
export async function renderInvoicePdf(facts: InvoiceFacts): Promise<Buffer> {
  const words = invoiceWords(facts.language);
  const page = new PdfPage({
    title: `${isCreditNote(facts) ? words.creditNote : words.invoice} ${facts.numberText}`,
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
  drawQuestions(paper);
  return page.finish((number, count) => drawFooter(paper, number, count));
}

function drawHeading({ page, facts, words, print }: InvoicePaper): void {
  const { issuer } = facts;
  page.box(LEFT, page.y, 4, 44, ACCENT);
  page.line(issuer.name, LEFT + 14, page.y, CONTENT_WIDTH * 0.6, { size: 13, bold: true });
  page.line(placeOf(issuer), LEFT + 14, page.y + 18, CONTENT_WIDTH * 0.6, { size: 8.5, color: MUTED });
  const contact = `${words.taxNumber} ${issuer.nif ?? '–'}  ·  ${issuer.email}`;
  page.line(contact, LEFT + 14, page.y + 31, CONTENT_WIDTH * 0.6, { size: 8.5, color: MUTED });
  const right = { x: LEFT + CONTENT_WIDTH * 0.62, width: CONTENT_WIDTH * 0.38 };
  const title = (isCreditNote(facts) ? words.creditNote : words.invoice).toLocaleUpperCase(words.locale);
  page.line(title, right.x, page.y, right.width, { size: 9, bold: true, color: ACCENT, align: 'right' });
  page.line(facts.numberText, right.x, page.y + 12, right.width, { size: 15, bold: true, align: 'right' });
  page.line(words.issued(print.date(facts.issueDate)), right.x, page.y + 31, right.width, {
    size: 8.5,
    color: MUTED,
    align: 'right',
  });
  page.y += 56;
}

function placeOf(party: { address: string | null; postalCode: string | null; city: string | null }): string {
  const town = [party.postalCode, party.city].filter((part) => part !== null && part !== '').join(' ');
  return [party.address, town].filter((part) => part !== null && part !== '').join(', ');
}

function drawParties({ page, facts, words, print }: InvoicePaper): void {
  const { customer, corrects } = facts;
  const top = page.y;
  const heading = words.customer.toLocaleUpperCase(words.locale);
  page.line(heading, LEFT, top, HALF, { size: 7.5, bold: true, color: MUTED });
  page.line(customer.name, LEFT, top + 12, HALF, { size: 11, bold: true });
  const details = [
    customer.address ?? '',
    [customer.postalCode, customer.city].filter((part) => part !== null).join(' '),
    `${words.taxNumber} ${customer.nif ?? words.finalConsumer}  ·  ${words.customerNumber(customer.id)}`,
  ].filter((text) => text !== '');
  details.forEach((text, index) => page.line(text, LEFT, top + 27 + index * 12, HALF, { size: 9, color: MUTED }));

  const spots = [...new Set(facts.lines.flatMap((line) => (line.spotName === null ? [] : [line.spotName])))];
  const { rows: names } = words;
  const rows: [string, string][] = [
    [names.period, words.period(print.date(facts.periodFrom), print.date(facts.periodTo))],
    corrects === null
      ? [names.due, print.date(facts.dueDate)]
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
  page.y = top + 76;
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
  const name = isCreditNote(facts) ? words.toCredit : words.toPay;
  page.line(name, LEFT + 18, page.y + 11, 180, { size: 9, color: PALE });
  page.line(print.money(facts.grossCents), LEFT + 18, page.y + 24, 190, { size: 24, bold: true, color: '#ffffff' });
  page.line(headline, x, page.y + 13, width, { size: 12, bold: true, color: '#ffffff' });
  page.paragraph(explanation, x, page.y + 30, width, small);
  page.y += height + 16;
}

function explanationOf({ facts, words, print }: InvoicePaper): { headline: string; explanation: string } {
  if (isCreditNote(facts)) {
    const headline = words.credit.headline(facts.corrects?.numberText ?? '');
    return { headline, explanation: words.credit.explanation(facts.reason ?? '–') };
  }
  const { headline, explanation } = collectionOf(facts.paymentMethod, words);
  const iban = facts.issuer.iban === null ? null : groupedIban(facts.issuer.iban);
  return { headline: headline(print.date(facts.dueDate)), explanation: explanation(facts.numberText, iban) };
}

function collectionOf(method: string, words: InvoicePaper['words']) {
  if (method === 'direct-debit') return words.directDebit;
  return method === 'prepaid' ? words.prepaid : words.transfer;
}

function groupedIban(iban: string): string {
  return iban.replace(/\s/g, '').replace(/(.{4})(?=.)/g, '$1 ');
}

function notesOf({ facts, sections, words, print }: InvoicePaper): string[] {
  const { notes } = words;
  const said = [notes.questions(facts.issuer.email, facts.numberText)];
  if (isCreditNote(facts)) return [...said, notes.credit];
  const estimatedWh = sum(sections.energy, (line) => line.estimatedWh ?? 0);
  if (estimatedWh > 0) said.push(notes.estimated(print.kWh(estimatedWh)));
  said.push(notes.prices);
  const meteredWh = sum(facts.meters, (meter) => meter.lastWh - meter.firstWh);
  if (facts.meters.length > 0 && meteredWh !== importedWh(sections.energy)) said.push(notes.metersDiffer);
  return said;
}

function drawQuestions(paper: InvoicePaper): void {
  const { page } = paper;
  const notes = notesOf(paper);
  const style = { size: 8.5, color: MUTED } as const;
  const height = notes.reduce((sum, note) => sum + page.heightOf(note, CONTENT_WIDTH - 28, style) + 5, 15);
  page.room(height + 6);
  page.y += 6;
  page.box(LEFT, page.y, CONTENT_WIDTH, height, TINT, 4);
  let y = page.y + 10;
  for (const note of notes) y += page.paragraph(note, LEFT + 14, y, CONTENT_WIDTH - 28, style) + 5;
  page.y += height;
}

function drawFooter({ page, facts, words }: InvoicePaper, number: number, count: number): void {
  const y = A4.height - 42;
  page.rule(LEFT, y - 7, CONTENT_WIDTH, RULE);
  const style = { size: 7.5, color: MUTED } as const;
  page.line(`${facts.numberText}  ·  ${facts.issuer.name}`, LEFT, y, CONTENT_WIDTH * 0.75, style);
  const right = { ...style, align: 'right' } as const;
  page.line(words.page(number, count), LEFT + CONTENT_WIDTH * 0.75, y, CONTENT_WIDTH * 0.25, right);
  if (facts.issuer.softwareCertificate !== null) return;
  page.line(words.unsigned, LEFT, y + 11, CONTENT_WIDTH, style);
}
