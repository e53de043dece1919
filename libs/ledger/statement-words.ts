import type { Movement } from './movement.js';

export type StatementLanguage = 'pt' | 'en';
export const STATEMENT_LANGUAGES = ['pt', 'en'] as const satisfies readonly StatementLanguage[];

export interface StatementWords {
  readonly movements: Readonly<Record<Movement, string>>;
  readonly opening: string;
  readonly closing: string;
  /** Names of the columns of a file. */
  readonly columns: Readonly<Record<'at' | 'movement' | 'document' | 'amount' | 'balance' | 'currency', string>>;
}

/** The words of a statement as its reader knows them. */
export const STATEMENT_WORDS: Readonly<Record<StatementLanguage, StatementWords>> = {
  pt: {
    movements: {
      invoice: 'Fatura',
      'credit-note': 'Nota de crédito',
      'direct-debit': 'Débito direto',
      'online-payment': 'Pagamento online',
      transfer: 'Transferência recebida',
      'from-balance': 'Pago com o saldo',
      payment: 'Pagamento',
      'payment-returned': 'Pagamento devolvido',
      'paid-ahead': 'Pagamento adiantado',
      'paid-ahead-returned': 'Pagamento adiantado devolvido',
      refund: 'Devolução do saldo',
      'refund-returned': 'Devolução que não chegou',
      'credit-moved': 'Crédito passado ao saldo',
      'debt-paid': 'Dívida paga com o saldo',
      'write-off': 'Dívida perdoada',
      'write-off-reversed': 'Perdão anulado',
      interest: 'Juros de mora',
      payout: 'Entregue ao condomínio',
      correction: 'Regularização',
    },
    opening: 'Saldo no início',
    closing: 'Saldo no fim',
    columns: {
      at: 'data',
      movement: 'movimento',
      document: 'documento',
      amount: 'valor',
      balance: 'saldo',
      currency: 'moeda',
    },
  },
  en: {
    movements: {
      invoice: 'Invoice',
      'credit-note': 'Credit note',
      'direct-debit': 'Direct debit',
      'online-payment': 'Online payment',
      transfer: 'Transfer received',
      'from-balance': 'Paid from the balance',
      payment: 'Payment',
      'payment-returned': 'Payment returned',
      'paid-ahead': 'Paid ahead',
      'paid-ahead-returned': 'Payment ahead returned',
      refund: 'Balance refunded',
      'refund-returned': 'Refund that did not arrive',
      'credit-moved': 'Credit moved to the balance',
      'debt-paid': 'Debt paid from the balance',
      'write-off': 'Debt written off',
      'write-off-reversed': 'Write-off undone',
      interest: 'Interest for late payment',
      payout: 'Paid out to the condominium',
      correction: 'Correction',
    },
    opening: 'Balance at the start',
    closing: 'Balance at the end',
    columns: {
      at: 'date',
      movement: 'movement',
      document: 'document',
      amount: 'amount',
      balance: 'balance',
      currency: 'currency',
    },
  },
};

/** A line in words: `Fatura FT 2026/12`, `Débito direto FT 2026/12`, `Transferência recebida`. */
export function lineInWords(
  { movement, number }: { readonly movement: Movement; readonly number: string | null },
  language: StatementLanguage,
): string {
  const word = STATEMENT_WORDS[language].movements[movement];
  return number === null ? word : `${word} ${number}`;
}
