import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { postProcessorPayout, postTopUp } from '#libs/ledger/post-money.js';
import { camt053, type CamtEntry } from '#test/bank-files/camt.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';

import { accountVault } from '../account-vault.js';
import { checkBooks } from '../check-books.js';
import { matchBankLines } from '../match-bank-lines.js';
import { paymentReference } from '../payment-reference.js';
import { decideOpen, undoDecision } from './decide-line.js';
import { importStatement } from './import-statement.js';
import { matchPayoutLines, payoutsFor } from './match-payouts.js';

const NOW = new Date('2026-08-20T09:00:00Z');
const DAY = '2026-07-20';
const ISSUER = 'issuer';

let database: TestDatabase;
let count = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
  await addCustomer(database.sql, { id: '5001', paymentMethod: 'transfer' });
});
afterAll(() => database.drop());
/** Each story has an account without lines and payouts. */
beforeEach(emptied);

async function emptied(): Promise<void> {
  await database.tamper(async (trx) => {
    await raw`truncate processor_payout, bank_statement, journal_entry, fiscal_document cascade`.execute(trx);
    await raw`update document_series set last_number = 0`.execute(trx);
  });
}

const newId = (): string => `po_1Pgafm${String(count++).padStart(8, '0')}`;

interface Paid {
  readonly id?: string;
  readonly cents?: number;
  readonly arrives?: string;
  readonly descriptor?: string;
  /** false: it is in the books, and no line was looked for yet. */
  readonly isTold?: boolean;
}

/** What recordPayout writes: the row and its entry. The money was a customer's before, so the provider held it. */
async function paidOut({
  id = newId(),
  cents = 5000,
  arrives = DAY,
  descriptor,
  isTold = true,
}: Paid = {}): Promise<string> {
  await database.sql.transaction().execute(async (trx) => {
    const occurredAt = new Date(`${arrives}T00:00:00Z`);
    await postTopUp(trx, {
      key: `held/${id}`,
      customerId: '5001',
      source: 'stripe',
      amountCents: cents + 35,
      occurredAt,
    });
    await trx
      .insertInto('processor_payout')
      .values({
        id,
        issuer_id: ISSUER,
        amount_cents: cents,
        gross_cents: cents + 35,
        fee_cents: 35,
        currency: 'EUR',
        state: 'paid',
        arrives_at: occurredAt,
        posted_at: NOW,
        descriptor: descriptor ?? null,
      })
      .execute();
    const amounts = { grossCents: cents + 35, feeCents: 35 };
    await postProcessorPayout(trx, { key: `payout/${id}`, issuerId: ISSUER, ...amounts, currency: 'EUR', occurredAt });
    await trx
      .insertInto('processor_transaction')
      .values({
        id: `txn_${id}`,
        payout_id: id,
        type: 'charge',
        amount_cents: cents + 35,
        fee_cents: 35,
        net_cents: cents,
        currency: 'EUR',
        source_id: null,
        subject: `top-up/${id}`,
        happened_at: occurredAt,
      })
      .execute();
  });
  if (isTold) await matchPayoutLines(database.sql, { issuerId: ISSUER, now: NOW });
  return id;
}

/** A statement of one day, or of the days around it. */
async function bankSays(entries: readonly Partial<CamtEntry>[], days: { from?: string; to?: string } = {}) {
  const told = entries.map((entry) => ({ cents: 5000, day: DAY, reference: `P${count++}`, ...entry }));
  const [from, to] = [days.from ?? told[0]?.day ?? DAY, days.to ?? told[0]?.day ?? DAY];
  const bytes = camt053({ from, to, openingCents: 0, entries: told, id: `S${count++}` });
  const file = { issuerId: ISSUER, fileName: 'july.xml', bytes, dryRun: false, by: 'ana', now: NOW };
  const { problems } = await importStatement(database.sql, accountVault('a secret of the installation'), file);
  expect(problems).toEqual([]);
  return matchBankLines(database.sql, { issuerId: ISSUER, now: NOW });
}

async function cents(code: string): Promise<number> {
  const { rows } = await raw<{ cents: number }>`select coalesce(sum(amount_cents), 0)::bigint as cents from posting
    join ledger_account account on account.id = account_id where account.code = ${code}`.execute(database.sql);
  return rows[0]?.cents ?? 0;
}

async function seen(): Promise<string[]> {
  const rows = await database.sql
    .selectFrom('processor_payout')
    .innerJoin('bank_decision as decision', 'decision.id', 'processor_payout.decision_id')
    .orderBy('processor_payout.id')
    .select(['processor_payout.id', 'decision.found_by as foundBy'])
    .execute();
  return rows.map(({ id, foundBy }) => `${id} ${foundBy}`);
}

const lines = () => database.sql.selectFrom('bank_line').selectAll().orderBy('booked_on').orderBy('position').execute();

async function onlyLine() {
  const [line, ...others] = await lines();
  if (line === undefined || others.length > 0) throw new Error(`${others.length + 1} lines`);
  return line;
}

