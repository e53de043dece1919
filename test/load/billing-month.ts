import { setTimeout as sleep } from 'node:timers/promises';

import { checkLedger } from '#libs/ledger/check-ledger.js';
import { registerMandate } from '#libs/payments/register-mandate.js';
import type { Sql } from '#libs/persistence/database.js';
import { DEFAULT_POLICY } from '#libs/registry/policy.js';
import { startMonthOnce } from '#temporal/start-workflows.js';

import { sandboxControl } from '../stripe-sandbox/sandbox-control.js';
import { onBillingGround, onMonthOfMany, type BillingGround } from './billing-ground.js';

/** The sandbox's debits end after this, on its clock; a bank takes days. */
const PROCESSING_MS = 50;
const IBAN = 'PT50000201231234567890154';
const SECOND = { seconds: 1 } as const;
const SIGNED_AT_ONCE = 8;
const LOOK_EVERY_MS = 250;

export interface BillingFigures {
  readonly customers: number;
  readonly installations: number;
  /** All months are started at once. From then until the last one ... */
  readonly ratedSeconds: number;
  readonly invoicedSeconds: number;
  readonly reportedSeconds: number;
  readonly collectedSeconds: number;
  /** Between the first and the last settled collection. */
  readonly collectionsPerSecond: number;
  readonly ledgerIsBalanced: boolean;
}

/**
 * A month of many customers from rating to the last settled direct debit, through Temporal and the sandbox, on one
 * machine with all of its servers. Stripe's own rate limit, which would be 20 debits a second, is left aside.
 */
export async function benchBillingMonth(customers: number): Promise<BillingFigures> {
  return await onMonthOfMany(customers, (databaseUrl) =>
    onBillingGround({ databaseUrl, processingMs: PROCESSING_MS }, async (ground) => {
      await prepare(ground);
      return await measure(ground, customers);
    }),
  );
}

/** A policy that waits for nobody, and a mandate for every customer. */
async function prepare({ sql, stripe, sandboxUrl }: BillingGround): Promise<void> {
  // That mandates were signed is told by mails of its own, which are not the month's.
  for (const type of ['mandate.*', 'setup_intent.*']) await sandboxControl(sandboxUrl).lose({ type });
  const policy = {
    ...DEFAULT_POLICY,
    lateReadingsLimit: SECOND,
    preNotification: SECOND,
    anomaly: { ...DEFAULT_POLICY.anomaly, spikeFloorWh: 1_000_000_000 },
  };
  const installations = await sql.selectFrom('installation').select('id').execute();
  await sql
    .insertInto('installation_policy')
    .values(installations.map(({ id }) => ({ installation_id: id, valid_from: '2026-01-01', policy })))
    .execute();
  await sql
    .updateTable('customer')
    .set(({ eb }) => ({ payment_method: 'direct-debit', email: eb('id', '||', '@example.org') }))
    .execute();
  await sql.updateTable('charger').set({ last_seen_at: new Date() }).execute();
  const waiting = await sql.selectFrom('customer').select('id').orderBy('id').execute();
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'bench', acceptedAt: new Date('2026-01-01T00:00:00Z') };
  const sign = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const order = { customerId: next.id, key: next.id, acceptance, iban: IBAN, now: new Date() };
      const signed = await registerMandate({ sql, stripe }, order);
      if ('refused' in signed) throw new Error(signed.refused.code);
    }
  };
  await Promise.all(Array.from({ length: SIGNED_AT_ONCE }, sign));
}

async function measure({ sql, client }: BillingGround, customers: number): Promise<BillingFigures> {
  const installations = await sql.selectFrom('installation').select('id').execute();
  const startedMs = performance.now();
  const seconds = (): number => (performance.now() - startedMs) / 1000;
  for (const { id: installationId } of installations) {
    await startMonthOnce(client, { installationId, period: '2026-06' });
  }
  const reached = new Map<string, number>();
  let firstSettled: number | null = null;
  for (let settled = 0; settled < customers; await sleep(LOOK_EVERY_MS)) {
    const look = await lookAt(sql);
    settled = look.settled;
    if (settled > 0) firstSettled ??= seconds();
    if (look.parked !== null) throw new Error(`a month waits for a person: ${look.parked}; ${await mailErrors(sql)}`);
    if (look.ended > settled) throw new Error(`${look.ended - settled} collections did not settle`);
    const all = { rated: look.rated, invoiced: look.invoiced, reported: look.reported };
    for (const [step, count] of Object.entries(all)) {
      if (count === installations.length && !reached.has(step)) reached.set(step, seconds());
    }
  }
  const collectedSeconds = seconds();
  return {
    customers,
    installations: installations.length,
    ratedSeconds: reached.get('rated') ?? collectedSeconds,
    invoicedSeconds: reached.get('invoiced') ?? collectedSeconds,
    reportedSeconds: reached.get('reported') ?? collectedSeconds,
    collectedSeconds,
    collectionsPerSecond: Math.round(customers / (collectedSeconds - (firstSettled ?? 0))),
    ledgerIsBalanced: (await checkLedger(sql)).balanced,
  };
}

/** What mails were refused with: the usual reason why a month waits. */
async function mailErrors(sql: Sql): Promise<string> {
  const rows = await sql
    .selectFrom('mail')
    .select(['recipient', 'last_error'])
    .where('last_error', 'is not', null)
    .limit(3)
    .execute();
  return rows.length === 0 ? 'no mail was refused' : JSON.stringify(rows);
}

async function lookAt(sql: Sql) {
  const months = await sql.selectFrom('billing_cycle').select(['step', 'waits_for', 'rated_at']).execute();
  const ends = await sql
    .selectFrom('collection')
    .where('outcome', 'is not', null)
    .groupBy('outcome')
    .select(['outcome', ({ fn }) => fn.countAll<number>().as('count')])
    .execute();
  const past = (...steps: string[]): number => months.filter(({ step }) => steps.includes(step)).length;
  return {
    rated: months.filter(({ rated_at: at }) => at !== null).length,
    invoiced: past('reporting', 'collecting', 'done'),
    reported: past('collecting', 'done'),
    parked: months.find(({ step }) => step === 'parked' || step === 'awaiting-approval')?.waits_for ?? null,
    settled: Number(ends.find(({ outcome }) => outcome === 'settled')?.count ?? 0),
    ended: ends.reduce((sum, { count }) => sum + Number(count), 0),
  };
}
