import { ibanInFours } from '#libs/payments/iban.js';
import { formatReference, paymentReference } from '#libs/payments/payment-reference.js';

import { printedDate, printedMoney, printedMonth } from '../invoicing/printed-numbers.js';
import { lines, type Language, type MailText } from './texts.js';

export interface PreNotificationFacts {
  readonly language: Language;
  readonly customerName: string;
  readonly issuerName: string;
  /** Where the customer questions the invoice. */
  readonly supportEmail: string;
  /** For a transfer; null when the issuer has none on record. */
  readonly issuerIban: string | null;
  readonly numberText: string;
  /** FT, FS, or FR: that was paid from the balance when it was issued */
  readonly type: string;
  /** yyyy-mm */
  readonly period: string;
  readonly grossCents: number;
  readonly currency: string;
  /** Local date, yyyy-mm-dd. */
  readonly dueDate: string;
  /** direct-debit, prepaid or transfer */
  readonly method: string;
  /** Whether a direct debit has a mandate to be made by: without one the customer has to sign one, or pay. */
  readonly hasMandate: boolean;
  /** The last characters of the mandate's account; null when they are not known. */
  readonly mandateLast4: string | null;
  /** The customer's page, where one pays and signs; null when its address is not known. */
  readonly payUrl: string | null;
}

/**
 * The mail that comes with the invoice: how much, when, how, and how to question it. Of a direct debit it is the
 * pre-notification that the SEPA rulebook asks for (EPC016-06, section 4.3: amount and due date).
 */
export function preNotificationText(facts: PreNotificationFacts): MailText {
  const words = facts.language === 'en' ? ENGLISH : PORTUGUESE;
  const amount = printedMoney(facts.grossCents, facts.currency, facts.language);
  const isPaid = facts.type === 'FR';
  const page = isPaid || facts.payUrl === null ? [] : ['', words.page(facts.payUrl)];
  return {
    subject: words.subject(facts, amount),
    body: lines(
      words.greeting(facts.customerName),
      '',
      words.collection[wayOf(facts)](facts, amount),
      ...page,
      '',
      words.attached(printedMonth(facts.period, facts.language)),
      '',
      words.questions(facts.supportEmail, isPaid),
      '',
      facts.issuerName,
    ),
  };
}

type Way = 'paid' | 'direct-debit' | 'no-mandate' | 'prepaid' | 'transfer';

function wayOf({ type, method, hasMandate }: PreNotificationFacts): Way {
  if (type === 'FR') return 'paid';
  if (method === 'direct-debit') return hasMandate ? 'direct-debit' : 'no-mandate';
  return method === 'prepaid' ? 'prepaid' : 'transfer';
}

type Sentence = (facts: PreNotificationFacts, amount: string) => string;

interface Words {
  readonly subject: Sentence;
  readonly greeting: (name: string) => string;
  readonly collection: Readonly<Record<Way, Sentence>>;
  readonly page: (url: string) => string;
  readonly attached: (month: string) => string;
  readonly questions: (email: string, isPaid: boolean) => string;
}

const reference = (facts: PreNotificationFacts): string => formatReference(paymentReference(facts));

const PORTUGUESE: Words = {
  subject: ({ type, numberText, period }, amount) =>
    `${type === 'FR' ? 'Fatura-recibo' : 'Fatura'} ${numberText} – carregamento de ${printedMonth(period)} – ${amount}`,
  greeting: (name) => `Bom dia, ${name},`,
  collection: {
    paid: ({ numberText }, amount) =>
      `A sua fatura-recibo ${numberText}, de ${amount}, está paga: o valor saiu do seu saldo pré-pago. Não precisa de fazer nada.`,
    'direct-debit': ({ numberText, dueDate, mandateLast4 }, amount) =>
      `A sua fatura ${numberText}, de ${amount}, será debitada na sua conta${mandateLast4 === null ? '' : ` terminada em ${mandateLast4}`} por débito direto em ${printedDate(dueDate)}. Não precisa de fazer nada.`,
    'no-mandate': (facts, amount) =>
      `A sua fatura ${facts.numberText}, de ${amount}, vence em ${printedDate(facts.dueDate)}. Ainda não temos uma autorização sua de débito direto em vigor: assine-a na sua página ou pague até essa data${toIban(facts)}, com a referência ${reference(facts)} no descritivo.`,
    prepaid: ({ numberText, dueDate }, amount) =>
      `A sua fatura ${numberText}, de ${amount}, será descontada do seu saldo pré-pago em ${printedDate(dueDate)}.`,
    transfer: (facts, amount) =>
      `A sua fatura ${facts.numberText}, de ${amount}, deve ser paga${toIban(facts)} até ${printedDate(facts.dueDate)}, com a referência ${reference(facts)} no descritivo.`,
  },
  page: (url) => `Na sua página vê de onde vem cada cêntimo e pode pagar por outro meio: ${url}`,
  attached: (month) =>
    `Segue em anexo a fatura dos carregamentos de ${month}, com cada período horário e as leituras do contador.`,
  questions: (email, isPaid) =>
    `Se tiver alguma dúvida, responda a esta mensagem ou escreva para ${email}${isPaid ? '' : ' antes dessa data'}.`,
};

const toIban = ({ issuerIban }: PreNotificationFacts): string =>
  ` por transferência${issuerIban === null ? '' : ` para o IBAN ${ibanInFours(issuerIban)}`}`;

const ENGLISH: Words = {
  subject: ({ type, numberText, period }, amount) =>
    `${type === 'FR' ? 'Invoice-receipt' : 'Invoice'} ${numberText} – charging in ${printedMonth(period, 'en')} – ${amount}`,
  greeting: (name) => `Dear ${name},`,
  collection: {
    paid: ({ numberText }, amount) =>
      `Your invoice-receipt ${numberText} of ${amount} is paid: the amount was taken from your prepaid balance. You need not do anything.`,
    'direct-debit': ({ numberText, dueDate, mandateLast4 }, amount) =>
      `Your invoice ${numberText} of ${amount} will be collected from your account${mandateLast4 === null ? '' : ` ending in ${mandateLast4}`} by direct debit on ${printedDate(dueDate)}. You need not do anything.`,
    'no-mandate': (facts, amount) =>
      `Your invoice ${facts.numberText} of ${amount} is due on ${printedDate(facts.dueDate)}. We have no valid direct debit mandate of yours: sign one on your page, or pay by bank transfer${intoIban(facts)} by that date, quoting the reference ${reference(facts)}.`,
    prepaid: ({ numberText, dueDate }, amount) =>
      `Your invoice ${numberText} of ${amount} will be deducted from your prepaid balance on ${printedDate(dueDate)}.`,
    transfer: (facts, amount) =>
      `Please pay your invoice ${facts.numberText} of ${amount} by bank transfer${intoIban(facts)} by ${printedDate(facts.dueDate)}, quoting the reference ${reference(facts)}.`,
  },
  page: (url) => `On your page you see where each cent comes from, and can pay in other ways: ${url}`,
  attached: (month) =>
    `The invoice for your charging in ${month} is attached, with every tariff band and the meter readings.`,
  questions: (email, isPaid) =>
    `If you have any question, reply to this message or write to ${email}${isPaid ? '' : ' before that date'}.`,
};

const intoIban = ({ issuerIban }: PreNotificationFacts): string =>
  issuerIban === null ? '' : ` to IBAN ${ibanInFours(issuerIban)}`;
