import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';

import { addTenant, type Tenant } from '#apps/backoffice/testing/world.js';
import { rateCycle } from '#libs/rating/rate-cycle.js';

import { seedCycle } from '../data/cycles.js';
import { seedTransaction } from '../data/documents.js';
import { createTestDatabase, type TestDatabase } from '../setup/database.js';
import { stageConsole, type ConsoleStage } from './console-stage.js';
import type { ConsoleVisitor } from './console-visitor.js';

let database: TestDatabase;
let tenant: Tenant;
let stage: ConsoleStage;
let visitor: ConsoleVisitor;
let page: Page;
let cycleId: string;

/** A month of its own in which the register reads 0 once. */
async function rateMay(): Promise<string> {
  const { sql } = database;
  await seedTransaction(sql, {
    chargerId: tenant.chargerId,
    readings: [
      ['2026-05-11T13:00:00Z', 1_234_500],
      ['2026-05-11T13:15:00Z', 0],
      ['2026-05-11T13:30:00Z', 1_236_300],
    ],
    flags: ['register-fell'],
  });
  const id = await seedCycle(sql, tenant.installationId, '2026-05', { step: 'awaiting-approval' });
  await sql.transaction().execute((trx) => rateCycle(trx, { cycleId: id, now: new Date() }));
  return id;
}

beforeAll(async () => {
  database = await createTestDatabase();
  tenant = await addTenant(database.sql, 'Aurora', new Date());
  cycleId = await rateMay();
  stage = await stageConsole(database, 1280);
  ({ visitor, page } = stage);
}, 120_000);

afterAll(async () => {
  await stage?.close();
  await database?.drop();
}, 60_000);

describe('staff who find a wrong reading behind a line', () => {
  it('disregard it for a reason, are told what comes of it, and may take it back', async () => {
    await visitor.visit(page, `customers/${tenant.customerId}/months/${cycleId}`);
    await page.getByTestId('why').first().click();
    const explanation = page.getByTestId('explanation');
    await explanation.getByTestId('explained-piece').first().click();
    await explanation.getByRole('button', { name: /^Desconsiderar a leitura de .*, 0 Wh$/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Desconsiderar esta leitura' });
    await dialog.getByText('O mês tem de ser calculado de novo').waitFor();
    await dialog.getByRole('button', { name: 'Desconsiderar esta leitura' }).click();
    await dialog.getByText('Escreva um motivo.').waitFor();
    await dialog.getByLabel('Motivo').fill('o contador falhou');
    await dialog.getByRole('button', { name: 'Desconsiderar esta leitura' }).click();
    await page.getByText('A leitura deixa de contar.').waitFor();
    await explanation.getByText('Desconsiderada').waitFor();
    await explanation.getByRole('button', { name: /^Repor a leitura de .*, 0 Wh$/ }).waitFor();

    await database.sql.transaction().execute((trx) => rateCycle(trx, { cycleId, now: new Date() }));
    const { wh } = await database.sql
      .selectFrom('rated_line')
      .select('wh')
      .where('cycle_id', '=', cycleId)
      .executeTakeFirstOrThrow();
    expect(wh).toBe(1_800);
  }, 60_000);
});
