import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { dataFolder } from '#apps/cli/servers/folders.js';
import { removeEmbeddedPostgres } from '#apps/cli/servers/postgres.js';
import { runFolderOf, takeDataFolder } from '#apps/cli/system/data-folder.js';
import { startUntilSignal } from '#apps/cli/system/start-until-signal.js';
import { reclaimProcesses } from '#apps/cli/system/supervised-process.js';

import { resultOf, runJune, startDemo, type Demo } from './demo.js';
import type { MonthView } from './month.js';
import { chargeNow } from './play.js';
import { goldenTable, invoiceTable } from './report.js';
import { LOGINS } from './seed-people.js';

const flags = new Set(process.argv.slice(2));
for (const flag of flags) {
  if (flag !== '--exit' && flag !== '--json') {
    process.stderr.write(
      `unknown option ${flag}; there are --exit (ends after the month) and --json (result as JSON)\n`,
    );
    process.exit(2);
  }
}

const startedMs = Date.now();
const seconds = (sinceMs: number): string => ((Date.now() - sinceMs) / 1000).toFixed(1);
/** With --json the result alone is on standard output, as its last line; progress is told beside it. */
const tell = (line: string): void => void process.stderr.write(`${seconds(startedMs).padStart(6)} s  ${line}\n`);

/** On a terminal one line that is written over; in a log every tenth. */
function progressBar(what: string): (done: number, total: number) => void {
  let told = -1;
  return (done, total) => {
    const tenth = Math.floor((done * 10) / total);
    if (process.stderr.isTTY) {
      const filled = Math.round((done * 30) / total);
      process.stderr.write(
        `\r${' '.repeat(10)}${what} ${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${done}/${total}`,
      );
      if (done === total) process.stderr.write('\n');
    } else if (tenth !== told) {
      told = tenth;
      tell(`${what} ${done}/${total}`);
    }
  };
}

function tellMonth(month: MonthView): void {
  const waits = month.waitsFor === null ? '' : `, waits for ${month.waitsFor}`;
  tell(`month ${month.period}: ${month.step} ${month.done}/${month.total}${waits}`);
}

async function run(demo: Demo): Promise<void> {
  let firstFrameMs = Date.now();
  const { june, month } = await runJune(demo, {
    onFirstFrame: () => {
      firstFrameMs = Date.now();
    },
    onPlayed: progressBar('June is played, sessions'),
    onProgress: tellMonth,
  });
  tell(
    `the month took ${seconds(firstFrameMs)} s from the first frame until its last collection was settled or handed over`,
  );
  const result = await resultOf(demo, month);
  process.stdout.write(`\n${goldenTable(result.golden.lines)}\n\n${invoiceTable(result.invoices)}\n`);
  process.stdout.write(`\nLedger: ${result.ledger.balanced ? 'balanced' : 'NOT BALANCED'}\n`);
  process.stdout.write(
    `Excel:   ${result.files.excel}\nInvoice: ${result.files.invoicePdf}\nMail:    ${join(demo.system.dataDir, 'mail')}\n`,
  );
  if (!flags.has('--exit')) {
    await chargeNow(demo.world, june, ['3049', '3368', '3031']);
    process.stdout.write(`\nConsole: ${demo.system.urls.console}\n`);
    for (const { role, email, password } of LOGINS) process.stdout.write(`  ${role.padEnd(9)} ${email}  ${password}\n`);
    process.stdout.write(`Temporal: ${demo.system.urls.temporalUi ?? demo.system.temporalAddress}\n`);
    process.stdout.write('It stays up until Ctrl+C.\n');
  }
  if (flags.has('--json')) process.stdout.write(`${JSON.stringify(result)}\n`);
  if (flags.has('--exit')) {
    await june.close();
    await demo.stop();
  }
  if (!result.ledger.balanced) process.exitCode = 1;
}

/** The demo begins with an empty data directory of its own; what an earlier one left is ended and removed. */
async function emptyFolder(folder: string): Promise<void> {
  const lock = await takeDataFolder(folder);
  try {
    await reclaimProcesses(runFolderOf(folder));
    await removeEmbeddedPostgres(folder);
  } finally {
    lock.release();
  }
  await rm(folder, { recursive: true, force: true });
}

/** Embedded servers, whatever the environment names for the real system: nothing of the demo may get there. */
function demoEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^(DATABASE_URL|STRIPE_|SMTP_URL|MAIL_FROM|CHAZEMO_ADMIN_|CHAZEMO_SECRET)/.test(name)) delete env[name];
  }
  return env;
}

const dataDir = join(dataFolder(process.env), 'demo');
let demo: Demo | null = null;
try {
  await emptyFolder(dataDir);
  demo = await startDemo({ dataDir, tell, env: demoEnvironment() }, startUntilSignal);
  await run(demo);
  if (flags.has('--exit')) process.exit();
} catch (error) {
  tell(error instanceof Error ? error.message : String(error));
  await demo?.stop();
  process.exit(1);
}
