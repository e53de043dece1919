import { printedDate, printedMoney } from '../invoicing/printed-numbers.js';
import type { Language, MailText } from './texts.js';

export interface ReceiptMailFacts {
  readonly language: Language;
  readonly customerName: string;
  readonly issuerName: string;
  readonly supportEmail: string;
  readonly numberText: string;
  readonly amountCents: number;
  readonly currency: string;
  /** Local date, yyyy-mm-dd. */
  readonly paidOn: string;
  /** The numbers of the documents that were paid. */
  readonly documents: readonly string[];
}

/** The mail that a receipt comes with: what was received, when, and for which invoices. */
export function receiptText(facts: ReceiptMailFacts): MailText {
  const { customerName, issuerName, supportEmail, numberText, documents } = facts;
  const amount = printedMoney(facts.amountCents, facts.currency);
  const date = printedDate(facts.paidOn);
  const [text, ...lines] =
    facts.language === 'en'
      ? [
          `Receipt ${numberText} – ${amount}`,
          `Dear ${customerName},`,
          `We received your payment of ${amount} on ${date}, for ${documents.join(', ')}. Thank you.`,
          `Receipt ${numberText} is attached. You need not do anything.`,
          `If you have any question, reply to this message or write to ${supportEmail}.`,
          issuerName,
        ]
      : [
          `Recibo ${numberText} – ${amount}`,
          `Bom dia, ${customerName},`,
          `Recebemos o seu pagamento de ${amount} em ${date}, de ${documents.join(', ')}. Obrigado.`,
          `Segue em anexo o recibo ${numberText}. Não precisa de fazer nada.`,
          `Se tiver alguma dúvida, responda a esta mensagem ou escreva para ${supportEmail}.`,
          issuerName,
        ];
  return { subject: text ?? '', body: `${lines.join('\n\n')}\n` };
}
