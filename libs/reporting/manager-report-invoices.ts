import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { invoiceStates, type InvoiceState } from './invoice-states.js';

/** One invoice of the month, with the customer's units and spots and where its collection stands. */
export interface InvoiceRow {
  readonly number: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly units: readonly string[];
  readonly spots: readonly string[];
  readonly wh: number;
  /** The parts of the net: the month's own energy and charges and what corrects former months, all the retailer's; fees. */
  readonly energyCents: number;
  readonly chargesCents: number;
  readonly adjustmentsCents: number;
  readonly feesCents: number;
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
  /** What credit notes gave back of it, with VAT. */
  readonly creditedCents: number;
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

/** The invoices of a cycle in the order of their numbers. Credit notes are no invoices: they stand in what is credited. */
export async function loadInvoices(sql: Sql, cycleId: string): Promise<InvoiceRow[]> {
  const states = new Map((await invoiceStates(sql, { cycleId })).map((row) => [row.documentId, row]));
  const credited = await creditedCents(sql, cycleId);
  const rows = await sql
    .selectFrom('fiscal_document as document')
    .leftJoin('collection', 'collection.document_id', 'document.id')
    .leftJoin('arrears_case as arrears', 'arrears.document_id', 'document.id')
    .innerJoin(partsOfInvoices(cycleId), (join) => join.onRef('parts.document_id', '=', 'document.id'))
    .where('document.cycle_id', '=', cycleId)
    .selectAll('document')
    .select([
      'collection.step',
      'collection.next_action_at as collection_next_at',
      'arrears.stage as arrears_stage',
      'arrears.next_stage as arrears_next_stage',
      'arrears.next_action_at as arrears_next_at',
      'parts.wh',
      'parts.energy_cents',
      'parts.charges_cents',
      'parts.adjustments_cents',
      'parts.fees_cents',
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
    energyCents: row.energy_cents,
    chargesCents: row.charges_cents,
    adjustmentsCents: row.adjustments_cents,
    feesCents: row.fees_cents,
    netCents: row.net_cents,
    vatCents: row.vat_cents,
    grossCents: row.gross_cents,
    creditedCents: credited.get(row.id) ?? 0,
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

interface InvoiceParts {
  readonly document_id: string;
  readonly wh: number;
  readonly energy_cents: number;
  readonly charges_cents: number;
  readonly adjustments_cents: number;
  readonly fees_cents: number;
}

/** What each invoice's net is made of; every line counts in exactly one part. */
function partsOfInvoices(cycleId: string) {
  return raw<InvoiceParts>`(
    select line.document_id,
      coalesce(sum(line.wh) filter (where line.kind = 'energy' and line.adjusts_period is null), 0)::bigint as wh,
      coalesce(sum(line.net_cents) filter (where line.party = 'retailer' and line.adjusts_period is null
        and line.kind <> 'fixed-charge'), 0)::bigint as energy_cents,
      coalesce(sum(line.net_cents) filter (where line.party = 'retailer' and line.adjusts_period is null
        and line.kind = 'fixed-charge'), 0)::bigint as charges_cents,
      coalesce(sum(line.net_cents) filter (where line.party = 'retailer' and line.adjusts_period is not null), 0)::bigint
        as adjustments_cents,
      coalesce(sum(line.net_cents) filter (where line.party = 'bpo'), 0)::bigint as fees_cents
    from document_line line
    join fiscal_document document on document.id = line.document_id
    where document.cycle_id = ${cycleId}
    group by line.document_id)`.as<'parts'>('parts');
}

/** What the ledger says was credited on each invoice, whatever was paid. */
async function creditedCents(sql: Sql, cycleId: string): Promise<Map<string, number>> {
  const rows = await sql
    .selectFrom('journal_entry as entry')
    .innerJoin('fiscal_document as document', 'document.id', 'entry.document_id')
    .innerJoin('posting', 'posting.entry_id', 'entry.id')
    .innerJoin('ledger_account as account', 'account.id', 'posting.account_id')
    .where('document.cycle_id', '=', cycleId)
    .where('entry.kind', '=', 'credit-note-issued')
    .where('account.kind', '=', 'receivable')
    .groupBy('document.id')
    .select(['document.id', raw<number>`(-sum(posting.amount_cents))::bigint`.as('cents')])
    .execute();
  return new Map(rows.map(({ id, cents }) => [id, cents]));
}
