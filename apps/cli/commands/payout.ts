import { writeFile } from 'node:fs/promises';

import { Command } from 'commander';

import { recordAudit } from '#libs/identity/audit.js';
import {
  approvePayout,
  cancelPayout,
  markPayoutPaid,
  type PayoutDone,
  type PayoutRow,
} from '#libs/payments/payout/decide-on-payout.js';
import { proposePayout } from '#libs/payments/payout/propose-payout.js';
import type { Sql } from '#libs/persistence/database.js';
import { storePayoutFile, storePayoutStatement } from '#libs/reporting/store-payout-files.js';
import { readStoredFile } from '#libs/reporting/stored-files.js';

import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';
import { payoutPolicyCommand } from './payout-policy.js';

/** Who says so: nobody is signed in at a command line. */
const BY = 'command line';

interface Flags {
  readonly json?: boolean;
}

const amount = (cents: number): string => (cents / 100).toFixed(2);

function print(flags: Flags, value: unknown, text: string): void {
  process.stdout.write(`${flags.json === true ? JSON.stringify(value) : text}\n`);
}

const lineOf = (row: PayoutRow): string =>
  `${row.id}  ${row.condominium_id}/${row.number}  ${row.period}  ${amount(row.total_cents)} ${row.currency}  ${row.state}`;

async function audit(trx: Sql, action: string, payoutId: string, after: unknown): Promise<void> {
  const event = { actor: BY, action: `payout.${action}`, subject: `payout/${payoutId}`, installationId: null };
  await recordAudit(trx, { ...event, before: null, after });
}

/** One deed on a payout, in a transaction, with its audit entry. */
async function act(
  flags: Flags,
  action: string,
  payoutId: string,
  run: (trx: Sql, deed: { payoutId: string; by: string; now: Date }) => Promise<PayoutDone>,
): Promise<void> {
  const payout = await withDatabase(({ sql }) =>
    sql.transaction().execute(async (trx) => {
      const done = await run(trx, { payoutId, by: BY, now: new Date() });
      if ('refused' in done) refuse(`refused: ${JSON.stringify(done.refused)}`);
      if (done.changed) await audit(trx, action, payoutId, { state: done.payout.state });
      return done.payout;
    }),
  );
  print(flags, { payoutId, state: payout.state, totalCents: payout.total_cents }, lineOf(payout));
}

function listCommand(): Command {
  return new Command('list')
    .description('payouts, the latest first')
    .option('--condominium <id>')
    .option('--json', 'print one JSON object')
    .action(async (flags: Flags & { condominium?: string }) => {
      const rows = await withDatabase(({ sql }) => {
        let query = sql.selectFrom('payout').selectAll().orderBy('id', 'desc').limit(100);
        if (flags.condominium !== undefined) query = query.where('condominium_id', '=', flags.condominium);
        return query.execute();
      });
      const payouts = rows.map((row) => ({
        payoutId: row.id,
        condominiumId: row.condominium_id,
        number: row.number,
        period: row.period,
        totalCents: row.total_cents,
        feesCents: row.fees_cents,
        currency: row.currency,
        state: row.state,
      }));
      print(flags, { payouts }, rows.length === 0 ? 'There are no payouts.' : rows.map(lineOf).join('\n'));
    });
}

interface ProposeFlags extends Flags {
  readonly condominium: string;
  readonly issuer?: string;
  readonly currency: string;
}

async function issuerOf(sql: Sql, { condominium, issuer }: ProposeFlags): Promise<string> {
  const issuers = await sql
    .selectFrom('installation')
    .where('condominium_id', '=', condominium)
    .select('issuer_id')
    .distinct()
    .execute();
  const [only, ...others] = issuers.filter(({ issuer_id: id }) => issuer === undefined || id === issuer);
  if (only === undefined)
    refuse(`condominium "${condominium}" has no installation${issuer === undefined ? '' : ` of issuer "${issuer}"`}`);
  if (others.length > 0) refuse(`condominium "${condominium}" has several issuers: name one with --issuer`);
  return only.issuer_id;
}

