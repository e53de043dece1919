import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { dueCents } from '#libs/ledger/balances.js';
import { recordTopUp } from '#libs/payments/record-top-up.js';
import { recordTransfer } from '#libs/payments/record-transfer.js';
import { DEFAULT_POLICY } from '#libs/registry/policy.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import {
  addCustomer,
  addInstallation,
  addInvoice,
  type CustomerFixture,
} from '#test/stripe-sandbox/invoice-fixture.js';

import { enterStage } from './enter-stage.js';
import { forgottenDisputes } from './forgotten-disputes.js';
import type { CaseLook } from './look.js';
import { openCase } from './open-case.js';
import { proveLetter } from './prove-letter.js';
import { closeCase, recordCaseProgress } from './record-case-progress.js';
import { stageLetter } from './stage-letter.js';
import type { NextStage } from './stages.js';

const DUE = new Date('2026-07-15T09:00:00Z');
const day = (days: number) => new Date(DUE.getTime() + days * 86_400_000);

let database: TestDatabase;
let customers = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
});
afterAll(() => database.drop());

async function unpaid(grossCents = 5000, customer: Partial<CustomerFixture> = {}): Promise<string> {
  customers += 1;
  const customerId = await addCustomer(database.sql, {
    id: `arrears-${customers}`,
    paymentMethod: 'transfer',
    ...customer,
  });
  return addInvoice(database.sql, { customerId, grossCents, dueAt: DUE });
}

const open = (documentId: string, now = DUE, cause = 'not-paid') =>
  openCase(database.sql, { documentId, cause, workflowId: `arrears/${documentId}`, now });
const enter = (documentId: string, stage: NextStage, now: Date) =>
  database.sql.transaction().execute((trx) => enterStage(trx, { documentId, stage, now }));
const close = (order: Parameters<typeof closeCase>[1]) =>
  database.sql.transaction().execute((trx) => closeCase(trx, order));
const given = (documentId: string, givenAt: Date) =>
  database.sql.transaction().execute((trx) =>
    proveLetter(trx, {
      documentId,
      stage: 'formal-notice',
      channel: 'registered-letter',
      mailId: null,
      reference: `RR ${documentId}`,
      recipient: 'Rua A',
      givenAt,
      by: 'ana@chazemo.example',
      now: givenAt,
    }),
  );
/** Opened, and the first notice is given. */
const noticed = async (documentId: string, now = DUE, cause = 'not-paid') => {
  await open(documentId, now, cause);
  await enter(documentId, 'notice', new Date(now.getTime() + 86_400_000));
};
const pay = (documentId: string, amountCents: number) =>
  recordTransfer(database.sql, { documentId, amountCents, key: `${documentId}/${amountCents}`, now: DUE });
const row = (documentId: string) =>
  database.sql.selectFrom('arrears_case').selectAll().where('document_id', '=', documentId).executeTakeFirstOrThrow();
const steps = (documentId: string) =>
  database.sql
    .selectFrom('arrears_step')
    .select(['stage', 'due_cents'])
    .where('document_id', '=', documentId)
    .orderBy('at')
    .execute();

