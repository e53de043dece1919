export type PageLanguage = 'pt' | 'en';

const TEXTS = {
  sandbox: { pt: 'Sandbox do Stripe: nenhum dinheiro se move', en: 'Stripe sandbox: no money moves' },
  pay: { pt: 'Pagar', en: 'Pay' },
  setup: { pt: 'Autorizar débito direto', en: 'Authorise direct debit' },
  card: { pt: 'Cartão', en: 'Card' },
  mb_way: { pt: 'MB WAY', en: 'MB WAY' },
  multibanco: { pt: 'Multibanco', en: 'Multibanco' },
  sepa_debit: { pt: 'Débito direto SEPA', en: 'SEPA direct debit' },
  testCard: { pt: 'Cartão de teste', en: 'Test card' },
  phone: { pt: 'Telemóvel', en: 'Phone' },
  email: { pt: 'E-mail', en: 'E-mail' },
  name: { pt: 'Titular da conta', en: 'Account holder' },
  iban: { pt: 'IBAN de teste', en: 'Test IBAN' },
  push: { pt: 'Enviar para o telemóvel', en: 'Send to the phone' },
  voucher: { pt: 'Obter referência', en: 'Get a reference' },
  mandate: {
    pt: 'Ao continuar, autoriza o credor a debitar esta conta e o banco a debitá-la conforme as instruções do credor. Tem direito a reembolso até oito semanas depois do débito.',
    en: 'By going on you authorise the creditor to debit this account, and your bank to debit it as the creditor instructs. You are entitled to a refund within eight weeks of the debit.',
  },
  cancel: { pt: 'Voltar sem pagar', en: 'Go back without paying' },
  waiting: {
    pt: 'Confirme o pagamento na aplicação MB WAY. Esta página atualiza-se sozinha.',
    en: 'Confirm the payment in the MB WAY app. This page looks again by itself.',
  },
  confirmPush: { pt: 'Confirmar (em vez do telemóvel)', en: 'Confirm (in place of the phone)' },
  refusePush: { pt: 'Recusar (em vez do telemóvel)', en: 'Refuse (in place of the phone)' },
  authenticate: { pt: 'O banco pede a sua confirmação', en: 'Your bank asks you to confirm' },
  agree: { pt: 'Confirmar', en: 'Confirm' },
  disagree: { pt: 'Recusar', en: 'Refuse' },
  over: { pt: 'Esta página já não está ativa.', en: 'This page is not active any more.' },
  entity: { pt: 'Entidade', en: 'Entity' },
  reference: { pt: 'Referência', en: 'Reference' },
  amount: { pt: 'Montante', en: 'Amount' },
  payVoucher: { pt: 'Pagar esta referência agora', en: 'Pay this reference now' },
  voucherOver: { pt: 'Esta referência já não está por pagar.', en: 'This reference is not waiting any more.' },
  works: { pt: 'paga', en: 'pays' },
  declined: { pt: 'recusado', en: 'declined' },
  asksFirst: { pt: 'pede autenticação', en: 'asks for authentication' },
  disputed: { pt: 'paga e é contestado', en: 'pays and is disputed' },
  lateRefund: { pt: 'paga; reembolso demorado', en: 'pays; refund comes late' },
  failedRefund: { pt: 'paga; reembolso falha', en: 'pays; refund fails' },
} as const;

export type PageText = keyof typeof TEXTS;

export function textIn(language: PageLanguage): (name: PageText) => string {
  return (name) => TEXTS[name][language];
}

/** The session's locale, or, when it is `auto` or not given, what the browser prefers. */
export function languageOf(locale: string | null, acceptLanguage: string | undefined): PageLanguage {
  const wanted = locale === null || locale === 'auto' ? (acceptLanguage ?? 'en') : locale;
  return wanted.toLowerCase().startsWith('pt') ? 'pt' : 'en';
}
