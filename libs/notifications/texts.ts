import { formatReference, paymentReference } from '#libs/payments/payment-reference.js';

import { printedDate, printedKWh, printedMoney, printedMonth } from '../invoicing/printed-numbers.js';

export type Language = 'pt' | 'en';

export interface MailText {
  readonly subject: string;
  readonly body: string;
}

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
}

/** The SEPA pre-notification that comes with the invoice: how much, when, how, and how to question it. */
export function preNotificationText(facts: PreNotificationFacts): MailText {
  return facts.language === 'en' ? preNotificationInEnglish(facts) : preNotificationInPortuguese(facts);
}

const isPaid = ({ type }: PreNotificationFacts): boolean => type === 'FR';

function preNotificationInPortuguese(facts: PreNotificationFacts): MailText {
  const amount = printedMoney(facts.grossCents, facts.currency);
  const month = printedMonth(facts.period);
  return {
    subject: `${isPaid(facts) ? 'Fatura-recibo' : 'Fatura'} ${facts.numberText} – carregamento de ${month} – ${amount}`,
    body: lines(
      `Bom dia, ${facts.customerName},`,
      '',
      collectionInPortuguese(facts, amount),
      '',
      `Segue em anexo a fatura dos carregamentos de ${month}, com cada período horário e as leituras do contador.`,
      '',
      `Se tiver alguma dúvida, responda a esta mensagem ou escreva para ${facts.supportEmail}${isPaid(facts) ? '' : ' antes dessa data'}.`,
      '',
      facts.issuerName,
    ),
  };
}

function collectionInPortuguese(facts: PreNotificationFacts, amount: string): string {
  if (isPaid(facts)) {
    return `A sua fatura-recibo ${facts.numberText}, de ${amount}, está paga: o valor saiu do seu saldo pré-pago. Não precisa de fazer nada.`;
  }
  const date = printedDate(facts.dueDate);
  switch (facts.method) {
    case 'direct-debit':
      return `A sua fatura ${facts.numberText}, de ${amount}, será debitada na sua conta por débito direto em ${date}. Não precisa de fazer nada.`;
    case 'prepaid':
      return `A sua fatura ${facts.numberText}, de ${amount}, será descontada do seu saldo pré-pago em ${date}.`;
    default: {
      const to = facts.issuerIban === null ? '' : ` para o IBAN ${facts.issuerIban}`;
      return `A sua fatura ${facts.numberText}, de ${amount}, deve ser paga por transferência${to} até ${date}, com a referência ${formatReference(paymentReference(facts))} no descritivo.`;
    }
  }
}

function preNotificationInEnglish(facts: PreNotificationFacts): MailText {
  const amount = printedMoney(facts.grossCents, facts.currency);
  const month = printedMonth(facts.period, 'en');
  return {
    subject: `${isPaid(facts) ? 'Invoice-receipt' : 'Invoice'} ${facts.numberText} – charging in ${month} – ${amount}`,
    body: lines(
      `Dear ${facts.customerName},`,
      '',
      collectionInEnglish(facts, amount),
      '',
      `The invoice for your charging in ${month} is attached, with every tariff band and the meter readings.`,
      '',
      `If you have any question, reply to this message or write to ${facts.supportEmail}${isPaid(facts) ? '' : ' before that date'}.`,
      '',
      facts.issuerName,
    ),
  };
}

function collectionInEnglish(facts: PreNotificationFacts, amount: string): string {
  if (isPaid(facts)) {
    return `Your invoice-receipt ${facts.numberText} of ${amount} is paid: the amount was taken from your prepaid balance. You need not do anything.`;
  }
  const date = printedDate(facts.dueDate);
  switch (facts.method) {
    case 'direct-debit':
      return `Your invoice ${facts.numberText} of ${amount} will be collected from your account by direct debit on ${date}. You need not do anything.`;
    case 'prepaid':
      return `Your invoice ${facts.numberText} of ${amount} will be deducted from your prepaid balance on ${date}.`;
    default: {
      const to = facts.issuerIban === null ? '' : ` to IBAN ${facts.issuerIban}`;
      return `Please pay your invoice ${facts.numberText} of ${amount} by bank transfer${to} by ${date}, quoting the reference ${formatReference(paymentReference(facts))}.`;
    }
  }
}

