import { DEFAULT_POLICY, type InstallationPolicy } from '#libs/registry/policy.js';
import { seededRandom } from '#test/data/seeded-random.js';

import { goldenSessions } from './golden-june.js';
import { integerBetween } from './random.js';
import { localInstant, quarterHours, randomSessions, type PlayedSession } from './sessions.js';

/** How a resident pays, and what the sandbox's bank makes of it. */
export type Payer =
  | 'debit-succeeds'
  | 'debit-lacks-funds'
  | 'debit-disputed'
  | 'no-mandate'
  | 'prepaid-rich'
  | 'prepaid-poor';

export interface DemoResident {
  readonly id: string;
  readonly name: string;
  readonly nif: string;
  readonly email: string;
  readonly payer: Payer;
}

export interface DemoHolding {
  readonly residentId: string;
  readonly kind: 'owner' | 'tenant';
  readonly from: Date;
  readonly until: Date | null;
}

export interface DemoSpot {
  readonly name: string;
  readonly circuit: string;
  readonly unit: string;
  readonly permillageHundredths: number;
  readonly chargerId: string;
  readonly label: string;
  readonly model: string;
  readonly password: string;
  readonly holdings: readonly DemoHolding[];
  readonly sessions: readonly PlayedSession[];
  /** Readings that are kept by the charger until it is online again, from this instant on. */
  readonly offlineFrom: Date | null;
}

/** IBANs for tests as the payment provider publishes them for Portugal. */
export const TEST_IBANS: Readonly<Record<'debit-succeeds' | 'debit-lacks-funds' | 'debit-disputed', string>> = {
  'debit-succeeds': 'PT50000201231234567890154',
  'debit-lacks-funds': 'PT05000201230000002222227',
  'debit-disputed': 'PT93000201231234567890156',
};

export const TOP_UP_CENTS: Readonly<Record<'prepaid-rich' | 'prepaid-poor', number>> = {
  'prepaid-rich': 25_000,
  'prepaid-poor': 1_000,
};

export const TIME_ZONE = 'Europe/Lisbon';
export const PERIOD = '2026-06';
export const INSTALLATION_ID = 'aurora';
export const GOLDEN_CHARGER_ID = 'zcs031903';

/** The retailer's four-band price list of the golden report. */
export const PRICES: readonly (readonly [band: string, perKWh: string])[] = [
  ['ponta', '0.245102'],
  ['cheias', '0.227756'],
  ['vazio-normal', '0.198418'],
  ['super-vazio', '0.197780'],
];

export interface DemoCharge {
  readonly party: 'retailer' | 'bpo';
  readonly code: string;
  readonly label: string;
  readonly unit: string;
  readonly micros: number;
  readonly shareBy: string;
  readonly vatCode: string;
}

/** What the retailer charges besides energy, and the two fees of the contract with the condominium. */
export const CHARGES: readonly DemoCharge[] = [
  {
    party: 'retailer',
    code: 'contracted-power',
    label: 'Potência contratada',
    unit: 'per-day',
    micros: 1_987_200,
    shareBy: 'permillage',
    vatCode: 'NOR',
  },
  {
    party: 'retailer',
    code: 'cav',
    label: 'Contribuição audiovisual',
    unit: 'per-month',
    micros: 2_850_000,
    shareBy: 'spot',
    vatCode: 'RED',
  },
  {
    party: 'retailer',
    code: 'dgeg',
    label: 'Taxa de exploração DGEG',
    unit: 'per-month',
    micros: 350_000,
    shareBy: 'consumption',
    vatCode: 'NOR',
  },
  {
    party: 'bpo',
    code: 'fee-spot',
    label: 'Serviço por lugar',
    unit: 'per-spot-month',
    micros: 1_500_000,
    shareBy: 'own',
    vatCode: 'NOR',
  },
  {
    party: 'bpo',
    code: 'fee-invoice',
    label: 'Emissão de fatura',
    unit: 'per-invoice',
    micros: 500_000,
    shareBy: 'own',
    vatCode: 'NOR',
  },
];

const billedEnergy = (band: string, label: string, kWh: number, netCents: number) =>
  ({ kind: 'energy', band, code: null, label, wh: kWh * 1_000, netCents }) as const;
const billedCharge = (code: string, label: string, netCents: number) =>
  ({ kind: 'charge', band: null, code, label, wh: null, netCents }) as const;

