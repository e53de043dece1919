import { printedKWh, printedMoney, printedMonth } from '../invoicing/printed-numbers.js';

export type Language = 'pt' | 'en';

export interface MailText {
  readonly subject: string;
  readonly body: string;
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

/** A mail's body, a line each. */
export function lines(...text: readonly string[]): string {
  return `${text.join('\n')}\n`;
}
