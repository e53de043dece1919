import { printedDate, printedMoney } from '../invoicing/printed-numbers.js';
import { causeOf } from '../payments/failure-causes.js';
import type { Language, MailText } from './texts.js';

/** What every message about a prepaid account says. */
export interface AccountFacts {
  readonly language: Language;
  readonly customerName: string;
  readonly issuerName: string;
  readonly supportEmail: string;
  readonly currency: string;
  /** The customer's page, where money is paid in; null when it is not known. */
  readonly link: string | null;
}

export type PrepaidNews =
  /** Below the threshold, or down at the floor; an estimate, with what is not billed yet. */
  | { readonly kind: 'low' | 'floor'; readonly availableCents: number; readonly unbilledCents: number }
  /** The pre-notification of a debit by mandate. */
  | {
      readonly kind: 'top-up';
      readonly amountCents: number;
      readonly debitDate: string;
      readonly ibanLast4: string | null;
    }
  /** A top-up failed or was taken back: automatic top-up is off. */
  | { readonly kind: 'auto-off'; readonly amountCents: number; readonly reason: string }
  /** The balance did not pay the whole of an invoice. */
  | {
      readonly kind: 'rest';
      readonly numberText: string;
      readonly dueCents: number;
      readonly issuerIban: string | null;
    }
  /** A balance is left: where to? */
  | { readonly kind: 'refund'; readonly amountCents: number }
  /** A car charges, and the balance is near its floor, or has reached it. */
  | {
      readonly kind: 'session-warned' | 'session-stopped';
      readonly charger: string;
      readonly leftCents: number;
      readonly floorCents: number;
      readonly unbilledCents: number;
    };

/** The mail that tells it, in the customer's language. */
export function prepaidText(facts: AccountFacts, news: PrepaidNews): MailText {
  const words = facts.language === 'en' ? ENGLISH : PORTUGUESE;
  const money = (cents: number): string => printedMoney(cents, facts.currency, facts.language);
  const { subject, lines } = words.say(news, money);
  const link = facts.link === null || news.kind === 'top-up' ? [] : [words.link[linkOf(news)](facts.link), ''];
  const body = [
    words.greeting(facts.customerName),
    '',
    ...lines,
    '',
    ...link,
    words.support(facts.supportEmail),
    '',
    facts.issuerName,
  ];
  return { subject, body: body.join('\n') };
}

type LinkKind = 'top-up' | 'account' | 'settings';

function linkOf({ kind }: PrepaidNews): LinkKind {
  if (kind === 'refund') return 'account';
  return kind === 'auto-off' ? 'settings' : 'top-up';
}

interface Words {
  readonly greeting: (name: string) => string;
  readonly support: (email: string) => string;
  readonly link: Readonly<Record<LinkKind, (url: string) => string>>;
  readonly say: (
    news: PrepaidNews,
    money: (cents: number) => string,
  ) => { readonly subject: string; readonly lines: readonly string[] };
}

const PORTUGUESE: Words = {
  greeting: (name) => `Bom dia, ${name},`,
  support: (email) => `Se tiver alguma dúvida, responda a esta mensagem ou escreva para ${email}.`,
  link: {
    'top-up': (url) => `Carregar o saldo: ${url}`,
    account: (url) => `Indicar o IBAN: ${url}`,
    settings: (url) => `Ver o saldo e voltar a ligar o carregamento automático: ${url}`,
  },
  say: (news, money) => {
    switch (news.kind) {
      case 'low':
        return {
          subject: `Saldo pré-pago baixo: ${money(news.availableCents)}`,
          lines: [
            `O seu saldo pré-pago está a acabar: restam cerca de ${money(news.availableCents)}.`,
            `Esta estimativa já desconta ${money(news.unbilledCents)} de consumos ainda não faturados, com IVA.`,
          ],
        };
      case 'floor':
        return {
          subject: 'Saldo pré-pago esgotado',
          lines: [
            `O seu saldo pré-pago está esgotado: restam cerca de ${money(news.availableCents)}, depois de descontados ${money(news.unbilledCents)} de consumos ainda não faturados, com IVA.`,
            'O que o saldo não cobrir fica por pagar na próxima fatura. É o último aviso antes dela.',
          ],
        };
      case 'top-up':
        return {
          subject: `Carregamento automático: ${money(news.amountCents)} em ${printedDate(news.debitDate)}`,
          lines: [
            `Como combinado, vamos debitar ${money(news.amountCents)} ${news.ibanLast4 === null ? 'na sua conta' : `na sua conta terminada em ${news.ibanLast4}`} a partir de ${printedDate(news.debitDate)}, para carregar o seu saldo pré-pago.`,
            'O valor fica disponível quando o banco confirmar o débito, normalmente em alguns dias úteis. Não precisa de fazer nada.',
          ],
        };
      case 'auto-off':
        return {
          subject: 'Carregamento automático desligado',
          lines: [
            causeOf(news.reason) === 'disputed'
              ? `O débito de ${money(news.amountCents)} que carregou o seu saldo foi devolvido pelo banco. O valor saiu do seu saldo pré-pago; o que já tinha sido gasto ficou em dívida.`
              : `O débito de ${money(news.amountCents)} para carregar o seu saldo não foi efetuado. Nada foi creditado.`,
            'Por segurança, o carregamento automático foi desligado.',
          ],
        };
      case 'rest':
        return {
          subject: `Fatura ${news.numberText}: falta pagar ${money(news.dueCents)}`,
          lines: [
            `O seu saldo pré-pago não chegou para a fatura ${news.numberText}: faltam ${money(news.dueCents)}.`,
            news.issuerIban === null
              ? 'Pode carregar o saldo, que paga primeiro esta fatura.'
              : `Pode carregar o saldo ou transferir para o IBAN ${news.issuerIban}, com o número da fatura no descritivo.`,
          ],
        };
      case 'refund':
        return {
          subject: `Saldo pré-pago a devolver: ${money(news.amountCents)}`,
          lines: [
            `As suas faturas estão pagas e sobram ${money(news.amountCents)} do seu saldo pré-pago.`,
            'Indique-nos o IBAN para onde os devemos transferir. O IBAN só é guardado até a transferência estar feita.',
          ],
        };
      case 'session-warned':
        return {
          subject: `O seu carro está a carregar e o saldo está a acabar: ${money(news.leftCents)}`,
          lines: [
            `No carregador ${news.charger}: contando o que está a carregar agora, restam cerca de ${money(news.leftCents)} do seu saldo pré-pago. Já estão descontados ${money(news.unbilledCents)} por faturar, com IVA.`,
            `Quando chegar a ${money(news.floorCents)}, o carregamento é interrompido. Se carregar o saldo antes, continua.`,
          ],
        };
      case 'session-stopped':
        return {
          subject: 'O carregamento foi interrompido: saldo pré-pago esgotado',
          lines: [
            `No carregador ${news.charger}: o carregamento foi interrompido porque restavam ${money(news.leftCents)} do seu saldo pré-pago, depois de descontados ${money(news.unbilledCents)} por faturar, com IVA, e o limite é ${money(news.floorCents)}.`,
            'Carregue o saldo para poder voltar a carregar o carro.',
          ],
        };
      default:
        return news satisfies never;
    }
  },
};

