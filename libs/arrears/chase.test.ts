import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { dueCents } from '#libs/ledger/balances.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { postPaymentReversed } from '#libs/ledger/post-events.js';
import { recordTopUp } from '#libs/payments/record-top-up.js';
import { recordTransfer } from '#libs/payments/record-transfer.js';
import { writtenOffCents } from '#libs/payments/written-off.js';
import { DEFAULT_POLICY, type InstallationPolicy } from '#libs/registry/policy.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';

import { closeComplaint, openComplaint } from './complaints.js';
import { debtsOf } from './debts-of.js';
import { handOverDebt, writeOffDebt } from './end-case.js';
import { enterStage } from './enter-stage.js';
import { lookAgain } from './look.js';
import { openCase } from './open-case.js';
import { agreePlan, askForPlan, declinePlan, endPlan } from './payment-plans.js';
import { proveLetter } from './prove-letter.js';
import { closeCase } from './record-case-progress.js';
import { restlessCases } from './restless-cases.js';
import type { NextStage } from './stages.js';
import { decideSuspension } from './suspension.js';
import { warnOfLapse } from './warn-of-lapse.js';

/** A Wednesday. */
const DUE = new Date('2026-07-15T09:00:00Z');
const day = (days: number) => new Date(DUE.getTime() + days * 86_400_000);
const BY = 'ana@chazemo.example';

let database: TestDatabase;
let customers = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
});
afterAll(async () => {
  expect(await checkLedger(database.sql)).toMatchObject({ balanced: true });
  await database.drop();
});

type Run<T> = (trx: typeof database.sql) => Promise<T>;
const run = <T>(work: Run<T>): Promise<T> => database.sql.transaction().execute(work);

async function policy(arrears: Partial<InstallationPolicy['arrears']>): Promise<void> {
  await database.sql.deleteFrom('installation_policy').execute();
  await database.sql
    .insertInto('installation_policy')
    .values({
      installation_id: 'garage',
      valid_from: '2026-01-01',
      policy: { ...DEFAULT_POLICY, arrears: { ...DEFAULT_POLICY.arrears, ...arrears } },
    })
    .execute();
}

async function unpaid(grossCents = 5000, paymentMethod: 'transfer' | 'prepaid' = 'transfer'): Promise<string> {
  customers += 1;
  const customerId = await addCustomer(database.sql, { id: `chase-${customers}`, paymentMethod });
  return addInvoice(database.sql, { customerId, grossCents, dueAt: DUE });
}
const open = (documentId: string, now = DUE) =>
  openCase(database.sql, { documentId, cause: 'not-paid', workflowId: `arrears/${documentId}`, now });
const enter = (documentId: string, stage: NextStage, now: Date) =>
  run((trx) => enterStage(trx, { documentId, stage, now }));
const pay = (documentId: string, amountCents: number, now = DUE) =>
  recordTransfer(database.sql, { documentId, amountCents, key: `${documentId}/${now.toISOString()}`, now });
const look = (documentId: string, now: Date) => run((trx) => lookAgain(trx, { documentId, now }));
const prove = (documentId: string, now: Date) =>
  run((trx) =>
    proveLetter(trx, {
      documentId,
      stage: 'formal-notice',
      channel: 'mail',
      mailId: documentId,
      reference: '250 2.0.0 OK',
      recipient: 'a@example.com',
      givenAt: now,
      by: 'workflow',
      now,
    }),
  );

/** To the proposal of a suspension, on Monday 24 August. */
async function proposed(grossCents = 5000, paymentMethod: 'transfer' | 'prepaid' = 'transfer'): Promise<string> {
  const documentId = await unpaid(grossCents, paymentMethod);
  await open(documentId);
  await enter(documentId, 'notice', day(1));
  await enter(documentId, 'reminder', day(10));
  await enter(documentId, 'formal-notice', day(20));
  await prove(documentId, day(20));
  await enter(documentId, 'suspension-proposed', day(40));
  return documentId;
}
const approve = (documentId: string, now: Date, approved = true) =>
  run((trx) => decideSuspension(trx, { documentId, approved, reason: null, by: BY, now }));
