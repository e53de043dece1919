import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { dueCents, openDebtCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { postWriteOff } from '#libs/ledger/post-events.js';
import { postTopUp, postTopUpReversed } from '#libs/ledger/post-money.js';
import { camt053 } from '#test/bank-files/camt.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { sandboxControl, type SandboxControl } from '#test/stripe-sandbox/sandbox-control.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { accountVault } from './account-vault.js';
import { importStatement } from './bank/import-statement.js';
import { refreshCheckout } from './checkout/refresh-checkout.js';
import { startCheckout } from './checkout/start-checkout.js';
import { matchBankLines } from './match-bank-lines.js';
import { customerReference, paymentReference } from './payment-reference.js';
import { recordTransfer } from './record-transfer.js';
import { refreshAttempt } from './refresh-attempt.js';
import { registerMandate } from './register-mandate.js';
import { startDebit } from './start-debit.js';
import { openStripe } from './stripe-client.js';
import { writtenOffCents } from './written-off.js';

const NOW = new Date();
const PROCESSING_MS = 3_600_000;

let database: TestDatabase;
let sandbox: RunningSandbox;
let control: SandboxControl;
let stripe: Stripe;
let customers = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
  sandbox = await startSandbox({ processingMs: PROCESSING_MS });
  control = sandboxControl(sandbox.url);
  stripe = openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url });
});
afterAll(async () => {
  await sandbox.close();
  await database.drop();
});

const deps = () => ({ sql: database.sql, stripe });
const newCustomer = () => addCustomer(database.sql, { id: `7${2000 + customers++}` });

async function writeOff(documentId: string): Promise<void> {
  const amountCents = await dueCents(database.sql, documentId);
  const facts = { key: `write-off/${documentId}`, documentId, amountCents, occurredAt: NOW };
  await database.sql.transaction().execute((trx) => postWriteOff(trx, facts));
}

async function debited(customerId: string, documentId: string) {
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
  await registerMandate(deps(), { customerId, key: customerId, acceptance, iban: TEST_IBANS.succeeds, now: NOW });
  const started = await startDebit(deps(), { documentId, attemptNo: 1, now: NOW });
  if ('refused' in started || started.providerPaymentId === null) throw new Error('no debit');
  return started.providerPaymentId;
}

async function pageFor(customerId: string, documentId: string) {
  const pays = { purpose: 'invoices', documentIds: [documentId] } as const;
  const order = { customerId, key: 'page', pays, method: 'card', returnUrl: 'https://x.example', by: 'test' } as const;
  const started = await startCheckout(deps(), { ...order, now: NOW });
  if ('refused' in started) throw new Error(started.refused.code);
  const row = await database.sql
    .selectFrom('checkout')
    .select('provider_session_id as id')
    .where('id', '=', started.checkoutId)
    .executeTakeFirstOrThrow();
  return row.id ?? '';
}

let files = 0;
async function bankSays(cents: number, text: string) {
  files += 1;
  const entries = [{ cents, day: '2026-07-20', reference: `W${files}`, text }];
  const bytes = camt053({ from: '2026-07-20', to: '2026-07-20', openingCents: 0, entries });
  const file = { issuerId: 'issuer', fileName: 'w.xml', bytes, dryRun: false, by: 'ana', now: NOW };
  await importStatement(database.sql, accountVault('a secret of the installation'), file);
  return matchBankLines(database.sql, { issuerId: 'issuer', now: NOW });
}

async function numberOf(documentId: string): Promise<string> {
  const row = await database.sql
    .selectFrom('fiscal_document')
    .select('number_text as numberText')
    .where('id', '=', documentId)
    .executeTakeFirstOrThrow();
  return row.numberText;
}

/** An invoice is given up while its money is on the way; `begin` says how it comes after all. */
async function writtenOffAndPaid(
  begin: (customerId: string, documentId: string) => Promise<() => Promise<unknown>>,
): Promise<void> {
  const customerId = await newCustomer();
  const documentId = await addInvoice(database.sql, { customerId, grossCents: 3000 });
  const comes = await begin(customerId, documentId);
  await writeOff(documentId);
  await comes();
  expect(await writtenOffCents(database.sql, documentId)).toBe(0);
  expect(await dueCents(database.sql, documentId)).toBe(0);
  expect(await prepaidBalanceCents(database.sql, customerId)).toBe(0);
  expect((await checkLedger(database.sql)).problems).toEqual([]);
}

describe('an invoice that was written off and is paid after all is owed again and paid', () => {
  it('by a transfer that staff record', () =>
    writtenOffAndPaid(async (_customerId, documentId) => () => {
      return recordTransfer(database.sql, { documentId, amountCents: 3000, key: documentId, now: NOW });
    }));

  it('by a line of the bank that names it', () =>
    writtenOffAndPaid(async (_customerId, documentId) => async () => {
      const reference = paymentReference({ numberText: await numberOf(documentId) });
      expect((await bankSays(3000, `pagamento ${reference}`)).documentIds).toEqual([documentId]);
    }));

  it('on the provider’s page', () =>
    writtenOffAndPaid(async (customerId, documentId) => {
      const sessionId = await pageFor(customerId, documentId);
      return async () => {
        await control.payCheckout(sessionId, { method: 'card' });
        await refreshCheckout(deps(), { sessionId, now: NOW });
      };
    }));

  it('by a debit that was with the bank', () =>
    writtenOffAndPaid(async (customerId, documentId) => {
      const providerPaymentId = await debited(customerId, documentId);
      return async () => {
        sandbox.advanceClock(PROCESSING_MS);
        await Promise.all([1, 2].map(() => refreshAttempt(deps(), { providerPaymentId, now: NOW })));
      };
    }));
});

describe('money that is paid ahead', () => {
  const owing = async (customerId: string) => {
    const money = { customerId, source: 'stripe', amountCents: 1000, occurredAt: NOW } as const;
    await database.sql.transaction().execute(async (trx) => {
      await postTopUp(trx, { ...money, key: `t/${customerId}` });
      await postTopUpReversed(trx, { ...money, amountCents: 1700, key: `t-back/${customerId}` });
    });
    expect(await openDebtCents(database.sql, customerId)).toBe(700);
    await database.sql
      .insertInto('prepaid_watch')
      .values({ customer_id: customerId, auto_since: NOW, available_cents: 0, looked_at: NOW })
      .execute();
  };
  const expectSettled = async (customerId: string, leftCents: number) => {
    expect(await openDebtCents(database.sql, customerId)).toBe(0);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(leftCents);
    const watch = database.sql.selectFrom('prepaid_watch').select('auto_since').where('customer_id', '=', customerId);
    expect(await watch.executeTakeFirstOrThrow()).toEqual({ auto_since: null });
  };

  it('pays first what is owed for no invoice, and lets a top-up be ordered again: a transfer beyond its invoice', async () => {
    const customerId = await newCustomer();
    await owing(customerId);
    const documentId = await addInvoice(database.sql, { customerId, grossCents: 500 });
    const order = { documentId, amountCents: 1500, key: documentId, now: NOW };
    await Promise.all([recordTransfer(database.sql, order), recordTransfer(database.sql, order)]);
    await expectSettled(customerId, 300);
  });

  it('so a line of the bank with the customer’s reference, and whose account is told', async () => {
    const customerId = await newCustomer();
    await owing(customerId);
    const found = await bankSays(900, customerReference({ customerId }));
    expect(found).toMatchObject({ matched: 1, customerIds: [customerId] });
    await expectSettled(customerId, 200);
  });
});
