import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';

import { PASSWORD, runApi, type RunningApi } from '#apps/backoffice/testing/running-api.js';
import { addTenant, type Tenant } from '#apps/backoffice/testing/world.js';
import { programFolder } from '#apps/cli/servers/folders.js';

import { findChromium } from '../setup/chromium.js';
import { createTestDatabase, type TestDatabase } from '../setup/database.js';

const HEADER = 'installation;plan;planFrom;calendar;bands;band;component;perKWh;from';

let database: TestDatabase;
let tenant: Tenant;
let api: RunningApi;
let browser: Browser;
let page: Page;
let folder: string;
const faults: string[] = [];

/** Signs in as the n-th user that the API was asked for. */
async function signIn(on: Page, n: number): Promise<void> {
  await on.goto(api.url);
  await on.getByLabel('E-mail').fill(`user-${n}@example.pt`);
  await on.getByLabel('Palavra-passe').fill(PASSWORD);
  await on.getByRole('button', { name: 'Entrar' }).click();
  await on.getByTestId('live-state').waitFor();
}

async function newPage(width: number, height: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'pt-PT' });
  const opened = await context.newPage();
  opened.on('pageerror', (error) => faults.push(error.message));
  opened.on('console', (message) => {
    if (message.type() === 'error' && !/status of 401/.test(message.text())) faults.push(message.text());
  });
  return opened;
}

beforeAll(async () => {
  database = await createTestDatabase();
  tenant = await addTenant(database.sql, 'Aurora', new Date());
  api = await runApi(database, join(programFolder(), 'dist', 'console'));
  await api.user('staff');
  await api.user('resident', { condominiumId: tenant.condominiumId, customerId: tenant.customerId });
  folder = await mkdtemp(join(tmpdir(), 'price-list-'));
  browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] });
  page = await newPage(1280, 900);
  await signIn(page, 1);
}, 120_000);

afterAll(async () => {
  await browser?.close();
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

    await page.goto(new URL(`tariffs/installations/${tenant.installationId}`, api.url).href);
    const timeline = page.getByTestId('tariff-timeline');
    await timeline.getByText('Simples 2027').waitFor();
    await page.getByText('Muda em 17/06/2027: novo tarifário').waitFor();
    await timeline.getByText('Simples 2027').click();
    const price = page.locator('[data-testid=band-price][data-band=simples]');
    expect((await price.innerText()).replaceAll('\u00a0', ' ')).toContain('0,181500 €');
  }, 60_000);

  it('see a calendar as days of 24 hours, with as many bands as a contract has', async () => {
    await page.goto(new URL('tariffs/calendars/pt-mainland-weekly', api.url).href);
    await page.getByTestId('calendar-day').first().waitFor();
    expect(await page.getByTestId('calendar-day').first().innerText()).toContain('Super vazio 02:00–06:00');
    await page.getByText('Bi-horário').click();
    expect(await page.getByTestId('calendar-day').first().innerText()).toContain('Fora de vazio 07:00–24:00');
  }, 60_000);

  it('are told each fault of a calendar that they add', async () => {
    await page.goto(new URL('tariffs?show=calendars', api.url).href);
    await page.getByTestId('add-calendar').click();
    await page.getByLabel('Calendário (JSON)').fill('{"id": "Meu"}');
    faults.length = 0;
    await page.getByRole('button', { name: 'Acrescentar', exact: true }).click();
    const shown = page.getByTestId('calendar-faults');
    await shown.waitFor();
    expect(await shown.innerText()).toContain('só letras pequenas');
    expect(faults.filter((fault) => !/status of 400/.test(fault))).toEqual([]);
    faults.length = 0; // the refused calendar is a 400 in the browser's log
  }, 60_000);
});

describe('a resident on a phone', () => {
  it('opens why a line has its amount', async () => {
    const phone = await newPage(390, 844);
    await signIn(phone, 2);
    await phone.goto(new URL(`customers/${tenant.customerId}/months/${tenant.cycleId}`, api.url).href);
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
  expect(faults).toEqual([]);
});
