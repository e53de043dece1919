import { HOLIDAYS_BY_COUNTRY, type HolidayRule } from './holiday-data.js';

export interface HolidayDay {
  readonly date: Temporal.PlainDate;
  readonly name: string;
  readonly scope: 'national' | 'municipal';
  /** The same day every year; false where it is counted from Easter. */
  readonly fixedDate: boolean;
  /** A region may keep another day instead (Spain). */
  readonly substitutable: boolean;
}

/** A holiday that staff added; `municipality` is empty for a national one, years are inclusive, null is open. */
export interface AddedHoliday {
  readonly country: string;
  readonly municipality: string;
  readonly name: string;
  readonly rule: HolidayRule;
  readonly yearFrom: number | null;
  readonly yearTo: number | null;
}

export interface HolidayPlace {
  /** ISO 3166 code. */
  readonly country: string;
  /** Null: only national holidays. Found whatever its capitals and accents. */
  readonly municipality: string | null;
}

/** The holidays of one place. */
export interface HolidayBook {
  /** The holiday that falls on the date, the national one before the municipal; null on any other day. */
  on(date: Temporal.PlainDate): HolidayDay | null;
  /** In order of date; two may fall on one day. */
  ofYear(year: number): readonly HolidayDay[];
}

interface BookEntry extends Omit<HolidayDay, 'date' | 'fixedDate'> {
  readonly rule: HolidayRule;
  readonly years: readonly { readonly from: number | null; readonly to: number | null }[];
}

/** Easter Sunday of a Gregorian year (Meeus/Jones/Butcher). */
export function easterSunday(year: number): Temporal.PlainDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return Temporal.PlainDate.from({ year, month: Math.floor(n / 31), day: (n % 31) + 1 });
}

function dateOf(rule: HolidayRule, year: number): Temporal.PlainDate {
  return 'month' in rule
    ? Temporal.PlainDate.from({ year, month: rule.month, day: rule.day })
    : easterSunday(year).add({ days: rule.easterOffsetDays });
}

/**
 * The national holidays of the place's country, those of its municipality, and the added ones that are of the place.
 * A country without data has only the added ones. Each year is computed once per book.
 */
export function holidayBook(place: HolidayPlace, added: readonly AddedHoliday[] = []): HolidayBook {
  const entries = entriesOf(place, added);
  const years = new Map<number, { list: readonly HolidayDay[]; byDay: ReadonlyMap<number, HolidayDay> }>();
  const yearOf = (year: number) => {
    const known = years.get(year);
    if (known !== undefined) return known;
    const list = daysOf(entries, year);
    const byDay = new Map(list.toReversed().map((day) => [dayKey(day.date), day]));
    const computed = { list, byDay };
    years.set(year, computed);
    return computed;
  };
  return {
    on: (date) => yearOf(date.year).byDay.get(dayKey(date)) ?? null,
    ofYear: (year) => yearOf(year).list,
  };
}

const dayKey = (date: Temporal.PlainDate): number => date.month * 100 + date.day;

function entriesOf(place: HolidayPlace, added: readonly AddedHoliday[]): BookEntry[] {
  const data = HOLIDAYS_BY_COUNTRY.get(place.country);
  const isOfPlace = (municipality: string): boolean =>
    place.municipality !== null && folded(municipality) === folded(place.municipality);
  const national: BookEntry[] = (data?.national ?? []).map(({ name, rule, years, substitutable }) => {
    return { name, rule, years, substitutable, scope: 'national' };
  });
  const municipal: BookEntry[] = (data?.municipal ?? [])
    .filter(({ municipality }) => isOfPlace(municipality))
    .map(({ name, rule, years }) => ({ name, rule, years, substitutable: false, scope: 'municipal' }));
  const own = added
    .filter(
      ({ country, municipality }) => country === place.country && (municipality === '' || isOfPlace(municipality)),
    )
    .map(({ municipality, name, rule, yearFrom, yearTo }): BookEntry => {
      const scope = municipality === '' ? 'national' : 'municipal';
      return { name, rule, scope, substitutable: false, years: [{ from: yearFrom, to: yearTo }] };
    });
  return [...national, ...municipal, ...own];
}

/** Names as people write them: `Évora`, `EVORA`. */
function folded(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .trim()
    .toLowerCase();
}

function daysOf(entries: readonly BookEntry[], year: number): HolidayDay[] {
  return entries
    .filter(({ years }) => years.some(({ from, to }) => (from === null || year >= from) && (to === null || year <= to)))
    .map(({ name, scope, substitutable, rule }) => ({
      date: dateOf(rule, year),
      name,
      scope,
      fixedDate: 'month' in rule,
      substitutable,
    }))
    .sort(
      (x, y) =>
        Temporal.PlainDate.compare(x.date, y.date) || Number(y.scope === 'national') - Number(x.scope === 'national'),
    );
}

/** Monday to Friday and no holiday of the book. */
export function isBusinessDay(date: Temporal.PlainDate, holidays: HolidayBook): boolean {
  return date.dayOfWeek <= 5 && holidays.on(date) === null;
}
