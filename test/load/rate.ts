import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const SIZES = [10_000, 100_000, 1_000_000] as const;
const RUNS = 3;
const CHARGERS = 40;
const READINGS_PER_TRANSACTION = 40;
const FIRST_MS = Date.UTC(2026, 4, 31, 23);
const STEP_MS = 60_000;

/** What one run of `chazemo rate` took: wall clock of the whole process, from its start to its exit. */
export interface RateRun {
  readonly readings: number;
  readonly seconds: number;
  readonly readingsPerSecond: number;
  readonly microsecondsPerReading: number;
  readonly peakRssMiB: number;
  readonly totalWh: number;
}

export interface RateFigures {
  readonly runs: readonly RateRun[];
  /** Time of an empty file: what starting the program costs. */
  readonly startSeconds: number;
}

/** A file of readings, a minute apart, 40 chargers side by side: rows of different chargers alternate. */
async function writeReadings(file: string, count: number): Promise<void> {
  const out = createWriteStream(file);
  out.write('chargerId,connectorId,transactionId,timestamp,registerWh\n');
  const lines: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const charger = i % CHARGERS;
    const step = Math.floor(i / CHARGERS);
    const at = new Date(FIRST_MS + step * STEP_MS).toISOString().replace('.000', '');
    const transaction = Math.floor(step / READINGS_PER_TRANSACTION) * CHARGERS + charger;
    lines.push(`zcs${String(31_900 + charger).padStart(6, '0')},1,${transaction},${at},${1_000_000 + step * 120}\n`);
    if (lines.length === 10_000) {
      if (!out.write(lines.join(''))) await new Promise((resolve) => out.once('drain', resolve));
      lines.length = 0;
    }
  }
  await new Promise<void>((resolve) => out.end(lines.join(''), () => resolve()));
}

const TARIFF = {
  timeZone: 'Europe/Lisbon',
  calendar: 'pt-mainland-weekly',
  bands: 4,
  calendarChangeover: null,
  holidaysAsSunday: false,
  prices: ['ponta', 'cheias', 'vazio-normal', 'super-vazio'].map((band) => ({
    from: '2026-01-01',
    to: null,
    band,
    perKWh: '0.227756',
  })),
};

const REPORT_MEMORY =
  'data:text/javascript,process.on("exit",()=>process.stderr.write(`maxRSS=${process.resourceUsage().maxRSS}`))';

/** Runs the compiled command as a process of its own; rejects when it fails. */
async function runRate(
  folder: string,
  readings: string,
): Promise<Omit<RateRun, 'readings' | 'readingsPerSecond' | 'microsecondsPerReading'>> {
  const program = fileURLToPath(new URL('../../apps/cli/main.js', import.meta.url));
  const parameters = ['rate', '--readings', readings, '--tariff', join(folder, 'tariff.json'), '--from', '2026-06-01'];
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', REPORT_MEMORY, program, ...parameters, '--to', '2026-06-30', '--json'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const status = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`chazemo rate ended with status ${String(status)}: ${err}`);
  const peakRssMiB = Number(/maxRSS=(\d+)/.exec(err)?.[1]) / 1024;
  const { totalWh } = JSON.parse(out) as { totalWh: number };
  return { seconds, peakRssMiB, totalWh };
}

/** The quickest of a few runs: what the program takes, without what else the machine was doing. */
async function bestRun(folder: string, readings: string): ReturnType<typeof runRate> {
  let best = await runRate(folder, readings);
  for (let i = 1; i < RUNS; i += 1) {
    const run = await runRate(folder, readings);
    best = { ...(run.seconds < best.seconds ? run : best), peakRssMiB: Math.max(run.peakRssMiB, best.peakRssMiB) };
  }
  return best;
}

/** Speed and memory of `chazemo rate` from 10,000 to 1,000,000 readings. Run it from the compiled tree. */
export async function benchRate(): Promise<RateFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'chazemo-rate-'));
  try {
    await writeFile(join(folder, 'tariff.json'), JSON.stringify(TARIFF));
    const empty = join(folder, 'empty.csv');
    await writeReadings(empty, 0);
    const startSeconds = (await bestRun(folder, empty)).seconds;
    const runs: RateRun[] = [];
    for (const readings of SIZES) {
      const file = join(folder, `${readings}.csv`);
      await writeReadings(file, readings);
      const run = await bestRun(folder, file);
      runs.push({
        readings,
        ...run,
        readingsPerSecond: Math.round(readings / run.seconds),
        microsecondsPerReading: ((run.seconds - startSeconds) * 1e6) / readings,
      });
    }
    return { runs, startSeconds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
