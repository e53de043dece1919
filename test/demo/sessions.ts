import { seededRandom } from '#test/data/seeded-random.js';

import { integerBetween } from './random.js';

/** One reading of the charger's import register. */
export interface PlayedReading {
  readonly at: Date;
  readonly wh: number;
}

/** One charging session as a charger reports it: first reading at the start, last at the stop. */
export interface PlayedSession {
  readonly idTag: string;
  readonly connectorId: number;
  readonly readings: readonly PlayedReading[];
}

const QUARTER_MS = 900_000;

/** The instant of a local wall-clock time in the demo's zone. */
export function localInstant(text: string, timeZone: string): Date {
  return new Date(Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds);
}

/** Start, every quarter hour of the clock between, stop. */
export function quarterHours(start: Date, stop: Date): Date[] {
  const stamps = [start];
  for (let at = Math.floor(start.getTime() / QUARTER_MS + 1) * QUARTER_MS; at < stop.getTime(); at += QUARTER_MS) {
    stamps.push(new Date(at));
  }
  stamps.push(stop);
  return stamps;
}

export interface MonthOfSessions {
  readonly seed: number;
  readonly idTag: string;
  readonly timeZone: string;
  /** yyyy-mm-dd of the first and the last day on which a session may begin. */
  readonly firstDay: string;
  readonly lastDay: string;
  readonly registerStartWh: number;
  readonly powerW: number;
}

/** A resident's month: most evenings some hours, some of them over midnight; the same for the same seed. */
export function randomSessions(month: MonthOfSessions): PlayedSession[] {
  const random = seededRandom(month.seed);
  const sessions: PlayedSession[] = [];
  let registerWh = month.registerStartWh;
  const last = Temporal.PlainDate.from(month.lastDay);
  let day = Temporal.PlainDate.from(month.firstDay);
  for (; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    if (random() > 0.4) continue;
    const hour = random() < 0.7 ? integerBetween(random, 18, 22) : integerBetween(random, 7, 14);
    const begin = day.toZonedDateTime({
      timeZone: month.timeZone,
      plainTime: { hour, minute: integerBetween(random, 0, 59), second: integerBetween(random, 0, 59) },
    });
    const start = new Date(begin.epochMilliseconds);
    const stop = new Date(start.getTime() + integerBetween(random, 45, 240) * 60_000);
    const readings: PlayedReading[] = [];
    let previous = start;
    for (const at of quarterHours(start, stop)) {
      const hours = (at.getTime() - previous.getTime()) / 3_600_000;
      registerWh += Math.round(month.powerW * hours * (0.92 + random() * 0.08));
      readings.push({ at, wh: registerWh });
      previous = at;
    }
    sessions.push({ idTag: month.idTag, connectorId: 1, readings });
  }
  return sessions;
}
