/** Portuguese words for the codes that documents print. An unknown code is printed as it is, never hidden. */

const BANDS: Readonly<Record<string, string>> = {
  ponta: 'Ponta',
  cheias: 'Cheias',
  'vazio-normal': 'Vazio normal',
  'super-vazio': 'Super vazio',
  vazio: 'Vazio',
  'fora-de-vazio': 'Fora de vazio',
  simples: 'Simples',
};

const METHODS: Readonly<Record<string, string>> = {
  'direct-debit': 'Débito direto',
  prepaid: 'Saldo pré-pago',
  transfer: 'Transferência',
};

const STATES: Readonly<Record<string, string>> = {
  open: 'Em aberto',
  processing: 'Em cobrança',
  paid: 'Paga',
  'partly-paid': 'Paga em parte',
  arrears: 'Em dívida',
  disputed: 'Contestada',
};

const STAGES: Readonly<Record<string, string>> = {
  'pre-notifying': 'Aviso de débito',
  'awaiting-due-date': 'À espera do vencimento',
  debiting: 'A debitar',
  processing: 'Débito em processamento',
  settled: 'Liquidada',
  'handed-to-arrears': 'Entregue a dívidas',
  cancelled: 'Cancelada',
  parked: 'Parada: requer uma pessoa',
  opened: 'Dívida aberta',
  reminder: 'Lembrete',
  retry: 'Nova tentativa de débito',
  'formal-notice': 'Aviso formal',
  'suspension-proposed': 'Suspensão proposta',
};

/** The order in which bands are shown, dearest first. */
export const BAND_ORDER: readonly string[] = Object.keys(BANDS);

export const bandWord = (code: string): string => BANDS[code] ?? code;
export const methodWord = (code: string): string => METHODS[code] ?? code;
export const stateWord = (code: string): string => STATES[code] ?? code;
export const stageWord = (code: string): string => STAGES[code] ?? code;

/** Price lists write `Sabado`; documents for people have the accent. */
export function dayTypeWord(dayType: string): string {
  return dayType === 'Sabado' ? 'Sábado' : dayType;
}