describe('a case', () => {
  it('is opened once and says what comes next', async () => {
    const documentId = await unpaid();
    const first = await open(documentId);
    expect(first).toMatchObject({
      opened: true,
      reopened: false,
      look: { next: { stage: 'notice', at: day(1) } },
    });
    expect(await open(documentId, day(1))).toMatchObject({
      opened: false,
      reopened: false,
      look: { next: { at: day(1) } },
    });
    expect(await row(documentId)).toMatchObject({ stage: 'opened', next_stage: 'notice', opened_at: DUE });
  });

  it('pitfall 16: that is settled already is a value, and the next one is opened all the same', async () => {
    const settled = await unpaid(1000);
    await pay(settled, 1000);
    const other = await unpaid();
    const results = [];
    for (const documentId of [settled, other]) results.push(await open(documentId));
    expect(results).toMatchObject([{ settled: true, installationId: 'garage' }, { opened: true }]);
  });

  it('pitfall 15: goes through every stage once although parts are paid between them', async () => {
    const documentId = await unpaid(5000);
    await noticed(documentId);
    await pay(documentId, 1000);
    expect(await enter(documentId, 'reminder', day(10))).toMatchObject({
      entered: true,
      firstTime: true,
      dueCents: 4000,
    });
    expect(await enter(documentId, 'reminder', day(11))).toMatchObject({ entered: true, firstTime: false });
    await pay(documentId, 2000);
    expect(await enter(documentId, 'formal-notice', day(20))).toMatchObject({ entered: true, look: { next: null } });
    expect(await given(documentId, day(20))).toMatchObject({ next: { stage: 'suspension-proposed', at: day(40) } });
    expect(await enter(documentId, 'suspension-proposed', day(40))).toMatchObject({
      entered: true,
      look: { next: null, needs: ['suspension'] },
    });
    expect(await steps(documentId)).toEqual([
      { stage: 'opened', due_cents: 5000 },
      { stage: 'notice', due_cents: 5000 },
      { stage: 'reminder', due_cents: 4000 },
      { stage: 'formal-notice', due_cents: 2000 },
      { stage: 'suspension-proposed', due_cents: 2000 },
    ]);
  });

  it('enters a stage once when two ask at the same time', async () => {
    const documentId = await unpaid();
    await noticed(documentId);
    const both = await Promise.all([enter(documentId, 'reminder', day(10)), enter(documentId, 'reminder', day(10))]);
    expect(both.filter((one) => 'entered' in one && one.entered && one.firstTime)).toHaveLength(1);
    expect(await steps(documentId)).toHaveLength(3);
  });

  it('that is paid in full enters nothing more, whatever the timer says', async () => {
    const documentId = await unpaid(5000);
    await noticed(documentId);
    await enter(documentId, 'reminder', day(10));
    await pay(documentId, 5000);
    expect(await enter(documentId, 'formal-notice', day(20))).toEqual({ entered: false, because: 'settled' });
    expect(await close({ documentId, outcome: 'settled', now: day(20) })).toMatchObject({ closed: true });
    expect(await close({ documentId, outcome: 'waived', now: day(21) })).toMatchObject({ closed: false });
    expect(await row(documentId)).toMatchObject({ outcome: 'settled', closed_at: day(20), next_stage: null });
  });

  it('that was waived is not chased, though the debt stands', async () => {
    const documentId = await unpaid();
    await open(documentId);
    await close({ documentId, outcome: 'waived', now: day(2) });
    expect(await enter(documentId, 'reminder', day(10))).toEqual({ entered: false, because: 'closed' });
  });

  it('pitfall 19 (Platform #1216): waits while a debit is with the bank', async () => {
    const documentId = await unpaid();
    await noticed(documentId);
    await database.sql
      .insertInto('payment_attempt')
      .values({
        document_id: documentId,
        attempt_no: 1,
        method: 'stripe-sepa',
        amount_cents: 5000,
        state: 'processing',
      })
      .execute();
    const later = new Date(day(10).getTime() + 21_600_000);
    expect(await enter(documentId, 'reminder', day(10))).toMatchObject({
      entered: false,
      because: 'debit-in-flight',
      until: later,
    });
    expect(await row(documentId)).toMatchObject({ stage: 'notice' });
  });

  it('pitfall 20 (woocommerce #1098): that is disputed after it was paid is taken up at the stage it left, without a retry', async () => {
    const documentId = await unpaid();
    await noticed(documentId);
    await enter(documentId, 'reminder', day(10));
    await close({ documentId, outcome: 'settled', now: day(12) });
    const again = await open(documentId, day(50), 'disputed');
    expect(again).toMatchObject({
      opened: false,
      reopened: true,
      look: { next: { stage: 'formal-notice', at: day(70) } },
    });
    expect(await row(documentId)).toMatchObject({
      stage: 'reminder',
      cause: 'disputed',
      closed_at: null,
      outcome: null,
    });
  });

  it('follows the policy of its installation, as it was when the case was opened', async () => {
    const documentId = await unpaid();
    await open(documentId);
    const shorter = {
      ...DEFAULT_POLICY,
      arrears: { ...DEFAULT_POLICY.arrears, noticeAfter: { days: 3 } },
    };
    await database.sql
      .insertInto('installation_policy')
      .values({ installation_id: 'garage', valid_from: '2026-08-01', policy: shorter })
      .execute();
    expect(await open(documentId)).toMatchObject({ look: { next: { at: day(1) } } });
    const newer = await unpaid();
    expect(await open(newer, day(30))).toMatchObject({ look: { next: { at: day(33) } } });
  });

  it('shows its progress', async () => {
    const documentId = await unpaid();
    await open(documentId);
    const progress = { stage: 'opened', since: DUE, nextStage: null, nextActionAt: null, pausedReason: 'payment plan' };
    await recordCaseProgress(database.sql, documentId, progress);
    expect(await row(documentId)).toMatchObject({ paused_reason: 'payment plan', next_stage: null });
    const nowhere = '00000000-0000-7000-8000-000000000000';
    await expect(recordCaseProgress(database.sql, nowhere, progress)).rejects.toThrow('has no arrears case');
  });
});

