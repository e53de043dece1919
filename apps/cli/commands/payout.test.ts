import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { postPayment } from '#libs/ledger/post-events.js';
import { issueAll, seedGoldenJune } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { runProgram } from '../processes/run-program.js';
import { programFolder } from '../servers/folders.js';

const PROGRAM = join(programFolder(), 'dist/apps/cli/main.js');
const IBAN = 'PT50000201231234567890154';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chazemo-payout-'));
  database = await createTestDatabase();
  const { sql } = database;
  const { cycleId } = await seedGoldenJune(sql);
  await issueAll(sql, cycleId, new Date('2026-07-01T05:00:00Z'));
  const { id, gross_cents: amountCents } = await sql
    .selectFrom('fiscal_document')
    .selectAll()
    .executeTakeFirstOrThrow();
  await sql.updateTable('condominium').set({ iban: IBAN }).execute();
  await sql.updateTable('issuer').set({ iban: IBAN }).execute();
  const payment = { key: 'p', documentId: id, source: 'stripe', amountCents, occurredAt: new Date() } as const;
  await sql.transaction().execute((trx) => postPayment(trx, payment));
}, 60_000);
afterAll(() => database.drop());

function chazemo(...args: readonly string[]) {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: database.url };
  return runProgram(process.execPath, ['--no-warnings', PROGRAM, ...args], { env, cwd: folder });
}

async function payout(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { status, stdout, said } = await chazemo('payout', ...args, '--json');
  if (status !== 0) throw new Error(said);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('chazemo payout', () => {
  it('takes a payout from the contract’s rules to the bank, and leaves sound books', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const rules = ['policy', '--condominium', 'aurora'];
    const set = await payout(...rules, '--from', today, '--fee-permyriad', '100', '--day', '10');
    const rule = { validFrom: today, feePermyriad: 100, feePerMonthCents: 0, proposeOnDay: 10 };
    expect(set).toEqual({ policies: [rule] });
    const proposed = await payout('propose', '--condominium', 'aurora');
    const id = String(proposed['payoutId']);
    expect(proposed['feesCents']).toBeGreaterThan(0);
    expect(await payout('approve', id)).toMatchObject({ state: 'approved', totalCents: proposed['totalCents'] });
    const file = await payout('file', id, '--on', today);
    expect(readFileSync(join(folder, String(file['path'])), 'utf8')).toContain(IBAN);
    await payout('file', id, '--statement', '--out', 'extrato.xlsx');
    expect(readFileSync(join(folder, 'extrato.xlsx')).subarray(0, 2).toString()).toBe('PK');
    expect(await payout('paid', id, '--on', today, '--reference', 'TRF 1')).toMatchObject({ state: 'paid' });
    expect(await payout('list')).toMatchObject({ payouts: [{ payoutId: id, number: 1, state: 'paid' }] });
    expect(await chazemo('ledger', 'check')).toMatchObject({ status: 0 });
    const actions = await database.sql.selectFrom('audit_entry').select('action').orderBy('id').execute();
    expect(actions.map(({ action }) => action)).toEqual([
      'payout-policy.set',
      'payout.propose',
      'payout.approve',
      'payout.file',
      'payout.paid',
    ]);
  }, 120_000);

  it('refuses in words', async () => {
    for (const [args, words] of [
      [['propose', '--condominium', 'nowhere'], 'has no installation'],
      [['propose', '--condominium', 'aurora'], 'PAYOUT.NOTHING_TO_PAY'],
      [['policy', '--condominium', 'aurora', '--from', '2020-01-01'], 'PAYOUT.POLICY_OF_THE_PAST'],
      [['policy', '--condominium', 'aurora', '--from', '2050-01-01', '--day', '32'], '--day is 1 to 31'],
    ] as const) {
      const { status, said } = await chazemo('payout', ...args);
      expect(status).not.toBe(0);
      expect(said).toContain(words);
    }
  }, 60_000);
});
