import type { PartySnapshot, VatGroup } from '#libs/invoicing/document.entity.js';

/** Which program writes the file, and who made it: constants of the running program and its configuration. */
export interface SaftSoftware {
  /** Number of the tax authority's certificate; 0 while the program has none. */
  readonly certificate: string;
  /** Tax number of the program's producer; null: not configured, then the issuer's own (made for itself). */
  readonly producerNif: string | null;
  /** Of the program: `0.1.0` */
  readonly version: string;
}

/** Who issued the month's documents. */
export interface SaftIssuer {
  readonly id: string;
  readonly name: string;
  readonly nif: string;
  readonly address: string;
  readonly postalCode: string;
  readonly city: string;
  readonly country: string;
  readonly email: string;
  readonly timeZone: string;
}

/** A month of an issuer: yyyy-mm, and its local days, both inclusive. */
export interface SaftMonth {
  readonly period: string;
  readonly from: string;
  readonly to: string;
}

export interface SaftLine {
  readonly lineNo: number;
  readonly kind: string;
  readonly party: string;
  readonly spotName: string | null;
  readonly season: string | null;
  readonly dayType: string | null;
  readonly band: string | null;
  readonly label: string;
  /** The plan's code of the charge; null: energy, or a document from before it was kept. */
  readonly code: string | null;
  readonly interval: string | null;
  readonly wh: number | null;
  readonly microsPerKWh: number | null;
  readonly netCents: number;
  readonly vatRatePermyriad: number;
  readonly vatCode: string;
  readonly exemptionCode: string | null;
  /** yyyy-mm of the former month that it corrects */
  readonly adjustsPeriod: string | null;
}

/** An invoice or credit note; amounts of a credit note are negative. */
export interface SaftDocument {
  readonly numberText: string;
  readonly type: string;
  readonly atcud: string | null;
  readonly hash: string | null;
  readonly hashControl: string | null;
  readonly issuedAt: Date;
  readonly issueDate: string;
  readonly systemEntry: string | null;
  readonly issuedBy: string;
  readonly cashVat: boolean;
  readonly customerId: string;
  readonly customer: PartySnapshot;
  readonly vatRegion: string;
  readonly vatGroups: readonly VatGroup[];
  readonly periodTo: string;
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
  /** Number of the invoice that a credit note corrects. */
  readonly references: string | null;
  readonly reason: string | null;
  readonly lines: readonly SaftLine[];
}

export interface SaftReceiptLine {
  readonly originatingOn: string;
  readonly invoiceDate: string;
  readonly amountCents: number;
  /** Net and VAT by rate of what was paid of that document; what is beyond them is interest. */
  readonly vatGroups: readonly VatGroup[];
}

export interface SaftReceipt {
  readonly numberText: string;
  readonly type: string;
  readonly atcud: string | null;
  readonly issueDate: string;
  readonly systemEntry: string;
  readonly issuedBy: string;
  readonly customerId: string;
  readonly customer: PartySnapshot;
  readonly vatRegion: string;
  readonly amountCents: number;
  readonly vatCents: number;
  /** As SAF-T codes it: TB, CC, MB, OU. */
  readonly mechanism: string;
  readonly paidOn: string;
  readonly lines: readonly SaftReceiptLine[];
  /** null: it stands */
  readonly cancelled: { readonly systemEntry: string; readonly reason: string; readonly by: string } | null;
}

/** A customer of the month, as the last document of the month names it. */
export interface SaftCustomer {
  readonly customerId: string;
  readonly customer: PartySnapshot;
}
