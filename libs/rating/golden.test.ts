import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { parseTariff } from '#libs/tariff/tariff-file.js';

import { printable, rate } from './rate.js';
import { readReadings } from './readings-csv.js';

interface GoldenLine {
  dayType: string;
  label: string;
  band: string;
  interval: string;
  kWh: string;
  eurPerKWh: string;
  eur: string;
}
interface Golden {
  lines: GoldenLine[];
  total: { eur: string; kWh: string };
}

const golden = JSON.parse(readFileSync(new URL('golden/zcs031903-june.json', import.meta.url), 'utf8')) as Golden;
const whole = (decimal: string) => Number(decimal.replace('.', ''));

/** June 2026 of the seed's charger: each line's energy drawn in its own hours, on days of its type, read every 15 min. */
function readingsOfJune(): string {
  const firstDay: Record<string, number> = { Semana: 1, Sabado: 6, Domingo: 7 };
  const draws = golden.lines
    .flatMap((line, transaction) => {
      const wh = whole(line.kWh);
      const weeks = [0, 7, 14, 21];
      return weeks.map((week, index) => {
        const share = Math.floor((wh * (index + 1)) / 4) - Math.floor((wh * index) / 4);
        const day = (firstDay[line.dayType] ?? 0) + week;
        return { transaction: transaction * 4 + index, day, start: line.interval.slice(0, 5).replace('.', ':'), share };
      });
    })
    .sort((a, b) => a.day - b.day || a.start.localeCompare(b.start));
  let register = 1_204_500;
  const rows = ['chargerId,connectorId,transactionId,timestamp,registerWh'];
  for (const { transaction, day, start, share } of draws) {
    const begin = Temporal.PlainDateTime.from(`2026-06-${String(day).padStart(2, '0')}T${start}`);
    for (let step = 0; step <= 4; step += 1) {
      const at = begin.add({ minutes: step * 15 }).toZonedDateTime('Europe/Lisbon');
      const stamp = at.toString({ timeZoneName: 'never' });
      rows.push(`zcs031903,1,${transaction},${stamp},${register + Math.floor((share * step) / 4)}`);
    }
    register += share;
  }
  return rows.join('\n');
}

test("the seed's own report comes out to the Wh and the cent", async () => {
  const read = await readReadings(
    (async function* () {
      yield readingsOfJune();
    })(),
  );
  const prices = new Map(golden.lines.map((line) => [line.band, line.eurPerKWh]));
  const tariff = parseTariff({
    timeZone: 'Europe/Lisbon',
    calendar: 'pt-mainland-weekly',
    bands: 4,
    calendarChangeover: null,
    holidaysAsSunday: false,
    prices: [...prices].map(([band, perKWh]) => ({ from: '2026-01-01', to: null, band, perKWh })),
  });
  if ('refused' in read || 'refused' in tariff) throw new Error('not read');
  const rated = rate(read.ok.readings, tariff.ok, '2026-06-01', '2026-06-30');
  if ('refused' in rated) throw new Error(rated.refused.code);
  const result = printable(rated.ok);

  const expected = golden.lines.map((line) => ({
    chargerId: 'zcs031903',
    season: 'Verão',
    dayType: line.dayType,
    band: line.band,
    label: line.label,
    interval: line.interval,
    direction: 'import',
    wh: whole(line.kWh),
    estimatedWh: 0,
    perKWh: line.eurPerKWh,
    cents: whole(line.eur),
  }));
  const key = (line: { dayType: string; label: string }) => `${line.dayType} ${line.label}`;
  expect(result.lines).toEqual(expected.sort((a, b) => (key(a) < key(b) ? -1 : 1)));
  expect(result).toMatchObject({
    totalWh: whole(golden.total.kWh),
    totalCents: whole(golden.total.eur),
    unattributedWh: 0,
    rejected: [],
  });
});
