import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';

import { PASSWORD, runApi, type RunningApi } from '#apps/backoffice/testing/running-api.js';
import { programFolder } from '#apps/cli/servers/folders.js';
import { openCase } from '#libs/arrears/open-case.js';
import { openStripe } from '#libs/payments/stripe-client.js';

import { createTestDatabase, type TestDatabase } from '../setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '../stripe-sandbox/invoice-fixture.js';
import { startSandbox, type RunningSandbox } from '../stripe-sandbox/server.js';
import { ConsoleVisitor } from './console-visitor.js';

let database: TestDatabase;
let sandbox: RunningSandbox;
let api: RunningApi;
let visitor: ConsoleVisitor;
let phone: Page;

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
  await addCustomer(database.sql, { id: 'payer' });
  await addInvoice(database.sql, { customerId: 'payer', grossCents: 4200 });
  await addInvoice(database.sql, { customerId: 'payer', grossCents: 1850, dueAt: new Date('2099-01-15T09:00:00Z') });
  sandbox = await startSandbox({ processingMs: 3_600_000 });
  const stripe = openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url });
  api = await runApi(database, join(programFolder(), 'dist', 'console'), stripe);
  await api.user('resident', { condominiumId: 'condo', customerId: 'payer' });
  visitor = await ConsoleVisitor.come(api.url);
  phone = await visitor.page(390, 844);
  phone.setDefaultTimeout(15_000);
  await visitor.signIn(phone, { email: 'user-1@example.pt', password: PASSWORD });
}, 120_000);

afterAll(async () => {
  await visitor?.leave();
  await api?.stop();
  await sandbox?.close();
  await database?.drop();
}, 60_000);

/** The text of a place, with plain spaces. */
const read = async (testId: string): Promise<string> =>
  (await phone.getByTestId(testId).innerText()).replaceAll('\u00A0', ' ');

describe('a resident on a phone', () => {
  it('sees what is due and what is paid ahead', async () => {
    await phone.getByTestId('open-money').click();
    await phone.getByTestId('due-total').waitFor();
    expect(await read('due-total')).toBe('60,50 €');
    expect(await read('paid-ahead')).toBe('0,00 €');
    expect(await read('chosen-sum')).toBe('60,50 €');
    const width = await phone.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
  }, 60_000);

  it('leaves the provider’s page and is told that nothing was charged', async () => {
    await phone.getByTestId('pay-now').click();
    await phone.getByRole('link', { name: 'Voltar' }).or(phone.locator('a[href*="left=1"]')).first().click();
    await phone.getByText('Não chegou a pagar').waitFor();
    expect(await read('due-total')).toBe('60,50 €');
  }, 60_000);

  it('pays one invoice by card, comes back, and sees it credited', async () => {
    await phone.getByRole('checkbox', { name: 'FT T2026/2' }).uncheck();
    expect(await read('chosen-sum')).toBe('42,00 €');
    await phone.getByTestId('pay-chosen').click();
    await phone.locator('form:has(input[value=card]) button').click();
    await phone.getByText('Pagamento recebido').waitFor();
    await phone.getByTestId('due-total').filter({ hasText: '18,50' }).waitFor();
    await phone.getByTestId('statement').getByText('Pagamento online').waitFor();
    const { state } = await database.sql
      .selectFrom('checkout')
      .select('state')
      .where('method', '=', 'card')
      .executeTakeFirstOrThrow();
    expect(state).toBe('succeeded');
  }, 60_000);

  it('gets a voucher to copy for a top-up, which is no balance yet', async () => {
    await phone.locator('label').filter({ hasText: '10,00' }).click();
    const ways = phone.locator('section:has([data-testid=top-up])');
    await ways.locator('[data-way=multibanco]').click();
    await phone.getByTestId('top-up').click();
    await phone.locator('form:has(input[value=multibanco]) button').click();
    await phone.getByText('Falta a confirmação').waitFor();
    await phone.getByTestId('voucher').getByText('Entidade').waitFor();
    await phone.getByRole('button', { name: 'Copiar: Referência' }).first().waitFor();
    expect(await read('paid-ahead')).toBe('0,00 €');
  }, 60_000);

  it('finds the page of a debt, which says what follows', async () => {
    const { id: documentId } = await database.sql
      .selectFrom('fiscal_document')
      .select('id')
      .where('gross_cents', '=', 1850)
      .executeTakeFirstOrThrow();
    const cause = 'unpaid-transfer';
    await openCase(database.sql, { documentId, cause, workflowId: `arrears/${documentId}`, now: new Date() });
    await visitor.visit(phone, `arrears/${documentId}`);
    await phone.getByRole('heading', { name: 'O caminho da dívida' }).waitFor();
  }, 60_000);

  it('nothing went wrong in the browser', () => {
    expect(visitor.faults).toEqual([]);
  });
});
