import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';

import { PASSWORD, runApi, type RunningApi } from '#apps/backoffice/testing/running-api.js';
import { addTenant, type Tenant } from '#apps/backoffice/testing/world.js';
import { programFolder } from '#apps/cli/servers/folders.js';

import { createTestDatabase, type TestDatabase } from '../setup/database.js';
import { ConsoleVisitor } from './console-visitor.js';

const HEADER = 'installation;plan;planFrom;calendar;bands;band;component;perKWh;from';

let database: TestDatabase;
let tenant: Tenant;
let api: RunningApi;
let visitor: ConsoleVisitor;
let page: Page;
let folder: string;

/** The n-th user that the API was asked for. */
const user = (n: number) => ({ email: `user-${n}@example.pt`, password: PASSWORD });

beforeAll(async () => {
  database = await createTestDatabase();
  tenant = await addTenant(database.sql, 'Aurora', new Date());
  api = await runApi(database, join(programFolder(), 'dist', 'console'));
  await api.user('staff');
  await api.user('resident', { condominiumId: tenant.condominiumId, customerId: tenant.customerId });
  folder = await mkdtemp(join(tmpdir(), 'price-list-'));
  visitor = await ConsoleVisitor.come(api.url);
  page = await visitor.page(1280, 900);
  await visitor.signIn(page, user(1));
}, 120_000);

afterAll(async () => {
  await visitor?.leave();
  await api?.stop();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** A price list in which one price may be wrong. */
async function priceList(perKWh: string): Promise<string> {
  const file = join(folder, `preços-${perKWh.length}.csv`);
  const plan = `${tenant.installationId};Simples 2027;2027-06-17;pt-mainland-daily;1;simples`;
  await writeFile(file, [HEADER, `${plan};energy;${perKWh};2027-06-17`].join('\n'));
  return file;
}

describe('staff in the room of tariffs', () => {
  it('import a price list: its error is shown by row and column, mended, looked at, and then holds', async () => {
    await page.getByRole('link', { name: 'Tarifários' }).first().click();
    await page.getByTestId('open-import').click();
    const chooser = page.locator('input[type=file]');
    await chooser.setInputFiles(await priceList('dezoito'));
    const problems = page.getByTestId('import-problems');
    await problems.waitFor();
    expect(await problems.innerText()).toMatch(/Linha 2\s+perKWh\s+«dezoito» não é um número que sirva/);
    expect(await page.getByTestId('import-confirm').count()).toBe(0);

    await chooser.setInputFiles(await priceList('0,181500'));
    await page.getByTestId('import-changes').getByText('simples 0,181500 por kWh desde 17/06/2027').waitFor();
    await page.getByTestId('import-confirm').click();
    await page.getByText('1 linha importada.').waitFor();

    await visitor.visit(page, `tariffs/installations/${tenant.installationId}`);
    const timeline = page.getByTestId('tariff-timeline');
    await timeline.getByText('Simples 2027').waitFor();
    await page.getByText('Muda em 17/06/2027: novo tarifário').waitFor();
    await timeline.getByText('Simples 2027').click();
    const price = page.locator('[data-testid=band-price][data-band=simples]');
    expect((await price.innerText()).replaceAll('\u00a0', ' ')).toContain('0,181500 €');
  }, 60_000);

  it('see a calendar as days of 24 hours, with as many bands as a contract has', async () => {
    await visitor.visit(page, 'tariffs/calendars/pt-mainland-weekly');
    await page.getByTestId('calendar-day').first().waitFor();
    expect(await page.getByTestId('calendar-day').first().innerText()).toContain('Super vazio 02:00–06:00');
    await page.getByText('Bi-horário').click();
    expect(await page.getByTestId('calendar-day').first().innerText()).toContain('Fora de vazio 07:00–24:00');
  }, 60_000);

  it('are told each fault of a calendar that they add', async () => {
    await visitor.visit(page, 'tariffs?show=calendars');
    await page.getByTestId('add-calendar').click();
    await page.getByLabel('Calendário (JSON)').fill('{"id": "Meu"}');
    visitor.faults.length = 0;
    await page.getByRole('button', { name: 'Acrescentar', exact: true }).click();
    const shown = page.getByTestId('calendar-faults');
    await shown.waitFor();
    expect(await shown.innerText()).toContain('só letras pequenas');
    expect(visitor.faults.filter((fault) => !/status of 400/.test(fault))).toEqual([]);
    visitor.faults.length = 0; // the refused calendar is a 400 in the browser's log
  }, 60_000);
});

describe('a resident on a phone', () => {
  it('opens why a line has its amount', async () => {
    const phone = await visitor.page(390, 844);
    await visitor.signIn(phone, user(2));
    await visitor.visit(phone, `customers/${tenant.customerId}/months/${tenant.cycleId}`);
    await phone.getByTestId('why').first().click();
    const explanation = phone.getByTestId('explanation');
    await explanation.waitFor();
    expect((await explanation.innerText()).replaceAll('\u00a0', ' ')).toContain('10,000 kWh × 0,200000 € = 2,00 €');
    const width = await phone.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
    await phone.context().close();
  }, 60_000);
});

it('nothing went wrong in the browser', () => {
  expect(visitor.faults).toEqual([]);
});
