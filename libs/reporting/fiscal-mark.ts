import type { IssuerSnapshot, PartySnapshot } from '../invoicing/document.entity.js';
import { qrText, type QrTax } from '../invoicing/fiscal/qr-text.js';
import { printedHashCharacters } from '../invoicing/fiscal/sign-document.js';
import { FINAL_CONSUMER_NIF } from '../invoicing/fiscal/tax-number.js';

/** What the law has a document of an issuer in Portugal print besides its content. */
export interface FiscalMark {
  readonly atcud: string;
  /** Four characters of the hash; null of a receipt, which has none. */
  readonly hashCharacters: string | null;
  /** 0: the program is not certified. */
  readonly certificate: string;
  readonly cashVat: boolean;
  readonly qrText: string;
}

export interface MarkedDocument {
  readonly type: string;
  readonly numberText: string;
  readonly issueDate: string;
  readonly atcud: string | null;
  readonly hash: string | null;
  readonly softwareCertificate: string | null;
  readonly cashVat: boolean;
  readonly vatRegion: string;
  /** Empty: it states no tax. */
  readonly taxes: readonly QrTax[];
  readonly vatCents: number;
  readonly grossCents: number;
  readonly issuer: IssuerSnapshot;
  readonly customer: PartySnapshot;
}

/** null for a document of an issuer outside Portugal. */
export function fiscalMarkOf(document: MarkedDocument): FiscalMark | null {
  const { atcud, hash, softwareCertificate: certificate, issuer, customer, cashVat } = document;
  if (atcud === null || certificate === null || issuer.nif === null) return null;
  const hashCharacters = hash === null ? null : printedHashCharacters(hash);
  const text = qrText({
    issuerNif: issuer.nif,
    customerNif: statedNif(customer),
    customerCountry: customer.country ?? 'PT',
    type: document.type,
    status: 'N',
    issueDate: document.issueDate,
    numberText: document.numberText,
    atcud,
    region: document.vatRegion,
    taxes: document.taxes,
    vatCents: document.vatCents,
    grossCents: document.grossCents,
    hashCharacters,
    certificate,
  });
  return { atcud, hashCharacters, certificate, cashVat, qrText: text };
}

function statedNif({ nif }: PartySnapshot): string | null {
  const given = nif?.trim() ?? '';
  return given === '' || given === FINAL_CONSUMER_NIF ? null : given;
}

/** The words that the law prescribes, in Portuguese whatever the document's language (Portaria 363/2010 art. 6). */
export function programText({
  hashCharacters,
  certificate,
}: Pick<FiscalMark, 'hashCharacters' | 'certificate'>): string {
  const start = hashCharacters === null ? '' : `${hashCharacters}-`;
  return certificate === '0'
    ? `${start}Processado por programa não certificado (certificado n.º 0/AT)`
    : `${start}Processado por programa certificado n.º ${certificate}/AT`;
}

/** `ATCUD:CSDF7T5H-35`, as it is printed on every page. */
export const atcudText = ({ atcud }: Pick<FiscalMark, 'atcud'>): string => `ATCUD:${atcud}`;
