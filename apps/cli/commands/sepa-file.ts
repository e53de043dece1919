import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

import { Command } from 'commander';

import { applyStatusReport } from '#libs/payments/sepa/apply-report.js';
import { markBatchSent, withdrawBatch } from '#libs/payments/sepa/batch-states.js';
import { createSepaBatch } from '#libs/payments/sepa/create-batch.js';

import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';
import { issuerOf, ownVault } from './bank.js';

interface Flags {
  readonly issuer?: string;
  readonly json?: boolean;
  readonly output?: string;
}

function print(flags: Flags, answer: Readonly<Record<string, unknown>>, text: string): void {
  process.stdout.write(`${flags.json === true ? JSON.stringify(answer) : text}\n`);
}

async function create(collectionDate: string, flags: Flags): Promise<void> {
  const made = await withDatabase(async ({ sql }) => {
    const issuerId = await issuerOf(sql, flags.issuer);
    const order = { issuerId, collectionDate, key: `cli/${randomUUID()}`, by: 'cli', now: new Date() };
    const created = await createSepaBatch(sql, ownVault(), order);
    if ('refused' in created) return created;
    const { bytes } = await sql
      .selectFrom('stored_file')
      .select('bytes')
      .where('id', '=', created.batch.file_id)
      .executeTakeFirstOrThrow();
    return { ...created, bytes };
  });
  if ('refused' in made) return refuse(`no file was made: ${made.refused.code} ${made.refused.detail}`);
  const { id: batchId, message_id: messageId, debits, sum_cents: sumCents } = made.batch;
  const file = flags.output ?? `${messageId}.xml`;
  await writeFile(file, made.bytes);
  const text = `${file}: ${debits} debits, ${(sumCents / 100).toFixed(2)} EUR on ${collectionDate}; batch ${batchId}`;
  print(flags, { batchId, messageId, debits, sumCents, file }, text);
}

async function change(batchId: string, flags: Flags, run: typeof markBatchSent): Promise<void> {
  const changed = await withDatabase(({ sql }) => run(sql, { batchId, by: 'cli', now: new Date() }));
  if ('refused' in changed) return refuse(`${changed.refused.code} ${changed.refused.detail}`);
  const { state, message_id: messageId } = changed.batch;
  print(flags, { batchId, messageId, state }, `${messageId} is ${state}`);
}

async function report(file: string, flags: Flags): Promise<void> {
  const bytes = await readFile(file).catch(() => refuse(`${file} cannot be read`));
  const applied = await withDatabase(async ({ sql }) =>
    applyStatusReport(sql, { issuerId: await issuerOf(sql, flags.issuer), bytes, now: new Date() }),
  );
  if ('refused' in applied) {
    const { code, line, detail } = applied.refused;
    return refuse(`${file}, line ${line}: ${code} ${detail}`);
  }
  const { messageId, accepted, rejected, unknown } = applied;
  const strange = unknown.length === 0 ? '' : `, ${unknown.length} that are none of ours`;
  print(
    flags,
    { messageId, accepted, rejected, unknown },
    `${messageId}: ${accepted} accepted, ${rejected} rejected${strange}`,
  );
}

/** `chazemo sepa-file`: direct debits by an issuer's own bank. */
export function sepaFileCommand(): Command {
  const issuer = ['--issuer <id>', 'whose; needed only where there are several issuers'] as const;
  const json = ['--json', 'print one JSON object'] as const;
  return new Command('sepa-file')
    .description('direct debit files (pain.008) for issuers that collect through their own bank')
    .addCommand(
      new Command('create')
        .description('makes the file of a collection date, of all that is due by then')
        .argument('<collection-date>', 'yyyy-mm-dd')
        .option(...issuer)
        .option('-o, --output <file>', 'instead of the message’s own name')
        .option(...json)
        .action(refusing(create)),
    )
    .addCommand(
      new Command('sent')
        .description('a person has given the file to the bank')
        .argument('<batch>')
        .option(...json)
        .action(refusing((batchId: string, flags: Flags) => change(batchId, flags, markBatchSent))),
    )
    .addCommand(
      new Command('withdraw')
        .description('the file was never given to the bank: its debits wait for the next one')
        .argument('<batch>')
        .option(...json)
        .action(refusing((batchId: string, flags: Flags) => change(batchId, flags, withdrawBatch))),
    )
    .addCommand(
      new Command('report')
        .description('reads the bank’s answer (pain.002)')
        .argument('<file>')
        .option(...issuer)
        .option(...json)
        .action(refusing(report)),
    );
}
