import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { calendarCommand } from './calendar.js';

let database: TestDatabase;
let folder: string;
let out: string;
const configured = process.env['DATABASE_URL'];

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'chazemo-calendar-test-'));
  process.env['DATABASE_URL'] = database.url;
});
afterAll(async () => {
  if (configured === undefined) delete process.env['DATABASE_URL'];
  else process.env['DATABASE_URL'] = configured;
  await rm(folder, { recursive: true });
  await database.drop();
});

beforeEach(() => {
  out = '';
  const keep = (text: unknown) => {
    out += String(text);
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(keep);
  jest.spyOn(process.stderr, 'write').mockImplementation(keep);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

async function calendar(...args: string[]): Promise<string> {
  out = '';
  await calendarCommand().parseAsync(args, { from: 'user' });
  return out;
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
