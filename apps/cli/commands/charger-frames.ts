import { once } from 'node:events';

import { Command } from 'commander';

import { spanOfTransaction, type ChargerFrame, type FramesQuery } from '#libs/support/frames/charger-frames.js';
import { frameLog } from '#libs/support/frames/frame-log.js';

import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

interface FramesFlags {
  readonly from?: string;
  readonly to?: string;
  readonly action?: string;
  readonly find?: string;
  readonly transaction?: string;
  readonly json?: boolean;
}

const DAY_MS = 24 * 3_600_000;

function instantOf(flag: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) refuse(`${flag} is an instant such as 2026-06-01T00:00:00Z`);
  return at;
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) refuse('--transaction is the number of a transaction');
  return number;
}

async function print(chargerId: string, { from, to, action, find, transaction, json }: FramesFlags): Promise<void> {
  const transactionId = numberOf(transaction);
  const [given, until] = [instantOf('--from', from), instantOf('--to', to)];
  await withDatabase(async ({ sql }) => {
    const charger = await sql.selectFrom('charger').select('id').where('id', '=', chargerId).executeTakeFirst();
    if (charger === undefined) refuse('There is no such charger: `chazemo charger list` names them');
    const whole = transactionId === undefined ? null : await spanOfTransaction(sql, chargerId, transactionId);
    const end = until ?? whole?.to ?? new Date();
    const begin = given ?? whole?.from ?? new Date(end.getTime() - DAY_MS);
    const query: FramesQuery = { chargerId, from: begin, to: end, action, find, transactionId };
    const options = { format: json === true ? 'ndjson' : 'ocpp-j', shown: (frame: ChargerFrame) => frame } as const;
    for await (const lines of frameLog(sql, query, options)) {
      if (!process.stdout.write(lines)) await once(process.stdout, 'drain');
    }
  });
}

/** `chazemo charger frames`: what a charger sent, what it was answered and asked, newest first. */
export function chargerFramesCommand(): Command {
  return new Command('frames')
    .description(
      'what a charger sent, what it was answered and asked, newest first; of the last day unless told otherwise',
    )
    .argument('<charger>', 'its id')
    .option('--from <instant>', 'received or sent from then on')
    .option('--to <instant>', 'before then')
    .option('--action <name>', 'of one action, e.g. MeterValues')
    .option('--find <text>', 'with this text anywhere in it')
    .option('--transaction <number>', 'of one transaction')
    .option('--json', 'an exchange a line as JSON, instead of frames of OCPP-J')
    .action(refusing(print));
}
