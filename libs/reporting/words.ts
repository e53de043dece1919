import type { Language } from './printer.js';

/**
 * Words for the codes that papers print, in the installation's language. An unknown code is printed as it is, never
 * hidden.
 */
type Dictionary = Readonly<Record<Language, Readonly<Record<string, string>>>>;

const wordIn =
  (dictionary: Dictionary) =>
  (code: string, language: Language): string =>
    dictionary[language][code] ?? code;

const BANDS: Dictionary = {
  pt: {
    ponta: 'Ponta',
    cheias: 'Cheias',
    'vazio-normal': 'Vazio normal',
    'super-vazio': 'Super vazio',
    vazio: 'Vazio',
    'fora-de-vazio': 'Fora de vazio',
    simples: 'Simples',
  },
  en: {
    ponta: 'Peak',
    cheias: 'Half-peak',
    'vazio-normal': 'Normal off-peak',
    'super-vazio': 'Super off-peak',
    vazio: 'Off-peak',
    'fora-de-vazio': 'Outside off-peak',
    simples: 'Single rate',
  },
};

const METHODS: Dictionary = {
  pt: { 'direct-debit': 'Débito direto', prepaid: 'Saldo pré-pago', transfer: 'Transferência' },
  en: { 'direct-debit': 'Direct debit', prepaid: 'Prepaid balance', transfer: 'Bank transfer' },
};

const STATES: Dictionary = {
  pt: {
    open: 'Em aberto',
    processing: 'Em cobrança',
    paid: 'Paga',
    'partly-paid': 'Paga em parte',
    arrears: 'Em dívida',
    disputed: 'Contestada',
    credited: 'Creditada',
    'written-off': 'Perdoada',
  },
  en: {
    open: 'Open',
    processing: 'Being collected',
    paid: 'Paid',
    'partly-paid': 'Partly paid',
    arrears: 'In arrears',
    disputed: 'Disputed',
    credited: 'Credited',
    'written-off': 'Written off',
  },
};

const STAGES: Dictionary = {
  pt: {
    'pre-notifying': 'Aviso de débito',
    'awaiting-due-date': 'À espera do vencimento',
    debiting: 'A debitar',
    processing: 'Débito em processamento',
    settled: 'Liquidada',
    'handed-to-arrears': 'Entregue a dívidas',
    cancelled: 'Cancelada',
    parked: 'Parada: requer uma pessoa',
    opened: 'Dívida aberta',
    notice: 'Aviso de falta de pagamento',
    reminder: 'Lembrete',
    retry: 'Nova tentativa de débito',
    'formal-notice': 'Aviso formal',
    'suspension-proposed': 'Suspensão proposta',
    suspended: 'Carregamento suspenso',
  },
  en: {
    'pre-notifying': 'Pre-notification',
    'awaiting-due-date': 'Waiting for the due date',
    debiting: 'Being debited',
    processing: 'Debit being processed',
    settled: 'Settled',
    'handed-to-arrears': 'Handed to arrears',
    cancelled: 'Cancelled',
    parked: 'Stopped: needs a person',
    opened: 'Arrears opened',
    notice: 'Notice of missing payment',
    reminder: 'Reminder',
    retry: 'Second debit',
    'formal-notice': 'Formal notice',
    'suspension-proposed': 'Suspension proposed',
    suspended: 'Charging suspended',
  },
};

/** Price lists write `Sabado`; papers for people have the accent. */
const DAY_TYPES: Dictionary = {
  pt: { Sabado: 'Sábado' },
  en: { Semana: 'Weekday', Sabado: 'Saturday', Domingo: 'Sunday', Todos: 'Every day' },
};

const SEASONS: Dictionary = { pt: {}, en: { Verão: 'Summer', Inverno: 'Winter', 'Todo o ano': 'All year' } };

/** The order in which bands are shown, dearest first. */
const BAND_ORDER: readonly string[] = Object.keys(BANDS.pt);

/** Compares bands by the order in which they are shown; those that no word is known for come last. */
export function byBand(a: string, b: string): number {
  const rank = (band: string) => (BAND_ORDER.includes(band) ? BAND_ORDER.indexOf(band) : BAND_ORDER.length);
  return rank(a) - rank(b);
}

const PAYOUT_STATES: Dictionary = {
  pt: {
    proposed: 'Proposta',
    approved: 'Aprovada',
    sent: 'No banco',
    paid: 'Paga',
    cancelled: 'Anulada',
    owed: 'A entregar, à data',
    carried: 'Passa para a próxima entrega',
  },
  en: {
    proposed: 'Proposed',
    approved: 'Approved',
    sent: 'At the bank',
    paid: 'Paid',
    cancelled: 'Cancelled',
    owed: 'To be paid out, as of this date',
    carried: 'Carried into the next payout',
  },
};

export const payoutStateWord = wordIn(PAYOUT_STATES);
export const bandWord = wordIn(BANDS);
export const methodWord = wordIn(METHODS);
export const stateWord = wordIn(STATES);
export const stageWord = wordIn(STAGES);
export const dayTypeWord = wordIn(DAY_TYPES);
export const seasonWord = wordIn(SEASONS);
