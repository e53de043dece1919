import type { InvoiceWords } from './invoice-words.js';

export const PT: InvoiceWords = {
  locale: 'pt-PT',
  titles: { FT: 'Fatura', FS: 'Fatura simplificada', FR: 'Fatura-recibo', NC: 'Nota de crédito' },
  issued: (date) => `Emitida em ${date}`,
  taxNumber: 'NIF',
  customer: 'Cliente',
  finalConsumer: 'consumidor final',
  customerNumber: (id) => `Cliente n.º ${id}`,
  rows: {
    period: 'Período',
    due: 'Vencimento',
    paid: 'Paga em',
    corrects: 'Corrige',
    installation: 'Instalação',
    condominium: 'Condomínio',
    spot: 'Lugar',
    spots: 'Lugares',
  },
  period: (from, to) => `${from} a ${to}`,
  correctedInvoice: (number, date) => `${number} de ${date}`,
  toPay: 'Total a pagar',
  toCredit: 'Total creditado',
  paidInFull: 'Total pago',
  receipt: {
    headline: (date) => `Paga do saldo pré-pago em ${date}`,
    explanation: () => 'Este documento é também o recibo. Não precisa de fazer nada.',
  },
  directDebit: {
    headline: (date) => `Débito direto em ${date}`,
    explanation: ({ last4 }) =>
      `O valor será debitado na conta ${last4 === null ? '' : `terminada em ${last4} `}do seu mandato SEPA. Não precisa de fazer nada.`,
  },
  prepaid: {
    headline: (date) => `Saldo pré-pago em ${date}`,
    explanation: () => 'O valor será descontado do seu saldo. Se não chegar, avisamos do que falta.',
  },
  transfer: {
    headline: (date) => `Transferência até ${date}`,
    explanation: ({ number, iban, reference, hasMultibanco }) =>
      [
        iban === null ? '' : `IBAN ${iban}. `,
        reference === null ? `Indique ${number} no descritivo.` : `Referência de pagamento ${reference}.`,
        hasMultibanco ? ' Ou por Multibanco ou MB WAY, no seu portal.' : '',
      ].join(''),
  },
  credit: {
    headline: (number) => `Corrige a fatura ${number}`,
    explanation: (reason) => `Motivo: ${reason}`,
  },
  energyByBand: (month) => `Energia de ${month} por período horário`,
  summary: 'Resumo, sem IVA',
  parts: {
    energy: 'Energia carregada',
    feedIn: 'Energia devolvida à rede',
    charges: 'Outros encargos do comercializador',
    fees: 'Serviço, pelo contrato com o condomínio',
  },
  adjustments: (month) => `Acertos de ${month}`,
  vat: {
    title: 'Resumo do IVA',
    rate: 'Taxa',
    base: 'Base',
    vat: 'IVA',
    net: 'Total sem IVA',
    gross: 'Total com IVA',
    noTax: 'IVA não cobrado',
    perLine: 'IVA arredondado ao cêntimo em cada linha.',
    perGroup: 'IVA arredondado ao cêntimo uma vez por taxa.',
  },
  report: 'Relatório de carregamentos',
  creditedReport: 'Valores creditados',
  columns: {
    band: 'Período horário',
    hours: 'Horas',
    energy: 'Energia',
    price: 'Preço por kWh',
    vat: 'IVA',
    value: 'Valor',
    charge: 'Designação',
  },
  spot: (name, charger) => `Lugar ${name}${charger === null ? '' : ` (${charger})`}`,
  otherValues: 'Outros valores',
  continued: ' (continuação)',
  fedBack: 'energia devolvida à rede (crédito)',
  netTotal: 'Total sem IVA',
  charged: (from, to, energy) => `Total carregado de ${from} até ${to}: ${energy}`,
  fedBackTotal: (energy, credit) => `Devolvido à rede: ${energy}, a seu favor ${credit}`,
  estimated: (energy, error) => `estimado ${energy}${error === null ? '' : `, erro máximo ${error}`}`,
  averagePrice: '† preço médio; calculado por quarto de hora',
  feesSource: (issuer) => `Valores de ${issuer}; não fazem parte da fatura do comercializador de eletricidade.`,
  feesOf: 'serviço',
  adjustmentsNote: 'Diferença entre o que devia ter sido faturado nesse mês e o que foi faturado.',
  meters: 'Leituras do contador',
  meterColumns: ['Lugar', 'Carregador', 'Primeira leitura', 'Última leitura', 'Diferença'],
  notes: {
    questions: (email, number) =>
      `Tem dúvidas sobre este documento? Escreva para ${email} e indique ${number}. Cada valor acima resulta de leituras guardadas do contador do carregador, que pode consultar no seu portal.`,
    estimated: (energy) =>
      `Energia estimada: ${energy}. Entre duas leituras com mais de 15 minutos de intervalo, a energia foi repartida pelos períodos horários em proporção do tempo. O total medido não muda.`,
    prices:
      'Energia e encargos aos preços do comercializador de eletricidade do condomínio, sem IVA. Cada linha é arredondada ao cêntimo; os totais somam as linhas.',
    metersDiffer:
      'A diferença entre leituras pode não ser igual à energia faturada: fatura-se só a energia de sessões de carregamento, dentro do mês.',
    complaints: 'Livro de reclamações eletrónico: www.livroreclamacoes.pt',
    credit: 'Esta nota de crédito reduz o que deve da fatura corrigida; se já a pagou, o valor fica a seu favor.',
  },
  page: (number, count) => `Página ${number} de ${count}`,
  fiscal: {
    cashVat: 'IVA – regime de caixa',
    uncertified: 'Programa ainda não certificado pela Autoridade Tributária: documento sem validade fiscal.',
  },
};
