import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { sql as raw } from 'kysely';

import type { RunningSystem } from '#apps/cli/system/start-system.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { checkReceipts } from '#libs/payments/receipts/check-receipts.js';
import { paymentsWithoutReceipt, receiptsToCancel } from '#libs/payments/receipts/waiting-receipts.js';
import { unhandledWebhooks } from '#libs/payments/unhandled-webhooks.js';
import type { Sql } from '#libs/persistence/database.js';
import { sandboxControl } from '#test/stripe-sandbox/sandbox-control.js';

/** How the collection of an account of the sandbox's list ends: settled, or in arrears for a cause. */
export type ExpectedEnd = 'settled' | 'bank-unreachable' | 'insufficient-funds' | 'limit-exceeded' | 'disputed';

export interface IssuedForStory {
  readonly documentId: string;
  readonly grossCents: number;
  readonly expected: ExpectedEnd;
}

/** What became of every cent. The lists are empty when all is as it should be. */
export interface CollectionsEnd {
  readonly settled: number;
  readonly inArrears: number;
  /** Invoices that did not end as their account says. */
  readonly wrongEnds: readonly string[];
  /** Invoices that the provider was asked for more than once, or took other than once and whole. */
  readonly wrongDebits: readonly string[];
  readonly wrongReceipts: readonly string[];
  readonly numberGaps: readonly string[];
  readonly wrongMails: readonly string[];
  readonly ledgerProblems: readonly string[];
  /** Gross of the invoices that are settled; what the books say the provider holds; what the provider has. Cents. */
  readonly settledCents: number;
  readonly processorCents: number;
  readonly providerCents: number;
  /** The balances by kind of account, in cents. */
  readonly balances: Readonly<Record<string, number>>;
}

/** Nothing is left to do: webhooks acted upon, disputes in the books, every payment has its receipt, none of money that went back holds, every mail is sent. */
export async function isAtRest(sql: Sql, system: RunningSystem, issued: readonly IssuedForStory[]): Promise<boolean> {
  const { webhooksOwed } = await controlOf(system).counters();
  if (webhooksOwed > 0 || (await unhandledWebhooks(sql, { limit: 1 })).length > 0) return false;
  if ((await paymentsWithoutReceipt(sql, { limit: 1 })).length > 0) return false;
  if ((await receiptsToCancel(sql)).length > 0) return false;
  const unsent = await sql.selectFrom('mail').select('id').where('sent_at', 'is', null).limit(1).execute();
  const ends = await endsOf(sql);
  return unsent.length === 0 && issued.every(({ documentId, expected }) => ends.get(documentId)?.end === expected);
}

export async function readEnd(
  sql: Sql,
  system: RunningSystem,
  issued: readonly IssuedForStory[],
): Promise<CollectionsEnd> {
  const ends = await endsOf(sql);
  const settled = issued.filter(({ documentId }) => ends.get(documentId)?.end === 'settled');
  const { documents } = await controlOf(system).counters();
  const balances = await balancesOf(sql);
  const disputedCents = sum(issued.filter(({ expected }) => expected === 'disputed'));
  const receivedCents = Object.values(documents).reduce((total, document) => total + document.receivedCents, 0);
  return {
    settled: settled.length,
    inArrears: [...ends.values()].filter(({ inArrears }) => inArrears).length,
    wrongEnds: issued.flatMap(({ documentId, expected, grossCents }) => {
      const { end = 'none', dueCents = null, inArrears = null } = ends.get(documentId) ?? {};
      const isRight = end === expected && dueCents === (expected === 'settled' ? 0 : grossCents);
      return isRight && inArrears === (expected !== 'settled') ? [] : [`${documentId}: ${end} (${expected})`];
    }),
    wrongDebits: issued.flatMap(({ documentId, expected, grossCents }) => {
      const isTaken = expected === 'settled' || expected === 'disputed';
      const right = { created: 1, succeeded: isTaken ? 1 : 0, receivedCents: isTaken ? grossCents : 0 };
      const found = JSON.stringify(documents[documentId]);
      return found === JSON.stringify(right) ? [] : [`${documentId}: ${found} (${expected})`];
    }),
    wrongReceipts: [...(await checkReceipts(sql)), ...(await receiptsOtherThanOne(sql, settled))].map(textOf),
    numberGaps: await numberGaps(sql),
    wrongMails: await wrongMails(sql, join(system.dataDir, 'mail'), issued),
    ledgerProblems: (await checkLedger(sql)).problems.map(textOf),
    settledCents: sum(settled),
    processorCents: balances['processor'] ?? 0,
    providerCents: receivedCents - disputedCents,
    balances,
  };
}