async function suspended(grossCents = 5000): Promise<string> {
  const documentId = await proposed(grossCents);
  await approve(documentId, day(40));
  await enter(documentId, 'suspended', day(40));
  return documentId;
}
const suspensions = (documentId: string) =>
  database.sql.selectFrom('customer_suspension').selectAll().where('document_id', '=', documentId).execute();
const row = (documentId: string) =>
  database.sql.selectFrom('arrears_case').selectAll().where('document_id', '=', documentId).executeTakeFirstOrThrow();

describe('a suspension', () => {
  it('comes only after a person approved it, and not on a Friday', async () => {
    const documentId = await proposed();
    expect(await row(documentId)).toMatchObject({ needs: ['suspension'], next_stage: null });
    expect(await enter(documentId, 'suspended', day(40))).toMatchObject({ entered: false, because: 'replanned' });
    const friday = new Date('2026-08-28T09:00:00Z');
    const monday = new Date('2026-08-31T09:00:00Z');
    expect(await approve(documentId, friday)).toMatchObject({ next: { stage: 'suspended', at: monday }, needs: [] });
    expect(await enter(documentId, 'suspended', friday)).toMatchObject({ entered: false, because: 'too-early' });
    expect(await suspensions(documentId)).toEqual([]);
    expect(await enter(documentId, 'suspended', monday)).toMatchObject({ entered: true, firstTime: true });
    expect(await enter(documentId, 'suspended', monday)).toMatchObject({ entered: true, firstTime: false });
    expect(await suspensions(documentId)).toMatchObject([{ from: monday, until: null, approved_by: BY }]);
  });

  it('declined, is not asked for again by itself; the last word holds', async () => {
    const documentId = await proposed();
    await approve(documentId, day(40), false);
    expect(await row(documentId)).toMatchObject({ needs: [], next_stage: null });
    expect(await enter(documentId, 'suspended', day(41))).toMatchObject({ entered: false });
    await approve(documentId, day(41));
    expect(await enter(documentId, 'suspended', day(41))).toMatchObject({ entered: true });
    expect(await approve(documentId, day(42))).toEqual({ refused: { code: 'SUSPENSION.IN_FORCE' } });
  });

  it('is refused before it is proposed', async () => {
    const documentId = await unpaid();
    await open(documentId);
    expect(await approve(documentId, day(2))).toEqual({ refused: { code: 'SUSPENSION.NOT_PROPOSED' } });
  });

  it('pitfall 14 (killbill #695): ends at once when a top-up pays the debt, and the case is found by the books alone', async () => {
    const documentId = await suspended();
    const { customer_id: customerId } = await row(documentId);
    expect((await restlessCases(database.sql, DUE)).open).not.toContain(documentId);
    await recordTopUp(database.sql, { customerId, source: 'bank', amountCents: 6000, key: documentId, now: day(45) });
    expect((await restlessCases(database.sql, DUE)).open).toContain(documentId);
    await look(documentId, day(45));
    expect(await dueCents(database.sql, documentId)).toBe(0);
    const closed = await run((trx) => closeCase(trx, { documentId, outcome: 'settled', now: day(45) }));
    expect(closed).toEqual({ closed: true, lifted: true });
    expect(await suspensions(documentId)).toMatchObject([{ until: day(45), lifted_by: 'settled' }]);
  });

  it('pitfall 16 (killbill #144): of one case that is closed leaves that of another', async () => {
    const first = await suspended();
    const second = await suspended();
    await pay(first, 5000, day(41));
    await run((trx) => closeCase(trx, { documentId: first, outcome: 'settled', now: day(41) }));
    expect(await suspensions(second)).toMatchObject([{ until: null }]);
  });

  it('pitfall 17 (killbill #1997): is not proposed to who pays ahead, unless policy says so', async () => {
    const documentId = await unpaid(5000, 'prepaid');
    await open(documentId);
    await enter(documentId, 'notice', day(1));
    await enter(documentId, 'reminder', day(10));
    await enter(documentId, 'formal-notice', day(20));
    expect(await prove(documentId, day(20))).toMatchObject({ next: null });
    await policy({ suspendPrepaid: true });
    expect(await look(documentId, day(21))).toMatchObject({ next: { stage: 'suspension-proposed' } });
    await policy({});
  });

  it('pitfall 20 (woocommerce #1098): needs its own approval again when the payment is taken back', async () => {
    const documentId = await suspended();
    await pay(documentId, 5000, day(41));
    await run((trx) => closeCase(trx, { documentId, outcome: 'settled', now: day(41) }));
    await takenBack(documentId);
    const again = await openCase(database.sql, {
      documentId,
      cause: 'disputed',
      workflowId: `arrears/${documentId}`,
      now: day(60),
    });
    expect(again).toMatchObject({ reopened: true, look: { next: { stage: 'suspension-proposed' } } });
    const { next } = (again as { look: { next: { at: Date } } }).look;
    expect(next.at.getTime()).toBeGreaterThanOrEqual(day(80).getTime());
    expect(await row(documentId)).toMatchObject({ stage: 'formal-notice' });
    await enter(documentId, 'suspension-proposed', next.at);
    expect(await enter(documentId, 'suspended', next.at)).toMatchObject({ entered: false });
    await approve(documentId, next.at);
    expect(await enter(documentId, 'suspended', next.at)).toMatchObject({ entered: true, firstTime: true });
    expect(await suspensions(documentId)).toHaveLength(2);
  });

  /** As a dispute does: the payment's own entry, backwards. */
  async function takenBack(documentId: string): Promise<void> {
    const { postPaymentReversed } = await import('#libs/ledger/post-events.js');
    const payment = { key: `back/${documentId}`, documentId, source: 'bank', amountCents: 5000 } as const;
    await run((trx) => postPaymentReversed(trx, { ...payment, occurredAt: day(60) }));
  }
});

