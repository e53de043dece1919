import { causeOf, type FailureCause } from '#libs/payments/failure-causes.js';

import type { LetterFacts, LetterTexts } from './letter-texts.js';

const CAUSES: Readonly<Record<FailureCause, string>> = {
  'insufficient-funds': 'a conta não tinha saldo suficiente',
  'account-closed': 'a conta foi encerrada',
  'account-invalid': 'os dados da conta não estão corretos',
  'account-blocked': 'a conta não aceita débitos diretos',
  'mandate-inactive': 'a autorização de débito direto já não está ativa',
  'refused-by-debtor': 'o débito foi recusado',
  'debtor-deceased': 'o banco não pôde executar o débito',
  'limit-exceeded': 'o valor ultrapassa o limite da conta',
  disputed: 'o débito foi devolvido a pedido do titular da conta',
  'bank-unreachable': 'o banco não pôde executar o débito',
  cancelled: 'o débito foi anulado',
  'processing-too-long': 'o banco ainda não confirmou o débito',
  'no-mandate': 'não existe autorização de débito direto ativa',
  'prepaid-too-low': 'o saldo pré-pago não chega para o valor em dívida',
  'not-paid': 'ainda não recebemos o pagamento',
  'debit-failed': 'o débito não pôde ser executado',
};

const amount = (facts: LetterFacts): string =>
  facts.partlyPaid ? `${facts.due} (do total de ${facts.gross}; o restante já foi pago)` : facts.due;

const STAGE_WORDS = {
  opened: 'abertura do processo',
  notice: 'enviamos um aviso',
  reminder: 'enviamos um lembrete',
  retry: 'voltamos a apresentar o débito direto',
  'formal-notice': 'enviamos o aviso formal de suspensão',
  'suspension-proposed': 'pode ser proposta a suspensão do carregamento',
  suspended: 'o carregamento é suspenso',
} as const;

export const PORTUGUESE: LetterTexts = {
  subject: {
    notice: ({ numberText }) => `Fatura ${numberText}: pagamento não efetuado`,
    reminder: ({ numberText }) => `Lembrete: fatura ${numberText} por pagar`,
    retry: ({ numberText }) => `Fatura ${numberText}: novo débito direto`,
    'formal-notice': ({ numberText }) => `Aviso formal: fatura ${numberText} em dívida`,
    suspended: ({ numberText }) => `Carregamento suspenso: fatura ${numberText} por pagar`,
    resumed: ({ numberText }) => `Carregamento retomado: fatura ${numberText}`,
  },
  greeting: ({ customerName }) => `Exmo.(a) Sr.(a) ${customerName},`,
  what: {
    notice: (facts) =>
      `A fatura ${facts.numberText}, com vencimento em ${facts.dueDate}, não foi paga: ${CAUSES[causeOf(facts.cause)]}. ` +
      `Está em dívida o valor de ${amount(facts)}.`,
    reminder: (facts) =>
      `Lembramos que a fatura ${facts.numberText}, vencida em ${facts.dueDate}, continua por pagar. ` +
      `Está em dívida o valor de ${amount(facts)}.`,
    retry: (facts) =>
      `A fatura ${facts.numberText}, vencida em ${facts.dueDate}, continua por pagar: ${CAUSES[causeOf(facts.cause)]}. ` +
      `Vamos apresentar de novo ao banco o débito direto de ${amount(facts)}.`,
    'formal-notice': (facts) =>
      `A fatura ${facts.numberText}, vencida em ${facts.dueDate}, continua por pagar, apesar dos avisos anteriores. ` +
      `Está em dívida o valor de ${amount(facts)}. ` +
      (facts.suspendable
        ? `Nos termos do artigo 5.º da Lei n.º 23/96, de 26 de julho, ` +
          `comunicamos com a antecedência mínima de 20 dias que a falta deste pagamento é motivo de suspensão do serviço de ` +
          `carregamento. A suspensão evita-se pagando o valor em dívida; depois de suspenso, o serviço é retomado logo que o ` +
          `pagamento esteja confirmado.`
        : `Interpelamos formalmente ao pagamento. O carregamento que paga antecipadamente não é suspenso por esta dívida.`),
    suspended: (facts) =>
      `A fatura ${facts.numberText}, vencida em ${facts.dueDate}, continua por pagar depois do aviso formal. ` +
      `Está em dívida o valor de ${amount(facts)}. A partir de agora os seus cartões e o seu lugar não iniciam novas ` +
      `sessões de carregamento. Uma sessão em curso termina normalmente, o cabo nunca fica preso e o fornecimento da sua ` +
      `habitação não é afetado.`,
    resumed: (facts) =>
      `Já pode voltar a carregar: a suspensão por causa da fatura ${facts.numberText}, vencida em ${facts.dueDate}, ` +
      `terminou. Não precisa de fazer mais nada.`,
  },
  howToPay: (facts, stage) => {
    const debit =
      stage === 'retry' && facts.ibanLast4 !== null
        ? `O débito é feito na conta terminada em ${facts.ibanLast4}; basta que tenha saldo. `
        : '';
    const transfer =
      facts.issuerIban === null
        ? `Para combinar o pagamento, escreva para ${facts.issuerEmail}, indicando a fatura ${facts.numberText}.`
        : `Pode pagar por transferência para o IBAN ${facts.issuerIban}, de ${facts.issuerName}, indicando a ` +
          `referência ${facts.reference}.`;
    const page = facts.payUrl === null ? '' : ` Ou por cartão, MB WAY ou Multibanco em ${facts.payUrl}.`;
    return `Como pagar: ${debit}${transfer}${page}`;
  },
  whatNext: ({ next, noticePeriod, suspendable }, stage) => {
    if (stage === 'suspended') {
      return 'O que se segue: o carregamento é retomado automaticamente, e com aviso, logo que o pagamento esteja confirmado.';
    }
    if (stage === 'formal-notice' && suspendable) {
      const date = next === null ? '' : `, não antes de ${next.date}`;
      return (
        `O que se segue: se o valor não for pago, a suspensão pode ser proposta decorridos ${noticePeriod}${date}, nunca ` +
        `a uma sexta-feira nem na véspera de feriado. Uma sessão em curso não é interrompida e o fornecimento da sua ` +
        `habitação não é afetado.`
      );
    }
    return next === null
      ? 'O que se segue: aguardamos o seu pagamento.'
      : `O que se segue: se o valor não for pago até ${next.date}, ${STAGE_WORDS[next.stage]}.`;
  },
  howToQuestion: ({ issuerEmail, numberText }) =>
    `Se já pagou, se não concorda com o valor ou se precisa de um plano de pagamento, responda a esta mensagem ou escreva ` +
    `para ${issuerEmail}, indicando a fatura ${numberText}. Enquanto a reclamação estiver em análise, não é proposta ` +
    `qualquer suspensão.`,
  closing: ({ issuerName }) => `Com os melhores cumprimentos,\n${issuerName}`,
};
