import { CALENDAR_FILES } from '#test/second-opinion/calendars.js';
import { ownersOf } from '#test/second-opinion/owners.js';
import { NOBODY, type World, type WorldPrice, type WorldReading } from '#test/second-opinion/world.js';

import { INSTALLATION_ID } from '../data/documents.js';
import type { CarPark } from './car-park.js';

/** September 2027 in one car park: the meter follows the new hours from the 14th, prices change on the 17th. */
export const CHANGEOVER = '2027-09-14';
export const PRICES = [
  ['ponta', 245_102, '2027-01-01', '2027-09-16'],
  ['cheias', 227_756, '2027-01-01', '2027-09-16'],
  ['vazio', 197_780, '2027-01-01', '2027-09-16'],
  ['ponta', 251_300, '2027-09-17', null],
  ['cheias', 231_900, '2027-09-17', null],
  ['vazio', 189_905, '2027-09-17', null],
] as const;
/** The tenant leaves on the 12th at 18:30 local time, and the next one comes. */
export const MOVED = '2027-09-12T17:30:00Z';
/** The charger is taken off at 10:00 on the 20th, the other hangs from 10:30 on. */
export const TAKEN_OFF = '2027-09-20T09:00:00Z';
export const PUT_UP = '2027-09-20T09:30:00Z';

export const OLD = 'zcs031903';
export const NEW = 'zcs031974';

type Session = { readonly charger: string; readonly readings: readonly (readonly [at: string, wh: number])[] };

/** Registers go on from session to session; the new charger's begins at 5 MWh. */
export const SESSIONS: readonly Session[] = [
  // over the first of the month: 23:30 on 31 August to 06:30
  {
    charger: OLD,
    readings: [
      ['2027-08-31T22:30:00Z', 1_204_500],
      ['2027-08-31T23:20:00Z', 1_208_851],
      ['2027-09-01T05:30:00Z', 1_221_400],
    ],
  },
  // Friday 3 September, a morning by the old hours: 08:40 to 12:40
  {
    charger: OLD,
    readings: [
      ['2027-09-03T07:40:00Z', 1_221_400],
      ['2027-09-03T08:10:00Z', 1_222_903],
      ['2027-09-03T08:20:00Z', 1_223_404], // over 09:15, read within 15 minutes: no estimate
      ['2027-09-03T11:40:00Z', 1_233_337],
    ],
  },
  // Sunday the 12th: the tenants change within it
  {
    charger: OLD,
    readings: [
      ['2027-09-12T16:30:00Z', 1_233_337],
      ['2027-09-12T17:20:00Z', 1_239_312],
      ['2027-09-12T17:40:00Z', 1_241_703],
      ['2027-09-12T18:30:00Z', 1_247_690],
    ],
  },
  // Monday the 13th 21:00 to Tuesday 08:30: the new hours begin at midnight
  {
    charger: OLD,
    readings: [
      ['2027-09-13T20:00:00Z', 1_247_690],
      ['2027-09-13T22:50:00Z', 1_255_911],
      ['2027-09-14T01:30:00Z', 1_263_540],
      ['2027-09-14T07:30:00Z', 1_270_001],
    ],
  },
  // Thursday the 16th 21:00 to Friday 09:00: the prices change at midnight
  {
    charger: OLD,
    readings: [
      ['2027-09-16T20:00:00Z', 1_270_001],
      ['2027-09-16T22:00:00Z', 1_277_502],
      ['2027-09-17T00:00:00Z', 1_284_803],
      ['2027-09-17T08:00:00Z', 1_295_020],
    ],
  },
  // Saturday the 18th 16:00 to 20:00: cheias from 17:00 by the new hours
  {
    charger: OLD,
    readings: [
      ['2027-09-18T15:00:00Z', 1_295_020],
      ['2027-09-18T16:00:00Z', 1_302_021],
      ['2027-09-18T19:00:00Z', 1_315_322],
    ],
  },
  // Monday the 20th, the last of the old charger: 08:00 to 09:30
  {
    charger: OLD,
    readings: [
      ['2027-09-20T07:00:00Z', 1_315_322],
      ['2027-09-20T08:30:00Z', 1_325_000],
    ],
  },
  // the first of the new one: 19:00 to 01:30
  {
    charger: NEW,
    readings: [
      ['2027-09-20T18:00:00Z', 5_000_000],
      ['2027-09-20T19:30:00Z', 5_009_007],
      ['2027-09-21T00:30:00Z', 5_021_008],
    ],
  },
  // over the last of the month: 22:15 on the 30th to 04:00
  {
    charger: NEW,
    readings: [
      ['2027-09-30T21:15:00Z', 5_021_008],
      ['2027-10-01T03:00:00Z', 5_040_009],
    ],
  },
];