/** The retailer's invoice of June: whole kWh, some 66 of them for the lights and the lift of the garage. */
export const RETAILER_INVOICE = {
  number: 'FT 2026/4471902',
  vatCents: 32_726,
  lines: [
    billedEnergy('ponta', 'Energia em ponta', 447, 10_956),
    billedEnergy('cheias', 'Energia em cheias', 3_977, 90_579),
    billedEnergy('vazio-normal', 'Energia em vazio normal', 1_717, 34_068),
    billedEnergy('super-vazio', 'Energia em super vazio', 31, 613),
    billedCharge('contracted-power', 'Potência contratada', 5_962),
    billedCharge('cav', 'Contribuição audiovisual', 285),
    billedCharge('dgeg', 'Taxa de exploração DGEG', 35),
  ],
};

/** The same rules as anywhere, with delays of seconds: a month to be watched. */
export const DEMO_POLICY: InstallationPolicy = {
  ...DEFAULT_POLICY,
  lateReadingsLimit: { seconds: 120 },
  lateReadingsPoll: { seconds: 1 },
  preNotification: { seconds: 3 },
  processingLimit: { seconds: 90 },
  processingPoll: { seconds: 2 },
  arrears: {
    ...DEFAULT_POLICY.arrears,
    noticeAfter: { seconds: 1 },
    reminderAfter: { seconds: 3 },
    retryAfter: { seconds: 5 },
    formalNoticeAfter: { seconds: 9 },
    suspensionProposalAfterNotice: { seconds: 6 },
  },
};

/** The spots that the service's own page shows by name. */
const NAMED_SPOTS: readonly (readonly [spot: string, label: string, circuit: string])[] = [
  ['3012', 'ZCS031903', 'Piso -3 Circuito 1'],
  ['3049', 'ZCS031974', 'Piso -3 Circuito 2'],
  ['3054', 'ZPR150666', 'Piso -3 Circuito 2'],
  ['3368', 'ZPR118960', 'Piso -3 Circuito 2'],
  ['3375', 'ZPR151075', 'Piso -3 Circuito 2'],
  ['3028', 'ZCS030311', 'Piso -3 Circuito 2'],
  ['3030', 'ZCS030254', 'Piso -3 Circuito 2'],
  ['3031', 'ZCS030257', 'Piso -3 Circuito 2'],
  ['3033', 'ZCS030555', 'Piso -3 Circuito 2'],
  ['3055', 'ZCS030267', 'Piso -3 Circuito 2'],
];

export const CIRCUITS: readonly string[] = [-3, -4].flatMap((floor) =>
  [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `Piso ${floor} Circuito ${number}`),
);

const FIRST_NAMES = 'Ana,Rui,Sofia,Miguel,Inês,João,Marta,Tiago,Beatriz,Pedro,Carla,Nuno,Helena,André,Catarina'.split(
  ',',
);
const LAST_NAMES = 'Silva,Costa,Ferreira,Almeida,Ramos,Lopes,Moreira,Teixeira,Antunes,Pinto,Barros,Coelho,Neves'.split(
  ',',
);

/** A NIF of a person with its check digit (9 digits, first 1 to 3). */
function nifOf(serial: number): string {
  const digits = `2${String(10_000_000 + serial * 7_919).slice(-7)}`;
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (9 - index), 0);
  const check = 11 - (sum % 11);
  return `${digits}${check > 9 ? 0 : check}`;
}

function residentAt(index: number): DemoResident {
  const id = String(1001 + index);
  const first = FIRST_NAMES[index % FIRST_NAMES.length] ?? '';
  const last = LAST_NAMES[(index * 5) % LAST_NAMES.length] ?? '';
  return { id, name: `${first} ${last}`, nif: nifOf(index + 1), email: `${id}@example.org`, payer: payerAt(index) };
}

function payerAt(index: number): Payer {
  switch (index) {
    case 3:
    case 17:
      return 'debit-lacks-funds';
    case 5:
      return 'debit-disputed';
    case 7:
    case 21:
      return 'no-mandate';
    case 9:
    case 14:
    case 25:
      return 'prepaid-rich';
    case 11:
    case 28:
      return 'prepaid-poor';
    default:
      return 'debit-succeeds';
  }
}

/** Where the month's stories play. */
const STORY = {
  /** The tenant left on the 12th at 18:30; the owner answers from then on. */
  tenantMovedOut: { spot: '3049', at: '2026-06-12T18:30:00' },
  nobody: '4031',
  /** Offline over midnight of the 30th; delivers on 2 July. */
  late: { spot: '3054', offlineFrom: '2026-06-30T23:20:00', start: '2026-06-30T22:34:00', stop: '2026-07-01T02:47:00' },
  /** One resident with two spots. */
  second: { spot: '3014', of: '1005' },
} as const;

