import { readFileSync } from 'node:fs';

interface HolidayJson {
  readonly municipality?: string;
  readonly rule: { readonly month?: number; readonly day?: number; readonly easterOffsetDays?: number };
  readonly years: readonly { readonly from: number | null; readonly to: number | null }[];
  readonly substitutable?: boolean;
}
interface CountryJson {
  readonly national: readonly HolidayJson[];
  readonly municipal: readonly HolidayJson[];
}

/** Easter Sundays as any almanac lists them. */
const EASTER: Readonly<Record<number, string>> = {
  2024: '2024-03-31',
  2025: '2025-04-20',
  2026: '2026-04-05',
  2027: '2027-03-28',
  2028: '2028-04-16',
  2029: '2029-04-01',
  2030: '2030-04-21',
};

const countries = new Map<string, CountryJson>();

function countryOf(code: string): CountryJson {
  const known = countries.get(code);
  if (known !== undefined) return known;
  const file = new URL(`../../libs/registry/holidays/${code.toLowerCase()}.json`, import.meta.url);
  const read = JSON.parse(readFileSync(file, 'utf8')) as CountryJson;
  countries.set(code, read);
  return read;
}

function fallsOn({ rule, years }: HolidayJson, date: string): boolean {
  const year = Number(date.slice(0, 4));
  if (!years.some(({ from, to }) => (from ?? -Infinity) <= year && year <= (to ?? Infinity))) return false;
  if (rule.easterOffsetDays === undefined) {
    return Number(date.slice(5, 7)) === rule.month && Number(date.slice(8, 10)) === rule.day;
  }
  const easter = EASTER[year];
  if (easter === undefined) throw new Error(`The table of Easter Sundays has no ${year}`);
  const days = (Date.parse(date) - Date.parse(easter)) / 86_400_000;
  return days === rule.easterOffsetDays;
}

/** What holidays a date is, in a country and one of its municipalities. */
export function holidaysOn(date: string, country: string, municipality: string | null) {
  const { national, municipal } = countryOf(country);
  const local = municipal.filter((holiday) => holiday.municipality === municipality);
  const found = [
    ...national.map((holiday) => ({ holiday, isMunicipal: false })),
    ...local.map((holiday) => ({ holiday, isMunicipal: true })),
  ].filter(({ holiday }) => fallsOn(holiday, date));
  return found.map(({ holiday, isMunicipal }) => ({
    isMunicipal,
    isFixed: holiday.rule.easterOffsetDays === undefined,
    isSubstitutable: holiday.substitutable === true,
  }));
}
