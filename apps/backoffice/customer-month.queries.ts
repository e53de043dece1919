import { sql as raw } from 'kysely';

import type { TenantScope } from '#libs/identity/permissions.js';
import { isOfSpan, trueAt, trueLastReading, trueStart, trueStop } from '#libs/metering/clock/true-instants.js';
import { disregardedReadings } from '#libs/metering/correct-reading.js';
import type { Sql } from '#libs/persistence/database.js';
import { ownedChargers } from '#libs/rating/owned-chargers.js';
import { ownerSpans } from '#libs/rating/owner-spans.js';
import type { OwnerSpan } from '#libs/rating/timeline.js';
import { cardHolderAt } from '#libs/registry/card-holder.js';

import type { ChargingSession, CustomerMonthDetail, ImputedLine, RatedLine } from './api-types.js';
import { adjustmentsOf, chargesOf } from './customer-charges.queries.js';
import { dailyEnergy } from './daily-energy.js';
import { invoiceOf, invoiceRows } from './invoices.queries.js';
import { within } from './scope-sql.js';
import type { Settings } from './settings.js';

interface HeadRow {
  readonly customer_id: string;
  readonly customer_name: string;
  readonly payment_method: string;
  readonly cycle_id: string;
  readonly installation_id: string;
  readonly installation_name: string;
  readonly time_zone: string;
  readonly currency: string;
  readonly period: string;
  readonly step: string;
  readonly starts_at: Date;
  readonly ends_at: Date;
}

/** The customer and the month together, if both exist, belong together and lie within the scope. */
async function headOf(sql: Sql, scope: TenantScope, customerId: string, cycleId: string): Promise<HeadRow | null> {
  const visible = within(scope, { condominium: 'customer.condominium_id', customer: 'customer.id' });
  const { rows } = await raw<HeadRow>`
    select customer.id as customer_id, customer.name as customer_name, customer.payment_method, cycle.id as cycle_id,
      installation.id as installation_id, installation.name as installation_name, installation.time_zone,
      installation.currency, cycle.period, cycle.step, cycle.starts_at, cycle.ends_at
    from customer
    join installation on installation.condominium_id = customer.condominium_id
    join billing_cycle cycle on cycle.installation_id = installation.id
    where customer.id = ${customerId} and cycle.id = ${cycleId} and ${visible}`.execute(sql);
  return rows[0] ?? null;
}

interface LineRow {
  readonly id: string;
  readonly spot_name: string | null;
  readonly charger_label: string;
  readonly season: string;
  readonly day_type: string;
  readonly label: string;
  readonly interval: string;
  readonly band: string;
  readonly direction: string;
  readonly wh: number;
  readonly estimated_wh: number;
  readonly estimated_error_wh: number;
  readonly micros_per_kwh: number;
  readonly is_average_price: boolean;
  readonly price_parts: { component: string; micros: number }[] | null;
  readonly cents: number;
}

async function linesOf(sql: Sql, head: HeadRow): Promise<RatedLine[]> {
  const { rows } = await raw<LineRow>`
    select line.id, spot.name as spot_name, charger.label as charger_label, line.season, line.day_type, line.label,
      line.interval, line.band, line.direction, line.wh, line.estimated_wh, line.estimated_error_wh,
      line.micros_per_kwh, line.is_average_price, line.price_parts, line.cents
    from rated_line line
    join charger on charger.id = line.charger_id
    left join spot on spot.id = line.spot_id
    where line.cycle_id = ${head.cycle_id} and line.customer_id = ${head.customer_id}
    order by line.position`.execute(sql);
  return rows.map((row) => ({
    lineId: row.id,
    spotName: row.spot_name,
    chargerLabel: row.charger_label,
    season: row.season,
    dayType: row.day_type,
    label: row.label,
    interval: row.interval,
    band: row.band,
    direction: row.direction,
    wh: row.wh,
    estimatedWh: row.estimated_wh,
    estimatedErrorWh: row.estimated_error_wh,
    perKWhMicros: row.micros_per_kwh,
    isAveragePrice: row.is_average_price,
    priceParts: row.price_parts,
    cents: row.cents,
  }));
}

interface SessionRow {
  readonly id: number;
  readonly charger_id: string;
  readonly last_reading_at: Date | null;
  readonly charger_label: string;
  readonly started_at: Date;
  readonly stopped_at: Date | null;
  readonly energy_wh: number | null;
  readonly flags: string[];
  /** The customer whose card started it. */
  readonly payer: string | null;
}

/**
 * When a customer answered for which charger's energy, given whose card started the session: the very spans by which
 * the month is rated. Chargers without such a time are left out.
 */
async function heldSpans(sql: Sql, head: HeadRow): Promise<Map<string, (payer: string | null) => OwnerSpan[]>> {
  const { installation_id: installationId, starts_at: startsAt, ends_at: endsAt } = head;
  const month = { installationId, startMs: startsAt.getTime(), endMs: endsAt.getTime() };
  const held = new Map<string, (payer: string | null) => OwnerSpan[]>();
  for (const [chargerId, charger] of await ownedChargers(sql, installationId, startsAt, endsAt)) {
    const spansFor = (payer: string | null) =>
      ownerSpans(charger, { ...month, payer }).filter(({ owner }) => owner?.customerId === head.customer_id);
    if (spansFor(head.customer_id).length > 0) held.set(chargerId, spansFor);
  }
  return held;
}