describe('a complaint', () => {
  it('makes the chase stand still; it goes on where it stood, and the deadline does not wait', async () => {
    const documentId = await unpaid();
    await open(documentId);
    await enter(documentId, 'notice', day(1));
    const complain = { documentId, reason: 'not my car', by: BY };
    expect(await run((trx) => openComplaint(trx, { ...complain, now: day(5) }))).toEqual({ opened: true });
    expect(await run((trx) => openComplaint(trx, { ...complain, now: day(5) }))).toEqual({
      refused: { code: 'COMPLAINT.OPEN' },
    });
    expect(await row(documentId)).toMatchObject({ needs: ['complaint'], next_stage: 'reminder', next_action_at: null });
    const lapses = (await row(documentId)).claim_lapses_at;
    expect(await enter(documentId, 'reminder', day(10))).toMatchObject({ entered: false, because: 'standstill' });
    expect(await run((trx) => closeComplaint(trx, { ...complain, now: day(12) }))).toEqual({ closed: true });
    expect(await row(documentId)).toMatchObject({ needs: [], next_action_at: day(17), claim_lapses_at: lapses });
    expect(lapses).toEqual(new Date('2026-12-30T00:00:00Z'));
  });
});

describe('a payment plan', () => {
  const instalments = [
    { dueDate: '2026-09-01', amountCents: 2000 },
    { dueDate: '2026-10-01', amountCents: 3000 },
  ];

  it('is for what is due, once, and answers who asked for it', async () => {
    const documentId = await unpaid();
    await open(documentId);
    const ask = { documentId, words: 'two months, please', by: 'r@example.com', now: day(2) };
    expect(await run((trx) => askForPlan(trx, ask))).toEqual({ asked: true });
    expect(await run((trx) => askForPlan(trx, ask))).toEqual({ asked: false });
    expect(await row(documentId)).toMatchObject({ needs: ['plan-asked'] });
    await pay(documentId, 1000);
    const order = { documentId, instalments, by: BY, now: day(3) };
    expect(await run((trx) => agreePlan(trx, order))).toEqual({ refused: { code: 'PLAN.SUM_DIFFERS' } });
    const fits = [{ dueDate: '2026-09-01', amountCents: 4000 }];
    expect(await run((trx) => agreePlan(trx, { ...order, instalments: fits }))).toHaveProperty('planId');
    expect(await run((trx) => agreePlan(trx, { ...order, instalments: fits }))).toEqual({
      refused: { code: 'PLAN.KEPT' },
    });
    expect(await row(documentId)).toMatchObject({ needs: [] });
    expect(await run((trx) => declinePlan(trx, { documentId, reason: 'no', now: day(4) }))).toEqual({
      declined: false,
    });
  });

  it('pitfall 15 (killbill #2297): kept, makes the chase stand still; broken, it goes on at the stage it was at', async () => {
    const documentId = await unpaid();
    await open(documentId);
    await enter(documentId, 'notice', day(1));
    await run((trx) => agreePlan(trx, { documentId, instalments, by: BY, now: day(3) }));
    const firstBreak = new Date('2026-09-04T23:00:00Z');
    expect(await look(documentId, day(20))).toMatchObject({ standstill: { because: 'plan', lookAgainAt: firstBreak } });
    await pay(documentId, 2000, day(30));
    // Thursday 1 October, and Monday the 5th is a holiday: Wednesday the 7th is the last day.
    const secondBreak = new Date('2026-10-07T23:00:00Z');
    expect(await look(documentId, day(31))).toMatchObject({ standstill: { lookAgainAt: secondBreak } });
    const broken = await look(documentId, secondBreak);
    expect(broken).toMatchObject({ standstill: null, needs: ['plan-broken'], next: { stage: 'reminder' } });
    expect(broken.next?.at.getTime()).toBeGreaterThan(secondBreak.getTime());
    await enter(documentId, 'reminder', broken.next?.at ?? secondBreak);
    expect(await row(documentId)).toMatchObject({ stage: 'reminder', needs: [] });
  });

  it('is fulfilled by the last cent, and ended by people', async () => {
    const documentId = await unpaid();
    await open(documentId);
    await run((trx) => agreePlan(trx, { documentId, instalments, by: BY, now: day(3) }));
    await pay(documentId, 5000, day(4));
    await look(documentId, day(4));
    const plan = await database.sql
      .selectFrom('payment_plan')
      .selectAll()
      .where('document_id', '=', documentId)
      .executeTakeFirstOrThrow();
    expect(plan).toMatchObject({ outcome: 'fulfilled', ended_at: day(4) });
    expect(await run((trx) => endPlan(trx, { documentId, reason: 'x', now: day(5) }))).toEqual({
      refused: { code: 'PLAN.NOT_KEPT' },
    });
  });
});

