import { fiscalText } from './fiscal-text.js';
import type { SaftIssuer, SaftMonth, SaftSoftware } from './saft-facts.js';
import type { XmlElement } from './xml.js';

export interface HeaderFacts {
  readonly issuer: SaftIssuer;
  readonly month: SaftMonth;
  readonly software: SaftSoftware;
  /** Local day in the issuer's zone on which the file is written, yyyy-mm-dd. */
  readonly createdOn: string;
}

/**
 * The head of the file. TaxAccountingBasis F: invoices and receipts alone, no accounts. CompanyID is the tax number
 * (the schema's annotation: where there is no number of the commercial register).
 */
export function headerElement({ issuer, month, software, createdOn }: HeaderFacts): XmlElement {
  return [
    'Header',
    [
      ['AuditFileVersion', '1.04_01'],
      ['CompanyID', issuer.nif],
      ['TaxRegistrationNumber', issuer.nif],
      ['TaxAccountingBasis', 'F'],
      ['CompanyName', fiscalText(issuer.name, 100)],
      [
        'CompanyAddress',
        [
          ['AddressDetail', fiscalText(issuer.address, 210)],
          ['City', fiscalText(issuer.city, 50)],
          ['PostalCode', fiscalText(issuer.postalCode, 20)],
          ['Country', 'PT'],
        ],
      ],
      ['FiscalYear', month.period.slice(0, 4)],
      ['StartDate', month.from],
      ['EndDate', month.to],
      ['CurrencyCode', 'EUR'],
      ['DateCreated', createdOn],
      ['TaxEntity', 'Global'],
      ['ProductCompanyTaxID', software.producerNif ?? issuer.nif],
      ['SoftwareCertificateNumber', software.certificate],
      ['ProductID', 'ChaZeMo/ChaZeMo'],
      ['ProductVersion', fiscalText(software.version, 30)],
      ['Email', fiscalText(issuer.email, 254)],
    ],
  ];
}
