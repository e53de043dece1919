import { printedDate, printedMoney } from '../invoicing/printed-numbers.js';
import type { Language, MailText } from './texts.js';

interface CustomerFacts {
  readonly language: Language;
  readonly customerName: string;
  readonly issuerName: string;
  readonly supportEmail: string;
}

function letter(facts: CustomerFacts, subject: string, paragraphs: readonly string[]): MailText {
  const isEnglish = facts.language === 'en';
  const greeting = isEnglish ? `Dear ${facts.customerName},` : `Bom dia, ${facts.customerName},`;
  const questions = isEnglish ? `Questions: ${facts.supportEmail}` : `Dúvidas: ${facts.supportEmail}`;
  return { subject, body: `${[greeting, ...paragraphs, questions, facts.issuerName].join('\n\n')}\n` };
}

export interface PaidAheadFacts extends CustomerFacts {
  readonly amountCents: number;
  readonly currency: string;
  /** What was chosen to be paid. */
  readonly numbers: readonly string[];
}

/** A payment came for what was paid meanwhile: it is the customer's balance. */
export function paidAheadText(facts: PaidAheadFacts): MailText {
  const amount = printedMoney(facts.amountCents, facts.currency);
  const numbers = facts.numbers.join(', ');
  if (facts.language === 'en') {
    return letter(facts, `${amount} added to your balance`, [
      `Your payment for ${numbers} came after it had been paid in another way. ${amount} of it is now your prepaid balance.`,
      'Your next invoices are paid from it first. If you would rather have it back, reply to this message.',
    ]);
  }
  return letter(facts, `${amount} creditados no seu saldo`, [
    `O seu pagamento de ${numbers} chegou depois de o valor ter sido pago por outra via. ${amount} ficam no seu saldo pré-pago.`,
    'As próximas faturas são pagas primeiro por esse saldo. Se preferir a devolução, responda a esta mensagem.',
  ]);
}

export interface MandateSignedFacts extends CustomerFacts {
  readonly ibanLast4: string | null;
  /** yyyy-mm-dd */
  readonly signedDate: string;
  /** What was agreed to, word for word. */
  readonly mandateText: string;
}

/** The confirmation of a mandate, with its text: part of the evidence. */
export function mandateSignedText(facts: MandateSignedFacts): MailText {
  const account = `•••• ${facts.ibanLast4 ?? ''}`.trim();
  const date = printedDate(facts.signedDate);
  if (facts.language === 'en') {
    return letter(facts, 'Your direct debit mandate', [
      `On ${date} you gave us a direct debit mandate for your account ${account}. This is what you agreed to:`,
      facts.mandateText,
      'If it was not you, tell us at once, or withdraw the mandate in your portal.',
    ]);
  }
  return letter(facts, 'O seu mandato de débito direto', [
    `Em ${date} deu-nos um mandato de débito direto para a sua conta ${account}. Foi isto que aceitou:`,
    facts.mandateText,
    'Se não foi o próprio, avise-nos de imediato, ou retire o mandato no seu portal.',
  ]);
}

export interface MandateEndedFacts extends CustomerFacts {
  readonly ibanLast4: string | null;
  /** withdrawn, bank or lapsed */
  readonly because: string;
  readonly open: readonly { readonly numberText: string; readonly dueCents: number; readonly currency: string }[];
  /** For a transfer; null when the issuer has none on record. */
  readonly issuerIban: string | null;
  readonly moneyPageUrl: string;
}

const ENDED = {
  pt: {
    withdrawn: 'retirado por si',
    lapsed: 'caducado, por não ter sido usado em 36 meses',
    bank: 'terminado pelo seu banco',
  },
  en: {
    withdrawn: 'withdrawn by you',
    lapsed: 'void, as it was not used for 36 months',
    bank: 'ended by your bank',
  },
} as const;

function reasonOf({ because, language }: MandateEndedFacts): string {
  const words = ENDED[language];
  if (because === 'withdrawn') return words.withdrawn;
  return because === 'lapsed' ? words.lapsed : words.bank;
}

/** A mandate has ended: nothing is debited any more, and how open invoices are paid instead. */
export function mandateEndedText(facts: MandateEndedFacts): MailText {
  const account = `•••• ${facts.ibanLast4 ?? ''}`.trim();
  const open = facts.open.map((one) => `${one.numberText}: ${printedMoney(one.dueCents, one.currency)}`).join('\n');
  if (facts.language === 'en') {
    const iban = facts.issuerIban === null ? '' : `, or by bank transfer to IBAN ${facts.issuerIban}`;
    return letter(facts, 'Your direct debit mandate has ended', [
      `The direct debit mandate for your account ${account} was ${reasonOf(facts)}. Nothing more is debited with it; what your bank has already been asked for may still be debited.`,
      ...(open === '' ? [] : [`These invoices are still due:\n${open}`]),
      `Please pay by card, MB WAY or Multibanco at ${facts.moneyPageUrl}${iban}. You can sign a new mandate there.`,
    ]);
  }
  const iban = facts.issuerIban === null ? '' : `, ou por transferência para o IBAN ${facts.issuerIban}`;
  return letter(facts, 'O seu mandato de débito direto terminou', [
    `O mandato de débito direto para a sua conta ${account} foi ${reasonOf(facts)}. Nada mais é debitado com ele; o que já foi pedido ao seu banco pode ainda ser debitado.`,
    ...(open === '' ? [] : [`Estas faturas continuam por pagar:\n${open}`]),
    `Pague por cartão, MB WAY ou Multibanco em ${facts.moneyPageUrl}${iban}. Na mesma página pode assinar um novo mandato.`,
  ]);
}

export interface MandateLinkFacts extends CustomerFacts {
  readonly url: string;
}

/** Where a mandate is signed. */
export function mandateLinkText(facts: MandateLinkFacts): MailText {
  if (facts.language === 'en') {
    return letter(facts, 'Sign your direct debit mandate', [
      `With a direct debit your invoices are paid on their due date by themselves. You can sign the mandate here within the next 23 hours:`,
      facts.url,
      'Afterwards you can sign it in your portal at any time.',
    ]);
  }
  return letter(facts, 'Assine o seu mandato de débito direto', [
    'Com o débito direto as suas faturas são pagas na data de vencimento, sem mais nada. Pode assinar o mandato aqui, nas próximas 23 horas:',
    facts.url,
    'Depois disso pode assiná-lo no seu portal, em qualquer altura.',
  ]);
}
