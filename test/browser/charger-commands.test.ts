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
  const now = new Date();
  tenant = await addTenant(sql, 'Aurora', now);
  const { chargerId } = tenant;
  await sql
    .insertInto('charger_provisioning')
    .values({ charger_id: chargerId, due_at: now, done_at: now, is_complete: true, precision_class: 'quarter-hour' })
    .execute();
  await sql
    .insertInto('charger_setting')
    .values({
      charger_id: chargerId,
      name: 'ClockAlignedDataInterval',
      wanted: '900',
      actual: '900',
      state: 'as-wanted',
      read_at: now,
    })
    .execute();
  stage = await stageConsole(database, 390);
  ({ visitor, page } = stage);
}, 120_000);

afterAll(async () => {
  await stage?.close();
  await database?.drop();
}, 60_000);

describe('a charger at the console', () => {
  it('shows how finely it counts and what it is set to; staff ask it something and see what came of it', async () => {
    await visitor.visit(page, `chargers/${tenant.chargerId}`);
    await page.getByText('Quarto de hora', { exact: true }).waitFor();
    await page.getByText('ClockAlignedDataInterval · aceite').waitFor();
    await page.getByText('Pedido: 900 · Lido: 900').waitFor();

    await page.getByRole('button', { name: 'Outro comando' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Comando', { exact: true }).click();
    await page.getByRole('option', { name: 'Pedir registos', exact: true }).click();
    await form.getByLabel('Campos').fill('{"log":"security","location":"https://logs.example/box"}');
    await form.getByLabel('Quanto pode esperar pelo carregador').click();
    await page.getByRole('option', { name: '1 dia' }).click();
    await form.getByRole('button', { name: 'Enviar' }).click();
    await form.waitFor({ state: 'hidden' });
    await page.locator('[data-testid="command"][data-state="waiting"]').waitFor();

    const { sql } = database;
    const { id, asked_at, expires_at } = await sql
      .selectFrom('charger_command')
      .select(['id', 'asked_at', 'expires_at'])
      .executeTakeFirstOrThrow();
    expect(expires_at.getTime() - asked_at.getTime()).toBe(24 * 3_600_000);
    const now = new Date();
    await sql
      .updateTable('charger_command')
      .set({
        state: 'answered',
        result: { status: 'accepted', fileName: 'box.log' },
        sent_at: now,
        answered_at: now,
        ended_at: now,
      })
      .where('id', '=', id)
      .execute();
    await visitor.visit(page, `chargers/${tenant.chargerId}`);
    const command = page.locator('[data-testid="command"][data-state="answered"]');
    await command.getByText('Respondido: aceite').waitFor();
    await command.getByText('Envia o ficheiro box.log').waitFor();
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(390);
    expect(visitor.faults).toEqual([]);
  }, 60_000);
});
