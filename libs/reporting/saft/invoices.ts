import { localSecond } from '#libs/invoicing/fiscal/fiscal-moment.js';
import { fiscalAmount } from '#libs/invoicing/fiscal/sign-document.js';
import { monthDays } from '#libs/registry/period.js';

import { kilowattHourPrice, kilowattHours, sideOf } from './amounts.js';
import { customerCode } from './customers.js';
import { fiscalText } from './fiscal-text.js';
import { productOf } from './products.js';
import type { SaftDocument, SaftLine } from './saft-facts.js';
import { exemptionElements, taxElement } from './taxes.js';
import type { XmlElement } from './xml.js';

/** What else a document's element is made of. */
export interface DocumentContext {
  /** IANA zone of the issuer */
  readonly timeZone: string;
  /** See {@link customerCode}. */
  readonly latest: ReadonlyMap<string, string>;
}

/** Every document stands: invoices are corrected by credit notes, never annulled (InvoiceStatus N). */
export function invoiceElement(document: SaftDocument, { timeZone, latest }: DocumentContext): XmlElement {
  // Documents from before system entries were kept have their instant alone, and no hash: the schema wants both.
  const systemEntry = document.systemEntry ?? localSecond(document.issuedAt, timeZone);
  const source = fiscalText(document.issuedBy, 30);
  return [
    'Invoice',
    [
      ['InvoiceNo', document.numberText],
      ['ATCUD', document.atcud ?? '0'],
      [
        'DocumentStatus',
        [
          ['InvoiceStatus', 'N'],
          ['InvoiceStatusDate', systemEntry],
          ['SourceID', source],
          ['SourceBilling', 'P'],
        ],
      ],
      ['Hash', document.hash ?? '0'],
      ['HashControl', document.hashControl ?? '0'],
      ['Period', String(Number(document.issueDate.slice(5, 7)))],
      ['InvoiceDate', document.issueDate],
      ['InvoiceType', document.type],
      [
        'SpecialRegimes',
        [
          ['SelfBillingIndicator', '0'],
          ['CashVATSchemeIndicator', document.cashVat ? '1' : '0'],
          ['ThirdPartiesBillingIndicator', '0'],
        ],
      ],
      ['SourceID', source],
      ['SystemEntryDate', systemEntry],
      ['CustomerID', customerCode(document, latest)],
      ...document.lines.map((line) => lineElement(line, document)),
      totalsElement(document),
    ],
  ];
}

function lineElement(line: SaftLine, document: SaftDocument): XmlElement {
  const product = productOf(line);
  const { region, ...tax } = {
    region: document.vatRegion,
    code: line.vatCode,
    ratePermyriad: line.vatRatePermyriad,
  };
  return [
    'Line',
    [
      ['LineNumber', String(line.lineNo)],
      ['ProductCode', product.code],
      ['ProductDescription', product.description],
      ...quantityElements(line),
      ['TaxPointDate', taxPointDate(line, document)],
      referenceElement(document),
      ['Description', fiscalText(descriptionOf(line), 200)],
      [sideOf(line.netCents, document.type === 'NC'), fiscalAmount(line.netCents)],
      taxElement({ region, ...tax }),
      ...exemptionElements(exemptionOf(line, document)),
    ],
  ];
}

/** Energy by the kWh; all else, and amounts given back without energy, as one unit. */
function quantityElements({ wh, microsPerKWh, netCents }: SaftLine): XmlElement[] {
  if (wh === null || (wh === 0 && netCents !== 0)) {
    return [
      ['Quantity', '1'],
      ['UnitOfMeasure', 'un'],
      ['UnitPrice', fiscalAmount(netCents)],
    ];
  }
  return [
    ['Quantity', kilowattHours(wh)],
    ['UnitOfMeasure', 'kWh'],
    ['UnitPrice', wh === 0 ? '0.00' : kilowattHourPrice(wh, microsPerKWh, netCents)],
  ];
}

/** When it was supplied: the last day of the line's month, never after the document. */
function taxPointDate({ adjustsPeriod }: SaftLine, { periodTo, issueDate }: SaftDocument): string {
  const supplied = adjustsPeriod === null ? periodTo : monthDays(adjustsPeriod).to;
  return supplied < issueDate ? supplied : issueDate;
}

function referenceElement({ references, reason }: SaftDocument): XmlElement | null {
  if (references === null) return null;
  return [
    'References',
    [
      ['Reference', references],
      ['Reason', fiscalText(reason, 50, 'Retificação')],
    ],
  ];
}

function descriptionOf(line: SaftLine): string {
  const { label, interval, dayType, season, spotName, adjustsPeriod } = line;
  const former = adjustsPeriod === null ? null : `acerto de ${adjustsPeriod}`;
  const spot = spotName === null ? null : `lugar ${spotName}`;
  return [label, interval, dayType, season, spot, former].filter((part) => part !== null && part !== '').join(', ');
}

function exemptionOf({ exemptionCode, vatRatePermyriad }: SaftLine, { vatGroups }: SaftDocument) {
  if (vatRatePermyriad !== 0 || exemptionCode === null) return null;
  const group = vatGroups.find((known) => known.exemptionCode === exemptionCode);
  return { code: exemptionCode, reason: group?.exemptionReason ?? '' };
}

/** Net and VAT as they were issued: never computed again here. An invoice that is its own receipt says how it was paid. */
function totalsElement({ type, netCents, vatCents, grossCents, issueDate }: SaftDocument): XmlElement {
  const paid: XmlElement = [
    'Payment',
    [
      ['PaymentMechanism', 'OU'],
      ['PaymentAmount', fiscalAmount(grossCents)],
      ['PaymentDate', issueDate],
    ],
  ];
  return [
    'DocumentTotals',
    [
      ['TaxPayable', fiscalAmount(vatCents)],
      ['NetTotal', fiscalAmount(netCents)],
      ['GrossTotal', fiscalAmount(grossCents)],
      type === 'FR' ? paid : null,
    ],
  ];
}
