import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { customerReference, paymentReference } from '#libs/payments/payment-reference.js';
import { openStripe } from '#libs/payments/stripe-client.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice, ISSUER_IBAN } from '#test/stripe-sandbox/invoice-fixture.js';
import { sandboxControl } from '#test/stripe-sandbox/sandbox-control.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { moneySchema, startedCheckoutSchema, statementSchema } from './api-types.js';
import { runApi, type Caller, type RunningApi } from './testing/running-api.js';

let database: TestDatabase;
let sandbox: RunningSandbox;
let api: RunningApi;
let resident: Caller;
let staff: Caller;
let manager: Caller;
const OWN = '/api/v1/customers/payer';

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
  await addCustomer(database.sql, { id: 'payer' });
  await addCustomer(database.sql, { id: 'other' });
  await addInvoice(database.sql, { customerId: 'payer', grossCents: 4200 });
  sandbox = await startSandbox({ processingMs: 3_600_000 });
  api = await runApi(database, null, openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url }));
  resident = await api.user('resident', { condominiumId: 'condo', customerId: 'payer' });
  staff = await api.user('staff');
  manager = await api.user('manager', { condominiumId: 'condo' });
});
afterAll(async () => {
  await api.stop();
  await sandbox.close();
  await database.drop();
});

const keyed = (key: string) => ({ 'idempotency-key': key });

describe("a customer's money", () => {
  it('is shown to them: what is due, how to pay it, and what is agreed to by signing', async () => {
    const { status, body } = await resident.get(`${OWN}/money`);
    expect(status).toBe(200);
    const money = moneySchema.parse(body);
    expect(money.due).toMatchObject([{ dueCents: 4200, debitInFlight: false }]);
    expect(money.due[0]?.transfer).toMatchObject({
      iban: ISSUER_IBAN,
      reference: paymentReference({ numberText: 'FT T2026/1' }),
    });
    expect(money.transfer).toEqual({
      holder: 'Cobrança Lda',
      iban: ISSUER_IBAN,
      reference: customerReference({ customerId: 'payer' }),
    });
    expect(money.mandateText.text).toContain('Cobrança Lda');
    expect((await resident.get('/api/v1/customers/other/money')).status).toBe(404);
  });

  it('is paid on the provider’s page, which sends back to our own address', async () => {
    const body = { pays: { purpose: 'invoices' }, method: 'card' };
    const first = await resident.post(`${OWN}/checkouts`, body, keyed('pay'));
    expect(first).toMatchObject({ status: 200, body: { state: 'open', amountCents: 4200 } });
    expect((await resident.post(`${OWN}/checkouts`, body)).status).toBe(400);
    expect((await manager.post(`${OWN}/checkouts`, body, keyed('m'))).status).toBe(403);
    const { return_url: url } = await database.sql
      .selectFrom('checkout')
      .select('return_url')
      .executeTakeFirstOrThrow();
    expect(url).toBe(`${api.origin}/my-money`);
  });

  it('is credited only when the provider says that it came, however the payer comes back', async () => {
    const order = { pays: { purpose: 'top-up', amountCents: 2000 }, method: 'multibanco' };
    const { checkoutId } = startedCheckoutSchema.parse(
      (await resident.post(`${OWN}/checkouts`, order, keyed('up'))).body,
    );
    const path = `${OWN}/checkouts/${checkoutId}`;
    expect(await resident.post(`${path}/refresh`)).toMatchObject({ status: 200, body: { state: 'open' } });
    const { provider_session_id: sessionId } = await database.sql
      .selectFrom('checkout')
      .select('provider_session_id')
      .where('id', '=', checkoutId)
      .executeTakeFirstOrThrow();
    await sandboxControl(sandbox.url).payCheckout(sessionId ?? '', { method: 'multibanco', email: 'a@example.com' });
    expect(await resident.get(path)).toMatchObject({ body: { state: 'open' } });
    expect(await resident.post(`${path}/refresh`)).toMatchObject({ body: { state: 'pending', purpose: 'top-up' } });
    const money = moneySchema.parse((await resident.get(`${OWN}/money`)).body);
    expect(money.prepaidCents).toBe(0);
    const voucher = money.underWay.find(({ id }) => id === checkoutId)?.voucher;
    expect(voucher?.entity).toMatch(/^\d{5}$/);
    expect(voucher?.reference).toMatch(/^\d{9}$/);
    expect((await manager.post(`${path}/refresh`)).status).toBe(403);
  });

  it('is debited after a mandate is signed; withdrawn, both mails stand in the queue', async () => {
    const { mandateText } = moneySchema.parse((await resident.get(`${OWN}/money`)).body);
    const body = { iban: TEST_IBANS.succeeds, textVersion: mandateText.version };
    const old = await resident.post(`${OWN}/mandates`, { ...body, textVersion: '2020-01' }, keyed('s0'));
    expect(old.status).toBe(409);
    const signed = await resident.post(`${OWN}/mandates`, body, keyed('s1'));
    expect(signed).toMatchObject({ status: 200, body: { status: 'active', ibanLast4: '0154' } });
    const { mandateId } = signed.body as { mandateId: string };
    const withdrawn = await resident.post(`${OWN}/mandates/${mandateId}/withdraw`, {}, keyed('w1'));
    expect(withdrawn).toMatchObject({ status: 200, body: { debitsUnderWay: 0 } });
    const mails = await database.sql.selectFrom('mail').select(['key', 'body']).orderBy('key').execute();
    expect(mails.map(({ key }) => key)).toEqual([`mandate/${mandateId}/confirmation`, `mandate/${mandateId}/ended`]);
    expect(mails[0]?.body).toContain(mandateText.text);
    expect(mails[1]?.body).toContain('FT T2026/1');
  });

  it('goes back only by staff, and never beyond the balance', async () => {
    const body = { amountCents: 100, to: { way: 'stripe' }, reason: 'moved out' };
    expect((await resident.post(`${OWN}/refunds`, body, keyed('r'))).status).toBe(403);
    expect((await staff.post(`${OWN}/refunds`, body, keyed('r'))).status).toBe(409);
  });

  it('is signed for by a link that staff mails', async () => {
    const link = await staff.post(`${OWN}/mandate-links`, {}, keyed('l'));
    expect(link).toMatchObject({ status: 200, body: { state: 'open' } });
    expect(api.workflows.signals.filter((signal) => signal.startsWith('sendLetter'))).toHaveLength(3);
  });
});

