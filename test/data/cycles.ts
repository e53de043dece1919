import type { Insertable } from 'kysely';

import type { Schema, Sql } from '#libs/persistence/database.js';
import { monthSpan } from '#libs/registry/period.js';

/** A month's cycle in Lisbon, done where nothing else is said. Returns its id. */
export async function seedCycle(
  sql: Sql,
  installationId: string,
  period: string,
  more: Partial<Insertable<Schema['billing_cycle']>> = {},
): Promise<string> {
  const { startsAt, endsAt } = monthSpan(period, 'Europe/Lisbon');
  const cycle = await sql
    .insertInto('billing_cycle')
    .values({
      installation_id: installationId,
      period,
      starts_at: startsAt,
      ends_at: endsAt,
      workflow_id: `bill/${installationId}/${period}`,
      step: 'done',
      step_since: endsAt,
      ...more,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return cycle.id;
}

/** Gives a cycle a document of one cent, for tests to which only matters that the month was billed. */
export async function billCycle(sql: Sql, cycleId: string, customerId: string): Promise<void> {
  const cycle = await sql
    .selectFrom('billing_cycle as c')
    .innerJoin('installation as i', 'i.id', 'c.installation_id')
    .select(['c.installation_id', 'c.period', 'c.ends_at', 'i.issuer_id'])
    .where('c.id', '=', cycleId)
    .executeTakeFirstOrThrow();
  const code = `${cycle.installation_id}-${cycle.period}`;
  const series = await sql
    .insertInto('document_series')
    .values({ issuer_id: cycle.issuer_id, type: 'FT', code })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('fiscal_document')
    .values({
      series_id: series.id,
      number: 1,
      number_text: `FT ${code}/1`,
      type: 'FT',
      installation_id: cycle.installation_id,
      customer_id: customerId,
      cycle_id: cycleId,
      issued_at: cycle.ends_at,
      issue_date: `${cycle.period}-28`,
      due_date: `${cycle.period}-28`,
      due_at: cycle.ends_at,
      period_from: `${cycle.period}-01`,
      period_to: `${cycle.period}-28`,
      currency: 'EUR',
      net_cents: 1,
      vat_cents: 0,
      gross_cents: 1,
      vat_groups: JSON.stringify([]) as never,
      issuer_snapshot: {} as never,
      customer_snapshot: {} as never,
      payment_method: 'transfer',
      key: `invoice/${cycleId}/${customerId}`,
    })
    .execute();
}
