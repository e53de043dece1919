import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { localDate } from '../registry/period.js';
import { invoiceStates, type InvoiceState } from './invoice-states.js';

/** One invoice of the month, with the customer's units and spots and where its collection stands. */
export interface InvoiceRow {
  readonly number: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly units: readonly string[];
  readonly spots: readonly string[];
  readonly wh: number;
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
  readonly dueCents: number;
  readonly state: InvoiceState;
  /** Local dates, yyyy-mm-dd. */
  readonly issueDate: string;
  readonly dueDate: string;
  readonly method: string;
  /** A collection step or arrears stage; null before the collection began. */
  readonly stage: string | null;
  readonly nextStage: string | null;
  readonly nextActionAt: Date | null;
}

export interface TariffRow {
  readonly season: string;
  readonly dayType: string;
  readonly band: string;
  readonly label: string;
  readonly interval: string;
  /** import or export */
  readonly direction: string;
  readonly microsPerKWh: number;
  readonly wh: number;
  readonly estimatedWh: number;
  readonly cents: number;
}

export interface SpotRow {
  readonly circuit: string | null;
  readonly spot: string | null;
  readonly unit: string | null;
  readonly charger: string;
  readonly sessions: number;
  /** Sessions that a person should look at. */
  readonly flagged: number;
  readonly wh: number;
  readonly estimatedWh: number;
}

/** A session without personal data: no card, no customer. */
export interface SessionRow {
  readonly spot: string | null;
  readonly charger: string;
  readonly startedAt: Date;
  readonly stoppedAt: Date | null;
  readonly wh: number | null;
  readonly flags: readonly string[];
}

/** All that the manager's workbook says of one month of one installation. */
export interface ManagerReportFacts {
  readonly installationId: string;
  readonly installationName: string;
  readonly condominiumName: string;
  readonly managerName: string;
  readonly issuerName: string;
  readonly issuerEmail: string;
  /** yyyy-mm */
  readonly period: string;
  /** Local dates, inclusive. */
  readonly periodFrom: string;
  readonly periodTo: string;
  readonly timeZone: string;
  readonly currency: string;
  /** The latest thing that happened in what is told here. */
  readonly asOf: Date;
  readonly unattributedWh: number;
  /**
   * What the ledger says these invoices charged when they were issued, net, the BPO's fees included: the check of the
   * sheets' own sums. What credit notes gave back later is no part of it.
   */
  readonly ledgerRecoveredCents: number;
  readonly invoices: readonly InvoiceRow[];
  readonly tariff: readonly TariffRow[];
  readonly spots: readonly SpotRow[];
  readonly sessions: readonly SessionRow[];
}

/** Reads a cycle for the manager. Throws when there is none. */
export async function loadManagerReport(sql: Sql, cycleId: string): Promise<ManagerReportFacts> {
  const cycle = await sql
    .selectFrom('billing_cycle as cycle')
    .innerJoin('installation', 'installation.id', 'cycle.installation_id')
    .innerJoin('condominium', 'condominium.id', 'installation.condominium_id')
    .innerJoin('issuer', 'issuer.id', 'installation.issuer_id')
    .where('cycle.id', '=', cycleId)
    .selectAll('cycle')
    .select([
      'installation.name as installation_name',
      'installation.time_zone',
      'installation.currency',
      'condominium.name as condominium_name',
      'condominium.manager_name',
      'issuer.name as issuer_name',
      'issuer.email as issuer_email',
    ])
    .executeTakeFirstOrThrow(() => new Error(`no billing cycle ${cycleId}`));
  const { asOf, recoveredCents } = await ledgerFacts(sql, cycleId);
  return {
    installationId: cycle.installation_id,
    installationName: cycle.installation_name,
    condominiumName: cycle.condominium_name,
    managerName: cycle.manager_name,
    issuerName: cycle.issuer_name,
    issuerEmail: cycle.issuer_email,
    period: cycle.period,
    periodFrom: localDate(cycle.starts_at, cycle.time_zone),
    periodTo: localDate(new Date(cycle.ends_at.getTime() - 1), cycle.time_zone),
    timeZone: cycle.time_zone,
    currency: cycle.currency,
    asOf: asOf ?? cycle.ends_at,
    unattributedWh: cycle.unattributed_wh,
    ledgerRecoveredCents: recoveredCents,
    invoices: await loadInvoices(sql, cycleId),
    tariff: await loadTariff(sql, cycleId),
    spots: await loadSpots(sql, cycleId),
    sessions: await loadSessions(sql, cycleId),
  };
}

