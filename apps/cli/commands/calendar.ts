import { readFile } from 'node:fs/promises';

import { Command } from 'commander';

import { addCalendar, allCalendars, findCalendar } from '#libs/tariff/calendar-store.js';
import type { Calendar } from '#libs/tariff/calendar.js';

import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';
import { parseJson } from './parse-json.js';

interface Flags {
  readonly json?: boolean;
}

const print = (text: string) => process.stdout.write(`${text}\n`);

/** What a list says of a calendar; `bands` are the numbers of bands of its contracts. */
function summaryOf({ id, name, region, timeZone, bandRules, sets }: Calendar) {
  const bands = Object.keys(bandRules.merges).map(Number);
  return { id, name, region, timeZone, bands, hasChangeover: sets.length > 1 };
}

async function list({ json }: Flags): Promise<void> {
  const calendars = await withDatabase(({ sql }) => allCalendars(sql));
  const summaries = calendars.map(summaryOf);
  if (json === true) print(JSON.stringify(summaries));
  else
    for (const { id, name, region, bands } of summaries) print(`${id}  ${region}  ${bands.join('/')} bands  ${name}`);
}

async function show(id: string, { json }: Flags): Promise<void> {
  const calendar = await withDatabase(({ sql }) => findCalendar(sql, id));
  if (calendar === null) refuse(`there is no calendar "${id}": chazemo calendar list`);
  if (json === true) print(JSON.stringify(calendar));
  else for (const line of described(calendar)) print(line);
}

function described(calendar: Calendar): string[] {
  const { id, name, region, timeZone, bandRules, nationalHolidays, sets } = calendar;
  const contracts = Object.entries(bandRules.merges).map(
    ([count, merge]) => `  ${count}: ${[...new Set(Object.values(merge ?? {}))].join(', ')}`,
  );
  const tables = sets.flatMap((set) =>
    [`${set.id}, ${set.holds}: ${set.law}`].concat(
      set.tables.map(({ season, dayType, intervals, confidence }) => {
        const hours = intervals.map(({ band, start, end }) => `${start}-${end} ${band}`).join(', ');
        return `  ${season} ${dayType}: ${hours} (confidence ${confidence})`;
      }),
    ),
  );
  return [`${id}: ${name}`, `${region}, ${timeZone}`, 'bands of contracts', ...contracts, nationalHolidays, ...tables];
}

async function add(file: string, { json }: Flags): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => refuse(`${file} cannot be read`));
  const content = parseJson(file, text);
  const result = await withDatabase(({ sql }) => addCalendar(sql, content, 'command line'));
  if (json === true) print(JSON.stringify(result));
  if ('refused' in result) {
    if (json !== true) process.stderr.write(`${result.refused.code}: ${result.refused.problem}\n`);
    process.exitCode = 1;
  } else if (json !== true) {
    const { id, added } = result.ok;
    print(added ? `calendar ${id} added` : `calendar ${id} was there, with the same hours`);
  }
}

/** `chazemo calendar list|show|add`: which band holds when, as the product brings it and as staff add it. */
export function calendarCommand(): Command {
  const json = ['--json', 'print one JSON value'] as const;
  return new Command('calendar')
    .description('the calendars of tariff bands')
    .addCommand(
      new Command('list')
        .description('every calendar there is')
        .option(...json)
        .action(list),
    )
    .addCommand(
      new Command('show')
        .description('a calendar’s hours, bands, holidays and sources')
        .argument('<id>')
        .option(...json)
        .action(refusing(show)),
    )
    .addCommand(
      new Command('add')
        .description('adds a calendar from a JSON file such as "show --json" prints; it never changes afterwards')
        .argument('<file>')
        .option(...json)
        .action(refusing(add)),
    );
}
