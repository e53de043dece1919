import { sql as raw } from 'kysely';

import { issueInvoice } from '#libs/invoicing/issue-invoice.js';
import type { Sql } from '#libs/persistence/database.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { seedGoldenJune } from './documents.js';
import { TEST_SIGNER } from './fiscal.js';

export const LEDGER_NOW = new Date('2026-07-01T05:00:00Z');
export const LEDGER_CUSTOMER = '1001';
/** What the golden June's invoice asks for, in cents. */
export const GOLDEN_GROSS = 9_887;

/** A database of its own in which the golden June's invoice is issued; nothing is posted yet. */
export interface GoldenLedger {
  readonly database: TestDatabase;
  readonly documentId: string;
  /** Runs something in one transaction. */
  post<T>(run: (trx: Sql) => Promise<T>): Promise<T>;
  /** What each account holds, in cents, by its code. */
  balances(): Promise<Record<string, number>>;
}

export async function openGoldenLedger(): Promise<GoldenLedger> {
  const database = await createTestDatabase();
  const { cycleId } = await seedGoldenJune(database.sql);
  const post = <T>(run: (trx: Sql) => Promise<T>): Promise<T> => database.sql.transaction().execute(run);
  const documentId = await post(async (trx) => {
    const order = { cycleId, customerId: LEDGER_CUSTOMER, now: LEDGER_NOW, signer: TEST_SIGNER };
    const invoice = await issueInvoice(trx, order);
    if ('refused' in invoice) throw new Error(invoice.refused.code);
    return invoice.documentId;
  });
  return { database, documentId, post, balances: () => balancesOf(database.sql) };
}

async function balancesOf(sql: Sql): Promise<Record<string, number>> {
  const rows = await sql
    .selectFrom('posting')
    .innerJoin('ledger_account as account', 'account.id', 'posting.account_id')
    .groupBy('account.code')
    .select(['account.code', raw<number>`sum(amount_cents)::bigint`.as('cents')])
    .execute();
  return Object.fromEntries(rows.map(({ code, cents }) => [code, cents]));
}