function spotList(random: () => number): { name: string; label: string; circuit: string }[] {
  const spots = NAMED_SPOTS.map(([name, label, circuit]) => ({ name, label, circuit }));
  const perCircuit = new Map<string, number>([
    ['Piso -3 Circuito 1', 2],
    ['Piso -3 Circuito 2', 0],
  ]);
  let next3 = 3014;
  let next4 = 4011;
  for (const circuit of CIRCUITS) {
    for (let count = 0; count < (perCircuit.get(circuit) ?? 2); count += 1) {
      const name = circuit.startsWith('Piso -3') ? String(next3) : String(next4);
      if (circuit.startsWith('Piso -3')) next3 += next3 === 3026 ? 12 : 2;
      else next4 += 2;
      const label =
        random() < 0.5 ? `ZCS03${integerBetween(random, 1000, 9999)}` : `ZPR15${integerBetween(random, 2000, 9999)}`;
      spots.push({ name, label, circuit });
    }
  }
  return spots;
}

function holdingsOf(spot: string, nextResident: () => string): DemoHolding[] {
  const moveIn = new Date('2025-01-01T00:00:00Z');
  if (spot === STORY.nobody) return [];
  if (spot === STORY.second.spot) return [{ residentId: STORY.second.of, kind: 'owner', from: moveIn, until: null }];
  if (spot === STORY.tenantMovedOut.spot) {
    const moved = localInstant(STORY.tenantMovedOut.at, TIME_ZONE);
    return [
      { residentId: nextResident(), kind: 'tenant', from: moveIn, until: moved },
      { residentId: nextResident(), kind: 'owner', from: moved, until: null },
    ];
  }
  return [{ residentId: nextResident(), kind: 'owner', from: moveIn, until: null }];
}

function sessionsOf(spot: string, serial: number, idTag: string, registerStartWh: number): PlayedSession[] {
  if (spot === '3012') return goldenSessions({ idTag, timeZone: TIME_ZONE, registerStartWh });
  const late = spot === STORY.late.spot;
  const powerW = serial % 3 === 0 ? 7_400 : 3_680;
  const sessions = randomSessions({
    seed: 20_260_600 + serial,
    idTag,
    timeZone: TIME_ZONE,
    firstDay: '2026-06-01',
    lastDay: late ? '2026-06-29' : '2026-06-30',
    registerStartWh,
    powerW,
  });
  if (!late) return sessions;
  const start = localInstant(STORY.late.start, TIME_ZONE);
  const stop = localInstant(STORY.late.stop, TIME_ZONE);
  let wh = sessions.at(-1)?.readings.at(-1)?.wh ?? registerStartWh;
  let previous = start;
  const readings = quarterHours(start, stop).map((at) => {
    wh += Math.round((powerW * (at.getTime() - previous.getTime())) / 3_600_000);
    previous = at;
    return { at, wh };
  });
  return [...sessions, { idTag, connectorId: 1, readings }];
}

export interface DemoWorld {
  readonly residents: readonly DemoResident[];
  readonly spots: readonly DemoSpot[];
}

/** The token of a spot: each has one card. */
export const idTagOf = (spot: string): string => `CARD${spot}`;

/** Floors -3 and -4, eight circuits each, some forty spots; the same on every machine. */
export function demoWorld(): DemoWorld {
  const random = seededRandom(31_974);
  const residents: DemoResident[] = [];
  const nextResident = (): string => {
    const resident = residentAt(residents.length);
    residents.push(resident);
    return resident.id;
  };
  const spots = spotList(random).map(({ name, label, circuit }, serial): DemoSpot => {
    const registerStartWh = name === '3012' ? 1_204_500 : integerBetween(random, 200_000, 4_000_000);
    return {
      name,
      circuit,
      unit: `Fração ${String.fromCharCode(65 + (serial % 26))}${serial < 26 ? '' : '2'}`,
      permillageHundredths: integerBetween(random, 1_500, 3_200),
      chargerId: label.toLowerCase(),
      label,
      model: label.startsWith('ZPR') ? 'Zaptec Pro' : 'Zaptec Pro S',
      password: `charger-${label.toLowerCase()}-secret`,
      holdings: holdingsOf(name, nextResident),
      sessions: sessionsOf(name, serial, idTagOf(name), registerStartWh),
      offlineFrom: name === STORY.late.spot ? localInstant(STORY.late.offlineFrom, TIME_ZONE) : null,
    };
  });
  return { residents, spots };
}
