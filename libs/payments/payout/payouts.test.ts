import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { issueCreditNote } from '#libs/invoicing/issue-credit-note.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { postCreditMoved, postInvoiceIssued, postPayment, postPaymentReversed } from '#libs/ledger/post-events.js';
import { postCondominiumPayout } from '#libs/ledger/post-money.js';
import type { Sql } from '#libs/persistence/database.js';
import { issueAll, seedGoldenJune } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { checkPayouts } from './check-payouts.js';
import { approvePayout, cancelPayout, markPayoutPaid, markPayoutSent, type PayoutDone } from './decide-on-payout.js';
import { previewPayout, proposePayout } from './propose-payout.js';

const NOW = new Date('2026-07-20T10:00:00Z');
const BY = 'ana@example.org';

let database: TestDatabase;
let documentId: string;
let grossCents: number;
let netCents: number;
let parties: { condominiumId: string; issuerId: string; currency: string };

const transact = <T>(run: (trx: Sql) => Promise<T>) => database.sql.transaction().execute(run);

beforeEach(async () => {
  database = await createTestDatabase();
  const { cycleId } = await seedGoldenJune(database.sql);
  const documents = await issueAll(database.sql, cycleId, new Date('2026-07-01T05:00:00Z'));
  documentId = documents.get('1001') ?? '';
  const invoice = await database.sql.selectFrom('fiscal_document').selectAll().executeTakeFirstOrThrow();
  ({ gross_cents: grossCents, net_cents: netCents } = invoice);
  const { issuer_id: issuerId } = await database.sql
    .selectFrom('installation')
    .select('issuer_id')
    .executeTakeFirstOrThrow();
  parties = { condominiumId: 'aurora', issuerId, currency: 'EUR' };
});
afterEach(() => database.drop());

const money = (key: string, amountCents: number) =>
  ({ key, documentId, source: 'stripe', amountCents, occurredAt: NOW }) as const;
const pay = (key: string, cents = grossCents) => transact((trx) => postPayment(trx, money(key, cents)));
const giveBack = (key: string, cents = grossCents) => transact((trx) => postPaymentReversed(trx, money(key, cents)));
const propose = (key: string, now = NOW) => transact((trx) => proposePayout(trx, { ...parties, key, by: BY, now }));

async function proposed(key: string, now = NOW): Promise<string> {
  const result = await propose(key, now);
  if ('refused' in result) throw new Error(result.refused.code);
  return result.payoutId;
}

const deed = (payoutId: string) => ({ payoutId, by: BY, now: NOW });
const approve = (id: string) => transact((trx) => approvePayout(trx, deed(id)));
const paid = (id: string) =>
  transact((trx) => markPayoutPaid(trx, { ...deed(id), paidOn: '2026-07-20', bankReference: 'TRF 1' }));
const stateOf = (done: PayoutDone) => ('refused' in done ? done.refused.code : done.payout.state);

async function recoveredCents(): Promise<number> {
  const { rows } = await raw<{ cents: number }>`
    select coalesce(-sum(posting.amount_cents), 0)::bigint as cents from posting
    join ledger_account account on account.id = posting.account_id where account.code = 'recovered/aurora'`.execute(
    database.sql,
  );
  return rows[0]?.cents ?? Number.NaN;
}

async function expectSoundBooks(): Promise<void> {
  expect((await checkLedger(database.sql)).problems).toEqual([]);
  expect(await checkPayouts(database.sql)).toEqual([]);
}

