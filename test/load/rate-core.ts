import { rate } from '#libs/rating/rate.js';
import { ReadingTable } from '#libs/rating/reading-table.js';
import { parseTariff } from '#libs/tariff/tariff-file.js';
import type { Tariff } from '#libs/tariff/tariff.js';

const READINGS = 1_000_000;
const READINGS_PER_SESSION = 30;
const CHARGERS = 1_000;
const RUNS = 7;
const FIRST_MS = Date.UTC(2026, 4, 31, 23);
const MONTH_MS = 30 * 24 * 3_600_000;
const STEP_MS = 15 * 60_000;

export interface CoreFigures {
  readonly readings: number;
  /** The quickest of a few runs over the same table, on one core. */
  readonly seconds: number;
  readonly readingsPerSecond: number;
  readonly totalWh: number;
}

function fourBands(): Tariff {
  const parsed = parseTariff({
    timeZone: 'Europe/Lisbon',
    calendar: 'pt-mainland-weekly',
    bands: 4,
    prices: ['ponta', 'cheias', 'vazio-normal', 'super-vazio'].flatMap((band) => [
      { from: '2026-01-01', to: '2026-06-16', band, perKWh: '0.227756' },
      { from: '2026-06-17', to: null, band, perKWh: '0.231456' },
    ]),
  });
  if ('refused' in parsed) throw new Error(parsed.refused.problem);
  return parsed.ok;
}

/** Sessions of 30 readings, a quarter of an hour apart, of 1,000 chargers, over a month. */
function sessions(): ReadingTable {
  const table = new ReadingTable();
  const perCharger = Math.ceil(READINGS / READINGS_PER_SESSION / CHARGERS);
  for (let i = 0; i < READINGS; i += 1) {
    const session = Math.floor(i / READINGS_PER_SESSION);
    const step = i % READINGS_PER_SESSION;
    const number = Math.floor(session / CHARGERS);
    const startMs = FIRST_MS + Math.floor((number * MONTH_MS) / perCharger);
    const series = table.seriesNumber(`charger-${session % CHARGERS}`, 1, String(session));
    table.add(series, startMs + step * STEP_MS, number * 12_000 + step * 397, NaN, i + 1);
  }
  return table;
}

/** The pure core alone: readings in memory × tariff → lines. */
export function benchRateCore(): CoreFigures {
  const table = sessions();
  const tariff = fourBands();
  let seconds = Infinity;
  let totalWh = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const started = performance.now();
    const result = rate(table, tariff, '2026-06-01', '2026-06-30');
    seconds = Math.min(seconds, (performance.now() - started) / 1000);
    if ('refused' in result) throw new Error(`no price for ${JSON.stringify(result.refused)}`);
    ({ totalWh } = result.ok);
  }
  return { readings: READINGS, seconds, readingsPerSecond: Math.round(READINGS / seconds), totalWh };
}