describe('the end that people give a case', () => {
  const order = (documentId: string) => ({ documentId, by: BY, reason: 'moved away', now: day(50) });

  it('a write-off takes what is due; its debtor stays suspended unless policy says otherwise', async () => {
    const documentId = await suspended();
    await pay(documentId, 1000, day(41));
    expect(await run((trx) => writeOffDebt(trx, order(documentId)))).toEqual({ writtenOffCents: 4000 });
    expect(await run((trx) => writeOffDebt(trx, order(documentId)))).toEqual({ refused: { code: 'CASE.NOTHING_DUE' } });
    expect(await look(documentId, day(50))).toMatchObject({ ending: 'written-off' });
    await run((trx) => closeCase(trx, { documentId, outcome: 'settled', now: day(50) }));
    expect(await row(documentId)).toMatchObject({ outcome: 'written-off' });
    expect(await suspensions(documentId)).toMatchObject([{ until: null }]);
    expect((await restlessCases(database.sql, DUE)).closed).not.toContain(documentId);
  });

  it('money that comes later takes the write-off back and lets the debtor charge again', async () => {
    const documentId = await suspended();
    await run((trx) => writeOffDebt(trx, order(documentId)));
    await run((trx) => closeCase(trx, { documentId, outcome: 'settled', now: day(50) }));
    expect(await pay(documentId, 3000, day(60))).toMatchObject({ appliedCents: 3000, creditedCents: 0 });
    expect(await writtenOffCents(database.sql, documentId)).toBe(2000);
    expect(await pay(documentId, 3000, day(60))).toMatchObject({ posted: false, appliedCents: 3000 });
    expect(await pay(documentId, 2500, day(61))).toMatchObject({ appliedCents: 2000, creditedCents: 500 });
    expect((await restlessCases(database.sql, DUE)).closed).toContain(documentId);
    expect(await open(documentId, day(61))).toMatchObject({ settled: true, suspended: true });
  });

  it('resumes at once when policy says so', async () => {
    await policy({ resumeAfterWriteOff: true });
    const documentId = await suspended();
    await run((trx) => writeOffDebt(trx, order(documentId)));
    expect(await suspensions(documentId)).toMatchObject([{ until: day(50), lifted_by: BY }]);
    await policy({});
  });

  it('a hand-over leaves the debt in the books and in the manager’s list', async () => {
    const documentId = await proposed(7777);
    expect(await run((trx) => warnOfLapse(trx, { documentId, now: day(49) }))).toMatchObject({
      warnAt: null,
      needs: expect.arrayContaining(['hand-over']),
    });
    expect(await run((trx) => handOverDebt(trx, order(documentId)))).toEqual({ dueCents: 7777 });
    await run((trx) => closeCase(trx, { documentId, outcome: 'waived', now: day(50) }));
    const debts = await debtsOf(database.sql, 'condo', day(50));
    expect(debts.find((debt) => debt.documentId === documentId)).toMatchObject({
      dueCents: 7777,
      outcome: 'handed-over',
      dueDate: '2026-07-15',
      suspended: false,
    });
  });

  it('a debt that was handed over is not chased again, also when money for a part of it is taken back', async () => {
    const documentId = await unpaid();
    await open(documentId);
    await pay(documentId, 2000);
    await run((trx) => handOverDebt(trx, order(documentId)));
    await run((trx) => closeCase(trx, { documentId, outcome: 'handed-over', now: day(150) }));
    const back = { key: `back/${documentId}`, documentId, source: 'bank', amountCents: 2000 } as const;
    await run((trx) => postPaymentReversed(trx, { ...back, occurredAt: day(160) }));
    expect(await open(documentId, day(160))).toMatchObject({ settled: true, suspended: false });
    expect(await row(documentId)).toMatchObject({ outcome: 'handed-over', closed_at: day(150) });
    expect(await debtsOf(database.sql, 'condo', day(160))).toContainEqual(
      expect.objectContaining({ documentId, dueCents: 5000, outcome: 'handed-over' }),
    );
  });

  it('is refused while a complaint is open', async () => {
    const documentId = await proposed();
    await run((trx) => openComplaint(trx, { documentId, reason: 'x', by: BY, now: day(41) }));
    expect(await run((trx) => writeOffDebt(trx, order(documentId)))).toEqual({
      refused: { code: 'CASE.COMPLAINT_OPEN' },
    });
  });
});