function proposeCommand(): Command {
  return new Command('propose')
    .description('propose to pay out what is owed to a condominium now')
    .requiredOption('--condominium <id>')
    .option('--issuer <id>', 'whose bank pays, where a condominium has several')
    .option('--currency <code>', 'ISO 4217', 'EUR')
    .option('--json', 'print one JSON object')
    .action(
      refusing(async (flags: ProposeFlags) => {
        const payout = await withDatabase(({ sql }) =>
          sql.transaction().execute(async (trx) => {
            const result = await proposePayout(trx, {
              condominiumId: flags.condominium,
              issuerId: await issuerOf(trx, flags),
              currency: flags.currency,
              key: `payout/by-hand/${crypto.randomUUID()}`,
              by: BY,
              now: new Date(),
            });
            if ('refused' in result) refuse(`nothing is proposed: ${JSON.stringify(result.refused)}`);
            await audit(trx, 'propose', result.payoutId, { condominium: flags.condominium });
            return trx.selectFrom('payout').selectAll().where('id', '=', result.payoutId).executeTakeFirstOrThrow();
          }),
        );
        print(
          flags,
          { payoutId: payout.id, totalCents: payout.total_cents, feesCents: payout.fees_cents },
          lineOf(payout),
        );
      }),
    );
}

interface FileFlags extends Flags {
  readonly on?: string;
  readonly out?: string;
  readonly statement?: boolean;
}

function fileCommand(): Command {
  return new Command('file')
    .description("the bank's order (pain.001) of an approved payout, or its statement")
    .argument('<payout>', 'its id')
    .option('--on <date>', 'when the bank is to pay, yyyy-mm-dd; today when not given')
    .option('--statement', 'the statement instead: every invoice and fee that makes the payout')
    .option('--out <path>', 'where to write it; its own name when not given')
    .option('--json', 'print one JSON object')
    .action(
      refusing(async (payoutId: string, flags: FileFlags) => {
        const written = await withDatabase(async ({ sql }) => {
          const { fileId, fileName } =
            flags.statement === true ? await storePayoutStatement(sql, payoutId) : await bankFile(sql, payoutId, flags);
          const file = await readStoredFile(sql, fileId);
          const path = flags.out ?? fileName;
          await writeFile(path, file?.bytes ?? '');
          return { fileId, path };
        });
        print(flags, written, `Written to ${written.path}`);
      }),
    );
}

function bankFile(sql: Sql, payoutId: string, { on }: FileFlags): Promise<{ fileId: string; fileName: string }> {
  const now = new Date();
  const executionDate = on ?? now.toISOString().slice(0, 10);
  return sql.transaction().execute(async (trx) => {
    const made = await storePayoutFile(trx, { payoutId, by: BY, now, executionDate });
    if ('refused' in made) refuse(`no file: ${JSON.stringify(made.refused)}`);
    if (made.changed) await audit(trx, 'file', payoutId, { state: 'sent' });
    return made.file;
  });
}

/** `chazemo payout`: what was recovered for the condominiums and is paid out to them. */
export function payoutCommand(): Command {
  const one = (name: string, description: string) =>
    new Command(name).description(description).argument('<payout>', 'its id').option('--json', 'print one JSON object');
  return new Command('payout')
    .description('what was recovered for a condominium, paid out to it')
    .addCommand(listCommand())
    .addCommand(proposeCommand())
    .addCommand(payoutPolicyCommand())
    .addCommand(
      one('approve', 'agree to a proposed payout').action(
        refusing((id: string, flags: Flags) => act(flags, 'approve', id, approvePayout)),
      ),
    )
    .addCommand(fileCommand())
    .addCommand(
      one('paid', 'the bank has paid it: posted in the books')
        .requiredOption('--on <date>', 'the day of the bank, yyyy-mm-dd')
        .option('--reference <text>', "the bank's reference")
        .action(
          refusing((id: string, flags: Flags & { on: string; reference?: string }) =>
            act(flags, 'paid', id, (trx, deed) =>
              markPayoutPaid(trx, { ...deed, paidOn: flags.on, bankReference: flags.reference ?? null }),
            ),
          ),
        ),
    )
    .addCommand(
      one('cancel', 'it will not be paid: what it took is owed again')
        .requiredOption('--reason <text>')
        .action(
          refusing((id: string, flags: Flags & { reason: string }) =>
            act(flags, 'cancel', id, (trx, deed) => cancelPayout(trx, { ...deed, reason: flags.reason })),
          ),
        ),
    );
}