describe('the payout of a condominium', () => {
  it('is proposed, approved, sent and paid; then it is in the books, and nothing is left to pay', async () => {
    await pay('p');
    const id = await proposed('a');
    expect(await recoveredCents()).toBe(netCents);
    expect(stateOf(await approve(id))).toBe('approved');
    expect(stateOf(await transact((trx) => markPayoutSent(trx, { ...deed(id), iban: 'PT50' })))).toBe('sent');
    expect(await recoveredCents()).toBe(netCents);
    expect(stateOf(await paid(id))).toBe('paid');
    expect(await recoveredCents()).toBe(0);
    const line = await database.sql.selectFrom('payout_line').selectAll().executeTakeFirstOrThrow();
    expect(line).toMatchObject({ cents: netCents, paid_cents: grossCents, taken_cents: 0, payable_cents: netCents });
    expect(await propose('b')).toEqual({ refused: { code: 'PAYOUT.NOTHING_TO_PAY', carriedCents: 0 } });
    await expectSoundBooks();
  });

  it('takes of a part payment its part, and the rest to the cent later', async () => {
    await pay('p1', 1_000);
    const first = await proposed('a');
    await pay('p2', grossCents - 1_000);
    await proposed('b');
    const totals = await database.sql
      .selectFrom('payout')
      .select(['id', 'number', 'total_cents'])
      .orderBy('number')
      .execute();
    expect(totals.map(({ number }) => number)).toEqual([1, 2]);
    expect(totals[0]).toMatchObject({ id: first, total_cents: Math.floor((netCents * 1_000) / grossCents) });
    expect(totals.reduce((sum, row) => sum + row.total_cents, 0)).toBe(netCents);
  });

  it('is proposed once by key, also when asked by five at once, and takes nothing twice', async () => {
    await pay('p');
    const same = await Promise.all(Array.from({ length: 5 }, () => propose('a')));
    expect(same.filter((result) => 'proposed' in result && result.proposed)).toHaveLength(1);
    const others = await Promise.all(['b', 'c', 'd'].map((key) => propose(key)));
    expect(others.every((result) => 'refused' in result)).toBe(true);
    expect(await database.sql.selectFrom('payout').select('id').execute()).toHaveLength(1);
  });

  it('is paid once however often it is told', async () => {
    await pay('p');
    const id = await proposed('a');
    await approve(id);
    const told = await Promise.all(Array.from({ length: 4 }, () => paid(id)));
    expect(told.filter((done) => 'changed' in done && done.changed)).toHaveLength(1);
    expect(await recoveredCents()).toBe(0);
    await expectSoundBooks();
  });

  it('after which a debit is disputed makes the next one less; what is below zero waits', async () => {
    await pay('p');
    const id = await proposed('a');
    await approve(id);
    await paid(id);
    await giveBack('dispute');
    expect(await propose('b')).toEqual({ refused: { code: 'PAYOUT.NOTHING_TO_PAY', carriedCents: -netCents } });
    await pay('again', 2_000);
    const part = Math.floor((netCents * 2_000) / grossCents);
    expect(await propose('c')).toMatchObject({ refused: { carriedCents: part - netCents } });
    await pay('rest', grossCents - 2_000);
    expect(await propose('d')).toMatchObject({ refused: { carriedCents: 0 } });
    await expectSoundBooks();
  });

  it('after which an invoice is credited carries what is given back', async () => {
    await pay('p');
    const id = await proposed('a');
    await approve(id);
    await paid(id);
    const creditedCents = await transact(async (trx) => {
      const note = await issueCreditNote(trx, {
        documentId,
        key: 'k',
        choice: [{ lineNo: 2 }],
        reason: 'erro',
        now: NOW,
        signer: TEST_SIGNER,
      });
      if ('refused' in note) throw new Error(note.refused.code);
      await postInvoiceIssued(trx, { documentId: note.documentId });
      await postCreditMoved(trx, { key: 'moved', documentId, occurredAt: NOW });
      const row = await trx
        .selectFrom('fiscal_document')
        .where('id', '=', note.documentId)
        .select('net_cents')
        .executeTakeFirstOrThrow();
      return -row.net_cents;
    });
    expect(await propose('b')).toEqual({ refused: { code: 'PAYOUT.NOTHING_TO_PAY', carriedCents: -creditedCents } });
    await expectSoundBooks();
  });

  it('cannot be approved when money went back since; cancelled, it stands in the next', async () => {
    await pay('p');
    const id = await proposed('a');
    await giveBack('dispute', 3_000);
    expect(await approve(id)).toEqual({ refused: { code: 'PAYOUT.CHANGED', numbers: ['FT CZM2026/1'] } });
    await transact((trx) => cancelPayout(trx, { ...deed(id), reason: 'disputed' }));
    expect(stateOf(await approve(id))).toBe('PAYOUT.STATE');
    const next = await proposed('b');
    const row = await database.sql
      .selectFrom('payout')
      .where('id', '=', next)
      .select('total_cents')
      .executeTakeFirstOrThrow();
    expect(row.total_cents).toBe(Math.floor((netCents * (grossCents - 3_000)) / grossCents));
  });

  it('is refused in the wrong state, for a day to come, and for no payout', async () => {
    await pay('p');
    const id = await proposed('a');
    expect(stateOf(await paid(id))).toBe('PAYOUT.STATE');
    await approve(id);
    const late = await transact((trx) =>
      markPayoutPaid(trx, { ...deed(id), paidOn: '2026-08-20', bankReference: null }),
    );
    expect(stateOf(late)).toBe('PAYOUT.IN_THE_FUTURE');
    await paid(id);
    expect(stateOf(await transact((trx) => cancelPayout(trx, { ...deed(id), reason: 'x' })))).toBe('PAYOUT.STATE');
    expect(stateOf(await approve('00000000-0000-0000-0000-000000000000'))).toBe('PAYOUT.NOT_FOUND');
  });

  it('takes the agreed fees of the contract, each month once, and earns them when it is paid', async () => {
    await database.sql
      .insertInto('payout_policy')
      .values({ condominium_id: 'aurora', valid_from: '2026-06-01', fee_permyriad: 100, fee_per_month_cents: 500 })
      .execute();
    await pay('p');
    const id = await proposed('a');
    await approve(id);
    await paid(id);
    const payout = await database.sql.selectFrom('payout').selectAll().executeTakeFirstOrThrow();
    const feesCents = 2 * 500 + Math.floor(netCents / 100);
    expect(payout).toMatchObject({ period: '2026-07', fees_cents: feesCents, total_cents: netCents - feesCents });
    expect(await recoveredCents()).toBe(0);
    await giveBack('dispute');
    await pay('again');
    expect(await propose('b', new Date('2026-08-20T10:00:00Z'))).toMatchObject({ refused: { carriedCents: 0 } });
    await expectSoundBooks();
  });

  it('is none where the condominium issues its own invoices: the money is in its bank already', async () => {
    await pay('p');
    await database.sql.updateTable('condominium').set({ nif: '501964843' }).execute();
    await database.sql.updateTable('issuer').set({ nif: '501964843' }).execute();
    expect(await previewPayout(database.sql, { ...parties, now: NOW })).toEqual({
      refused: { code: 'PAYOUT.OWN_BANK' },
    });
  });

  it('follows the payments across months, in whatever order they come, with each month’s fee once', async () => {
    await database.sql
      .insertInto('payout_policy')
      .values({ condominium_id: 'aurora', valid_from: '2026-07-01', fee_per_month_cents: 100 })
      .execute();
    await pay('half', Math.floor(grossCents / 2));
    const july = await proposed('july');
    await approve(july);
    await paid(july);
    await giveBack('dispute of the half', Math.floor(grossCents / 2));
    expect(await propose('august', new Date('2026-08-20T10:00:00Z'))).toMatchObject({
      refused: { code: 'PAYOUT.NOTHING_TO_PAY' },
    });
    await pay('whole');
    const september = await proposed('september', new Date('2026-09-20T10:00:00Z'));
    await approve(september);
    await paid(september);
    const payouts = await database.sql.selectFrom('payout').selectAll().orderBy('number').execute();
    expect(payouts.map(({ fees_cents: fees }) => fees)).toEqual([100, 200]);
    expect(payouts.reduce((sum, { total_cents: cents }) => sum + cents, 0)).toBe(netCents - 300);
    expect(await recoveredCents()).toBe(0);
    await expectSoundBooks();
  });

  it('that says another total than its lines is found, and so is one that was posted without a payout', async () => {
    await pay('p');
    const id = await proposed('a');
    await database.sql.updateTable('payout').set({ total_cents: 1 }).where('id', '=', id).execute();
    const stranger = { ...parties, key: 'condominium-payout/nobody', amountCents: 1, feesCents: 0, occurredAt: NOW };
    await transact((trx) => postCondominiumPayout(trx, stranger));
    const codes = (await checkPayouts(database.sql)).map(({ code, subject }) => [code, subject]);
    expect(codes).toEqual([
      ['PAYOUT_DIFFERS', 'aurora/1'],
      ['PAYOUT_DIFFERS', 'condominium-payout/nobody'],
      ['PAYOUT_DIFFERS', 'recovered/aurora'],
    ]);
  });

  it('that books and payouts tell differently is found', async () => {
    await pay('p');
    const id = await proposed('a');
    await approve(id);
    await database.sql.updateTable('payout').set({ state: 'paid' }).execute();
    const codes = (await checkPayouts(database.sql)).map(({ code, subject }) => [code, subject]);
    expect(codes).toEqual([
      ['PAYOUT_DIFFERS', 'aurora/1'],
      ['PAYOUT_DIFFERS', 'recovered/aurora'],
    ]);
  });
});
