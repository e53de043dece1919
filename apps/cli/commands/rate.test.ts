import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { listenToCommands } from '#test/setup/command.js';

import { rateCommand } from './rate.js';

let folder: string;
const said = listenToCommands();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chazemo-rate-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const READINGS = [
  'chargerId,connectorId,transactionId,timestamp,registerWh',
  'zcs031903,1,417,2026-06-01T10:00:00+01:00,1204500',
  'zcs031903,1,417,2026-06-01T11:00:00+01:00,1205500',
  'zcs031903,1,417,2026-06-01T12:00:00,1206500',
].join('\n');

const TARIFF = {
  timeZone: 'Europe/Lisbon',
  calendar: 'pt-mainland-weekly',
  bands: 4,
  calendarChangeover: null,
  holidaysAsSunday: false,
  prices: [{ from: '2026-01-01', to: null, band: 'ponta', perKWh: '0.245102' }],
};

async function run(files: { readings?: string; tariff?: unknown }, ...more: string[]): Promise<void> {
  const readings = join(folder, 'readings.csv');
  const tariff = join(folder, 'tariff.json');
  if (files.readings !== undefined) await writeFile(readings, files.readings);
  if (files.tariff !== undefined) {
    await writeFile(tariff, typeof files.tariff === 'string' ? files.tariff : JSON.stringify(files.tariff));
  }
  const days = more.includes('--from') ? [] : ['--from', '2026-06-01', '--to', '2026-06-30'];
  await rateCommand().parseAsync(['--readings', readings, '--tariff', tariff, ...days, ...more], { from: 'user' });
}

describe('chazemo rate', () => {
  test('prints one JSON object, fields in the promised order', async () => {
    await run({ readings: READINGS, tariff: TARIFF }, '--json');
    expect(said.out).toBe(
      '{"lines":[{"chargerId":"zcs031903","season":"Verão","dayType":"Semana","band":"ponta","label":"Ponta",' +
        '"interval":"09.15-12.15","direction":"import","wh":1000,"estimatedWh":0,"perKWh":"0.245102","cents":25}],' +
        '"totalWh":1000,"totalCents":25,"unattributedWh":0,"rejected":[{"row":3,"reason":"malformed"}]}\n',
    );
    expect(said.err).toBe('');
    expect(process.exitCode).toBeUndefined();
  });

  test('without --json prints a table', async () => {
    await run({ readings: READINGS, tariff: TARIFF });
    expect(said.out).toMatch(/zcs031903 +Verão +Semana +Ponta +09\.15-12\.15 +1,000 +0\.245102 +0,25/);
    expect(said.out).toContain('linha 3: malformed');
  });

  const without = { ...TARIFF, prices: TARIFF.prices.map((price) => Object.assign({}, price, { to: '2026-05-31' })) };
  const NO_SUCH = 'yesterday';
  test.each([
    ['no price for a band in use', { readings: READINGS, tariff: without }, [], /"ponta" on 2026-06-01/],
    ['a tariff that is none', { readings: READINGS, tariff: { ...TARIFF, bands: 7 } }, [], /bands/],
    ['a tariff that is not JSON', { readings: READINGS, tariff: '{' }, [], /not JSON/],
    ['no tariff', { readings: READINGS }, [], /tariff could not be read/],
    ['no readings', { tariff: TARIFF }, [], /readings could not be read/],
    ['readings without a header', { readings: '1,2,3', tariff: TARIFF }, [], /no header/],
    ['a day that is none', { readings: READINGS, tariff: TARIFF }, ['--from', NO_SUCH, '--to', '2026-06-30'], /--from/],
    [
      'an end before the beginning',
      { readings: READINGS, tariff: TARIFF },
      ['--from', '2026-06-02', '--to', '2026-06-01'],
      /before/,
    ],
  ])('%s: status 2, told on standard error, nothing on standard output', async (_, files, more, message) => {
    await run(files, ...more, '--json');
    expect(process.exitCode).toBe(2);
    expect(said.err).toMatch(message);
    expect(said.out).toBe('');
  });
});
