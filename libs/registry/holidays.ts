/** When a holiday falls: a fixed day of the year, or days counted from Easter Sunday. */
export type HolidayRule = { readonly month: number; readonly day: number } | { readonly easterOffsetDays: number };

interface HolidayEntry {
  readonly name: string;
  readonly rule: HolidayRule;
  /** Years in which it was a national holiday, both inclusive; an open end is null. */
  readonly years: readonly { readonly from: number; readonly to: number | null }[];
  readonly source: string;
}

const LABOUR_CODE = 'Código do Trabalho (Lei 7/2009) art. 234.º n.º 1';
const SUSPENDED = `${LABOUR_CODE}; suspended for 2013 to 2015 by Lei 23/2012, restored by Lei 8/2016`;

const ALWAYS = [{ from: 1952, to: null }] as const;
const SINCE_1974 = [{ from: 1974, to: null }] as const;
const SINCE_1975 = [{ from: 1975, to: null }] as const;
const NOT_2013_TO_2015 = [
  { from: 1952, to: 2012 },
  { from: 2016, to: null },
] as const;

/**
 * National holidays of Portugal, as dated data. Carnival and the municipal holiday are optional (art. 235.º) and those
 * of the autonomous regions are not national: neither is here.
 */
export const HOLIDAY_ENTRIES: readonly HolidayEntry[] = [
  { name: 'Ano Novo', rule: { month: 1, day: 1 }, years: ALWAYS, source: LABOUR_CODE },
  { name: 'Sexta-Feira Santa', rule: { easterOffsetDays: -2 }, years: ALWAYS, source: LABOUR_CODE },
  { name: 'Páscoa', rule: { easterOffsetDays: 0 }, years: ALWAYS, source: LABOUR_CODE },
  { name: 'Dia da Liberdade', rule: { month: 4, day: 25 }, years: SINCE_1975, source: LABOUR_CODE },
  { name: 'Dia do Trabalhador', rule: { month: 5, day: 1 }, years: SINCE_1974, source: LABOUR_CODE },
  { name: 'Corpo de Deus', rule: { easterOffsetDays: 60 }, years: NOT_2013_TO_2015, source: SUSPENDED },
  { name: 'Dia de Portugal', rule: { month: 6, day: 10 }, years: ALWAYS, source: LABOUR_CODE },
  { name: 'Assunção de Nossa Senhora', rule: { month: 8, day: 15 }, years: ALWAYS, source: LABOUR_CODE },
  { name: 'Implantação da República', rule: { month: 10, day: 5 }, years: NOT_2013_TO_2015, source: SUSPENDED },
  { name: 'Todos os Santos', rule: { month: 11, day: 1 }, years: NOT_2013_TO_2015, source: SUSPENDED },
  { name: 'Restauração da Independência', rule: { month: 12, day: 1 }, years: NOT_2013_TO_2015, source: SUSPENDED },
  { name: 'Imaculada Conceição', rule: { month: 12, day: 8 }, years: ALWAYS, source: LABOUR_CODE },
  { name: 'Natal', rule: { month: 12, day: 25 }, years: ALWAYS, source: LABOUR_CODE },
];

export interface NationalHoliday {
  readonly date: Temporal.PlainDate;
  readonly name: string;
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

const byYear = new Map<number, readonly NationalHoliday[]>();

/** Portugal's national holidays of a year, in order of date. Source: {@link HOLIDAY_ENTRIES}. */
export function nationalHolidays(year: number): readonly NationalHoliday[] {
  const known = byYear.get(year);
  if (known !== undefined) return known;
  const holidays = HOLIDAY_ENTRIES.filter((entry) =>
    entry.years.some((span) => year >= span.from && (span.to === null || year <= span.to)),
  )
    .map((entry) => ({ date: dateOf(entry.rule, year), name: entry.name }))
    .sort((x, y) => Temporal.PlainDate.compare(x.date, y.date));
  byYear.set(year, holidays);
  return holidays;
}

/** Whether the day is a national holiday of Portugal. */
export function isNationalHoliday(date: Temporal.PlainDate): boolean {
  return nationalHolidays(date.year).some((holiday) => holiday.date.equals(date));
}

/** Monday to Friday and no national holiday. */
export function isBusinessDay(date: Temporal.PlainDate): boolean {
  return date.dayOfWeek <= 5 && !isNationalHoliday(date);
}
