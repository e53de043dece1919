import type { Letter } from './letter-texts.js';

/** What a manager is told of one debt; amounts and dates are already in words. */
export interface DebtFacts {
  readonly managerName: string;
  readonly customerName: string;
  readonly numberText: string;
  readonly due: string;
  readonly dueDate: string;
  readonly lapsesOn: string;
  readonly reason: string | null;
  readonly issuerName: string;
  readonly issuerEmail: string;
}

export type ManagerLetterKind = 'lapse' | 'handed-over';

type Texts = Readonly<Record<ManagerLetterKind, (facts: DebtFacts) => Letter>>;

const PORTUGUESE: Texts = {
  lapse: (facts) => ({
    subject: `Dívida a prescrever: fatura ${facts.numberText}`,
    body: letter([
      `Exmo.(a) Sr.(a) ${facts.managerName},`,
      `A fatura ${facts.numberText} de ${facts.customerName}, vencida em ${facts.dueDate}, continua por pagar apesar de ` +
        `todos os avisos. Estão em dívida ${facts.due}.`,
      `Nos termos do artigo 10.º da Lei n.º 23/96, de 26 de julho, o direito a este valor prescreve em ${facts.lapsesOn}, ` +
        `seis meses após a prestação do serviço. Antes dessa data a dívida tem de ser paga, reclamada em tribunal ou ` +
        `entregue ao condomínio.`,
      `Para combinar o que fazer, responda a esta mensagem ou escreva para ${facts.issuerEmail}.`,
      `Com os melhores cumprimentos,\n${facts.issuerName}`,
    ]),
  }),
  'handed-over': (facts) => ({
    subject: `Dívida entregue ao condomínio: fatura ${facts.numberText}`,
    body: letter([
      `Exmo.(a) Sr.(a) ${facts.managerName},`,
      `Entregamos ao condomínio a cobrança da fatura ${facts.numberText} de ${facts.customerName}, vencida em ` +
        `${facts.dueDate}. Estão em dívida ${facts.due}.` +
        (facts.reason === null ? '' : ` Motivo: ${facts.reason}`),
      `O direito a este valor prescreve em ${facts.lapsesOn} (artigo 10.º da Lei n.º 23/96, de 26 de julho): até lá tem de ` +
        `ser reclamado. A fatura e o registo de todos os avisos estão na sua área de cliente.`,
      `Com os melhores cumprimentos,\n${facts.issuerName}`,
    ]),
  }),
};

const ENGLISH: Texts = {
  lapse: (facts) => ({
    subject: `A debt is about to lapse: invoice ${facts.numberText}`,
    body: letter([
      `Dear ${facts.managerName},`,
      `Invoice ${facts.numberText} of ${facts.customerName}, due on ${facts.dueDate}, is still unpaid in spite of all our ` +
        `letters. The amount due is ${facts.due}.`,
      `Under article 10 of Portuguese Law 23/96 of 26 July the claim lapses on ${facts.lapsesOn}, six months after the ` +
        `service. Before that day it must be paid, taken to court, or handed over to the condominium.`,
      `To agree on what to do, reply to this message or write to ${facts.issuerEmail}.`,
      `Kind regards,\n${facts.issuerName}`,
    ]),
  }),
  'handed-over': (facts) => ({
    subject: `A debt handed over to the condominium: invoice ${facts.numberText}`,
    body: letter([
      `Dear ${facts.managerName},`,
      `We hand over to the condominium the collection of invoice ${facts.numberText} of ${facts.customerName}, due on ` +
        `${facts.dueDate}. The amount due is ${facts.due}.` +
        (facts.reason === null ? '' : ` Reason: ${facts.reason}`),
      `The claim lapses on ${facts.lapsesOn} (article 10 of Portuguese Law 23/96 of 26 July): until then it must be ` +
        `claimed. The invoice and the record of all our letters are in your customer area.`,
      `Kind regards,\n${facts.issuerName}`,
    ]),
  }),
};

const letter = (paragraphs: readonly string[]): string => `${paragraphs.join('\n\n')}\n`;

/** A letter to the condominium's manager: which debt, of whom, how much, and until when it can be claimed. */
export function writeManagerLetter(kind: ManagerLetterKind, facts: DebtFacts, language: 'pt' | 'en'): Letter {
  return (language === 'en' ? ENGLISH : PORTUGUESE)[kind](facts);
}
