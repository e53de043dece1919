import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';

import { startDemo, type Demo } from '../demo/demo.js';
import { followMonth, startMonth, type MonthView } from '../demo/month.js';
import { chargeNow, playJune, type PlayedJune } from '../demo/play.js';
import { LOGINS } from '../demo/seed-people.js';
import { INSTALLATION_ID, PERIOD } from '../demo/world.js';
import { temporaryDataFolder, type TemporaryDataFolder } from '../setup/data-folder.js';
import { ConsoleVisitor } from './console-visitor.js';

let demo: Demo;
let folder: TemporaryDataFolder;
let visitor: ConsoleVisitor;
let page: Page;
let june: PlayedJune;
let month: MonthView;

const [STAFF, , RESIDENT] = LOGINS;

beforeAll(async () => {
  folder = await temporaryDataFolder('browser');
  demo = await startDemo({ dataDir: folder.path, env: { PATH: process.env['PATH'] }, httpPort: 0, ocppPort: 0 });
  visitor = await ConsoleVisitor.come(demo.system.urls.console);
  page = await visitor.page(1440, 900);
  june = await playJune(demo.world, { ocppUrl: demo.system.urls.ocpp });
}, 300_000);

afterAll(async () => {
  await june?.close();
  await visitor?.leave();
  await demo?.stop();
  await folder.remove();
}, 60_000);

describe('staff at the console', () => {
  it('a wrong password is told in words, the right one lets in', async () => {
    await visitor.enter(page, { email: STAFF.email, password: 'errada' });
    await page.getByText('E-mail ou palavra-passe errados.').waitFor();
    visitor.faults.length = 0; // the refused sign-in is a 401 in the browser's log
    await visitor.signIn(page, STAFF);
    await page.getByTestId('stripe-label').waitFor();
  }, 60_000);

  it('a month that starts appears, moves on and is approved without reloading the page', async () => {
    const started = await startMonth(demo.api, INSTALLATION_ID, PERIOD);
    const row = page.locator(`[data-testid=month-row][data-cycle="${started.cycleId}"]`);
    await row.waitFor({ timeout: 15_000 });
    await visitor.visit(page, `months/${started.cycleId}`);
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
    const following = followMonth(demo.api, started.cycleId, { onAwaitingReadings: () => june.deliverLate() });
    const step = page.getByTestId('month-step').first();
    await page.locator('[data-testid=month-step][data-step=awaiting-approval]').first().waitFor({ timeout: 60_000 });
    expect(await page.getByTestId('anomaly').count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Aprovar' }).and(page.locator(':enabled')).click();
    month = await following;
    await page.locator('[data-testid=month-step][data-step=done]').first().waitFor({ timeout: 10_000 });
    expect(await step.getAttribute('data-step')).toBe('done');
    expect(await page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
  }, 240_000);

  it('the Excel comes down from the month’s page', async () => {
    const download = page.waitForEvent('download');
    await page.getByTestId('download-excel').click();
    expect((await download).suggestedFilename()).toMatch(/\.xlsx$/);
  }, 60_000);

  it('the car park shows a car that begins to charge within a second of its charger telling, in the service’s own words', async () => {
    await visitor.visit(page, `installations/${INSTALLATION_ID}`);
    await page.getByRole('tab', { name: /Piso -3 Circuito 2/ }).click();
    const spot = page.locator('[data-testid=spot][data-spot="3049"]');
    await spot.getByText('Carro desligado').waitFor();
    await chargeNow(demo.world, june, ['3049']);
    await spot.getByText(/A carregar com 2,4.kW de 4,6.kW atribuída/).waitFor({ timeout: 10_000 });
  }, 60_000);

  it('nothing went wrong in the browser', () => {
    expect(visitor.faults).toEqual([]);
  });
});

describe('the resident of spot 3012, on a phone', () => {
  it('finds each line of June, and their sum', async () => {
    const phone = await visitor.page(390, 844);
    await visitor.signIn(phone, RESIDENT);
    await visitor.visit(phone, `customers/1001/months/${month.cycleId}`);
    await phone.getByTestId('rated-line').first().waitFor();
    expect(await phone.getByTestId('rated-line').count()).toBe(8);
    const text = (await phone.locator('main').innerText()).replaceAll(/\s/g, ' ');
    expect(text).toContain('222,036');
    expect(text).toContain('80,38');
    const width = await phone.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
    await phone.context().close();
  }, 60_000);
});
