import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { dueCents, pendingCentsOf, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { postWriteOff } from '#libs/ledger/post-events.js';
import { camt053, type CamtEntry } from '#test/bank-files/camt.js';
import { validateXml } from '#test/schemas/validate-xml.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';

import { accountVault } from '../account-vault.js';
import { importStatement } from '../bank/import-statement.js';
import { collectionFacts } from '../collection-facts.js';
import { lookAtDebitByRail, startDebitByRail } from '../debit-by-rail.js';
import { matchBankLines } from '../match-bank-lines.js';
import { openCollection } from '../open-collection.js';
import { recordTransfer } from '../record-transfer.js';
import { writtenOffCents } from '../written-off.js';
import { applyStatusReport } from './apply-report.js';
import { markBatchSent, withdrawBatch } from './batch-states.js';
import { sepaPaymentId } from './claim-debit.js';
import { createSepaBatch } from './create-batch.js';
import { setSepaCreditor } from './creditors.js';
import { endSepaMandate, registerSepaMandate } from './mandates.js';
import { lineCredits } from './match-file-lines.js';
import { sepaIdOf } from './sepa-text.js';
import { addTargetDays, isTargetDay } from './target-days.js';

const NOW = new Date('2026-07-15T09:00:00Z');
const IBAN = 'PT50000201231234567890154';
const ISSUER = 'issuer';
const vault = accountVault('a secret of the installation');
const noStripe = new Proxy({} as Stripe, {
  get: () => {
    throw new Error('the provider was asked');
  },
});

let database: TestDatabase;
let customers = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
  await terms('statement');
});
afterAll(() => database.drop());

async function terms(settleBy: 'statement' | 'return-window') {
  const set = await setSepaCreditor(database.sql, {
    issuerId: ISSUER,
    validFrom: '2026-07-01',
    validUntil: null,
    creditorId: 'PT73ZZZ123456',
    iban: null,
    bic: null,
    version: 'pain.008.001.02',
    leadDays: 1,
    settleBy,
    returnWindowDays: 5,
  });
  if ('refused' in set) throw new Error(set.refused.code);
}

async function debtor(...grossCents: number[]) {
  const customerId = await addCustomer(database.sql, { id: `8${1000 + customers++}` });
  const order = { issuerId: ISSUER, customerId, reference: null, kind: 'recurring', signedOn: '2026-01-10' } as const;
  const evidence = { paper: 'folder 1' };
  const rest = { accountHolder: null, iban: IBAN, bic: null, evidence, by: 'ana', now: NOW };
  const mandate = await registerSepaMandate(database.sql, vault, { ...order, ...rest });
  if ('refused' in mandate) throw new Error(mandate.refused.code);
  const documentIds: string[] = [];
  for (const gross of grossCents) {
    const id = await addInvoice(database.sql, { customerId, grossCents: gross });
    await openCollection(database.sql, { documentId: id, workflowId: `collection/${id}`, now: NOW });
    documentIds.push(id);
  }
  return { customerId, mandate, documentIds, documentId: documentIds[0] ?? '' };
}

const deps = () => ({ sql: database.sql, stripe: noStripe });
const start = (documentId: string, attemptNo = 1) => startDebitByRail(deps(), { documentId, attemptNo, now: NOW });
const due = (documentId: string) => dueCents(database.sql, documentId);
const look = (documentId: string, attemptId: string, now = NOW) =>
  lookAtDebitByRail(deps(), { documentId, providerPaymentId: sepaPaymentId(attemptId), now });

async function batchOf(collectionDate: string, key: string, now = NOW) {
  const created = await createSepaBatch(database.sql, vault, { issuerId: ISSUER, collectionDate, key, by: 'ana', now });
  if ('refused' in created) throw new Error(created.refused.code);
  return created.batch;
}

async function contentOf(fileId: string | null): Promise<string> {
  const { bytes } = await database.sql
    .selectFrom('stored_file')
    .select('bytes')
    .where('id', '=', fileId ?? '')
    .executeTakeFirstOrThrow();
  return Buffer.from(bytes).toString();
}

async function attemptOf(documentId: string) {
  return database.sql
    .selectFrom('payment_attempt')
    .innerJoin('sepa_debit', 'sepa_debit.attempt_id', 'payment_attempt.id')
    .where('payment_attempt.document_id', '=', documentId)
    .orderBy('attempt_no', 'desc')
    .select([
      'payment_attempt.id',
      'payment_attempt.state',
      'failure_code as cause',
      'sequence_type as sequenceType',
      'amount_cents as cents',
    ])
    .executeTakeFirstOrThrow();
}

