import type { Language } from './printer.js';

/** The words of a receipt; what it shares with an invoice is said in the invoice's. */
export interface ReceiptWords {
  readonly title: string;
  readonly issued: (date: string) => string;
  readonly received: string;
  readonly headline: (date: string) => string;
  readonly mechanism: Readonly<Record<string, string>>;
  readonly settles: string;
  readonly columns: Readonly<Record<'document' | 'date' | 'vat' | 'amount', string>>;
  readonly total: string;
  readonly questions: (email: string, number: string) => string;
}

export const RECEIPT_WORDS: Readonly<Record<Language, ReceiptWords>> = {
  pt: {
    title: 'Recibo',
    issued: (date) => `Emitido em ${date}`,
    received: 'Total recebido',
    headline: (date) => `Recebido em ${date}`,
    mechanism: {
      TB: 'Transferência bancária ou débito direto autorizado',
      CC: 'Cartão',
      MB: 'Referência Multibanco',
      CS: 'Saldo pré-pago',
      OU: 'Outro meio eletrónico',
    },
    settles: 'Documentos pagos',
    columns: { document: 'Documento', date: 'Data', vat: 'IVA incluído', amount: 'Valor pago' },
    total: 'Total',
    questions: (email, number) => `Tem dúvidas sobre este recibo? Escreva para ${email} e indique ${number}.`,
  },
  en: {
    title: 'Receipt',
    issued: (date) => `Issued on ${date}`,
    received: 'Total received',
    headline: (date) => `Received on ${date}`,
    mechanism: {
      TB: 'Bank transfer or authorised direct debit',
      CC: 'Card',
      MB: 'Multibanco reference',
      CS: 'Prepaid balance',
      OU: 'Other electronic means',
    },
    settles: 'Documents paid',
    columns: { document: 'Document', date: 'Date', vat: 'VAT included', amount: 'Paid' },
    total: 'Total',
    questions: (email, number) => `Questions about this receipt? Write to ${email} and quote ${number}.`,
  },
};