const controlOf = ({ env }: RunningSystem) => sandboxControl(env['STRIPE_API_BASE'] ?? '');
const sum = (invoices: readonly IssuedForStory[]): number =>
  invoices.reduce((total, { grossCents }) => total + grossCents, 0);
const textOf = (problem: unknown): string => (typeof problem === 'string' ? problem : JSON.stringify(problem));

interface End {
  readonly documentId: string;
  /** `settled`, or why it is in arrears; null while neither. */
  readonly end: string | null;
  readonly inArrears: boolean;
  readonly dueCents: number;
}

/** A debit that is taken back at once ends a collection either way: what counts is what is due, and why. */
async function endsOf(sql: Sql): Promise<ReadonlyMap<string, End>> {
  const { rows } = await raw<End>`
    select collection.document_id as "documentId", due.cents::bigint as "dueCents",
      case when due.cents = 0 then collection.outcome else debt.cause end as "end", debt.cause is not null as "inArrears"
    from collection
    left join arrears_case debt on debt.document_id = collection.document_id and debt.closed_at is null
    join lateral (select sum(posting.amount_cents) as cents from journal_entry entry
      join posting on posting.entry_id = entry.id
      join ledger_account account on account.id = posting.account_id and account.kind = 'receivable'
      where entry.document_id = collection.document_id) due on true`.execute(sql);
  return new Map(rows.map((row) => [row.documentId, row]));
}

async function balancesOf(sql: Sql): Promise<Record<string, number>> {
  const { rows } = await raw<{ kind: string; cents: number }>`
    select account.kind, sum(posting.amount_cents)::bigint as cents from posting
    join ledger_account account on account.id = posting.account_id
    group by account.kind having sum(posting.amount_cents) <> 0 order by account.kind`.execute(sql);
  return Object.fromEntries(rows.map(({ kind, cents }) => [kind, cents]));
}

/** Settled invoices with other than one receipt that holds, of their whole amount. */
async function receiptsOtherThanOne(sql: Sql, settled: readonly IssuedForStory[]): Promise<string[]> {
  const { rows } = await raw<{ documentId: string; amounts: number[] }>`
    select line.document_id as "documentId", jsonb_agg(line.amount_cents) as amounts from receipt_line line
    where not exists (select from receipt_cancellation where receipt_cancellation.receipt_id = line.receipt_id)
    group by line.document_id`.execute(sql);
  const amounts = new Map(rows.map((row) => [row.documentId, row.amounts]));
  const one = settled.filter(
    ({ documentId, grossCents }) => JSON.stringify(amounts.get(documentId)) !== `[${grossCents}]`,
  );
  const without = one.map(({ documentId }) => `${documentId}: ${JSON.stringify(amounts.get(documentId) ?? [])}`);
  return amounts.size === settled.length ? without : [...without, `${amounts.size} invoices have one that holds`];
}

/** Series whose numbers are not 1, 2, 3, … up to the last that was taken. */
async function numberGaps(sql: Sql): Promise<string[]> {
  const { rows } = await raw<{ series: string }>`
    select series.type || ' ' || series.code as series from document_series series
    left join (select series_id, number from fiscal_document union all select series_id, number from receipt) taken
      on taken.series_id = series.id
    group by series.id
    having count(taken.number) <> series.last_number or count(distinct taken.number) <> series.last_number
      or coalesce(max(taken.number), 0) <> series.last_number`.execute(sql);
  return rows.map(({ series }) => series);
}

/** One mail of each invoice, sent; each in the mail box once, and nothing in it that is not ours. */
async function wrongMails(sql: Sql, folder: string, issued: readonly IssuedForStory[]): Promise<string[]> {
  const mails = await sql.selectFrom('mail').select(['id', 'key', 'sent_at']).execute();
  const kept = (await readdir(folder)).filter((name) => name.endsWith('.eml'));
  const times = new Map(mails.map(({ id }) => [id, 0]));
  const strange: string[] = [];
  for (const name of kept) {
    const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(name)?.[0] ?? '';
    const before = times.get(id);
    if (before === undefined) strange.push(name);
    else times.set(id, before + 1);
  }
  const wrong = mails.filter(({ id, sent_at: sentAt }) => sentAt === null || times.get(id) !== 1).map(({ key }) => key);
  const keys = new Set(mails.map(({ key }) => key));
  const missing = issued.map(({ documentId }) => `prenotification/${documentId}`).filter((key) => !keys.has(key));
  return [...strange, ...wrong, ...missing];
}