async function ledgerFacts(sql: Sql, cycleId: string): Promise<{ asOf: Date | null; recoveredCents: number }> {
  const { rows } = await raw<{ asOf: Date | null; recoveredCents: number }>`
    select
      (select max(at) from (
        select issued_at as at from fiscal_document where cycle_id = ${cycleId}
        union all select entry.occurred_at from journal_entry entry
          join fiscal_document document on document.id = entry.document_id where document.cycle_id = ${cycleId}
        union all select step_since from collection where cycle_id = ${cycleId}
        union all select stage_since from arrears_case
          join fiscal_document document on document.id = arrears_case.document_id where document.cycle_id = ${cycleId}
      ) moments) as "asOf",
      (select coalesce(-sum(posting.amount_cents), 0)::bigint
        from posting
        join journal_entry entry on entry.id = posting.entry_id
        join ledger_account account on account.id = posting.account_id and account.kind in ('recovered', 'fees')
        join fiscal_document document on document.id = entry.document_id
        where document.cycle_id = ${cycleId} and entry.kind = 'invoice-issued') as "recoveredCents"`.execute(sql);
  return rows[0] ?? { asOf: null, recoveredCents: 0 };
}

async function loadInvoices(sql: Sql, cycleId: string): Promise<InvoiceRow[]> {
  const states = new Map((await invoiceStates(sql, { cycleId })).map((row) => [row.documentId, row]));
  const rows = await sql
    .selectFrom('fiscal_document as document')
    .leftJoin('collection', 'collection.document_id', 'document.id')
    .leftJoin('arrears_case as arrears', 'arrears.document_id', 'document.id')
    .where('document.cycle_id', '=', cycleId)
    .selectAll('document')
    .select([
      'collection.step',
      'collection.next_action_at as collection_next_at',
      'arrears.stage as arrears_stage',
      'arrears.next_stage as arrears_next_stage',
      'arrears.next_action_at as arrears_next_at',
      raw<number>`(select coalesce(sum(line.wh), 0)::bigint from document_line line
        where line.document_id = document.id and line.kind = 'energy' and line.adjusts_period is null)`.as('wh'),
      raw<string[]>`array(select distinct line.spot_name from document_line line
        where line.document_id = document.id and line.spot_name is not null order by 1)`.as('spots'),
      raw<string[]>`array(select distinct unit.name from document_line line
        join spot on spot.installation_id = document.installation_id and spot.name = line.spot_name
        join unit on unit.id = spot.unit_id
        where line.document_id = document.id order by 1)`.as('units'),
    ])
    .orderBy('document.issued_at')
    .orderBy('document.number')
    .execute();
  return rows.map((row) => ({
    number: row.number_text,
    customerId: row.customer_id,
    customerName: row.customer_snapshot.name,
    units: row.units,
    spots: row.spots,
    wh: row.wh,
    netCents: row.net_cents,
    vatCents: row.vat_cents,
    grossCents: row.gross_cents,
    dueCents: states.get(row.id)?.dueCents ?? 0,
    state: states.get(row.id)?.state ?? 'open',
    issueDate: row.issue_date,
    dueDate: row.due_date,
    method: row.payment_method,
    stage: row.arrears_stage ?? row.step,
    nextStage: row.arrears_stage === null ? null : row.arrears_next_stage,
    nextActionAt: row.arrears_stage === null ? row.collection_next_at : row.arrears_next_at,
  }));
}

