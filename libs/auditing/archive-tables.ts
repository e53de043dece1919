import { stringify } from 'csv-stringify/sync';
import { sql as fragment } from 'kysely';

import { cursorPages } from '#libs/persistence/cursor-pages.js';
import type { Sql } from '#libs/persistence/database.js';

import type { ArchivedMonth } from './archive-facts.js';

type Cell = string | number | null;
type CsvRow = Readonly<Record<string, Cell>>;

/** A table as CSV, page by page; booleans as true and false, null as nothing. */
async function* csv(pages: AsyncIterable<readonly CsvRow[]>, columns: readonly string[]): AsyncGenerator<string> {
  yield stringify([[...columns]]);
  for await (const rows of pages) yield stringify(rows.map((row) => columns.map((column) => row[column] ?? null)));
}

const LINE_COLUMNS = [
  'position',
  'chargerId',
  'customerId',
  'spotId',
  'season',
  'dayType',
  'band',
  'label',
  'interval',
  'direction',
  'wh',
  'estimatedWh',
  'estimatedErrorWh',
  'microsPerKWh',
  'isAveragePrice',
  'priceParts',
  'cents',
  'calendarId',
] as const;

/** The rated lines in their printed order. */
export function linesCsv(trx: Sql, { cycleId }: ArchivedMonth): AsyncGenerator<string> {
  const query = fragment<CsvRow>`
    select position, charger_id as "chargerId", customer_id as "customerId", spot_id::text as "spotId", season,
      day_type as "dayType", band, label, interval, direction, wh, estimated_wh as "estimatedWh",
      estimated_error_wh as "estimatedErrorWh", micros_per_kwh as "microsPerKWh",
      is_average_price::text as "isAveragePrice", price_parts::text as "priceParts", cents, calendar_id as "calendarId"
    from rated_line where cycle_id = ${cycleId} order by position, id`;
  return csv(cursorPages(trx, query), LINE_COLUMNS);
}

const IMPUTED_COLUMNS = [
  'position',
  'customerId',
  'spotId',
  'party',
  'code',
  'label',
  'shareBy',
  'totalCents',
  'weight',
  'totalWeight',
  'netCents',
  'vatCode',
  'exemptionCode',
] as const;

/** The month's charges that are no price per kWh, as they were shared out. */
export function imputedCsv(trx: Sql, { cycleId }: ArchivedMonth): AsyncGenerator<string> {
  const query = fragment<CsvRow>`
    select position, customer_id as "customerId", spot_id::text as "spotId", party, code, label, share_by as "shareBy",
      total_cents as "totalCents", weight, total_weight as "totalWeight", net_cents as "netCents",
      vat_code as "vatCode", exemption_code as "exemptionCode"
    from imputed_line where cycle_id = ${cycleId} order by position, party, code, customer_id, spot_id, id`;
  return csv(cursorPages(trx, query), IMPUTED_COLUMNS);
}

/**
 * The fiscal documents of the month with their lines, then the journal entries that speak of them with their postings:
 * one JSON array with one element a line, so that neither side needs it whole in memory.
 */
export async function* documentsJson(trx: Sql, { cycleId }: ArchivedMonth): AsyncGenerator<string> {
  const documents = fragment<{ line: string }>`
    select jsonb_build_object('document', to_jsonb(d), 'lines', (
      select coalesce(jsonb_agg(to_jsonb(l) order by l.line_no), '[]') from document_line l where l.document_id = d.id
      ))::text as line
    from fiscal_document d where d.cycle_id = ${cycleId} order by d.issued_at, d.number_text`;
  const entries = fragment<{ line: string }>`
    select jsonb_build_object('entry', to_jsonb(e), 'postings', (
      select coalesce(jsonb_agg(jsonb_build_object('account', a.code, 'amountCents', p.amount_cents) order by a.code), '[]')
      from posting p join ledger_account a on a.id = p.account_id where p.entry_id = e.id))::text as line
    from journal_entry e join fiscal_document d on d.id = e.document_id
    where d.cycle_id = ${cycleId} order by e.posted_at, e.key`;
  let before = '[\n';
  for (const query of [documents, entries]) {
    for await (const rows of cursorPages(trx, query)) {
      yield rows
        .map(({ line }) => {
          const text = `${before}${line}`;
          before = ',\n';
          return text;
        })
        .join('');
    }
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}
