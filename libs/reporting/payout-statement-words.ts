import type { Language } from './printer.js';

/** The words of a payout's statement. */
export interface StatementWords {
  readonly sheet: string;
  readonly title: (number: number, condominium: string) => string;
  readonly subtitle: (facts: { issuer: string; asOf: string; iban: string }) => string;
  readonly columns: Readonly<
    Record<'what' | 'customer' | 'recovered' | 'claimed' | 'paid' | 'payable' | 'taken' | 'cents', string>
  >;
  readonly monthlyFee: (month: string) => string;
  readonly percentFee: (rate: string, of: string) => string;
}

export const STATEMENT_WORDS: Readonly<Record<Language, StatementWords>> = {
  pt: {
    sheet: 'Extrato',
    title: (number, condominium) => `Entrega n.º ${number} ao ${condominium}`,
    subtitle: ({ issuer, asOf, iban }) => `${issuer} · situação em ${asOf}${iban === '' ? '' : ` · IBAN ${iban}`}`,
    columns: {
      what: 'Fatura',
      customer: 'Cliente',
      recovered: 'A recuperar, sem IVA',
      claimed: 'Pedido ao cliente',
      paid: 'Recebido',
      payable: 'Devido ao condomínio',
      taken: 'Entregue antes',
      cents: 'Nesta entrega',
    },
    monthlyFee: (month) => `Serviço contratado, ${month}`,
    percentFee: (rate, of) => `Serviço contratado, ${rate} de ${of}`,
  },
  en: {
    sheet: 'Statement',
    title: (number, condominium) => `Payout no. ${number} to ${condominium}`,
    subtitle: ({ issuer, asOf, iban }) => `${issuer} · as of ${asOf}${iban === '' ? '' : ` · IBAN ${iban}`}`,
    columns: {
      what: 'Invoice',
      customer: 'Customer',
      recovered: 'To recover, without VAT',
      claimed: 'Asked of the customer',
      paid: 'Received',
      payable: 'Owed to the condominium',
      taken: 'Paid out before',
      cents: 'In this payout',
    },
    monthlyFee: (month) => `Agreed service fee, ${month}`,
    percentFee: (rate, of) => `Agreed service fee, ${rate} of ${of}`,
  },
};
