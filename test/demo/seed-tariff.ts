import { enterRetailerInvoice } from '#libs/imputation/retailer-invoice.js';
import type { Sql } from '#libs/persistence/database.js';

import { CHARGES, INSTALLATION_ID, PERIOD, PRICES, RETAILER_INVOICE } from './world.js';

/** The retailer's price list with its charges, the fees of the contract, and the retailer's invoice of June. */
export async function seedTariff(trx: Sql): Promise<void> {
  const planId = await seedPrices(trx);
  await trx
    .insertInto('plan_charge')
    .values(
      CHARGES.map((charge) => ({
        plan_id: planId,
        party: charge.party,
        code: charge.code,
        label: charge.label,
        unit: charge.unit,
        micros: charge.micros,
        share_by: charge.shareBy,
        vat_code: charge.vatCode,
        valid_from: '2026-01-01',
      })),
    )
    .execute();
  const { lines, ...sums } = RETAILER_INVOICE;
  const netCents = lines.reduce((sum, line) => sum + line.netCents, 0);
  const entered = await enterRetailerInvoice(trx, {
    installationId: INSTALLATION_ID,
    period: PERIOD,
    issueDate: '2026-07-01',
    periodFrom: '2026-06-01',
    periodTo: '2026-06-30',
    netCents,
    totalCents: netCents + sums.vatCents,
    ...sums,
    lines,
    by: 'demo',
    now: new Date('2026-07-01T09:00:00Z'),
  });
  if ('refused' in entered) throw new Error(`the demo's retailer invoice: ${entered.refused.message}`);
}

async function seedPrices(sql: Sql): Promise<string> {
  const plan = await sql
    .insertInto('price_plan')
    .values({
      installation_id: INSTALLATION_ID,
      name: 'Tetra-horário semanal 2026',
      calendar_id: 'pt-mainland-weekly',
      bands: 4,
      calendar_changeover: null,
      holidays_as_sunday: false,
      valid_from: '2026-01-01',
      valid_to: null,
      source: 'Tabela do comercializador, 2026',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('band_price')
    .values(
      PRICES.map(([band, perKWh]) => ({
        plan_id: plan.id,
        band,
        direction: 'import',
        valid_from: '2026-01-01',
        valid_to: null,
        micros_per_kwh: Math.round(Number(perKWh) * 1_000_000),
      })),
    )
    .execute();
  return plan.id;
}