describe('the letter of a stage', () => {
  it('is in the customer’s language, with what is due now and when what follows', async () => {
    const documentId = await unpaid(123_456, { language: 'en' });
    await noticed(documentId);
    await pay(documentId, 23_456);
    await enter(documentId, 'reminder', day(10));
    const letter = await stageLetter(database.sql, { documentId, stage: 'reminder' });
    expect(letter).toMatchObject({ key: `arrears/${documentId}/reminder`, installationId: 'garage' });
    expect(letter?.recipient).toMatch(/@example\.com$/);
    expect(letter?.body).toContain('€1,000.00 (of €1,234.56 in all');
    expect(letter?.body).toContain('due on 15 July 2026');
    expect(letter?.body).toContain('by 4 August 2026, we send the formal notice');
  });

  it('in Portuguese has Portuguese dates and amounts', async () => {
    const documentId = await unpaid(123_456);
    await open(documentId);
    const letter = await stageLetter(database.sql, { documentId, stage: 'notice' });
    expect(letter?.body).toMatch(/1\s?234,56\s€/);
    expect(letter?.body).toContain('15 de julho de 2026');
  });

  it('is none for a suspension proposal, nor without an address', async () => {
    const documentId = await unpaid(5000, { email: null });
    await open(documentId);
    expect(await stageLetter(database.sql, { documentId, stage: 'reminder' })).toBeNull();
    const other = await unpaid();
    await open(other);
    expect(await stageLetter(database.sql, { documentId: other, stage: 'suspension-proposed' })).toBeNull();
  });
});

describe('what a customer has paid ahead', () => {
  const topUp = async (documentId: string, amountCents: number) => {
    const { customer_id: customerId } = await database.sql
      .selectFrom('fiscal_document')
      .select('customer_id')
      .where('id', '=', documentId)
      .executeTakeFirstOrThrow();
    await recordTopUp(database.sql, { customerId, source: 'bank', amountCents, key: documentId, now: DUE });
  };

  it('pays the invoice before a case is opened', async () => {
    const documentId = await unpaid(5000);
    await topUp(documentId, 6000);
    expect(await open(documentId)).toEqual({ settled: true, installationId: 'garage', suspended: false });
    expect(await dueCents(database.sql, documentId)).toBe(0);
  });

  it('pitfall 14: and before a stage is entered, when it came later; a part of it skips no stage', async () => {
    const documentId = await unpaid(5000, { paymentMethod: 'prepaid' });
    await noticed(documentId, DUE, 'prepaid-too-low');
    await topUp(documentId, 2000);
    expect(await enter(documentId, 'reminder', day(10))).toMatchObject({ entered: true, dueCents: 3000 });
    await recordTransfer(database.sql, { documentId: await paidInvoiceOf(documentId), ...ahead(documentId) });
    expect(await enter(documentId, 'formal-notice', day(20))).toEqual({ entered: false, because: 'settled' });
  });

  /** Another invoice of the same customer, of one euro. */
  async function paidInvoiceOf(documentId: string): Promise<string> {
    const { customer_id: customerId } = await row(documentId);
    return addInvoice(database.sql, { customerId, grossCents: 100 });
  }
  const ahead = (documentId: string) => ({ amountCents: 4000, key: `${documentId}/too-much`, now: DUE });
});

