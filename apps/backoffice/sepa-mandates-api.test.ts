import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, ISSUER_IBAN } from '#test/stripe-sandbox/invoice-fixture.js';

import { sepaMandateSchema, sepaTermsPageSchema, storedMandatePageSchema } from './api-types.js';
import { runApi, type Caller, type RunningApi } from './testing/running-api.js';

const IBAN = 'PT50000201231234567890154';
let database: TestDatabase;
let api: RunningApi;
let staff: Caller;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await runApi(database);
  staff = await api.token('staff');
  await addInstallation(database.sql);
  for (const id of ['1001', '1002']) await addCustomer(database.sql, { id });
  const elsewhere = { address: 'x', postal_code: '1', city: 'x', nif: '500000001', manager_email: 'g@example.com' };
  await database.sql
    .insertInto('condominium')
    .values({ id: 'other', name: 'Outro', manager_name: 'G', ...elsewhere })
    .execute();
  const stranger = { id: '2001', condominium_id: 'other', name: 'Cliente 2001' };
  await database.sql.insertInto('customer').values(stranger).execute();
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const problem = (code: string) => ({ status: 409, body: { type: `/problems/${code}` } });

async function auditOf(action: string) {
  return database.sql.selectFrom('audit_entry').selectAll().where('action', '=', action).orderBy('id').execute();
}

