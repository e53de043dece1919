import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { configureDatabase, listenToCommands } from '#test/setup/command.js';

import { tabularCommands } from './tabular.js';

let folder: string;
const said = listenToCommands();
configureDatabase();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chazemo-series-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function chazemo(name: string, ...args: string[]): Promise<string> {
  said.forget();
  const command = tabularCommands().find((each) => each.name() === name);
  await command?.parseAsync(args, { from: 'user' });
  return said.all;
}

test('the template’s columns, filled in, go in with the flags of a new series', async () => {
  const file = join(folder, 'omie.csv');
  await chazemo('template', 'price-series', '-o', file);
  const header = await readFile(file, 'utf8');
  expect(header).toBe('date,period,value,unit\n');
  await writeFile(file, `${header}2026-06-01,1,45.12,EUR/MWh\n2026-06-01,3,"-1,5",EUR/MWh\n`);
  const first = ['price-series', file, '--series', 'omie-pt', '--clock-zone', 'Europe/Madrid', '--resolution', '15'];
  const dry = await chazemo('import', ...first, '--dry-run');
  expect(dry).toContain('gap from 2026-05-31T22:15:00.000Z until 2026-05-31T22:30:00.000Z: 1 values');
  expect(dry).toContain('2 new, 0 changed, 0 the same; nothing was changed');
  expect(JSON.parse(await chazemo('import', ...first, '--json'))).toMatchObject({ imported: true, added: 2 });
  expect(await chazemo('import', 'price-series', file, '--series', 'omie-pt')).toContain('2 the same');
});

test('problems are told by row and column, with exit status 1', async () => {
  const file = join(folder, 'wrong.csv');
  await writeFile(file, 'date,period,value\n2026-06-01,97,45.12\n');
  const said = await chazemo('import', 'price-series', file, '--series', 'omie-pt', '--unit', 'EUR/MWh');
  expect(said).toContain('row 1, column period: 2026-06-01 has periods 1 to 96');
  expect(said).toContain('nothing was imported: 1 problems to mend');
  expect(process.exitCode).toBe(1);
});