describe('an automatic retry', () => {
  async function attempted(states: readonly { state: string; failure_code: string | null }[]): Promise<string> {
    const documentId = await unpaid(5000, { paymentMethod: 'direct-debit' });
    const { customer_id: customerId } = await database.sql
      .selectFrom('fiscal_document')
      .select('customer_id')
      .where('id', '=', documentId)
      .executeTakeFirstOrThrow();
    await database.sql
      .insertInto('mandate')
      .values({
        customer_id: customerId,
        stripe_setup_intent_id: `seti-${documentId}`,
        status: 'active',
        acceptance: {},
      })
      .execute();
    for (const [index, attempt] of states.entries()) {
      await database.sql
        .insertInto('payment_attempt')
        .values({
          document_id: documentId,
          attempt_no: index + 1,
          method: 'stripe-sepa',
          amount_cents: 5000,
          provider_payment_id: `pi-${documentId}-${index}`,
          ...attempt,
        })
        .execute();
    }
    return documentId;
  }
  const noMoney = { state: 'failed', failure_code: 'insufficient-funds' };

  it.each([
    ['follows a want of money', [noMoney], 'retry'],
    [
      'never follows a dispute, not even of the debit that a person asked for meanwhile',
      [noMoney, { state: 'disputed', failure_code: 'disputed' }],
      'reminder',
    ],
    [
      'does not follow a later debit that failed for good',
      [noMoney, { state: 'failed', failure_code: 'account-closed' }],
      'reminder',
    ],
  ])('%s', async (_name, states, stage) => {
    const documentId = await attempted(states);
    expect(await open(documentId, DUE, 'insufficient-funds')).toMatchObject({ opened: true });
    const { look } = (await enter(documentId, 'notice', day(1))) as { look: CaseLook };
    expect(look.next).toMatchObject({ stage });
  });
});

describe('a dispute that nobody chases', () => {
  it('is found in the books until it is chased, also after a case that was closed as settled', async () => {
    const { sql } = database;
    const disputed = async () => {
      const documentId = await unpaid(5000);
      await sql
        .insertInto('payment_attempt')
        .values({
          document_id: documentId,
          attempt_no: 1,
          method: 'stripe-sepa',
          amount_cents: 5000,
          state: 'disputed',
        })
        .execute();
      return documentId;
    };
    const never = await disputed();
    const settledBefore = await disputed();
    await open(settledBefore);
    await close({ documentId: settledBefore, outcome: 'settled', now: day(1) });
    const waived = await disputed();
    await open(waived);
    await close({ documentId: waived, outcome: 'waived', now: day(1) });
    const chased = await disputed();
    await open(chased);
    const paid = await disputed();
    await pay(paid, 5000);
    const found = await forgottenDisputes(sql);
    expect(found).toEqual(expect.arrayContaining([never, settledBefore]));
    for (const documentId of [waived, chased, paid]) expect(found).not.toContain(documentId);
    for (const documentId of [never, settledBefore]) await open(documentId, day(2), 'disputed');
    expect(await forgottenDisputes(sql)).not.toEqual(expect.arrayContaining([never]));
    expect(await forgottenDisputes(sql)).not.toContain(settledBefore);
  });
});