describe('a statement', () => {
  const span = 'from=2026-07-01&to=2026-08-01';

  it('of a customer and of a condominium, paged, and whole as CSV', async () => {
    const page = statementSchema.parse((await resident.get(`${OWN}/statement?${span}`)).body);
    expect(page).toMatchObject({ openingCents: 0, closingCents: -4200 });
    expect(page.items).toMatchObject([
      { kind: 'invoice-issued', movement: 'invoice', number: 'FT T2026/1', amountCents: -4200, balanceCents: -4200 },
    ]);
    const csv = await manager.get(`/api/v1/condominiums/condo/statement?${span}&format=csv`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.text.split('\r\n')[0]).toBe('data,movimento,documento,valor,saldo,moeda');
    expect(csv.text).toContain(',Fatura,FT T2026/1,42.00,42.00,EUR');
    const english = await manager.get(`/api/v1/condominiums/condo/statement?${span}&format=csv&lang=en`);
    expect(english.text).toContain(',Invoice,FT T2026/1,42.00,42.00,EUR');
    expect((await resident.get(`/api/v1/condominiums/condo/statement?${span}`)).status).toBe(403);
    expect((await resident.get(`${OWN}/statement?from=2026-08-01&to=2026-07-01`)).status).toBe(400);
  });
});

it('says what the debits of the week come to', async () => {
  expect(await staff.get('/api/v1/system/debit-week')).toMatchObject({
    body: { limitCents: null, usedCents: 0, waiting: 0 },
  });
});