const ENGLISH: Words = {
  greeting: (name) => `Dear ${name},`,
  support: (email) => `If you have any question, reply to this message or write to ${email}.`,
  link: {
    'top-up': (url) => `Top up: ${url}`,
    account: (url) => `Give the IBAN: ${url}`,
    settings: (url) => `See the balance and switch automatic top-up on again: ${url}`,
  },
  say: (news, money) => {
    switch (news.kind) {
      case 'low':
        return {
          subject: `Your prepaid balance is low: ${money(news.availableCents)}`,
          lines: [
            `Your prepaid balance is running out: about ${money(news.availableCents)} are left.`,
            `This estimate already counts ${money(news.unbilledCents)} of consumption that is not billed yet, VAT included.`,
          ],
        };
      case 'floor':
        return {
          subject: 'Your prepaid balance is used up',
          lines: [
            `Your prepaid balance is used up: about ${money(news.availableCents)} are left once ${money(news.unbilledCents)} of consumption that is not billed yet are counted, VAT included.`,
            'What the balance does not cover will be due on the next invoice. This is the last notice before it.',
          ],
        };
      case 'top-up':
        return {
          subject: `Automatic top-up: ${money(news.amountCents)} on ${printedDate(news.debitDate)}`,
          lines: [
            `As agreed, we will collect ${money(news.amountCents)} from your account${news.ibanLast4 === null ? '' : ` ending in ${news.ibanLast4}`} on or after ${printedDate(news.debitDate)}, to top up your prepaid balance.`,
            'The money is available once your bank has confirmed the debit, usually within some business days. You need not do anything.',
          ],
        };
      case 'auto-off':
        return {
          subject: 'Automatic top-up is switched off',
          lines: [
            causeOf(news.reason) === 'disputed'
              ? `The debit of ${money(news.amountCents)} that topped up your balance was taken back by your bank. The money left your prepaid balance; what was spent of it is owed.`
              : `The debit of ${money(news.amountCents)} to top up your balance was not made. Nothing was credited.`,
            'To be safe, automatic top-up was switched off.',
          ],
        };
      case 'rest':
        return {
          subject: `Invoice ${news.numberText}: ${money(news.dueCents)} still due`,
          lines: [
            `Your prepaid balance did not cover invoice ${news.numberText}: ${money(news.dueCents)} are still due.`,
            news.issuerIban === null
              ? 'You can top up your balance, which pays this invoice first.'
              : `You can top up your balance, or transfer to IBAN ${news.issuerIban} with the invoice number in the description.`,
          ],
        };
      case 'refund':
        return {
          subject: `Prepaid balance to be given back: ${money(news.amountCents)}`,
          lines: [
            `Your invoices are paid and ${money(news.amountCents)} of your prepaid balance are left.`,
            'Tell us the IBAN they should go to. It is only kept until the transfer is made.',
          ],
        };
      case 'session-warned':
        return {
          subject: `Your car is charging and the balance is running out: ${money(news.leftCents)}`,
          lines: [
            `At charger ${news.charger}: counting what is being charged now, about ${money(news.leftCents)} of your prepaid balance are left. ${money(news.unbilledCents)} that are not billed yet are already counted, VAT included.`,
            `When it reaches ${money(news.floorCents)}, charging is stopped. If you top up before that, it goes on.`,
          ],
        };
      case 'session-stopped':
        return {
          subject: 'Charging was stopped: your prepaid balance is used up',
          lines: [
            `At charger ${news.charger}: charging was stopped because ${money(news.leftCents)} of your prepaid balance were left once ${money(news.unbilledCents)} that are not billed yet were counted, VAT included, and the limit is ${money(news.floorCents)}.`,
            'Top up your balance to charge your car again.',
          ],
        };
      default:
        return news satisfies never;
    }
  },
};