describe('interest', () => {
  const charges = (documentId: string) =>
    database.sql.selectFrom('interest_charge').selectAll().where('document_id', '=', documentId).execute();

  it('is none by default', async () => {
    const documentId = await suspended();
    expect(await charges(documentId)).toEqual([]);
    expect(await dueCents(database.sql, documentId)).toBe(5000);
  });

  it('by policy is charged once a span with the formal notice and the suspension, on principal alone', async () => {
    await policy({ interest: 'civil' });
    const documentId = await suspended(100_000);
    // 16 July to 3 August are 19 days, 4 to 23 August 20: 4 % of 1,000.00 a year, each rounded once.
    expect(await charges(documentId)).toMatchObject([
      { from_date: '2026-07-16', to_date: '2026-08-04', cents: 208 },
      { from_date: '2026-08-04', to_date: '2026-08-24', cents: 219 },
    ]);
    expect(await dueCents(database.sql, documentId)).toBe(100_427);
    await policy({});
  });

  it('without a rate for the day is a refusal that a person mends, and nothing is entered', async () => {
    await policy({ interest: 'commercial' });
    const documentId = await unpaid();
    await open(documentId);
    await enter(documentId, 'notice', day(1));
    await enter(documentId, 'reminder', day(10));
    expect(await enter(documentId, 'formal-notice', day(20))).toEqual({
      refused: { code: 'INTEREST.RATE_MISSING', detail: '2026-07-16' },
    });
    expect(await row(documentId)).toMatchObject({ stage: 'reminder' });
    await policy({});
  });
});

describe('what is on record', () => {
  it('of decisions, proofs and interest is never changed', async () => {
    const documentId = await proposed();
    const change = raw`update letter_proof set recipient = 'x' where document_id = ${documentId}`;
    await expect(change.execute(database.sql)).rejects.toThrow(/permission denied|never changed/);
  });
});
