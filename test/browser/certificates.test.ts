import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';

import { addTenant, type Tenant } from '#apps/backoffice/testing/world.js';
import { authorityVault } from '#libs/persistence/secret-vault.js';
import { makeAuthority } from '#libs/security/ca/authority.js';

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
  const vault = authorityVault('a secret for the tests');
  const { id } = await sql.transaction().execute((trx) => makeAuthority(trx, { by: 'test', now, vault }));
  const notAfter = new Date(now.getTime() + 300 * 24 * 60 * 60_000);
  await sql
    .insertInto('charger_certificate')
    .values({
      charger_id: tenant.chargerId,
      authority_id: id,
      csr_digest: 'x',
      key_digest: 'x',
      serial: '4a0b1c2d3e4f5061728394a5b6c7d8e9',
      fingerprint: 'x',
      certificate: 'pem',
      not_before: now,
      not_after: notAfter,
      issued_at: now,
      seen_at: now,
    })
    .execute();
  stage = await stageConsole(database, 390);
  ({ visitor, page } = stage);
}, 120_000);

afterAll(async () => {
  await stage?.close();
  await database?.drop();
}, 60_000);

describe("a charger's certificate", () => {
  it('is shown, renewed, and revoked with a reason', async () => {
    await visitor.visit(page, `chargers/${tenant.chargerId}`);
    await page.getByTestId('certificate-state').getByText('Certificado em uso.').waitFor();
    await page.getByText('4a0b1c2d3e4f5061728394a5b6c7d8e9').waitFor();
    const dialog = page.getByRole('dialog');
    await page.getByTestId('renew-certificate').click();
    await dialog.getByRole('button', { name: 'Renovar o certificado' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByTestId('revoke-certificate').click();
    await dialog.getByLabel('Motivo').fill('furtado');
    await dialog.getByRole('button', { name: 'Revogar o certificado' }).click();
    await page.getByTestId('certificate-state').getByText('O certificado foi revogado.').waitFor();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('furtado').waitFor();
    expect(await page.getByTestId('revoke-certificate').count()).toBe(0);
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(390);
    expect(visitor.faults).toEqual([]);
  }, 60_000);
});
