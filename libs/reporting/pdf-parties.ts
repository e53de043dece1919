import type { IssuerSnapshot, PartySnapshot } from '../invoicing/document.entity.js';
import { ACCENT, CONTENT_WIDTH, HALF, MARGIN, MUTED, type PdfPage } from './pdf-page.js';

const LEFT = MARGIN.left;

export interface HeadingFacts {
  readonly issuer: IssuerSnapshot;
  /** `NIF` */
  readonly taxNumber: string;
  /** What the document is: FATURA-RECIBO. */
  readonly title: string;
  readonly numberText: string;
  readonly issued: string;
}

/** At the left who issues it, at the right what it is, its number and day. */
export function drawDocumentHeading(page: PdfPage, facts: HeadingFacts): void {
  const { issuer } = facts;
  page.box(LEFT, page.y, 4, 44, ACCENT);
  page.line(issuer.name, LEFT + 14, page.y, CONTENT_WIDTH * 0.6, { size: 13, bold: true });
  page.line(placeOf(issuer), LEFT + 14, page.y + 18, CONTENT_WIDTH * 0.6, { size: 8.5, color: MUTED });
  const contact = `${facts.taxNumber} ${issuer.nif ?? '–'}  ·  ${issuer.email}`;
  page.line(contact, LEFT + 14, page.y + 31, CONTENT_WIDTH * 0.6, { size: 8.5, color: MUTED });
  const right = { x: LEFT + CONTENT_WIDTH * 0.62, width: CONTENT_WIDTH * 0.38 };
  page.line(facts.title, right.x, page.y, right.width, { size: 9, bold: true, color: ACCENT, align: 'right' });
  page.line(facts.numberText, right.x, page.y + 12, right.width, { size: 15, bold: true, align: 'right' });
  page.line(facts.issued, right.x, page.y + 31, right.width, { size: 8.5, color: MUTED, align: 'right' });
  page.y += 54;
}

export interface PartyWords {
  readonly heading: string;
  readonly taxNumber: string;
  readonly finalConsumer: string;
  readonly customerNumber: string;
}

/** The customer, at the left; the caller goes on beside it. */
export function drawCustomer(page: PdfPage, customer: PartySnapshot, words: PartyWords): void {
  const top = page.y;
  page.line(words.heading, LEFT, top, HALF, { size: 7.5, bold: true, color: MUTED });
  page.line(customer.name, LEFT, top + 12, HALF, { size: 11, bold: true });
  const details = [
    customer.address ?? '',
    [customer.postalCode, customer.city].filter((part) => part !== null).join(' '),
    `${words.taxNumber} ${customer.nif ?? words.finalConsumer}  ·  ${words.customerNumber}`,
  ].filter((text) => text !== '');
  details.forEach((text, index) => page.line(text, LEFT, top + 27 + index * 12, HALF, { size: 9, color: MUTED }));
}

function placeOf(party: PartySnapshot): string {
  const town = [party.postalCode, party.city].filter((part) => part !== null && part !== '').join(' ');
  return [party.address, town].filter((part) => part !== null && part !== '').join(', ');
}
