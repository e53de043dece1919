import fc from 'fast-check';

import { CALENDAR_FILES, randomCalendars } from './calendars.js';
import type { CalendarJson, WorldContract, WorldPrice } from './world.js';

const QUARTER = 15 * 60_000;
const DAY = 96 * QUARTER;

const calendars: fc.Arbitrary<CalendarJson> = fc.oneof(fc.constantFrom(...CALENDAR_FILES), randomCalendars);

const PORTUGUESE_BANDS = ['ponta', 'cheias', 'vazio-normal', 'super-vazio', 'vazio', 'fora-de-vazio', 'simples'];

function rarely<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

function shift(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Prices of every band a contract can have, now and from a day of the window on, some in components; few are missing. */
function pricesFor(calendar: CalendarJson, from: string): fc.Arbitrary<WorldPrice[]> {
  const names = calendar.bandRules?.bands.map(({ id }) => id) ?? PORTUGUESE_BANDS;
  const row = fc.record({
    micros: fc.integer({ min: 0, max: 900_000 }),
    changed: fc.option(
      fc.record({ day: fc.integer({ min: 0, max: 4 }), micros: fc.integer({ min: 0, max: 900_000 }) }),
    ),
    access: fc.option(fc.integer({ min: 0, max: 90_000 })),
    discount: rarely(fc.integer({ min: -950_000, max: 0 })),
    lastDay: fc.constantFrom(...Array.from({ length: 40 }, () => null), 0, 2, 3),
    isMissing: fc.integer({ min: 0, max: 60 }).map((n) => n === 0),
  });
  const bands = names.flatMap((band) => (['import', 'export'] as const).map((direction) => ({ band, direction })));
  return fc.tuple(...bands.map(() => row)).map((rows) =>
    rows.flatMap(({ micros, changed, access, discount, lastDay, isMissing }, index) => {
      const of = bands[index] ?? { band: '', direction: 'import' as const };
      const price = (component: string, since: string, microsPerKWh: number, to: string | null = null) => {
        return { ...of, component, from: since, to, microsPerKWh };
      };
      if (isMissing) return [];
      return [
        price('energy', '2020-01-01', micros, lastDay === null ? null : shift(from, lastDay)),
        ...(changed === null ? [] : [price('energy', shift(from, changed.day), changed.micros)]),
        ...(access === null ? [] : [price('network-access', '2021-01-01', access)]),
        ...(discount === null ? [] : [price('discount', shift(from, 1), discount, shift(from, 2))]),
      ];
    }),
  );
}

/** A market's prices around a window, negative ones among them; now and then a step is missing. */
function indexes(from: string): fc.Arbitrary<WorldContract['index']> {
  const startMs = Date.parse(`${from}T00:00:00Z`) - 2 * DAY;
  const series = (id: string, min: number, max: number, resolutionMs: number) =>
    fc
      .tuple(
        fc.array(fc.integer({ min, max }), { minLength: 7, maxLength: 13 }),
        rarely(fc.integer({ min: 50, max: 500 })),
      )
      .map(([cycle, hole]) => {
        const steps = Array.from({ length: (9 * DAY) / resolutionMs }, (_, index) => index).filter((n) => {
          return hole === null || n < hole || n > hole + 20;
        });
        const values = new Map(steps.map((n) => [startMs + n * resolutionMs, cycle[n % cycle.length] ?? 0]));
        return { id, resolutionMs, values };
      });
  const prices = fc.constantFrom(QUARTER, 4 * QUARTER).chain((step) => series('market', -20_000, 300_000, step));
  return fc.record({
    series: prices,
    losses: fc.option(series('losses', 1_000_000, 1_200_000, 4 * QUARTER)),
    lossesPpm: fc.integer({ min: 1_000_000, max: 1_200_000 }),
    factorPpm: fc.integer({ min: 900_000, max: 1_100_000 }),
    marginMicros: fc.integer({ min: -5_000, max: 30_000 }),
  });
}

/** One contract, now and then another that follows it. */
export function contractsFor(from: string): fc.Arbitrary<WorldContract[]> {
  const contract = calendars.chain((calendar) => {
    const counts = ([1, 2, 3, 4] as const).filter(
      (count) => calendar.bandRules === undefined || calendar.bandRules.merges[String(count)] !== undefined,
    );
    return fc.record({
      validFrom: fc.constant(null),
      validTo: fc.constant(null),
      calendar: fc.constant(calendar),
      bands: fc.constantFrom(...counts),
      calendarChangeover: fc.option(fc.integer({ min: -1, max: 4 }).map((days) => shift(from, days))),
      holidaysAsSunday: fc.boolean(),
      prices: pricesFor(calendar, from),
      index: rarely(indexes(from)),
    });
  });
  const second = rarely(fc.tuple(contract, fc.integer({ min: 0, max: 3 })));
  return fc.tuple(contract, second).map(([first, other]) => {
    if (other === null) return [first];
    return [first, { ...other[0], validFrom: shift(from, other[1]) }];
  });
}
