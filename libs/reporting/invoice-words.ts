import type { FiscalWords } from './pdf-fiscal.js';

/** The words of an invoice and a credit note in one language. */
export interface InvoiceWords {
  /** Of the PDF itself, for screen readers. */
  readonly locale: string;
  readonly titles: Readonly<Record<'FT' | 'FS' | 'FR' | 'NC', string>>;
  readonly issued: (date: string) => string;
  readonly taxNumber: string;
  readonly customer: string;
  readonly finalConsumer: string;
  readonly customerNumber: (id: string) => string;
  readonly rows: Readonly<
    Record<'period' | 'due' | 'paid' | 'corrects' | 'installation' | 'condominium' | 'spot' | 'spots', string>
  >;
  readonly period: (from: string, to: string) => string;
  readonly correctedInvoice: (number: string, date: string) => string;
  readonly toPay: string;
  readonly toCredit: string;
  /** Of an invoice that is its own receipt. */
  readonly paidInFull: string;
  readonly receipt: Collection;
  readonly directDebit: Collection;
  readonly prepaid: Collection;
  readonly transfer: Collection;
  readonly credit: { readonly headline: (number: string) => string; readonly explanation: (reason: string) => string };
  readonly energyByBand: (month: string) => string;
  readonly summary: string;
  /** What a document's net is made of; charges and fees are also the titles of their sections. */
  readonly parts: Readonly<Record<'energy' | 'feedIn' | 'charges' | 'fees', string>>;
  readonly adjustments: (month: string) => string;
  readonly vat: Readonly<
    Record<'title' | 'rate' | 'base' | 'vat' | 'net' | 'gross' | 'noTax' | 'perLine' | 'perGroup', string>
  >;
  readonly report: string;
  readonly creditedReport: string;
  readonly columns: Readonly<Record<'band' | 'hours' | 'energy' | 'price' | 'vat' | 'value' | 'charge', string>>;
  readonly spot: (name: string, charger: string | null) => string;
  readonly otherValues: string;
  readonly continued: string;
  readonly fedBack: string;
  readonly netTotal: string;
  readonly charged: (from: string, to: string, energy: string) => string;
  readonly fedBackTotal: (energy: string, credit: string) => string;
  readonly estimated: (energy: string, error: string | null) => string;
  readonly averagePrice: string;
  readonly feesSource: (issuer: string) => string;
  readonly feesOf: string;
  readonly adjustmentsNote: string;
  readonly meters: string;
  readonly meterColumns: readonly [spot: string, charger: string, first: string, last: string, difference: string];
  readonly notes: Notes;
  readonly page: (number: number, count: number) => string;
  readonly fiscal: FiscalWords;
}

interface Collection {
  readonly headline: (date: string) => string;
  readonly explanation: (pay: PayWords) => string;
}

/** How to pay, in figures as they are printed. */
export interface PayWords {
  readonly number: string;
  readonly iban: string | null;
  readonly last4: string | null;
  readonly reference: string | null;
  /** Whether the portal takes Multibanco and MB WAY. */
  readonly hasMultibanco: boolean;
}

interface Notes {
  readonly questions: (email: string, number: string) => string;
  readonly estimated: (energy: string) => string;
  readonly prices: string;
  readonly metersDiffer: string;
  readonly credit: string;
  /** Where to complain, by law. */
  readonly complaints: string;
}
