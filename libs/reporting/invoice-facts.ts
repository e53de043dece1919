import { sql as raw } from 'kysely';

import type { IssuerSnapshot, PartySnapshot, VatGroup } from '../invoicing/document.entity.js';
import type { Sql } from '../persistence/database.js';

export interface InvoiceLineFacts {
  readonly kind: string;
  readonly spotName: string | null;
  /** As printed on the charger. */
  readonly chargerLabel: string | null;
  readonly season: string | null;
  readonly dayType: string | null;
  readonly band: string | null;
  readonly label: string;
  readonly interval: string | null;
  readonly wh: number | null;
  readonly estimatedWh: number | null;
  readonly microsPerKWh: number | null;
  readonly netCents: number;
}

/** The meter at both ends of the time a customer answered for a charger. */
export interface MeterFacts {
  readonly chargerLabel: string;
  readonly spotName: string;
  readonly connectorId: number;
  readonly firstAt: Date;
  readonly firstWh: number;
  readonly lastAt: Date;
  readonly lastWh: number;
}

/** All that an invoice's PDF says. */
export interface InvoiceFacts {
  readonly numberText: string;
  readonly issuedAt: Date;
  /** Local dates, yyyy-mm-dd. */
  readonly issueDate: string;
  readonly dueDate: string;
  readonly periodFrom: string;
  readonly periodTo: string;
  readonly currency: string;
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
  readonly vatGroups: readonly VatGroup[];
  readonly issuer: IssuerSnapshot;
  readonly customer: PartySnapshot;
  readonly paymentMethod: string;
  readonly installationName: string;
  readonly condominiumName: string;
  readonly timeZone: string;
  readonly lines: readonly InvoiceLineFacts[];
  readonly meters: readonly MeterFacts[];
}

/** Reads an issued invoice with its lines and meter readings. Throws when there is none. */
export async function loadInvoiceFacts(sql: Sql, documentId: string): Promise<InvoiceFacts> {
  const row = await sql
    .selectFrom('fiscal_document as document')
    .innerJoin('installation', 'installation.id', 'document.installation_id')
    .innerJoin('condominium', 'condominium.id', 'installation.condominium_id')
    .where('document.id', '=', documentId)
    .where('document.type', '<>', 'NC')
    .selectAll('document')
    .select([
      'installation.name as installation_name',
      'installation.time_zone',
      'condominium.name as condominium_name',
    ])
    .executeTakeFirst();
  if (row === undefined) throw new Error(`no invoice ${documentId}`);
  return {
    numberText: row.number_text,
    issuedAt: row.issued_at,
    issueDate: row.issue_date,
    dueDate: row.due_date,
    periodFrom: row.period_from,
    periodTo: row.period_to,
    currency: row.currency,
    netCents: row.net_cents,
    vatCents: row.vat_cents,
    grossCents: row.gross_cents,
    vatGroups: row.vat_groups,
    issuer: row.issuer_snapshot,
    customer: row.customer_snapshot,
    paymentMethod: row.payment_method,
    installationName: row.installation_name,
    condominiumName: row.condominium_name,
    timeZone: row.time_zone,
    lines: await loadLines(sql, documentId),
    meters: await loadMeters(sql, documentId),
  };
}

async function loadLines(sql: Sql, documentId: string): Promise<InvoiceLineFacts[]> {
  const rows = await sql
    .selectFrom('document_line as line')
    .leftJoin('charger', 'charger.id', 'line.charger_id')
    .where('line.document_id', '=', documentId)
    .selectAll('line')
    .select('charger.label as charger_label')
    .orderBy('line.line_no')
    .execute();
  return rows.map((row) => ({
    kind: row.kind,
    spotName: row.spot_name,
    chargerLabel: row.charger_label ?? row.charger_id,
    season: row.season,
    dayType: row.day_type,
    band: row.band,
    label: row.label,
    interval: row.interval,
    wh: row.wh,
    estimatedWh: row.estimated_wh,
    microsPerKWh: row.micros_per_kwh,
    netCents: row.net_cents,
  }));
}

/**
 * First and last reading of each charger in the spans when the customer held its spot: month × occupancy ×
 * placement. A reading at a boundary belongs to both sides.
 */
async function loadMeters(sql: Sql, documentId: string): Promise<MeterFacts[]> {
  const { rows } = await raw<MeterFacts>`
    with spans as (
      select distinct line.charger_id, spot.name as spot_name,
        greatest(cycle.starts_at, occupancy."from", placement."from") as starts_at,
        least(cycle.ends_at, coalesce(occupancy.until, 'infinity'), coalesce(placement.until, 'infinity')) as ends_at
      from fiscal_document document
      join billing_cycle cycle on cycle.id = document.cycle_id
      join document_line line on line.document_id = document.id
      join spot on spot.installation_id = document.installation_id and spot.name = line.spot_name
      join charger_placement placement on placement.charger_id = line.charger_id and placement.spot_id = spot.id
      join occupancy on occupancy.spot_id = spot.id and occupancy.customer_id = document.customer_id
      where document.id = ${documentId})
    select charger.label as "chargerLabel", spans.spot_name as "spotName", reading.connector_id as "connectorId",
      min(reading.at) as "firstAt", (array_agg(reading.import_wh order by reading.at, reading.id))[1] as "firstWh",
      max(reading.at) as "lastAt", (array_agg(reading.import_wh order by reading.at desc, reading.id desc))[1] as "lastWh"
    from spans
    join charger on charger.id = spans.charger_id
    join meter_reading reading on reading.charger_id = spans.charger_id
      and reading.at between spans.starts_at and spans.ends_at
    where spans.starts_at < spans.ends_at
    group by charger.label, spans.spot_name, spans.starts_at, reading.connector_id
    order by spans.spot_name, charger.label, reading.connector_id, spans.starts_at`.execute(sql);
  return rows;
}