/**
 * Transactions in the month while the customer answered for the charger; nobody else's, be it the landlord's tenant. At
 * true times, by which the month is rated.
 */
async function sessionsOf(sql: Sql, head: HeadRow): Promise<ChargingSession[]> {
  const held = await heldSpans(sql, head);
  const told = { charger: raw`trx.charger_id`, told: raw`reading.at`, reading: raw`reading.id` };
  const { rows } = await raw<SessionRow>`
    select trx.id, trx.charger_id, charger.label as charger_label, ${trueLastReading('trx')} as last_reading_at,
      ${trueStart('trx')} as started_at, ${trueStop('trx')} as stopped_at,
      coalesce(trx.meter_stop_wh, last.import_wh) - trx.meter_start_wh as energy_wh, trx.flags,
      ${cardHolderAt('token', 'trx')} as payer
    from charging_transaction trx
    join charger on charger.id = trx.charger_id
    left join token on token.installation_id = charger.installation_id and lower(token.id_tag) = lower(trx.id_tag)
    left join lateral (
      select reading.import_wh from meter_reading reading
      where trx.meter_stop_wh is null and reading.transaction_id = trx.id
        and reading.id <> all (${disregardedReadings(raw`trx.charger_id`)})
      order by ${trueAt(told)} desc, reading.id desc limit 1
    ) last on true
    where trx.charger_id = any(${[...held.keys()]}) and ${isOfSpan('trx', head.starts_at, head.ends_at)}
    order by started_at, trx.id limit 2000`.execute(sql);
  return rows
    .filter((row) => isHeld(row, held.get(row.charger_id)?.(row.payer) ?? []))
    .map((row) => ({
      transactionId: row.id,
      chargerLabel: row.charger_label,
      startedAt: row.started_at.toISOString(),
      stoppedAt: row.stopped_at?.toISOString() ?? null,
      energyWh: row.energy_wh,
      flags: row.flags,
    }));
}

function isHeld(row: SessionRow, spans: readonly OwnerSpan[]): boolean {
  const startMs = row.started_at.getTime();
  const endMs = Math.max(startMs, (row.stopped_at ?? row.last_reading_at ?? row.started_at).getTime());
  return spans.some((span) => span.startMs <= endMs && startMs < span.endMs);
}

/** A customer's month down to its sessions, or null when there is none within the scope. */
export async function customerMonth(
  sql: Sql,
  scope: TenantScope,
  query: { readonly customerId: string; readonly cycleId: string },
  settings: Settings,
): Promise<CustomerMonthDetail | null> {
  const head = await headOf(sql, scope, query.customerId, query.cycleId);
  if (head === null) return null;
  // One that was given back and issued again: the last one.
  const ofMonth = raw`doc.id = (select id from fiscal_document where cycle_id = ${head.cycle_id}
    and customer_id = ${head.customer_id} and type <> 'NC' order by id desc limit 1)`;
  const [lines, charges, sessions, [invoiceRow], dailyWh] = await Promise.all([
    linesOf(sql, head),
    chargesOf(sql, { cycleId: head.cycle_id, customerId: head.customer_id }),
    sessionsOf(sql, head),
    invoiceRows(sql, scope, ofMonth, 1),
    dailyEnergy(sql, {
      customerId: query.customerId,
      installationId: head.installation_id,
      timeZone: head.time_zone,
      startsAt: head.starts_at,
      endsAt: head.ends_at,
    }),
  ]);
  const printed = invoiceRow === undefined ? null : await totalsOf(sql, invoiceRow.id);
  return {
    customer: { id: head.customer_id, name: head.customer_name, paymentMethod: head.payment_method },
    cycleId: head.cycle_id,
    installationId: head.installation_id,
    installationName: head.installation_name,
    timeZone: head.time_zone,
    period: head.period,
    step: head.step,
    currency: head.currency,
    invoice: invoiceRow === undefined ? null : invoiceOf(invoiceRow, scope, settings),
    lines,
    charges,
    adjustments: invoiceRow === undefined ? [] : await adjustmentsOf(sql, invoiceRow.id),
    netCents: printed?.net_cents ?? unissuedCents(lines, charges),
    vatGroups: printed?.vat_groups ?? [],
    grossCents: printed?.gross_cents ?? null,
    sessions,
    dailyWh,
  };
}

/** What an invoice over these would come to, net. */
function unissuedCents(lines: readonly RatedLine[], charges: readonly ImputedLine[]): number {
  const energyCents = lines.reduce((sum, line) => sum + line.cents, 0);
  return charges.reduce((sum, charge) => sum + charge.netCents, energyCents);
}

async function totalsOf(sql: Sql, documentId: string) {
  return sql
    .selectFrom('fiscal_document')
    .select(['net_cents', 'vat_groups', 'gross_cents'])
    .where('id', '=', documentId)
    .executeTakeFirstOrThrow();
}