const problems = async () => (await checkBooks(database.sql)).problems;
const person = (lineId: string, key: string) => ({ lineId, key, reason: 'x', by: 'ana', now: NOW });

describe('a payout of the provider on a statement', () => {
  it('is recognised, and its money is in the bank account once', async () => {
    const id = await paidOut();
    expect(await bankSays([{ text: 'STRIPE PAYMENTS' }])).toMatchObject({ matched: 1, left: 0 });
    expect(await seen()).toEqual([`${id} payout-text`]);
    expect([await cents('bank/issuer'), await cents('unmatched/issuer')]).toEqual([5000, 0]);
    expect(await bankSays([{ text: 'STRIPE PAYMENTS', day: '2026-07-21' }])).toMatchObject({ matched: 0, left: 1 });
    expect([await cents('bank/issuer'), await cents('unmatched/issuer')]).toEqual([10_000, -5000]);
    expect(await problems()).toEqual([]);
  });

  it('is recognised when the provider tells of it after the bank', async () => {
    expect(await bankSays([{ text: 'STRIPE PAYMENTS' }])).toMatchObject({ matched: 0, left: 1 });
    expect([await cents('bank/issuer'), await cents('unmatched/issuer')]).toEqual([5000, -5000]);
    const id = await paidOut();
    expect(await seen()).toEqual([`${id} payout-text`]);
    expect([await cents('bank/issuer'), await cents('unmatched/issuer')]).toEqual([5000, 0]);
    expect(await problems()).toEqual([]);
  });

  it('is one line’s alone, also when two runs find it at once', async () => {
    await bankSays([{ text: 'STRIPE' }]);
    const id = await paidOut({ isTold: false });
    const run = () => matchPayoutLines(database.sql, { issuerId: ISSUER, now: NOW });
    expect((await Promise.all([run(), run(), run()])).toSorted()).toEqual([0, 0, 1]);
    expect(await seen()).toEqual([`${id} payout-text`]);
    expect([await cents('bank/issuer'), await cents('unmatched/issuer')]).toEqual([5000, 0]);
  });

  it('of the same amount as another is left to a person with both, who names one; then the other is certain', async () => {
    const [one, other] = [await paidOut(), await paidOut({ arrives: '2026-07-21' })];
    expect(await bankSays([{}, {}])).toMatchObject({ matched: 0, left: 2 });
    const [first] = await lines();
    if (first === undefined) throw new Error('no line');
    const asked = { lineId: first.id, amountCents: 5000, bookedOn: first.booked_on, text: first.text };
    const candidates = (await payoutsFor(database.sql, ISSUER, [asked])).get(first.id) ?? [];
    expect(candidates.map(({ payoutId }) => payoutId)).toEqual([one, other]);
    const named = { ...person(first.id, 'n1'), payoutId: other };
    expect(await decideOpen(database.sql, 'processor-payout', named)).toMatchObject({ decided: true });
    expect(await matchBankLines(database.sql, { issuerId: ISSUER, now: NOW })).toMatchObject({ matched: 1, left: 0 });
    expect(await seen()).toEqual([`${one} payout-amount`, `${other} person`]);
    expect([await cents('bank/issuer'), await cents('unmatched/issuer')]).toEqual([10_000, 0]);
    expect(await problems()).toEqual([]);
  });

  it('named by a person must be one of this account, of this amount, and on no other line', async () => {
    const other = await paidOut({ cents: 700 });
    const id = await paidOut();
    await bankSays([{ text: 'STRIPE' }]);
    await bankSays([{ day: '2026-07-30' }]);
    const [, line] = await lines();
    const code = async (payoutId: string) => {
      const order = { ...person(line?.id ?? '', `c${count++}`), payoutId };
      const result = await decideOpen(database.sql, 'processor-payout', order);
      return 'refused' in result ? result.refused.code : null;
    };
    expect(await code('po_nobody')).toBe('PAYOUT_NOT_FOUND');
    expect(await code(other)).toBe('PAYOUT_OF_ANOTHER_AMOUNT');
    expect(await code(id)).toBe('PAYOUT_SEEN_BEFORE');
    const row = {
      decision_id: (await database.sql.selectFrom('bank_decision').select('id').executeTakeFirstOrThrow()).id,
    };
    const twice = database.sql.updateTable('processor_payout').set(row).where('id', '=', other).execute();
    await expect(twice).rejects.toThrow('processor_payout_decision_unique');
  });

  it('that a person called one without saying which is found for that line, and booked no second time', async () => {
    await bankSays([{ text: 'TRF' }]);
    const line = await onlyLine();
    await decideOpen(database.sql, 'processor-payout', person(line.id, 'said'));
    const id = await paidOut();
    expect(await seen()).toEqual([`${id} person`]);
    expect([await cents('bank/issuer'), await cents('unmatched/issuer')]).toEqual([5000, 0]);
  });

  it('taken back by a person is on no line, and that line is left to people', async () => {
    const id = await paidOut();
    await bankSays([{ text: 'STRIPE' }]);
    const line = await onlyLine();
    const { id: decisionId } = await database.sql.selectFrom('bank_decision').select('id').executeTakeFirstOrThrow();
    await undoDecision(database.sql, { ...person(line.id, 'u1'), decisionId });
    expect([await cents('bank/issuer'), await cents('unmatched/issuer')]).toEqual([10_000, -5000]);
    expect(await bankSays([{ text: 'STRIPE', day: '2026-07-22' }])).toMatchObject({ matched: 1 });
    expect(await seen()).toEqual([`${id} payout-text`]);
    expect([await cents('bank/issuer'), await cents('unmatched/issuer')]).toEqual([10_000, -5000]);
  });

  it('is not what a customer paid with a reference, though the amount is the same', async () => {
    await paidOut();
    const documentId = await addInvoice(database.sql, { customerId: '5001', grossCents: 5000 });
    const { number_text: numberText } = await database.sql
      .selectFrom('fiscal_document')
      .select('number_text')
      .where('id', '=', documentId)
      .executeTakeFirstOrThrow();
    const text = paymentReference({ numberText });
    expect(await bankSays([{ text }, { text: 'unknown' }])).toMatchObject({ matched: 1, left: 1 });
    expect(await seen()).toEqual([]);
    expect(await cents('bank/issuer')).toBe(15_000);
  });
});