/** All of it in the database, as people and chargers put it there. */
export async function seedSeptember(park: CarPark): Promise<void> {
  const { sql } = park.database;
  await sql.updateTable('price_plan').set({ calendar_changeover: CHANGEOVER }).execute();
  await park.customer('1001');
  await park.customer('1002');
  await park.spot('3012', OLD, [
    { customerId: '1001', until: new Date(MOVED) },
    { customerId: '1002', from: new Date(MOVED) },
  ]);
  const placed = await sql
    .updateTable('charger_placement')
    .set({ until: new Date(TAKEN_OFF) })
    .returning('spot_id')
    .executeTakeFirstOrThrow();
  await sql.insertInto('charger').values({ id: NEW, installation_id: INSTALLATION_ID, label: NEW }).execute();
  await sql
    .insertInto('charger_placement')
    .values({ charger_id: NEW, spot_id: placed.spot_id, from: new Date(PUT_UP) })
    .execute();
  for (const { charger, readings } of SESSIONS) await park.charge(charger, readings);
}

/** The same readings as rows, numbered as in a file. */
export function septemberReadings(): WorldReading[] {
  return SESSIONS.flatMap(({ charger, readings }, session) =>
    readings.map(([at, importWh]) => ({ charger, session, at, importWh })),
  ).map(({ charger, session, at, importWh }, index) => ({
    chargerId: charger,
    connectorId: 1,
    transactionId: String(session + 1),
    payer: null,
    atMs: Date.parse(at),
    importWh,
    exportWh: null,
    row: index + 1,
  }));
}

/** September for the second opinion, with the tenants or without. */
export function septemberWorld({ isWithTenants }: { readonly isWithTenants: boolean }): World {
  const calendar = CALENDAR_FILES.find(({ id }) => id === 'pt-mainland-weekly');
  if (calendar === undefined) throw new Error('the calendar is not there');
  const prices = PRICES.map(([band, microsPerKWh, from, to]): WorldPrice => {
    return { band, direction: 'import', component: 'energy', from, to, microsPerKWh };
  });
  const placed = { spotId: '3012', isOwnSite: true, isShared: false };
  const occupancies = [
    { spotId: '3012', customerId: '1001', fromMs: -Infinity, untilMs: Date.parse(MOVED) },
    { spotId: '3012', customerId: '1002', fromMs: Date.parse(MOVED), untilMs: Infinity },
  ];
  const owners = ownersOf(
    new Map([
      [
        OLD,
        { isOfSite: true, placements: [{ ...placed, fromMs: -Infinity, untilMs: Date.parse(TAKEN_OFF) }], occupancies },
      ],
      [
        NEW,
        { isOfSite: true, placements: [{ ...placed, fromMs: Date.parse(PUT_UP), untilMs: Infinity }], occupancies },
      ],
    ]),
  );
  const contract = { validFrom: null, validTo: null, bands: 3 as const, calendarChangeover: CHANGEOVER };
  return {
    timeZone: 'Europe/Lisbon',
    country: 'PT',
    municipality: null,
    from: '2027-09-01',
    to: '2027-09-30',
    contracts: [{ ...contract, calendar, holidaysAsSunday: false, prices, index: null }],
    owners: isWithTenants ? owners : NOBODY,
    stepMs: 60_000,
  };
}
