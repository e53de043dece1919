import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { dueCents } from '#libs/ledger/balances.js';
import { openCollection } from '#libs/payments/open-collection.js';
import { addTargetDays } from '#libs/payments/sepa/target-days.js';
import { camt053 } from '#test/bank-files/camt.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';

import { bankLinePageSchema, bankLineSchema, sepaBatchSchema, statementAnswerSchema } from './api-types.js';
import { runApi, type Caller, type RunningApi } from './testing/running-api.js';

const DAY = '2026-07-20';
let database: TestDatabase;
let api: RunningApi;
let staff: Caller;
let documentId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await runApi(database);
  staff = await api.token('staff');
  await addInstallation(database.sql);
  await addCustomer(database.sql, { id: '1001', paymentMethod: 'transfer' });
  documentId = await addInvoice(database.sql, { customerId: '1001', grossCents: 3000 });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});
beforeEach(() => api.workflows.reset());

const upload = (entries: Parameters<typeof camt053>[0]['entries'], more: { closingCents?: number } = {}) => ({
  issuerId: 'issuer',
  fileName: 'july.xml',
  contentBase64: camt053({ from: DAY, to: DAY, openingCents: 0, entries, ...more }).toString('base64'),
});
const send = async (body: unknown, query = '') => {
  const answer = await staff.post(`/api/v1/bank/statements${query}`, body);
  expect(answer.status).toBe(200);
  return statementAnswerSchema.parse(answer.body);
};
const lines = async (state = 'open') => {
  const answer = await staff.get(`/api/v1/bank/lines?issuerId=issuer&state=${state}`);
  return bankLinePageSchema.parse(answer.body).items;
};

describe('bank statements', () => {
  it('are looked at, imported once, matched where certain, and the workflows are told, again after an outage', async () => {
    const body = upload([
      { cents: 3000, day: DAY, reference: 'B1', text: 'FT T2026/1' },
      { cents: 500, day: DAY, reference: 'B2', text: 'cliente 1001' },
      { cents: -100, day: DAY, reference: 'B3', text: 'fee' },
    ]);
    expect(await send(body, '?dryRun=true')).toMatchObject({
      imported: false,
      dryRun: true,
      statements: [{ newLines: 3 }],
    });
    expect(await lines('all')).toEqual([]);
    api.workflows.isAway = true;
    expect((await staff.post('/api/v1/bank/statements', body)).status).toBe(503);
    expect(await dueCents(database.sql, documentId)).toBe(0);
    api.workflows.isAway = false;
    expect(await send(body)).toMatchObject({ imported: true, matched: 0, left: 1, statements: [{ newLines: 0 }] });
    expect(api.workflows.signals).toEqual([`ledgerChanged ${documentId}`]);
  });

  it('say what is wrong and where, and nothing is kept', async () => {
    const answer = await send(upload([{ cents: 1, day: DAY }], { closingCents: 7 }));
    expect(answer).toMatchObject({ imported: false, statements: [] });
    expect(answer.problems[0]?.message).toContain('do not make the closing balance');
  });

  it('show what is open with proposals; a person matches, takes back, and gives back', async () => {
    const [open] = await lines();
    expect(open).toMatchObject({ amountCents: 500, openCents: 500, proposals: [{ foundBy: 'customer-number' }] });
    const path = `/api/v1/bank/lines/${open?.lineId}`;
    const parts = [{ customerId: '1001', documentId: null, amountCents: 500 }];
    const matched = await staff.post(`${path}/match`, { parts }, { 'idempotency-key': 'one' });
    const after = bankLineSchema.parse(matched.body);
    expect(after).toMatchObject({ openCents: 0, decisions: [{ kind: 'matched', foundBy: 'person', undone: false }] });
    const again = await staff.post(`${path}/match`, { parts }, { 'idempotency-key': 'two' });
    expect([again.status, again.body]).toMatchObject([409, { type: '/problems/bank-parts-exceed-line' }]);
    const decisionId = after.decisions[0]?.decisionId;
    expect((await staff.post(`${path}/undo`, { decisionId, reason: 'not theirs' })).status).toBe(200);
    const back = await staff.post(`${path}/decide`, { kind: 'returned', reason: 'unknown payer' });
    expect(bankLineSchema.parse(back.body)).toMatchObject({ openCents: 0 });
    expect(await lines()).toEqual([]);
    expect(await lines('all')).toHaveLength(3);
    const audit = await database.sql
      .selectFrom('audit_entry')
      .select('action')
      .where('action', 'like', 'bank.%')
      .execute();
    expect(audit.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['bank.import-statement', 'bank.match', 'bank.undo', 'bank.returned']),
    );
  });

  it('are for staff alone, and so are direct debit files: every operation', async () => {
    const id = '0190aaaa-0000-7000-8000-000000000000';
    const file = { issuerId: 'issuer', fileName: 'x', contentBase64: 'eA==' };
    const mandate = { issuerId: 'issuer', customerId: '1001', signedOn: DAY, iban: 'x', evidence: 'x' };
    const operations: readonly (readonly [path: string, body?: unknown])[] = [
      ['bank/issuers'],
      ['bank/lines?issuerId=issuer'],
      ['bank/open-invoices?issuerId=issuer'],
      ['bank/statements', file],
      [`bank/lines/${id}/match`, { parts: [{ customerId: '1001', documentId: null, amountCents: 1 }] }],
      [`bank/lines/${id}/decide`, { kind: 'returned', reason: 'x' }],
      [`bank/lines/${id}/undo`, { decisionId: id, reason: 'x' }],
      ['sepa/batches?issuerId=issuer'],
      ['sepa/batches', { issuerId: 'issuer', collectionDate: DAY }],
      [`sepa/batches/${id}/sent`, {}],
      ['sepa/reports', file],
      ['sepa/creditors?issuerId=issuer'],
      ['sepa/mandates?issuerId=issuer'],
      ['sepa/creditors', { issuerId: 'issuer', validFrom: DAY, creditorId: 'x' }],
      ['sepa/mandates', mandate],
      [`sepa/mandates/${id}/end`, { reason: 'x' }],
    ];
    const asked = (caller: Caller, [path, body]: (typeof operations)[number]) =>
      body === undefined ? caller.get(`/api/v1/${path}`) : caller.post(`/api/v1/${path}`, body);
    for (const role of ['manager', 'resident', 'installer'] as const) {
      const caller = await api.user(role, { condominiumId: 'condo', customerId: '1001' });
      for (const operation of operations) expect((await asked(caller, operation)).status).toBe(403);
    }
    expect((await api.call('/api/v1/bank/issuers')).status).toBe(401);
    const { body } = await api.call('/api/openapi.json');
    const { paths } = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) }).parse(body);
    const documented = Object.entries(paths).filter(([path]) => /^\/api\/v1\/(bank|sepa)\//.test(path));
    expect(documented.flatMap(([, methods]) => Object.keys(methods))).toHaveLength(operations.length);
  });
});