let statements = 0;
async function bankSays(day: string, entries: readonly Omit<CamtEntry, 'day'>[], now = new Date(`${day}T20:00:00Z`)) {
  statements += 1;
  const dated = entries.map((entry, index) => ({ ...entry, day, reference: `S${statements}-${index}` }));
  const bytes = camt053({ version: '08', from: day, to: day, openingCents: 0, entries: dated });
  const file = { issuerId: ISSUER, fileName: 's.xml', bytes, dryRun: false, by: 'ana', now };
  const imported = await importStatement(database.sql, vault, file);
  expect(imported.problems).toEqual([]);
  return matchBankLines(database.sql, { issuerId: ISSUER, now });
}

const report = (messageId: string, inside: string) =>
  Buffer.from(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId></GrpHdr>
  <OrgnlGrpInfAndSts><OrgnlMsgId>${messageId}</OrgnlMsgId></OrgnlGrpInfAndSts>${inside}</CstmrPmtStsRpt></Document>`);

async function expectBalanced(): Promise<void> {
  expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
}

it('counts in days on which banks settle', () => {
  expect(['2026-04-03', '2026-04-06', '2026-05-01', '2026-07-18', '2026-12-26'].map(isTargetDay)).toEqual(
    Array(5).fill(false),
  );
  expect(isTargetDay('2026-06-10')).toBe(true); // a Portuguese holiday is none of TARGET's
  expect(addTargetDays('2026-07-17', 1)).toBe('2026-07-20');
  expect(addTargetDays('2026-04-02', 2)).toBe('2026-04-08');
  expect(addTargetDays('2026-07-18', 0)).toBe('2026-07-20');
});

describe('a direct debit by the own bank', () => {
  it('waits in line without asking the provider, goes in a valid file once, and is paid when the bank credits it', async () => {
    const { customerId, documentIds, documentId } = await debtor(2500, 1500);
    expect(await collectionFacts(database.sql, documentId)).toMatchObject({ hasMandate: true, mandateLast4: '0154' });
    const [first, again] = [await start(documentId), await start(documentId)];
    expect(first).toMatchObject({ state: 'processing' });
    expect(again).toEqual(first);
    expect(await start(documentId, 2)).toMatchObject({ refused: { code: 'DEBIT.IN_FLIGHT' } });
    const batch = await batchOf('2026-07-17', 'b1');
    expect(await batchOf('2026-07-17', 'b1')).toEqual(batch);
    const content = await contentOf(batch.file_id);
    expect(await validateXml('pain.008.001.02', [content])).toEqual([]);
    expect(batch).toMatchObject({ state: 'written', debits: 2, sum_cents: 4000 });
    const attempts = [await attemptOf(documentIds[0] ?? ''), await attemptOf(documentIds[1] ?? '')];
    expect(attempts.map(({ sequenceType }) => sequenceType)).toEqual(['FRST', 'RCUR']);
    for (const { id } of attempts) expect(content).toContain(`<EndToEndId>${sepaIdOf(id)}</EndToEndId>`);
    expect(content).toContain(IBAN);
    expect(
      await database.sql
        .selectFrom('sepa_mandate')
        .select('iban_sealed')
        .where('customer_id', '=', customerId)
        .executeTakeFirstOrThrow(),
    ).not.toEqual({ iban_sealed: expect.stringContaining('90154') });
    await markBatchSent(database.sql, { batchId: batch.id, by: 'ana', now: NOW });
    expect(await look(documentId, attempts[0]?.id ?? '')).toMatchObject({ state: 'processing' });
    expect([...(await pendingCentsOf(database.sql, documentIds)).values()]).toEqual([2500, 1500]);
    const news = await bankSays('2026-07-17', [{ cents: 4000, text: 'COBRANCAS SEPA' }]);
    expect(news).toMatchObject({ matched: 1, left: 0 });
    expect(news.payments.map((told) => told.documentId).toSorted()).toEqual(documentIds.toSorted());
    expect([await due(documentIds[0] ?? ''), await due(documentIds[1] ?? '')]).toEqual([0, 0]);
    expect(await look(documentId, attempts[0]?.id ?? '')).toMatchObject({ state: 'succeeded' });
    expect([...(await pendingCentsOf(database.sql, documentIds)).values()]).toEqual([0, 0]);
    expect((await bankSays('2026-07-17', [])).matched).toBe(0);
    await expectBalanced();
  });

  it('of an invoice that was written off meanwhile pays it after all', async () => {
    const { customerId, documentId } = await debtor(1700);
    const batch = await batchOf('2026-07-16', 'b-given-up');
    await markBatchSent(database.sql, { batchId: batch.id, by: 'ana', now: NOW });
    const facts = { key: `write-off/${documentId}`, documentId, amountCents: 1700, occurredAt: NOW };
    await database.sql.transaction().execute((trx) => postWriteOff(trx, facts));
    const { id } = await attemptOf(documentId);
    expect(await bankSays('2026-07-16', [{ cents: 1700, text: `SEPA ${batch.message_id}` }])).toMatchObject({
      matched: 1,
    });
    expect(await look(documentId, id)).toMatchObject({ state: 'succeeded' });
    expect([await due(documentId), await writtenOffCents(database.sql, documentId)]).toEqual([0, 0]);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(0);
    await expectBalanced();
  });

  it('of a credit whose booking was cut off is taken up again', async () => {
    const pair = [await debtor(1110), await debtor(2220)];
    const batch = await batchOf('2026-07-16', 'b-cut');
    await markBatchSent(database.sql, { batchId: batch.id, by: 'ana', now: NOW });
    const [first, second] = [await attemptOf(pair[0]?.documentId ?? ''), await attemptOf(pair[1]?.documentId ?? '')];
    const day = '2026-07-16';
    const entries = [{ cents: 3330, day, reference: 'CUT', text: `SEPA ${batch.message_id}` }];
    const bytes = camt053({ version: '08', from: day, to: day, openingCents: 0, entries });
    await importStatement(database.sql, vault, {
      issuerId: ISSUER,
      fileName: 'cut.xml',
      bytes,
      dryRun: false,
      by: 'ana',
      now: NOW,
    });
    const lines = database.sql.selectFrom('bank_line').selectAll().where('amount_cents', '=', 3330);
    await lineCredits(database.sql, {
      line: await lines.executeTakeFirstOrThrow(),
      attemptIds: [first.id],
      now: NOW,
    });
    expect([await due(pair[0]?.documentId ?? ''), await due(pair[1]?.documentId ?? '')]).toEqual([0, 2220]);
    expect(await matchBankLines(database.sql, { issuerId: ISSUER, now: NOW })).toMatchObject({ matched: 1 });
    expect(await look(pair[1]?.documentId ?? '', second.id)).toMatchObject({ state: 'succeeded' });
    expect(await due(pair[1]?.documentId ?? '')).toBe(0);
    expect(await matchBankLines(database.sql, { issuerId: ISSUER, now: NOW })).toMatchObject({ matched: 0 });
    await expectBalanced();
  });

  it('is rejected by the report with its reason, once, and the rest of the sum is credited', async () => {
    const [poor, rich] = [await debtor(1000), await debtor(2000)];
    const batch = await batchOf('2026-07-20', 'b2');
    await markBatchSent(database.sql, { batchId: batch.id, by: 'ana', now: NOW });
    const attempt = await attemptOf(poor.documentId);
    const bytes = report(
      batch.message_id,
      `<OrgnlPmtInfAndSts><OrgnlPmtInfId>${batch.message_id}-FRST</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>
      <TxInfAndSts><OrgnlEndToEndId>${sepaIdOf(attempt.id)}</OrgnlEndToEndId><TxSts>RJCT</TxSts>
      <StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>`,
    );
    const order = { issuerId: ISSUER, bytes, now: NOW };
    expect(await applyStatusReport(database.sql, order)).toMatchObject({
      accepted: 1,
      rejected: 1,
      unknown: [],
      news: [{ documentId: poor.documentId, chase: null }],
    });
    expect(await applyStatusReport(database.sql, order)).toMatchObject({ news: [{ documentId: poor.documentId }] });
    expect(await look(poor.documentId, attempt.id)).toMatchObject({
      state: 'failed',
      failureCode: 'insufficient-funds',
    });
    await bankSays('2026-07-20', [{ cents: 2000, text: batch.message_id }]);
    expect([await due(poor.documentId), await due(rich.documentId)]).toEqual([1000, 0]);
    // The next debit is the mandate's first again.
    await start(poor.documentId, 2);
    const next = await batchOf('2026-07-21', 'b2b');
    expect(await attemptOf(poor.documentId)).toMatchObject({ sequenceType: 'FRST', state: 'processing' });
    await withdrawBatch(database.sql, { batchId: next.id, by: 'ana', now: NOW });
    await batchOf('2026-07-22', 'b2c');
    expect(await attemptOf(poor.documentId)).toMatchObject({ state: 'processing' });
    await bankSays('2026-07-22', [{ cents: 1000, text: 'x' }]);
    expect(await due(poor.documentId)).toBe(0);
    await expectBalanced();
  });

  it('that comes back after it was paid is owed again like a dispute, what it paid ahead too', async () => {
    const { customerId, documentId } = await debtor(3000);
    const batch = await batchOf('2026-07-20', 'b3');
    const { id } = await attemptOf(documentId);
    // A transfer arrived while the debit was with the bank: the debit then pays ahead (gameserverapp/Platform #1216).
    await recordTransfer(database.sql, { documentId, amountCents: 1200, key: 't', now: NOW });
    await bankSays('2026-07-20', [{ cents: 3000, endToEndId: sepaIdOf(id) }]);
    expect([await due(documentId), await prepaidBalanceCents(database.sql, customerId)]).toEqual([0, 1200]);
    const news = await bankSays('2026-08-20', [{ cents: -3000, endToEndId: sepaIdOf(id), returnCode: 'MD06' }]);
    expect(news.payments).toEqual([{ documentId, providerPaymentId: sepaPaymentId(id), chase: 'disputed' }]);
    expect([await due(documentId), await prepaidBalanceCents(database.sql, customerId)]).toEqual([1800, 0]);
    expect(await attemptOf(documentId)).toMatchObject({ state: 'disputed', cause: 'disputed' });
    expect((await bankSays('2026-08-21', [])).payments).toEqual([]);
    expect(batch.debits).toBe(1);
    await expectBalanced();
  });

  it('that comes back before the credit was matched has failed, and the credit still fits to the cent', async () => {
    const [back, paid] = [await debtor(700), await debtor(800)];
    const batch = await batchOf('2026-07-23', 'b4');
    const { id } = await attemptOf(back.documentId);
    await bankSays('2026-07-24', [{ cents: -700, endToEndId: sepaIdOf(id), returnCode: 'AC04' }]);
    expect(await attemptOf(back.documentId)).toMatchObject({ state: 'failed', cause: 'account-closed' });
    await bankSays('2026-07-23', [{ cents: 1500, paymentInformationId: `${batch.message_id}-FRST` }]);
    expect([await due(back.documentId), await due(paid.documentId)]).toEqual([700, 0]);
    await expectBalanced();
  });

  it('is not made for what was paid meanwhile, nor under a mandate that has ended', async () => {
    const [paid, part, ended] = [await debtor(900), await debtor(900), await debtor(900)];
    for (const { documentId } of [paid, part, ended]) await start(documentId);
    await recordTransfer(database.sql, { documentId: paid.documentId, amountCents: 900, key: 'm1', now: NOW });
    await recordTransfer(database.sql, { documentId: part.documentId, amountCents: 500, key: 'm2', now: NOW });
    await endSepaMandate(database.sql, { mandateId: ended.mandate.mandateId, reason: 'moved', now: NOW });
    const order = { issuerId: ISSUER, collectionDate: '2026-07-24', key: 'b5', by: 'ana', now: NOW };
    const created = await createSepaBatch(database.sql, vault, order);
    expect(created).toMatchObject({ batch: { debits: 1, sum_cents: 400 } });
    expect(created.news.map(({ documentId }) => documentId).toSorted()).toEqual(
      [paid.documentId, ended.documentId].toSorted(),
    );
    expect(await attemptOf(paid.documentId)).toMatchObject({ state: 'cancelled' });
    expect(await attemptOf(ended.documentId)).toMatchObject({ state: 'failed', cause: 'mandate-inactive' });
    expect(await start(ended.documentId, 2)).toMatchObject({ refused: { code: 'MANDATE.NOT_FOUND' } });
    const { id } = await attemptOf(part.documentId);
    await bankSays('2026-07-24', [{ cents: 400, endToEndId: sepaIdOf(id) }]);
    expect(await due(part.documentId)).toBe(0);
  });

  it('is paid when its return window has passed, where the terms say so; the credit that comes later is no second payment', async () => {
    await terms('return-window');
    const { documentId } = await debtor(600);
    const batch = await batchOf('2026-07-20', 'b6');
    const { id } = await attemptOf(documentId);
    const at = (day: string) => new Date(`${day}T09:00:00Z`);
    expect(await look(documentId, id, at('2026-07-28'))).toMatchObject({ state: 'processing' }); // never sent
    await markBatchSent(database.sql, { batchId: batch.id, by: 'ana', now: NOW });
    expect(await look(documentId, id, at('2026-07-27'))).toMatchObject({ state: 'processing' });
    expect(await look(documentId, id, at('2026-07-28'))).toMatchObject({ state: 'succeeded' });
    expect(await due(documentId)).toBe(0);
    await bankSays('2026-07-20', [{ cents: 600, text: 'sepa' }], at('2026-07-29'));
    await bankSays('2026-07-30', [{ cents: -600, endToEndId: sepaIdOf(id), returnCode: 'AM04' }]);
    expect(await due(documentId)).toBe(600);
    expect(await attemptOf(documentId)).toMatchObject({ state: 'failed', cause: 'insufficient-funds' });
    await terms('statement');
    await expectBalanced();
  });

  it('is claimed once by two batches at once, and a batch that stopped is taken up again', async () => {
    const made = await Promise.all([debtor(100), debtor(200), debtor(300)]);
    const results = await Promise.allSettled([batchOf('2026-07-27', 'p1'), batchOf('2026-07-27', 'p2')]);
    const rows = await database.sql
      .selectFrom('sepa_debit')
      .innerJoin('payment_attempt', 'payment_attempt.id', 'sepa_debit.attempt_id')
      .where(
        'document_id',
        'in',
        made.map(({ documentId }) => documentId),
      )
      .select(['sepa_debit.state', 'batch_id'])
      .execute();
    expect(rows).toHaveLength(3);
    expect(rows.every(({ state }) => state === 'presented')).toBe(true);
    const written = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(written.reduce((sum, batch) => sum + batch.sum_cents, 0)).toBe(600);
  });

  it('is the answer to the same request, also when the bank would take no such date any more', async () => {
    await debtor(100);
    const made = await batchOf('2026-07-27', 'again');
    expect(await batchOf('2026-07-27', 'again', new Date('2026-07-26T10:00:00Z'))).toEqual(made);
  });

  it('refuses a date that the bank would', async () => {
    const code = async (collectionDate: string) => {
      const order = { issuerId: ISSUER, collectionDate, key: `d-${collectionDate}`, by: 'ana', now: NOW };
      const created = await createSepaBatch(database.sql, vault, order);
      return 'refused' in created ? created.refused.code : null;
    };
    expect(await code('2026-07-18')).toBe('DATE_NOT_A_BANK_DAY');
    expect(await code('2026-07-15')).toBe('DATE_TOO_SOON');
    expect(await code('2026-12-01')).toBe('DATE_TOO_FAR');
    expect(await code('2026-02-30')).toBe('DATE_INVALID');
    expect(await code('2026-06-30')).toBe('NOT_BY_OWN_BANK');
    expect(await code('2026-08-03')).toBe('NOTHING_TO_COLLECT');
  });
});

describe('a mandate', () => {
  it('takes the place of the former one, its reference is used once, and what is wrong is refused', async () => {
    const { customerId, mandate } = await debtor();
    const order = {
      issuerId: ISSUER,
      customerId,
      reference: 'UMR-1',
      kind: 'recurring',
      signedOn: '2026-07-01',
      accountHolder: 'Mãe',
      iban: IBAN,
      bic: null,
      evidence: {},
      by: 'ana',
      now: NOW,
    } as const;
    const register = (changed: object) => registerSepaMandate(database.sql, vault, { ...order, ...changed });
    expect(await register({})).toMatchObject({ reference: 'UMR-1', ibanLast4: '0154' });
    const rows = await database.sql
      .selectFrom('sepa_mandate')
      .select(['id', 'status'])
      .where('customer_id', '=', customerId)
      .execute();
    expect(rows).toContainEqual({ id: mandate.mandateId, status: 'inactive' });
    expect(rows.filter(({ status }) => status === 'active')).toHaveLength(1);
    for (const [changed, code] of [
      [{}, 'REFERENCE_USED'],
      [{ iban: 'PT50' }, 'IBAN_INVALID'],
      [{ signedOn: '2026-07-16' }, 'DATE_INVALID'],
      [{ reference: 'with space' }, 'REFERENCE_INVALID'],
      [{ customerId: 'nobody' }, 'CUSTOMER_NOT_FOUND'],
    ] as const) {
      expect(await register(changed)).toEqual({ refused: { code } });
    }
  });
});
