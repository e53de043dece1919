import type { Column } from '#libs/registry/tabular/table.js';

/** What a column of a bank's CSV holds. */
export const STATEMENT_COLUMNS = [
  'date',
  'valueDate',
  'description',
  'amount',
  'debit',
  'credit',
  'balance',
  'reference',
  'name',
  'iban',
] as const;
export type StatementColumn = (typeof STATEMENT_COLUMNS)[number];

/**
 * Header names as the web pages of Portuguese banks write them, without accents, in small letters; and ours. Which of
 * them a file uses is told by its header; another bank's names are given with the import.
 */
const NAMES: Readonly<Record<StatementColumn, readonly string[]>> = {
  date: [
    'data',
    'data mov.',
    'data mov',
    'data movimento',
    'data do movimento',
    'data operacao',
    'data lancamento',
    'data contabilistica',
    'data de lancamento',
    'date',
    'booking date',
  ],
  valueDate: ['data valor', 'data-valor', 'data de valor', 'value date'],
  description: ['descricao', 'descricao do movimento', 'descritivo', 'movimento', 'descricao movimento', 'description'],
  amount: ['montante', 'valor', 'importancia', 'montante (eur)', 'valor (eur)', 'importe', 'amount'],
  debit: ['debito', 'debitos', 'a debito', 'debito (eur)', 'debit'],
  credit: ['credito', 'creditos', 'a credito', 'credito (eur)', 'credit'],
  balance: ['saldo', 'saldo contabilistico', 'saldo apos movimento', 'saldo disponivel', 'saldo (eur)', 'balance'],
  reference: ['referencia', 'n. documento', 'nº documento', 'numero do documento', 'referencia do banco', 'reference'],
  name: ['nome', 'ordenante', 'nome do ordenante', 'contraparte', 'name'],
  iban: ['iban', 'iban do ordenante', 'conta do ordenante'],
};

export type ColumnNames = Readonly<Partial<Record<StatementColumn, string>>>;

/** Where each column stands. */
export type ColumnPlaces = Readonly<Partial<Record<StatementColumn, number>>>;

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();

/** The places of the columns in a header row; null when it is none: it names a date, and an amount or debit and credit. */
export function columnPlaces(cells: readonly string[], given: ColumnNames = {}): ColumnPlaces | null {
  const header = cells.map(plain);
  const places: Partial<Record<StatementColumn, number>> = {};
  for (const column of STATEMENT_COLUMNS) {
    const own = given[column];
    const names = own === undefined ? NAMES[column].map(plain) : [plain(own)];
    const place = header.findIndex((cell) => names.includes(cell));
    if (place !== -1) places[column] = place;
  }
  const hasAmount = places.amount !== undefined || (places.debit !== undefined && places.credit !== undefined);
  return places.date !== undefined && hasAmount ? places : null;
}

/** The columns of our own template, for whoever types a statement or turns another list into one. */
export const STATEMENT_TEMPLATE: readonly Column[] = [
  { name: 'Data', required: true, example: '31-07-2026' },
  { name: 'Data valor', required: false, example: '31-07-2026' },
  { name: 'Descrição', required: true, example: 'TRF RF18 5390 0754 7034' },
  { name: 'Montante', required: true, example: '1.234,56' },
  { name: 'Saldo', required: false, example: '9.876,54' },
  { name: 'Referência', required: false, example: '202607310001' },
  { name: 'Nome', required: false, example: 'Ana Silva' },
  { name: 'IBAN', required: false, example: 'PT50000201231234567890154' },
];