export interface ManagerReportFacts {
  readonly language: Language;
  readonly managerName: string;
  readonly condominiumName: string;
  readonly installationName: string;
  readonly issuerName: string;
  readonly supportEmail: string;
  /** yyyy-mm */
  readonly period: string;
  readonly invoices: number;
  readonly totalWh: number;
  /** Net of VAT: what the condominium recovers. */
  readonly recoveredCents: number;
  /** Net of VAT: the fees of the contract with the condominium, apart. */
  readonly feesCents: number;
  readonly dueCents: number;
  readonly currency: string;
  /** The retailer's bill, net of VAT, and where it went; null while the month is not reconciled. */
  readonly bill: BillFacts | null;
}

export interface BillFacts {
  /** Whether the retailer's invoice has been entered; without it the bill is what the tariff says. */
  readonly isEntered: boolean;
  readonly billCents: number;
  readonly recoveredCents: number;
  readonly residualCents: number;
}

/** The monthly report's covering mail to the manager of the common areas. */
export function managerReportText(facts: ManagerReportFacts): MailText {
  const recovered = printedMoney(facts.recoveredCents, facts.currency);
  const fees = printedMoney(facts.feesCents, facts.currency);
  const due = printedMoney(facts.dueCents, facts.currency);
  const energy = printedKWh(facts.totalWh);
  if (facts.language === 'en') {
    const month = printedMonth(facts.period, 'en');
    return {
      subject: `${facts.installationName}: charging report of ${month}`,
      body: lines(
        `Dear ${facts.managerName},`,
        '',
        `The report of ${month} for ${facts.installationName} (${facts.condominiumName}) is attached.`,
        '',
        `Energy: ${energy}`,
        `Invoices issued: ${facts.invoices}`,
        `To be recovered, net of VAT: ${recovered}`,
        ...(facts.feesCents === 0 ? [] : [`Service, net of VAT: ${fees}`]),
        ...billInEnglish(facts),
        `Not yet paid: ${due}`,
        '',
        `Questions: ${facts.supportEmail}`,
        '',
        facts.issuerName,
      ),
    };
  }
  const month = printedMonth(facts.period);
  return {
    subject: `${facts.installationName}: relatório de carregamentos de ${month}`,
    body: lines(
      `Bom dia, ${facts.managerName},`,
      '',
      `Segue em anexo o relatório de ${month} da instalação ${facts.installationName} (${facts.condominiumName}).`,
      '',
      `Energia: ${energy}`,
      `Faturas emitidas: ${facts.invoices}`,
      `Valor a recuperar, sem IVA: ${recovered}`,
      ...(facts.feesCents === 0 ? [] : [`Serviço, sem IVA: ${fees}`]),
      ...billInPortuguese(facts),
      `Por pagar à data do relatório: ${due}`,
      '',
      `Dúvidas: ${facts.supportEmail}`,
      '',
      facts.issuerName,
    ),
  };
}

function billInPortuguese({ bill, currency }: ManagerReportFacts): string[] {
  if (bill === null) return [];
  const [whole, recovered, residual] = billAmounts(bill, currency);
  const source = bill.isEntered ? '' : ' segundo o tarifário';
  return [
    `Fatura do comercializador${source}, sem IVA: ${whole}, dos quais ${recovered} recuperados e ${residual} do condomínio`,
  ];
}

function billInEnglish({ bill, currency }: ManagerReportFacts): string[] {
  if (bill === null) return [];
  const [whole, recovered, residual] = billAmounts(bill, currency);
  const source = bill.isEntered ? '' : ' by the tariff';
  return [
    `Retailer's bill${source}, net of VAT: ${whole}, of which ${recovered} recovered and ${residual} the condominium's`,
  ];
}

function billAmounts({ billCents, recoveredCents, residualCents }: BillFacts, currency: string) {
  return [
    printedMoney(billCents, currency),
    printedMoney(recoveredCents, currency),
    printedMoney(residualCents, currency),
  ] as const;
}

function lines(...text: readonly string[]): string {
  return `${text.join('\n')}\n`;
}
