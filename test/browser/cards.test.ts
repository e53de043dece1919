import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';

import { addTenant, type Tenant } from '#apps/backoffice/testing/world.js';

import { createTestDatabase, type TestDatabase } from '../setup/database.js';
import { stageConsole, type ConsoleStage } from './console-stage.js';
import type { ConsoleVisitor } from './console-visitor.js';

let database: TestDatabase;
let tenant: Tenant;
let stage: ConsoleStage;
let visitor: ConsoleVisitor;
let page: Page;

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  tenant = await addTenant(sql, 'Aurora', new Date());
  const list = { state: 'in-step', version: 7, entries: 12, left_out: 1, in_step_at: new Date() };
  await sql
    .insertInto('charger_local_list')
    .values({ charger_id: tenant.chargerId, ...list })
    .execute();
  stage = await stageConsole(database, 390);
  ({ visitor, page } = stage);
}, 120_000);

afterAll(async () => {
  await stage?.close();
  await database?.drop();
}, 60_000);

describe('the cards of an installation', () => {
  it('are added, blocked with a reason and unblocked', async () => {
    await visitor.visit(page, `installations/${tenant.installationId}`);
    await page.getByTestId('open-cards').click();
    await page.getByTestId('new-card').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByTestId('save-card').click();
    await dialog.getByText('De 1 a 36 caracteres.').waitFor();
    await dialog.getByLabel('Número').fill('04A2B3C4');
    await dialog.getByLabel('Grupo').fill('CASA');
    await dialog.getByLabel('Válido até').fill('2030-12-31');
    await dialog.getByTestId('save-card').click();
    await dialog.waitFor({ state: 'hidden' });
    const row = page.getByTestId('cards').getByRole('row').filter({ hasText: '04A2B3C4' });
    await row.getByText('Válido', { exact: true }).waitFor();
    expect(await row.innerText()).toContain('CASA');
    expect(await row.innerText()).toMatch(/até .*31.*2030/);
    await row.getByRole('button', { name: 'Bloquear' }).click();
    await dialog.getByLabel('Motivo').fill('perdido na garagem');
    await dialog.getByRole('button', { name: 'Bloquear' }).click();
    await row.getByText('Bloqueado', { exact: true }).waitFor();
    expect(await row.innerText()).toContain('perdido na garagem');
    await row.getByRole('button', { name: 'Desbloquear' }).click();
    await dialog.getByLabel('Motivo').fill('encontrado');
    await dialog.getByRole('button', { name: 'Desbloquear' }).click();
    await row.getByText('Válido', { exact: true }).waitFor();
    expect(visitor.faults).toEqual([]);
  }, 60_000);

  it('keep their day when something else changes', async () => {
    const row = page.getByTestId('cards').getByRole('row').filter({ hasText: '04A2B3C4' });
    await row.getByRole('button', { name: 'Alterar' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByLabel('Válido até').inputValue()).toBe('2030-12-31');
    await dialog.getByLabel('Grupo').fill('LOJA');
    await dialog.getByTestId('save-card').click();
    await dialog.waitFor({ state: 'hidden' });
    await row.getByText('LOJA').waitFor();
    const { expires_at: end } = await database.sql
      .selectFrom('token')
      .select('expires_at')
      .where('id_tag', '=', '04A2B3C4')
      .executeTakeFirstOrThrow();
    expect(end).toEqual(new Date('2031-01-01T00:00:00Z'));
  }, 60_000);

  it('unknown ones are refused offline until a person who was told what that does accepts them', async () => {
    await page.getByText('Aceitar', { exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('alguém tem de dizer de quem é').waitFor();
    await dialog.getByRole('button', { name: 'Aceitar' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('Os carregadores vão ser configurados.').waitFor();
    expect(visitor.faults).toEqual([]);
  }, 60_000);

  it('fit a phone', async () => {
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
  });

  it('a charger says whether its list is in step', async () => {
    await visitor.visit(page, `chargers/${tenant.chargerId}`);
    const list = page.getByTestId('local-list');
    await list.getByText('Em dia', { exact: true }).waitFor();
    const text = await list.innerText();
    for (const part of ['12', '1 não cabe', '7']) expect(text).toContain(part);
    expect(visitor.faults).toEqual([]);
  }, 60_000);
});
