import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { configureDatabase, listenToCommands } from '#test/setup/command.js';

import { calendarCommand } from './calendar.js';

let folder: string;
const said = listenToCommands();
configureDatabase();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chazemo-calendar-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function calendar(...args: string[]): Promise<string> {
  said.forget();
  await calendarCommand().parseAsync(args, { from: 'user' });
  return said.all;
}

test('what is shown can be added under another id, once, and is listed', async () => {
  expect(await calendar('list')).toContain('es-20td  ES  1/3 bands');
  expect(await calendar('show', 'es-20td')).toContain('10:00-14:00 punta');
  const shown: unknown = JSON.parse(await calendar('show', 'es-20td', '--json'));
  const file = join(folder, 'own.json');
  await writeFile(file, JSON.stringify(Object.assign({}, shown, { id: 'es-own' })));
  expect(await calendar('add', file)).toBe('calendar es-own added\n');
  expect(JSON.parse(await calendar('add', file, '--json'))).toEqual({ ok: { id: 'es-own', added: false } });
  expect(JSON.parse(await calendar('list', '--json'))).toContainEqual({
    id: 'es-own',
    name: '2.0TD: Península, Baleares, Canarias',
    region: 'ES',
    timeZone: 'Europe/Madrid',
    bands: [1, 3],
    hasChangeover: false,
  });
});

test('a calendar that is none is refused with its fault and exit status 1', async () => {
  const file = join(folder, 'wrong.json');
  await writeFile(file, '{"id":"x"}');
  expect(await calendar('add', file)).toContain('CALENDAR.INVALID');
  expect(process.exitCode).toBe(1);
});

test('a file with a byte order mark is read; one that is no JSON, an unknown calendar and a missing file have status 2', async () => {
  const file = join(folder, 'marked.json');
  await writeFile(file, `\uFEFF${await calendar('show', 'no-day-night', '--json')}`);
  expect(await calendar('add', file)).toContain('CALENDAR.EXISTS');
  expect(process.exitCode).toBe(1);
  await writeFile(file, '{');
  for (const [args, message] of [
    [['add', file], 'is not JSON'],
    [['show', 'nowhere'], 'there is no calendar "nowhere"'],
    [['add', join(folder, 'none.json')], 'cannot be read'],
  ] as const) {
    process.exitCode = undefined;
    expect(await calendar(...args)).toContain(message);
    expect([said.out, process.exitCode]).toEqual(['', 2]);
  }
});