describe('in whatever order payouts and lines are told', () => {
  type Step = { readonly say: string; readonly run: () => Promise<unknown> };

  function permutations<T>(all: readonly T[]): T[][] {
    if (all.length <= 1) return [[...all]];
    return all.flatMap((one, index) => permutations(all.toSpliced(index, 1)).map((rest) => [one].concat(rest)));
  }

  /** Two of one amount and one of another; the bank names the number of each where `named`. */
  function steps(named: boolean): Step[] {
    const ids = [newId(), newId(), newId()];
    const amounts = [5000, 5000, 6000];
    const days = ['2026-07-20', '2026-07-21', '2026-07-21'];
    return ids.flatMap((id, index): Step[] => {
      const [paidCents, day] = [amounts[index] ?? 0, days[index] ?? DAY];
      const text = named ? `STRIPE ${id}` : 'STRIPE';
      return [
        { say: `payout ${index}`, run: () => paidOut({ id, cents: paidCents, arrives: day }) },
        { say: `line ${index}`, run: () => bankSays([{ cents: paidCents, day, text }]) },
      ];
    });
  }

  it('each is found by its number, and the money is there once', async () => {
    const all = steps(true);
    for (const order of permutations([0, 1, 2, 3, 4, 5]).filter((_, index) => index % 31 === 0)) {
      await emptied();
      for (const index of order) await all[index]?.run();
      expect(await seen()).toHaveLength(3);
      expect((await seen()).every((one) => one.endsWith('payout-id'))).toBe(true);
      expect([await cents('bank/issuer'), await cents('unmatched/issuer')]).toEqual([16_000, 0]);
      expect(await problems()).toEqual([]);
    }
  }, 120_000);

  it('without numbers what is alike may wait for a person, and never is one payout two lines’', async () => {
    const all = steps(false);
    for (const order of permutations([0, 1, 2, 3, 4, 5]).filter((_, index) => index % 41 === 0)) {
      await emptied();
      for (const index of order) await all[index]?.run();
      const found = (await seen()).length;
      expect([1, 3]).toContain(found);
      const waitingCents = found === 3 ? 0 : 10_000;
      expect((await cents('bank/issuer')) - 16_000).toBe(waitingCents);
      expect((await cents('unmatched/issuer')) + waitingCents).toBe(0);
      expect(await problems()).toEqual([]);
    }
  }, 120_000);
});

describe('the check of the books', () => {
  const week = { from: '2026-07-20', to: '2026-07-31' };

  it('names a payout that never came on the statements of its days, and only then', async () => {
    const id = await paidOut();
    expect(await problems()).toEqual([]);
    await bankSays([{ cents: 1, text: 'juros' }], { from: '2026-07-20', to: '2026-07-24' });
    expect(await problems()).toEqual([]);
    await bankSays([{ cents: 2, text: 'juros', day: '2026-07-25' }], { from: '2026-07-25', to: '2026-07-31' });
    expect(await problems()).toMatchObject([{ code: 'PAYOUT_NOT_ON_STATEMENT', subject: `payout/${id}` }]);
  });

  it('is quiet while a line of its amount waits for a person', async () => {
    await paidOut();
    await paidOut({ arrives: '2026-07-21' });
    await bankSays([{}, {}], week);
    expect(await seen()).toEqual([]);
    expect(await problems()).toEqual([]);
    const [line] = await lines();
    await decideOpen(database.sql, 'returned', person(line?.id ?? '', 'r1'));
    await matchBankLines(database.sql, { issuerId: ISSUER, now: NOW });
    expect(await problems()).toEqual([]);
  });
});
