import { sql as raw } from 'kysely';

import { standsForItsMonth } from '../invoicing/standing-invoice.js';
import type { Sql } from '../persistence/database.js';
import { invoiceStates, type InvoiceState } from './invoice-states.js';
import { allRows, queriedPages } from './row-pages.js';

/** Nothing is due, though nobody paid: credit notes gave all of it back, or what was left of it was given up. */
export type InvoiceRowState = InvoiceState | 'credited' | 'written-off';

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
  /** Interest that was charged on it: owed beside its gross amount. */
  readonly interestCents: number;
  /** What was given up of it, and did not come after all. */
  readonly writtenOffCents: number;
  readonly dueCents: number;
  readonly state: InvoiceRowState;
  /** It was given back so that its month is invoiced again: what it says is no part of what was invoiced any more. */
  readonly isGivenBack: boolean;
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
  const booked = await bookedOnInvoices(sql, cycleId);
  const rows = queriedPages(sql, invoicesOf(cycleId), ({ documentId, ...row }): InvoiceRow => {
    const dueCents = states.get(documentId)?.dueCents ?? 0;
    const books = booked.get(documentId) ?? NOTHING_BOOKED;
    const state = dueCents > 0 ? (states.get(documentId)?.state ?? 'open') : settledState(row.grossCents, books);
    return { ...row, ...books, dueCents, state };
  });
  return allRows(rows);
}

/** Of an invoice on which nothing is due. */
function settledState(grossCents: number, { creditedCents, writtenOffCents }: BookedOnInvoice): InvoiceRowState {
  if (writtenOffCents > 0) return 'written-off';
  return creditedCents >= grossCents ? 'credited' : 'paid';
}

type BookedOnInvoice = Pick<InvoiceRow, 'creditedCents' | 'interestCents' | 'writtenOffCents'>;
const NOTHING_BOOKED: BookedOnInvoice = { creditedCents: 0, interestCents: 0, writtenOffCents: 0 };

type StoredInvoice = Omit<InvoiceRow, keyof BookedOnInvoice | 'dueCents' | 'state'> & { readonly documentId: string };

function invoicesOf(cycleId: string) {
  return raw<StoredInvoice>`
    select document.id as "documentId", document.number_text as number, document.customer_id as "customerId",
      document.customer_snapshot ->> 'name' as "customerName",
      array(select distinct unit.name from document_line line
        join spot on spot.installation_id = document.installation_id and spot.name = line.spot_name
        join unit on unit.id = spot.unit_id
        where line.document_id = document.id order by 1) as units,
      array(select distinct line.spot_name from document_line line
        where line.document_id = document.id and line.spot_name is not null order by 1) as spots,
      parts.wh, parts.energy_cents as "energyCents", parts.charges_cents as "chargesCents",
      parts.adjustments_cents as "adjustmentsCents", parts.fees_cents as "feesCents", document.net_cents as "netCents",
      document.vat_cents as "vatCents", document.gross_cents as "grossCents", document.issue_date as "issueDate",
      document.due_date as "dueDate", document.payment_method as method, coalesce(arrears.stage, collection.step) as stage,
      arrears.next_stage as "nextStage",
      case when arrears.stage is null then collection.next_action_at else arrears.next_action_at end as "nextActionAt",
      not ${standsForItsMonth(raw`document.id`)} as "isGivenBack"
    from fiscal_document document
    left join collection on collection.document_id = document.id
    left join arrears_case arrears on arrears.document_id = document.id
    join ${partsOfInvoices(cycleId)} on parts.document_id = document.id
    where document.cycle_id = ${cycleId}
    order by document.issued_at, document.number`;
}

/** What each invoice's net is made of; every line counts in exactly one part. */
function partsOfInvoices(cycleId: string) {
  return raw`(
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
    group by line.document_id) parts`;
}

/** What the ledger says was credited, charged as interest and given up on each invoice, whatever was paid. */
async function bookedOnInvoices(sql: Sql, cycleId: string): Promise<Map<string, BookedOnInvoice>> {
  const { rows } = await raw<BookedOnInvoice & { readonly id: string }>`
    select document.id,
      coalesce(-sum(posting.amount_cents) filter (where account.kind = 'receivable'
        and entry.kind = 'credit-note-issued'), 0)::bigint as "creditedCents",
      coalesce(-sum(posting.amount_cents) filter (where account.kind = 'interest'), 0)::bigint as "interestCents",
      coalesce(sum(posting.amount_cents) filter (where account.kind = 'write-off'), 0)::bigint as "writtenOffCents"
    from fiscal_document document
    join journal_entry entry on entry.document_id = document.id
    join posting on posting.entry_id = entry.id
    join ledger_account account on account.id = posting.account_id
    where document.cycle_id = ${cycleId}
    group by document.id`.execute(sql);
  return new Map(rows.map(({ id, ...books }) => [id, books]));
}
