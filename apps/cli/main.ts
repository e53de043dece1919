import { Command } from 'commander';

/** Where each command lives: only the one that is called is loaded, so that `chazemo rate` starts at once. */
const COMMANDS: Readonly<Record<string, () => Promise<Command[]>>> = {
  start: async () => [(await import('./commands/start.js')).startCommand()],
  doctor: async () => [(await import('./commands/doctor.js')).doctorCommand()],
  migrate: async () => [(await import('./commands/migrate.js')).migrateCommand()],
  'api-token': async () => [(await import('./commands/api-token.js')).apiTokenCommand()],
  ledger: async () => [(await import('./commands/ledger.js')).ledgerCommand()],
  series: async () => [(await import('./commands/series.js')).seriesCommand()],
  'credit-note': async () => [(await import('./commands/credit-note.js')).creditNoteCommand()],
  reissue: async () => [(await import('./commands/reissue.js')).reissueCommand()],
  payout: async () => [(await import('./commands/payout.js')).payoutCommand()],
  calendar: async () => [(await import('./commands/calendar.js')).calendarCommand()],
  reading: async () => [(await import('./commands/reading.js')).readingCommand()],
  prepaid: async () => [(await import('./commands/prepaid.js')).prepaidCommand()],
  charger: async () => [(await import('./commands/charger.js')).chargerCommand()],
  ca: async () => [(await import('./commands/ca.js')).caCommand()],
  token: async () => [(await import('./commands/token.js')).tokenCommand()],
  rate: async () => [(await import('./commands/rate.js')).rateCommand()],
  verify: async () => [(await import('./commands/verify.js')).verifyCommand()],
  audit: async () => [(await import('./commands/audit.js')).auditCommand()],
  saft: async () => [(await import('./commands/saft.js')).saftCommand()],
  differences: async () => [(await import('./commands/differences.js')).differencesCommand()],
  bank: async () => [(await import('./commands/bank.js')).bankCommand()],
  'sepa-file': async () => [(await import('./commands/sepa-file.js')).sepaFileCommand()],
  template: tabular,
  import: tabular,
  export: tabular,
};

async function tabular(): Promise<Command[]> {
  return (await import('./commands/tabular.js')).tabularCommands();
}

async function commandsFor(args: readonly string[]): Promise<Command[]> {
  const [name] = args;
  const load = name === undefined ? undefined : Object.entries(COMMANDS).find(([known]) => known === name)?.[1];
  if (load !== undefined) return load();
  const all = await Promise.all([...new Set(Object.values(COMMANDS))].map((each) => each()));
  return all.flat();
}

async function main(args: readonly string[]): Promise<void> {
  const program = new Command('chazemo')
    .description('The back office of shared EV charging: from readings to invoices, money and the manager’s report.')
    .helpCommand(true)
    .showHelpAfterError();
  for (const command of await commandsFor(args)) program.addCommand(command);
  if (args.length === 0) program.help();
  await program.parseAsync([...args], { from: 'user' });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (process.env['CHAZEMO_TRACE'] === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}
