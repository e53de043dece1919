import type { HolidayDay } from '#libs/registry/holidays.js';

import { bandLabel, mergeBand, type Band, type BandCount, type BandRules } from './bands.js';
import { tableOf, type Calendar, type CalendarSet, type CalendarTable, type DayType, type Season } from './calendar.js';
import type { Contract, Tariff } from './tariff.js';

export type SeasonName = 'Verão' | 'Inverno' | 'Todo o ano';
export type DayTypeName = 'Semana' | 'Sabado' | 'Domingo' | 'Fim de semana' | 'Todos';

const SEASON_NAMES: Record<Season | 'all', SeasonName> = { summer: 'Verão', winter: 'Inverno', all: 'Todo o ano' };
const DAY_TYPE_NAMES: Record<CalendarTable['dayType'], DayTypeName> = {
  weekday: 'Semana',
  saturday: 'Sabado',
  sunday: 'Domingo',
  weekend: 'Fim de semana',
  all: 'Todos',
};

/** Wall-clock minutes [startMinute, endMinute) of a day in which one band of the contract holds. */
export interface BandInterval {
  readonly startMinute: number;
  readonly endMinute: number;
  readonly band: Band;
  /** `Cheia 1`, `Ponta`: numbered when the band has more than one interval that day. */
  readonly label: string;
  /** `07.00-09.15`; the last of the day is printed as ending 23.59 and holds up to midnight. */
  readonly interval: string;
}

/** What a contract says about one local day: the names of the table that applies, and its intervals, tiling the day. */
export interface DayTable {
  readonly season: SeasonName;
  readonly dayType: DayTypeName;
  readonly intervals: readonly BandInterval[];
}

/** A clock time of a table as minutes since midnight; 24:00 is 1440. */
function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}

function printedClock(minute: number): string {
  if (minute === 1440) return '23.59';
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}.${String(minute % 60).padStart(2, '0')}`;
}

/** The table's intervals in the contract's bands; neighbours that merging made equal become one interval. */
function mergedIntervals(table: CalendarTable, bands: BandCount, rules: BandRules) {
  const merged: { band: Band; start: number; end: number }[] = [];
  for (const { band: calendarBand, start, end } of table.intervals) {
    const band = mergeBand(rules, calendarBand, bands);
    const last = merged.at(-1);
    if (last !== undefined && last.band === band) last.end = minutesOf(end);
    else merged.push({ band, start: minutesOf(start), end: minutesOf(end) });
  }
  return merged;
}

/** A calendar table as a contract of so many bands prints it. A contract with one band knows no day types. */
export function dayTable(table: CalendarTable, bands: BandCount, rules: BandRules): DayTable {
  const merged = mergedIntervals(table, bands, rules);
  const seen = new Map<Band, number>();
  const intervals = merged.map(({ band, start, end }): BandInterval => {
    const number = (seen.get(band) ?? 0) + 1;
    seen.set(band, number);
    const isOnlyOne = merged.filter((other) => other.band === band).length === 1;
    return {
      startMinute: start,
      endMinute: end,
      band,
      label: isOnlyOne ? bandLabel(rules, band) : `${bandLabel(rules, band)} ${number}`,
      interval: `${printedClock(start)}-${printedClock(end)}`,
    };
  });
  const dayType = bands === 1 ? 'all' : table.dayType;
  return { season: SEASON_NAMES[table.season], dayType: DAY_TYPE_NAMES[dayType], intervals };
}

/** Whether summer time is in force at an instant: the clock is ahead of where that year's January or July has it. */
function isSummerTime(noon: Temporal.ZonedDateTime): boolean {
  const offsets = [1, 7].map((month) => noon.with({ month, day: 1 }).offsetNanoseconds);
  return noon.offsetNanoseconds > Math.min(...offsets);
}

/** The season of a local day, by its local noon or its month, as the calendar's rule says. */
export function seasonOf(calendar: Calendar, date: Temporal.PlainDate, timeZone: string): Season {
  const { seasons } = calendar;
  switch (seasons.rule) {
    case 'legal-time':
      return isSummerTime(date.toZonedDateTime({ timeZone, plainTime: '12:00' })) ? 'summer' : 'winter';
    case 'months':
      return seasons.summerMonths.includes(date.month) ? 'summer' : 'winter';
    default:
      return seasons satisfies never;
  }
}

/** Whether a day has Sunday's table: by the calendar's rule for holidays, and where it leaves that open the contract's. */
function countsAsSunday(
  { holidays }: Calendar,
  asContract: boolean,
  date: Temporal.PlainDate,
  holiday: HolidayDay | null,
): boolean {
  if (holidays.alsoDays.some(({ month, day }) => month === date.month && day === date.day)) return true;
  if (holiday === null || (holiday.scope === 'municipal' && !holidays.municipal)) return false;
  if (holidays.onlyFixed && (!holiday.fixedDate || holiday.substitutable)) return false;
  switch (holidays.rule) {
    case 'as-sunday':
      return true;
    case 'as-weekday':
      return false;
    case 'as-contract':
      return asContract;
    default:
      return holidays.rule satisfies never;
  }
}

function dayTypeOf(date: Temporal.PlainDate, contract: Contract, holidays: Tariff['holidays']): DayType {
  if (date.dayOfWeek === 7) return 'sunday';
  if (countsAsSunday(contract.calendar, contract.holidaysAsSunday, date, holidays.on(date))) return 'sunday';
  return date.dayOfWeek === 6 ? 'saturday' : 'weekday';
}

/** The set of hours in force: the 2027 hours from the site's own changeover, where the calendar has such hours. */
function setOn(calendar: Calendar, changeover: string | null, date: Temporal.PlainDate): CalendarSet {
  const changed = changeover !== null && Temporal.PlainDate.compare(date, Temporal.PlainDate.from(changeover)) >= 0;
  const wanted = changed ? 'from-changeover' : 'until-changeover';
  const set = calendar.sets.find((candidate) => candidate.holds === wanted || candidate.holds === 'always');
  if (set === undefined) throw new Error(`Calendar ${calendar.id} has no set that holds ${wanted}`);
  return set;
}

/**
 * The contract's timetable: for each local day its table. Season by local noon, Sunday's table on holidays where the
 * calendar or the contract says so, the newer hours from the contract's changeover date.
 */
export function openTimetable(
  contract: Contract,
  tariff: Omit<Tariff, 'contracts'>,
): (date: Temporal.PlainDate) => DayTable {
  const { calendar, bands } = contract;
  const made = new Map<CalendarTable, DayTable>();
  return (date) => {
    const set = setOn(calendar, contract.calendarChangeover, date);
    const dayType = dayTypeOf(date, contract, tariff.holidays);
    const table = tableOf(set, seasonOf(calendar, date, tariff.timeZone), dayType);
    const known = made.get(table) ?? dayTable(table, bands, calendar.bandRules);
    made.set(table, known);
    return known;
  };
}
