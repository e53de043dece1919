import { sum } from '#libs/imputation/sum.js';
import type { VatGroup } from '#libs/invoicing/document.entity.js';
import { fiscalAmount } from '#libs/invoicing/fiscal/sign-document.js';
import { VAT_EXEMPTIONS } from '#libs/invoicing/vat.js';

import { sideOf } from './amounts.js';
import { customerCode } from './customers.js';
import { fiscalText } from './fiscal-text.js';
import type { DocumentContext } from './invoices.js';
import type { SaftReceipt, SaftReceiptLine } from './saft-facts.js';
import { exemptionElements, taxElement } from './taxes.js';
import type { XmlElement } from './xml.js';

/**
 * A receipt: for each document and rate what was paid of it, net, with its tax, so that lines add up to NetTotal and
 * with TaxPayable to what was received. A receipt whose money went back is annulled (A) with its reason.
 */
export function paymentElement(receipt: SaftReceipt, { latest }: Pick<DocumentContext, 'latest'>): XmlElement {
  const { cancelled } = receipt;
  const source = fiscalText(receipt.issuedBy, 30);
  return [
    'Payment',
    [
      ['PaymentRefNo', receipt.numberText],
      ['ATCUD', receipt.atcud ?? '0'],
      ['Period', String(Number(receipt.issueDate.slice(5, 7)))],
      ['TransactionDate', receipt.issueDate],
      ['PaymentType', receipt.type],
      [
        'DocumentStatus',
        [
          ['PaymentStatus', cancelled === null ? 'N' : 'A'],
          ['PaymentStatusDate', cancelled?.systemEntry ?? receipt.systemEntry],
          cancelled === null ? null : ['Reason', fiscalText(cancelled.reason, 50)],
          ['SourceID', cancelled === null ? source : fiscalText(cancelled.by, 30)],
          ['SourcePayment', 'P'],
        ],
      ],
      [
        'PaymentMethod',
        [
          ['PaymentMechanism', receipt.mechanism],
          ['PaymentAmount', fiscalAmount(receipt.amountCents)],
          ['PaymentDate', receipt.paidOn],
        ],
      ],
      ['SourceID', source],
      ['SystemEntryDate', receipt.systemEntry],
      ['CustomerID', customerCode(receipt, latest)],
      ...receipt.lines
        .flatMap((line) => paidParts(line).map((group) => ({ line, group })))
        .map(({ line, group }, index) => lineElement(index + 1, { line, group, region: receipt.vatRegion })),
      [
        'DocumentTotals',
        [
          ['TaxPayable', fiscalAmount(receipt.vatCents)],
          ['NetTotal', fiscalAmount(receipt.amountCents - receipt.vatCents)],
          ['GrossTotal', fiscalAmount(receipt.amountCents)],
        ],
      ],
    ],
  ];
}

/** CIVA art. 16, 6 a): interest for late payment is no part of what is taxed. */
const INTEREST = VAT_EXEMPTIONS.find(({ code }) => code === 'M01');

/** What was paid of a document by rate, and beyond its total the interest. */
function paidParts({ amountCents, vatGroups }: SaftReceiptLine): VatGroup[] {
  const interestCents = amountCents - sum(vatGroups, ({ netCents, vatCents }) => netCents + vatCents);
  const interest = { code: 'ISE', ratePermyriad: 0, netCents: interestCents, vatCents: 0 };
  const exemption = { exemptionCode: INTEREST?.code ?? 'M01', exemptionReason: INTEREST?.text ?? '' };
  return [...vatGroups, { ...interest, ...exemption }].filter(
    ({ netCents, vatCents }) => netCents !== 0 || vatCents !== 0,
  );
}

interface PaidPart {
  readonly line: SaftReceiptLine;
  readonly group: VatGroup;
  readonly region: string;
}

function lineElement(lineNo: number, { line, group, region }: PaidPart): XmlElement {
  const { exemptionCode: code, exemptionReason: reason } = group;
  const exemption = code === undefined || group.ratePermyriad !== 0 ? null : { code, reason: reason ?? '' };
  return [
    'Line',
    [
      ['LineNumber', String(lineNo)],
      [
        'SourceDocumentID',
        [
          ['OriginatingON', line.originatingOn],
          ['InvoiceDate', line.invoiceDate],
        ],
      ],
      [sideOf(group.netCents), fiscalAmount(group.netCents)],
      taxElement({ region, code: group.code, ratePermyriad: group.ratePermyriad }),
      ...exemptionElements(exemption),
    ],
  ];
}