describe('direct debit files', () => {
  it('are made, downloaded, marked as sent; the bank’s answer is read and the workflow told', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const terms = { issuerId: 'issuer', validFrom: '2026-07-01', creditorId: 'PT73ZZZ123456' };
    expect((await staff.post('/api/v1/sepa/creditors', { ...terms, creditorId: 'PT74ZZZ123456' })).status).toBe(409);
    expect((await staff.post('/api/v1/sepa/creditors', terms)).status).toBe(200);
    await addCustomer(database.sql, { id: '1002' });
    const debited = await addInvoice(database.sql, { customerId: '1002', grossCents: 700 });
    await openCollection(database.sql, { documentId: debited, workflowId: `collection/${debited}`, now: new Date() });
    const mandate = { issuerId: 'issuer', customerId: '1002', signedOn: '2026-01-10', evidence: 'folder 1' };
    const iban = 'PT50000201231234567890154';
    const registered = await staff.post('/api/v1/sepa/mandates', { ...mandate, iban });
    expect(registered.body).toMatchObject({ reference: 'ADC-1002-1', ibanLast4: '0154' });
    const collectionDate = addTargetDays(today, 2);
    const made = await staff.post('/api/v1/sepa/batches', { issuerId: 'issuer', collectionDate });
    const batch = sepaBatchSchema.parse(made.body);
    expect(batch).toMatchObject({ state: 'written', debits: 1, sumCents: 700 });
    const file = await staff.get(`/api/v1/files/${batch.fileId}`);
    expect(file.text).toContain(iban);
    const manager = await api.user('manager', { condominiumId: 'condo' });
    expect((await manager.get(`/api/v1/files/${batch.fileId}`)).status).toBe(404);
    expect((await staff.post(`/api/v1/sepa/batches/${batch.batchId}/sent`, {})).body).toMatchObject({ state: 'sent' });
    expect((await staff.post(`/api/v1/sepa/batches/${batch.batchId}/withdraw`, {})).status).toBe(409);
    const report = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId></GrpHdr>
      <OrgnlGrpInfAndSts><OrgnlMsgId>${batch.messageId}</OrgnlMsgId><GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>
      </OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>`;
    const answer = { issuerId: 'issuer', fileName: 'p.xml', contentBase64: Buffer.from(report).toString('base64') };
    expect((await staff.post('/api/v1/sepa/reports', answer)).body).toMatchObject({ accepted: 0, rejected: 1 });
    expect(api.workflows.signals).toEqual([`ledgerChanged ${debited}`, `paymentChanged ${debited}`]);
    const wrong = { ...answer, contentBase64: Buffer.from('<a/>').toString('base64') };
    expect((await staff.post('/api/v1/sepa/reports', wrong)).status).toBe(400);
    const audited = await database.sql
      .selectFrom('audit_entry')
      .selectAll()
      .where('action', 'like', 'sepa.%')
      .execute();
    expect(JSON.stringify(audited)).not.toContain(iban);
  });
});