describe('the terms of an issuer with its own bank', () => {
  const terms = { issuerId: 'issuer', validFrom: '2026-07-01', creditorId: 'pt73 zzz 123456' };
  const set = (changed: object) => staff.post('/api/v1/sepa/creditors', { ...terms, ...changed });
  const list = async (query = '') =>
    sepaTermsPageSchema.parse((await staff.get(`/api/v1/sepa/creditors?issuerId=issuer${query}`)).body);

  it('are listed, the latest first, by pages, with the account masked; the same day again corrects them', async () => {
    expect((await list()).items).toEqual([]);
    expect((await set({})).status).toBe(200);
    expect((await set({ validFrom: '2027-01-01', iban: IBAN, settleBy: 'return-window' })).status).toBe(200);
    expect((await set({ leadDays: 2, validUntil: '2026-12-01' })).status).toBe(200);
    const { items } = await list();
    expect(items).toMatchObject([
      { validFrom: '2027-01-01', ibanLast4: '0154', ofIssuer: false, settleBy: 'return-window', leadDays: 1 },
      {
        validFrom: '2026-07-01',
        validUntil: '2026-12-01',
        creditorId: 'PT73ZZZ123456',
        ibanLast4: ISSUER_IBAN.slice(-4),
        ofIssuer: true,
        leadDays: 2,
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(IBAN);
    const first = await list('&limit=1');
    expect(first.items).toEqual(items.slice(0, 1));
    const second = await list(`&limit=1&cursor=${first.nextCursor}`);
    expect(second).toEqual({ items: items.slice(1), nextCursor: null });
  });

  it('tell what they were before in the audit, without the account', async () => {
    const [began, , corrected] = await auditOf('sepa.set-creditor');
    expect(began).toMatchObject({ subject: 'issuer/issuer', before: null, after: { leadDays: 1 } });
    expect(corrected).toMatchObject({ before: { leadDays: 1, validUntil: null }, after: { leadDays: 2 } });
    expect(JSON.stringify(await auditOf('sepa.set-creditor'))).not.toContain(IBAN);
  });

  it.each([
    [{ creditorId: 'PT74ZZZ123456' }, 'sepa-creditor-id-invalid'],
    [{ iban: 'PT50000201231234567890155' }, 'iban-invalid'],
    [{ bic: 'NOBIC' }, 'bic-invalid'],
    [{ validUntil: '2026-07-01' }, 'sepa-terms-dates'],
  ])('are refused when wrong: %j', async (changed, code) => {
    expect(await set(changed)).toMatchObject(problem(code));
  });

  it('are of an issuer that is there, and of days', async () => {
    expect((await set({ issuerId: 'nobody' })).status).toBe(404);
    expect((await set({ leadDays: 31 })).status).toBe(400);
    expect((await staff.get('/api/v1/sepa/creditors')).status).toBe(400);
    expect((await staff.get('/api/v1/sepa/creditors?issuerId=issuer&cursor=x')).status).toBe(400);
  });
});

describe('mandates for the own bank', () => {
  const signed = { issuerId: 'issuer', signedOn: '2026-01-10', evidence: 'pasta 7', iban: IBAN };
  const register = (order: object) => staff.post('/api/v1/sepa/mandates', { ...signed, ...order });
  const list = async (query = '') =>
    storedMandatePageSchema.parse((await staff.get(`/api/v1/sepa/mandates?issuerId=issuer${query}`)).body);
  const customersOf = async (query: string) => (await list(query)).items.map(({ customerId }) => customerId);

  it('are listed by pages, looked for by customer and reference, and show the last four of the account', async () => {
    expect((await register({ customerId: '1001', reference: 'UMR-1' })).status).toBe(200);
    const replaced = await register({ customerId: '1001', accountHolder: 'Mãe', kind: 'one-off', bic: 'CGDIPTPL' });
    expect(sepaMandateSchema.parse(replaced.body)).toMatchObject({ reference: 'ADC-1001-2', ibanLast4: '0154' });
    expect((await register({ customerId: '1002' })).status).toBe(200);
    const { items } = await list();
    expect(items).toMatchObject([
      { customerId: '1002', reference: 'ADC-1002-1', status: 'active', accountHolder: 'Cliente 1002' },
      { customerId: '1001', accountHolder: 'Mãe', kind: 'one-off', bic: 'CGDIPTPL', inactiveAt: null },
      { reference: 'UMR-1', status: 'inactive', inactiveReason: 'replaced by ADC-1001-2' },
    ]);
    expect(items[0]).toMatchObject({ evidence: 'pasta 7', lastCollectedOn: null, lapsesOn: '2029-01-10' });
    expect(JSON.stringify(items)).not.toContain(IBAN.slice(0, -4));
    expect(await customersOf('&state=active')).toEqual(['1002', '1001']);
    expect((await list('&state=inactive&words=umr')).items).toEqual(items.slice(2));
    expect(await customersOf('&words=cliente+1002')).toEqual(['1002']);
    expect(await customersOf('&words=100%25')).toEqual([]);
    const first = await list('&limit=2');
    expect(first.items).toEqual(items.slice(0, 2));
    expect(await list(`&limit=2&cursor=${first.nextCursor}`)).toEqual({ items: items.slice(2), nextCursor: null });
  });

  it('end once, with a reason that stays on record', async () => {
    const [mandate] = (await list('&words=1002')).items;
    const path = `/api/v1/sepa/mandates/${mandate?.mandateId}/end`;
    expect((await staff.post(path, { reason: ' ' })).status).toBe(400);
    expect((await staff.post(path, { reason: 'conta fechada' })).body).toEqual({ ended: true });
    expect((await staff.post(path, { reason: 'outra vez' })).body).toEqual({ ended: false });
    expect((await list('&words=1002')).items).toMatchObject([
      { status: 'inactive', inactiveReason: 'conta fechada', inactiveAt: expect.any(String) },
    ]);
    expect(await auditOf('sepa.end-mandate')).toMatchObject([{ after: { reason: 'conta fechada' } }]);
  });

  it.each([
    [{ customerId: '2001' }, 'sepa-mandate-customer'],
    [{ iban: 'PT50 0002 0123' }, 'iban-invalid'],
    [{ bic: 'X' }, 'bic-invalid'],
    [{ signedOn: '2999-01-01' }, 'sepa-mandate-date'],
    [{ reference: 'com espaço' }, 'sepa-mandate-reference'],
    [{ reference: 'UMR-1' }, 'sepa-mandate-reference-used'],
    [{ accountHolder: ' ' }, 'sepa-mandate-holder'],
  ])('are refused when wrong: %j', async (wrong, code) => {
    expect(await register({ customerId: '1002', ...wrong })).toMatchObject(problem(code));
    expect((await list('&words=1002')).items).toHaveLength(1);
  });

  it('keep the account out of the audit', async () => {
    expect(await auditOf('sepa.register-mandate')).toHaveLength(3);
    expect(JSON.stringify(await auditOf('sepa.register-mandate'))).not.toContain(IBAN);
  });
});
