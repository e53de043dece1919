import type { Column } from '#libs/registry/tabular/table.js';

import { DIRECTIONS } from '../bands.js';
import { CHARGE_UNITS, PARTIES, SHARES } from '../charge-words.js';
import { COMPONENTS } from '../tariff.js';

export const ROW_KINDS = ['price', 'charge', 'plan'] as const;
export const VAT_CODES = ['NOR', 'INT', 'RED', 'ISE'] as const;

/** A plan's own columns repeat in each of its rows; then the row's kind, its price or its charge, and its days. */
export const PRICE_PLAN_COLUMNS: readonly Column[] = [
  {
    name: 'installation',
    required: true,
    example: 'aurora',
    about: { pt: 'Identificador da instalação', en: 'Id of the installation' },
  },
  {
    name: 'plan',
    required: true,
    example: 'Tetra-horário semanal 2026',
    about: { pt: 'Nome do tarifário', en: 'Name of the price plan' },
  },
  {
    name: 'planFrom',
    required: true,
    example: '2026-01-01',
    about: {
      pt: 'Primeiro dia do contrato; com a instalação identifica o tarifário',
      en: 'First day of the contract; with the installation it tells plans apart',
    },
  },
  {
    name: 'planTo',
    required: false,
    example: '',
    about: { pt: 'Último dia, inclusive; vazio: em aberto', en: 'Last day, inclusive; empty: open' },
  },
  {
    name: 'calendar',
    required: true,
    example: 'pt-mainland-weekly',
    about: {
      pt: 'Calendário dos períodos horários (chazemo calendar list)',
      en: 'Calendar of the bands (chazemo calendar list)',
    },
  },
  {
    name: 'bands',
    required: true,
    example: '4',
    values: ['1', '2', '3', '4'],
    about: { pt: 'Número de períodos do contrato', en: 'How many bands the contract has' },
  },
  {
    name: 'calendarChangeover',
    required: false,
    example: '',
    about: {
      pt: 'Dia em que o contador da instalação passa aos horários de 2027',
      en: 'Day from which the meter of the installation follows the hours of 2027',
    },
  },
  {
    name: 'holidaysAsSunday',
    required: false,
    example: 'no',
    values: ['yes', 'no'],
    about: {
      pt: 'Feriados como domingo, onde o calendário o deixa ao contrato',
      en: 'Holidays as Sundays, where the calendar leaves it to the contract',
    },
  },
  {
    name: 'retailer',
    required: false,
    example: 'Comercializador, S.A.',
    about: { pt: 'Comercializador', en: 'Retailer' },
  },
  {
    name: 'vatCode',
    required: false,
    example: 'NOR',
    values: VAT_CODES,
    about: {
      pt: 'IVA da energia; numa linha charge, o do encargo',
      en: 'VAT of the energy; in a charge row, of the charge',
    },
  },
  {
    name: 'exemptionCode',
    required: false,
    example: '',
    about: { pt: 'Motivo de isenção (M##), só com ISE', en: 'Reason of the exemption (M##), only with ISE' },
  },
  {
    name: 'indexSeries',
    required: false,
    example: '',
    about: {
      pt: 'Série de preços de um tarifário indexado; vazio: preços fixos',
      en: 'Price series of an indexed plan; empty: fixed prices',
    },
  },
  {
    name: 'lossesSeries',
    required: false,
    example: '',
    about: { pt: 'Série do perfil de perdas', en: 'Series of the loss profile' },
  },
  {
    name: 'losses',
    required: false,
    example: '',
    about: {
      pt: 'Perdas constantes, como fator: 1,08 são 8 %',
      en: 'Constant losses as a factor: 1.08 is 8 %',
    },
  },
  {
    name: 'factor',
    required: false,
    example: '',
    about: { pt: 'Fator do comercializador', en: 'The retailer’s factor' },
  },
  {
    name: 'margin',
    required: false,
    example: '',
    about: {
      pt: 'Margem por kWh de um indexado; pode ser negativa',
      en: 'Margin per kWh of an indexed plan; may be negative',
    },
  },
  {
    name: 'row',
    required: false,
    example: 'price',
    values: ROW_KINDS,
    about: {
      pt: 'O que a linha diz: um preço por kWh, um encargo, ou só o tarifário; vazio: price',
      en: 'What the row says: a price per kWh, a charge, or only the plan; empty: price',
    },
  },
  {
    name: 'band',
    required: true,
    example: 'ponta',
    about: { pt: 'Período horário, numa linha price', en: 'Band, in a price row' },
  },
  {
    name: 'direction',
    required: false,
    example: 'import',
    values: DIRECTIONS,
    about: {
      pt: 'Energia consumida (import) ou devolvida pelos veículos (export)',
      en: 'Energy drawn (import) or fed back by vehicles (export)',
    },
  },
  {
    name: 'component',
    required: false,
    example: 'energy',
    values: COMPONENTS,
    about: {
      pt: 'Parte do preço: energia, acesso às redes, taxa, desconto (negativo); somam-se',
      en: 'Part of the price: energy, network access, levy, discount (negative); they add up',
    },
  },
  {
    name: 'perKWh',
    required: true,
    example: '0,245102',
    about: {
      pt: 'Preço por kWh numa linha price, até seis casas decimais; só um desconto é negativo',
      en: 'Price per kWh in a price row, up to six decimals; only a discount is negative',
    },
  },
  {
    name: 'party',
    required: false,
    example: '',
    values: PARTIES,
    about: {
      pt: 'A quem se paga o encargo: comercializador ou gestão (BPO)',
      en: 'Who is paid the charge: the retailer, or the BPO',
    },
  },
  {
    name: 'code',
    required: false,
    example: '',
    about: {
      pt: 'Código do encargo: contracted-power, retailer-fixed-term, cav, dgeg, iec, fee-spot, ou outro',
      en: 'Code of the charge: contracted-power, retailer-fixed-term, cav, dgeg, iec, fee-spot, or one’s own',
    },
  },
  {
    name: 'label',
    required: false,
    example: '',
    about: { pt: 'Encargo, como se lê na fatura', en: 'The charge as the invoice prints it' },
  },
  {
    name: 'unit',
    required: false,
    example: '',
    values: CHARGE_UNITS,
    about: { pt: 'Por que medida o encargo conta', en: 'What the charge counts by' },
  },
  {
    name: 'amount',
    required: false,
    example: '',
    about: {
      pt: 'Valor do encargo, até seis casas; percentagem até quatro: 5,1127 é 5,1127 %',
      en: 'Amount of the charge, up to six decimals; a percentage up to four: 5.1127 is 5.1127 %',
    },
  },
  {
    name: 'shareBy',
    required: false,
    example: '',
    values: SHARES,
    about: {
      pt: 'Como um encargo comum se divide: partes iguais, permilagem, lugar, consumo, cada um o seu (own), ninguém (none)',
      en: 'How a common charge is divided: equally, by permillage, spot, consumption, each their own, nobody (none)',
    },
  },
  {
    name: 'from',
    required: true,
    example: '2026-01-01',
    about: { pt: 'Primeiro dia do preço ou encargo', en: 'First day of the price or charge' },
  },
  {
    name: 'to',
    required: false,
    example: '',
    about: {
      pt: 'Último dia, inclusive; vazio: até haver outro',
      en: 'Last day, inclusive; empty: until there is another',
    },
  },
  {
    name: 'source',
    required: false,
    example: 'tabela do comercializador de 2026',
    about: { pt: 'De onde vem', en: 'Where it is from' },
  },
];

const PLAN = {
  installation: 'aurora',
  plan: 'Bi-horário 2026',
  planFrom: '2026-01-01',
  calendar: 'pt-mainland-daily',
  bands: '2',
};

export const PRICE_PLAN_EXAMPLES = [
  { ...PLAN, row: 'price', band: 'vazio', perKWh: '0,108700', from: '2026-01-01' },
  { ...PLAN, row: 'price', band: 'fora-de-vazio', perKWh: '0,198800', from: '2026-01-01' },
  { ...PLAN, row: 'price', band: 'vazio', component: 'network-access', perKWh: '0,015800', from: '2026-01-01' },
  {
    ...PLAN,
    row: 'charge',
    party: 'retailer',
    code: 'contracted-power',
    label: 'Potência contratada',
    unit: 'per-day',
    amount: '1,3248',
    shareBy: 'permillage',
    vatCode: 'NOR',
    from: '2026-01-01',
  },
  {
    ...PLAN,
    row: 'charge',
    party: 'bpo',
    code: 'fee-spot',
    label: 'Gestão por lugar',
    unit: 'per-spot-month',
    amount: '4,50',
    shareBy: 'own',
    vatCode: 'NOR',
    from: '2026-01-01',
  },
] as const;
