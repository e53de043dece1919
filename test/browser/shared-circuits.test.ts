import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { Page } from 'playwright-core';

import { addTenant, type Tenant } from '#apps/backoffice/testing/world.js';
import { CircuitDriver } from '#apps/worker/circuit-driver.js';

import { createTestDatabase, type TestDatabase } from '../setup/database.js';
import { stageConsole, type ConsoleStage } from './console-stage.js';
import type { ConsoleVisitor } from './console-visitor.js';

let database: TestDatabase;
let tenant: Tenant;
let stage: ConsoleStage;
let visitor: ConsoleVisitor;
let page: Page;
let driver: CircuitDriver;

/** A second car in the tenant's circuit, on one phase. */
async function addNeighbour(chargerId: string, powerW: number): Promise<void> {
  const { sql } = database;
  const { installationId, circuitId } = tenant;
  const seen = { online: true, last_seen_at: new Date() };
  await sql
    .insertInto('charger')
    .values({ id: chargerId, installation_id: installationId, label: chargerId, phase_rotation: 'S', ...seen })
    .execute();
  const spot = await sql
    .insertInto('spot')
    .values({ installation_id: installationId, circuit_id: circuitId, name: chargerId })
    .returning('id')
    .executeTakeFirstOrThrow();
  const placed = { charger_id: chargerId, spot_id: spot.id, from: new Date(0) };
  await sql.insertInto('charger_placement').values(placed).execute();
  const begun = { charger_id: chargerId, connector_id: 1, started_at: new Date(), start_key: chargerId };
  const { id } = await sql.insertInto('charging_transaction').values(begun).returning('id').executeTakeFirstOrThrow();
  const live = { status: 'Charging', power_w: powerW, transaction_id: id, updated_at: new Date() };
  await sql
    .insertInto('connector_state')
    .values({ charger_id: chargerId, connector_id: 1, ...live })
    .execute();
}

beforeAll(async () => {
  database = await createTestDatabase();
  tenant = await addTenant(database.sql, 'Aurora', new Date());
  const { sql } = database;
  await addNeighbour('zcs-b', 1_800);
  await addNeighbour('zcs-c', 0);
  await sql.updateTable('circuit').set({ max_current_a: 20 }).execute();
  await sql
    .insertInto('circuit')
    .values({ installation_id: tenant.installationId, name: 'Quadro geral', max_current_a: 63, reserve_a: 20 })
    .execute();
  const { id: parentId } = await sql
    .selectFrom('circuit')
    .select('id')
    .where('name', '=', 'Quadro geral')
    .executeTakeFirstOrThrow();
  await sql.updateTable('circuit').set({ parent_id: parentId }).where('id', '=', tenant.circuitId).execute();
  await sql
    .insertInto('circuit_control')
    .values({ installation_id: tenant.installationId, is_enabled: true })
    .execute();
  driver = new CircuitDriver({
    sql,
    sender: { sendLimit: () => Promise.resolve('confirmed') },
    log: pino({ level: 'silent' }),
  });
  for (let look = 0; look < 4; look += 1) {
    await driver.look();
    await driver.settled();
  }
  stage = await stageConsole(database, 390);
  ({ visitor, page } = stage);
}, 120_000);

afterAll(async () => {
  await driver?.close();
  await stage?.close();
  await database?.drop();
}, 60_000);

describe('the circuits of an installation', () => {
  it('hang as a tree, each with its limit by phase; each car says what it was given and why', async () => {
    await visitor.visit(page, `installations/${tenant.installationId}`);
    const circuits = page.getByTestId('circuit-load');
    await circuits.first().waitFor();
    const texts = (await circuits.allInnerTexts()).map((text) => text.replaceAll('\u00a0', ' '));
    expect(texts).toHaveLength(2);
    expect(texts[0]).toContain('Quadro geral');
    expect(texts[0]).toContain('contador geral sem leitura recente: 20 A de reserva');
    expect(texts[1]).toContain('Lugar zcs-b A carregar com 1,8 kW de 2,3 kW atribuída');
    expect(texts[1]).toContain('2 carros na fase L2 de Piso -3 / 1, que está no limite');
    const bar = page.getByLabel('Piso -3 / 1, L2: passam 11,3 A, atribuídos 20 A, limite 20 A');
    expect(await bar.count()).toBe(1);
    expect(visitor.faults).toEqual([]);
  }, 60_000);

  it('say what they cannot keep', async () => {
    const { sql } = database;
    await sql.updateTable('charger').set({ offline_current_a: 16 }).where('id', '=', 'zcs-b').execute();
    await sql.updateTable('charger').set({ offline_current_a: 10 }).where('id', '=', 'zcs-c').execute();
    await page.reload();
    const circuit = page.getByTestId('circuit-load').filter({ hasText: 'Piso -3 / 1' });
    await circuit.getByText('Por si só, os carregadores dão 26 A; o circuito suporta 20 A.').waitFor();
    await sql.updateTable('charger').set({ offline_current_a: 0 }).execute();
    expect(visitor.faults).toEqual([]);
  }, 60_000);

  it('are shared until a person who was told what that does ends it', async () => {
    const shares = page.getByRole('switch', { name: 'Partilhar a corrente' });
    await shares.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('a soma pode passar do que o disjuntor suporta').waitFor();
    await dialog.getByRole('button', { name: 'Deixar de partilhar' }).click();
    await page.getByText('A corrente não está a ser partilhada.').waitFor();
    await dialog.waitFor({ state: 'hidden' });
    expect(await shares.isChecked()).toBe(false);
    expect(visitor.faults).toEqual([]);
  }, 60_000);

  it('fit a phone', async () => {
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
  });
});
