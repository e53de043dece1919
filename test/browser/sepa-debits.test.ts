import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';

import { PASSWORD, runApi, type RunningApi } from '#apps/backoffice/testing/running-api.js';
import { programFolder } from '#apps/cli/servers/folders.js';

import { createTestDatabase, type TestDatabase } from '../setup/database.js';
import { addCustomer, addInstallation } from '../stripe-sandbox/invoice-fixture.js';
import { ConsoleVisitor } from './console-visitor.js';

let database: TestDatabase;
let api: RunningApi;
let visitor: ConsoleVisitor;
let phone: Page;

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
  await addCustomer(database.sql, { id: '1001' });
  api = await runApi(database, join(programFolder(), 'dist', 'console'));
  await api.user('staff');
  visitor = await ConsoleVisitor.come(api.url);
  phone = await visitor.page(390, 844);
  phone.setDefaultTimeout(15_000);
  await visitor.signIn(phone, { email: 'user-1@example.pt', password: PASSWORD });
}, 120_000);

afterAll(async () => {
  await visitor?.leave();
  await api?.stop();
  await database?.drop();
}, 60_000);

describe('direct debits by the issuer’s own bank, on a phone', () => {
  it('begin with terms; what is wrong with them is said in the dialog', async () => {
    await visitor.visit(phone, 'money/direct-debits');
    await phone.getByTestId('new-sepa-terms').click();
    const creditorId = phone.getByLabel('Identificador de credor');
    await creditorId.fill('PT74ZZZ123456');
    await phone.getByTestId('save-sepa-terms').click();
    await phone.getByText('O identificador de credor não é válido.').waitFor();
    visitor.faults.length = 0; // the browser tells of the refusal
    await creditorId.fill('PT73ZZZ123456');
    await phone.getByTestId('save-sepa-terms').click();
    await phone.getByTestId('sepa-terms').getByText('Em vigor').waitFor();
  }, 60_000);

  it('take a mandate whose IBAN is checked before it is sent; the list shows its last four', async () => {
    await phone.getByTestId('new-sepa-mandate').click();
    await phone.getByRole('combobox', { name: 'Cliente' }).fill('1001');
    await phone.getByRole('option', { name: 'Cliente 1001 · 1001' }).click();
    const iban = phone.getByLabel('IBAN');
    await iban.fill('PT50 0002 0123 1234 5678 9015 5');
    await iban.press('Tab');
    await phone.getByText('Este IBAN não é válido.').waitFor();
    await iban.fill('PT50 0002 0123 1234 5678 9015 4');
    await phone.getByLabel('Onde está o original').fill('pasta 7');
    await phone.getByTestId('save-sepa-mandate').click();
    await phone.getByTestId('sepa-mandates').getByText('ADC-1001-1').waitFor();
    const shown = await phone.getByTestId('sepa-mandates').innerText();
    expect([shown.includes('…0154'), shown.includes('PT50')]).toEqual([true, false]);
    const width = await phone.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
  }, 60_000);

  it('end with a reason, which stays in the list', async () => {
    await phone.getByTestId('end-sepa-mandate').click();
    await phone.getByLabel('Motivo').fill('conta fechada');
    await phone.getByRole('dialog').getByRole('button', { name: 'Terminar' }).click();
    await phone.getByText('Sem autorizações neste estado.').waitFor();
    await phone.getByText('Inativas').click();
    await phone.getByTestId('sepa-mandates').getByText('conta fechada').waitFor();
  }, 60_000);

  it('nothing went wrong in the browser', () => {
    expect(visitor.faults).toEqual([]);
  });
});
