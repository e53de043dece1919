import { seededRandom } from '#test/data/seeded-random.js';

import { spread } from './random.js';
import { localInstant, quarterHours, type PlayedReading, type PlayedSession } from './sessions.js';

/** What spot 3012 charged in June, in Wh, by day type and band interval: the report on the service's own page. */
export const GOLDEN_WH = {
  'Semana/Cheia 1': 6_867,
  'Semana/Cheia 2': 222_036,
  'Semana/Ponta': 45_730,
  'Semana/Super Vazio': 1_257,
  'Semana/Vazio 1': 19_029,
  'Sabado/Cheia 1': 3_140,
  'Domingo/Vazio 1': 19_412,
  'Domingo/Vazio 2': 42_547,
} as const;
type GoldenInterval = keyof typeof GOLDEN_WH;

/** Local start and stop of each session of June 2026; none touches a holiday or an interval the report does not know. */
const SESSIONS: readonly (readonly [start: string, stop: string])[] = [
  ['2026-06-01T18:40:12', '2026-06-01T22:10:40'],
  ['2026-06-02T22:05:31', '2026-06-03T02:10:05'],
  ['2026-06-03T12:31:00', '2026-06-03T16:42:17'],
  ['2026-06-05T08:02:45', '2026-06-05T11:50:30'],
  ['2026-06-06T10:20:08', '2026-06-06T11:05:44'],
  ['2026-06-07T00:05:10', '2026-06-07T01:52:21'],
  ['2026-06-07T15:12:00', '2026-06-07T18:31:09'],
  ['2026-06-08T22:17:19', '2026-06-09T02:08:50'],
  ['2026-06-09T18:55:00', '2026-06-09T23:20:20'],
  ['2026-06-11T13:04:33', '2026-06-11T18:10:00'],
  ['2026-06-12T08:11:20', '2026-06-12T12:04:59'],
  ['2026-06-14T09:40:00', '2026-06-14T12:20:00'],
  ['2026-06-15T19:31:44', '2026-06-15T23:40:10'],
  ['2026-06-16T22:40:00', '2026-06-17T02:12:33'],
  ['2026-06-18T12:45:00', '2026-06-18T17:15:00'],
  ['2026-06-19T08:20:15', '2026-06-19T11:44:12'],
  ['2026-06-21T00:03:50', '2026-06-21T01:57:00'],
  ['2026-06-22T18:10:09', '2026-06-22T22:58:30'],
  ['2026-06-23T21:50:00', '2026-06-24T02:05:41'],
  ['2026-06-24T19:02:27', '2026-06-24T23:31:00'],
  ['2026-06-25T13:20:00', '2026-06-25T18:00:00'],
  ['2026-06-28T17:00:00', '2026-06-28T21:09:26'],
  ['2026-06-29T18:33:33', '2026-06-29T23:10:00'],
  ['2026-06-30T13:00:00', '2026-06-30T17:25:05'],
];

/** The hours of the report: where the quarter hour ending at `at` belongs. */
function intervalOf(at: Date, timeZone: string): GoldenInterval {
  // the energy of a quarter hour lies before the reading that closes it
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime() - 1).toZonedDateTimeISO(timeZone);
  const minute = local.hour * 60 + local.minute;
  const within = (from: string, to: string): boolean => {
    const [fromHour = 0, fromMinute = 0] = from.split('.').map(Number);
    const [toHour = 0, toMinute = 0] = to.split('.').map(Number);
    return minute >= fromHour * 60 + fromMinute && minute < toHour * 60 + toMinute;
  };
  if (local.dayOfWeek === 6 && within('09.00', '14.00')) return 'Sabado/Cheia 1';
  if (local.dayOfWeek === 7 && within('00.00', '02.00')) return 'Domingo/Vazio 1';
  if (local.dayOfWeek === 7 && within('06.00', '24.00')) return 'Domingo/Vazio 2';
  if (local.dayOfWeek < 6 && within('00.00', '02.00')) return 'Semana/Vazio 1';
  if (local.dayOfWeek < 6 && within('02.00', '06.00')) return 'Semana/Super Vazio';
  if (local.dayOfWeek < 6 && within('07.00', '09.15')) return 'Semana/Cheia 1';
  if (local.dayOfWeek < 6 && within('09.15', '12.15')) return 'Semana/Ponta';
  if (local.dayOfWeek < 6 && within('12.15', '24.00')) return 'Semana/Cheia 2';
  throw new Error(`${local.toString()} lies in no interval of the golden report`);
}

/**
 * June 2026 of spot 3012: sessions with a reading at every quarter hour whose energies add up, interval by interval, to
 * the report on the service's own page.
 */
export function goldenSessions(options: { idTag: string; timeZone: string; registerStartWh: number }): PlayedSession[] {
  const random = seededRandom(3012);
  const stampsOf = SESSIONS.map(([start, stop]) =>
    quarterHours(localInstant(start, options.timeZone), localInstant(stop, options.timeZone)),
  );
  const pieces = new Map<GoldenInterval, Date[]>();
  for (const at of stampsOf.flatMap((stamps) => stamps.slice(1))) {
    const interval = intervalOf(at, options.timeZone);
    pieces.set(interval, [...(pieces.get(interval) ?? []), at]);
  }
  const energyWh = new Map<number, number>();
  for (const [interval, stamps] of pieces) {
    const shares = spread(random, GOLDEN_WH[interval], stamps.length);
    stamps.forEach((at, index) => energyWh.set(at.getTime(), shares[index] ?? 0));
  }
  let registerWh = options.registerStartWh;
  return stampsOf.map((stamps) => ({
    idTag: options.idTag,
    connectorId: 1,
    readings: stamps.map((at, index): PlayedReading => {
      if (index > 0) registerWh += energyWh.get(at.getTime()) ?? 0;
      return { at, wh: registerWh };
    }),
  }));
}
