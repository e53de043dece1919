import { holidaysOn } from './holidays.js';
import type { BandRulesJson, CalendarJson, TableJson, World, WorldContract } from './world.js';

/** One interval of a day as it is printed. */
export interface SlowInterval {
  readonly startMinute: number;
  readonly endMinute: number;
  readonly band: string;
  readonly label: string;
  readonly interval: string;
}

export interface SlowDay {
  readonly season: string;
  readonly dayType: string;
  readonly intervals: readonly SlowInterval[];
}

/** Portuguese contracts: bi is vazio or not, tri knows ponta and cheias, tetra keeps both kinds of vazio. */
const PORTUGUESE: BandRulesJson = {
  bands: [
    { id: 'ponta', label: 'Ponta' },
    { id: 'cheias', label: 'Cheia' },
    { id: 'vazio-normal', label: 'Vazio' },
    { id: 'super-vazio', label: 'Super Vazio' },
    { id: 'vazio', label: 'Vazio' },
    { id: 'fora-de-vazio', label: 'Fora de Vazio' },
    { id: 'simples', label: 'Simples' },
  ],
  merges: Object.fromEntries(
    [1, 2, 3, 4].map((count) => [
      String(count),
      Object.fromEntries(
        ['ponta', 'cheias', 'vazio-normal', 'super-vazio', 'vazio'].map((band) => {
          const isVazio = band.includes('vazio');
          if (count === 1) return [band, 'simples'];
          if (count === 2) return [band, isVazio ? 'vazio' : 'fora-de-vazio'];
          return [band, count === 3 && isVazio ? 'vazio' : band];
        }),
      ),
    ]),
  ),
};

const SEASON_WORDS: Readonly<Record<string, string>> = { summer: 'Verão', winter: 'Inverno', all: 'Todo o ano' };
const DAY_WORDS: Readonly<Record<string, string>> = {
  weekday: 'Semana',
  saturday: 'Sabado',
  sunday: 'Domingo',
  weekend: 'Fim de semana',
  all: 'Todos',
};

function offsetAtNoon(date: string, timeZone: string): number {
  return Temporal.PlainDateTime.from(`${date}T12:00`).toZonedDateTime(timeZone).offsetNanoseconds;
}

/** Summer time: the clock of the day's noon is ahead of the most backward noon of that year's months. */
function seasonOf(calendar: CalendarJson, date: string, timeZone: string): string {
  const month = Number(date.slice(5, 7));
  if (calendar.seasons.rule === 'months') {
    return calendar.seasons.summerMonths?.includes(month) === true ? 'summer' : 'winter';
  }
  const months = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(2, '0'));
  const offsets = months.map((mm) => offsetAtNoon(`${date.slice(0, 4)}-${mm}-15`, timeZone));
  return offsetAtNoon(date, timeZone) > Math.min(...offsets) ? 'summer' : 'winter';
}

function isSundayByHoliday(contract: WorldContract, world: World, date: string): boolean {
  const {
    rule = 'as-contract',
    municipal = false,
    onlyFixed = false,
    alsoDays = [],
  } = contract.calendar.holidays ?? {};
  const isNamed = alsoDays.some(
    ({ month, day }) => month === Number(date.slice(5, 7)) && day === Number(date.slice(8)),
  );
  if (isNamed) return true;
  if (rule === 'as-weekday' || (rule === 'as-contract' && !contract.holidaysAsSunday)) return false;
  const all = holidaysOn(date, world.country, world.municipality);
  // Where two fall on one day the national one is what the day is.
  const [holiday] = all.filter((one) => !one.isMunicipal).concat(all.filter((one) => one.isMunicipal));
  if (holiday === undefined || (holiday.isMunicipal && !municipal)) return false;
  return !onlyFixed || (holiday.isFixed && !holiday.isSubstitutable);
}

/** Monday to Friday, Saturday, or Sunday with the holidays that count as one. */
export function dayTypeOf(contract: WorldContract, world: World, date: string): 'weekday' | 'saturday' | 'sunday' {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  if (weekday === 0 || isSundayByHoliday(contract, world, date)) return 'sunday';
  return weekday === 6 ? 'saturday' : 'weekday';
}

function tableOf(contract: WorldContract, world: World, date: string): TableJson {
  const isChanged = contract.calendarChangeover !== null && date >= contract.calendarChangeover;
  const set = contract.calendar.sets.find(
    ({ holds }) => holds === 'always' || holds === (isChanged ? 'from-changeover' : 'until-changeover'),
  );
  const season = seasonOf(contract.calendar, date, world.timeZone);
  const dayType = dayTypeOf(contract, world, date);
  const days = dayType === 'weekday' ? ['weekday', 'all'] : [dayType, 'weekend', 'all'];
  const table = set?.tables.find((one) => ['all', season].includes(one.season) && days.includes(one.dayType));
  if (table === undefined) throw new Error(`${contract.calendar.id} has no table for ${date}`);
  return table;
}

/** Days already worked out, of each contract: a day is asked about many times. */
const known = new WeakMap<WorldContract, Map<string, SlowDay>>();

/** What the contract's table says of a local day, in the contract's bands. */
export function dayOf(contract: WorldContract, world: World, date: string): SlowDay {
  const days = known.get(contract) ?? new Map<string, SlowDay>();
  known.set(contract, days);
  const table = () => tableOf(contract, world, date);
  const day = days.get(date) ?? printedDay(table(), contract.bands, contract.calendar.bandRules ?? PORTUGUESE);
  days.set(date, day);
  return day;
}

/** The 96 quarter hours of a day one by one; what stays the same is one interval. */
function printedDay(table: TableJson, count: number, rules: BandRulesJson): SlowDay {
  const runs: { band: string; startMinute: number; endMinute: number }[] = [];
  for (let minute = 0; minute < 1440; minute += 15) {
    const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    const inTable = table.intervals.find(({ start, end }) => start <= clock && clock < end);
    const band = rules.merges[String(count)]?.[inTable?.band ?? ''];
    if (band === undefined) throw new Error(`No band at ${clock}`);
    const last = runs.at(-1);
    if (last?.band === band) last.endMinute = minute + 15;
    else runs.push({ band, startMinute: minute, endMinute: minute + 15 });
  }
  const clock = (minute: number) =>
    minute === 1440
      ? '23.59'
      : `${String(Math.floor(minute / 60)).padStart(2, '0')}.${String(minute % 60).padStart(2, '0')}`;
  const intervals = runs.map((run, index): SlowInterval => {
    const alike = runs.filter(({ band }) => band === run.band).length;
    const number = runs.slice(0, index + 1).filter(({ band }) => band === run.band).length;
    const word = rules.bands.find(({ id }) => id === run.band)?.label ?? '';
    const interval = `${clock(run.startMinute)}-${clock(run.endMinute)}`;
    return Object.assign(run, { label: alike === 1 ? word : `${word} ${number}`, interval });
  });
  const dayType = count === 1 ? 'all' : table.dayType;
  return { season: SEASON_WORDS[table.season] ?? '', dayType: DAY_WORDS[dayType] ?? '', intervals };
}