async function loadTariff(sql: Sql, cycleId: string): Promise<TariffRow[]> {
  const { rows } = await raw<TariffRow>`
    select season, day_type as "dayType", band, label, "interval", direction, micros_per_kwh as "microsPerKWh",
      sum(wh)::bigint as wh, sum(estimated_wh)::bigint as "estimatedWh", sum(cents)::bigint as cents
    from rated_line where cycle_id = ${cycleId}
    group by season, day_type, band, label, "interval", direction, micros_per_kwh
    order by season desc, array_position(array['Semana', 'Sabado', 'Domingo', 'Todos'], day_type),
      direction desc, label, "interval", micros_per_kwh`.execute(sql);
  return rows;
}

async function loadSpots(sql: Sql, cycleId: string): Promise<SpotRow[]> {
  const { rows } = await raw<SpotRow>`
    with cycle as (select * from billing_cycle where id = ${cycleId}),
    energy as (
      select spot_id, charger_id, sum(wh) filter (where direction = 'import') as wh,
        sum(estimated_wh) filter (where direction = 'import') as estimated_wh
      from rated_line where cycle_id = ${cycleId} group by spot_id, charger_id),
    sessions as (
      select placement.spot_id, session.charger_id, count(*) as sessions,
        count(*) filter (where cardinality(session.flags) > 0) as flagged
      from cycle
      join charger on charger.installation_id = cycle.installation_id
      join charging_transaction session on session.charger_id = charger.id
        and session.started_at < cycle.ends_at and coalesce(session.stopped_at, session.last_reading_at, session.started_at) >= cycle.starts_at
      left join charger_placement placement on placement.charger_id = session.charger_id
        and session.started_at >= placement."from" and (placement.until is null or session.started_at < placement.until)
      group by placement.spot_id, session.charger_id),
    placed as (
      select placement.spot_id, placement.charger_id
      from cycle
      join charger on charger.installation_id = cycle.installation_id
      join charger_placement placement on placement.charger_id = charger.id
        and placement."from" < cycle.ends_at and (placement.until is null or placement.until > cycle.starts_at)),
    places as (
      select spot_id, charger_id from energy union select spot_id, charger_id from sessions
      union select spot_id, charger_id from placed)
    select circuit.name as circuit, spot.name as spot, unit.name as unit, charger.label as charger,
      coalesce(sessions.sessions, 0)::bigint as sessions, coalesce(sessions.flagged, 0)::bigint as flagged,
      coalesce(energy.wh, 0)::bigint as wh, coalesce(energy.estimated_wh, 0)::bigint as "estimatedWh"
    from places
    join charger on charger.id = places.charger_id
    left join spot on spot.id = places.spot_id
    left join circuit on circuit.id = spot.circuit_id
    left join unit on unit.id = spot.unit_id
    left join energy on energy.charger_id = places.charger_id and energy.spot_id is not distinct from places.spot_id
    left join sessions on sessions.charger_id = places.charger_id and sessions.spot_id is not distinct from places.spot_id
    order by circuit.position nulls last, circuit.name, spot.name nulls last, charger.label`.execute(sql);
  return rows;
}

async function loadSessions(sql: Sql, cycleId: string): Promise<SessionRow[]> {
  const { rows } = await raw<SessionRow>`
    select spot.name as spot, charger.label as charger, session.started_at as "startedAt",
      session.stopped_at as "stoppedAt", (session.meter_stop_wh - session.meter_start_wh)::bigint as wh, session.flags
    from billing_cycle cycle
    join charger on charger.installation_id = cycle.installation_id
    join charging_transaction session on session.charger_id = charger.id
      and session.started_at < cycle.ends_at and coalesce(session.stopped_at, session.last_reading_at, session.started_at) >= cycle.starts_at
    left join charger_placement placement on placement.charger_id = session.charger_id
      and session.started_at >= placement."from" and (placement.until is null or session.started_at < placement.until)
    left join spot on spot.id = placement.spot_id
    where cycle.id = ${cycleId}
    order by charger.label, session.started_at, session.id`.execute(sql);
  return rows;
}
