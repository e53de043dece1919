import { sql as raw, type RawBuilder } from 'kysely';

import { FINAL_CONSUMER_NIF } from '#libs/invoicing/fiscal/tax-number.js';
import { cursorPages } from '#libs/persistence/cursor-pages.js';
import type { Sql } from '#libs/persistence/database.js';

import type { SideTotals } from './amounts.js';
import type { ProductFacts } from './products.js';
import type { SaftCustomer, SaftDocument, SaftIssuer, SaftMonth, SaftReceipt } from './saft-facts.js';
import type { UsedTax } from './taxes.js';

/** Documents in memory at once, with their lines. */
const PAGE = 500;

/** The month of one issuer: its documents are those dated in it, in the issuer's zone. */
export interface SaftScope {
  readonly issuerId: string;
  readonly month: SaftMonth;
}

export async function saftIssuer(sql: Sql, issuerId: string): Promise<SaftIssuer | undefined> {
  const row = await sql.selectFrom('issuer').selectAll().where('id', '=', issuerId).executeTakeFirst();
  return row === undefined ? undefined : { ...row, postalCode: row.postal_code, timeZone: row.time_zone };
}

export const monthDocuments = ({ issuerId, month }: SaftScope) => raw`
  fiscal_document document
  join document_series series on series.id = document.series_id and series.issuer_id = ${issuerId}
    and document.issue_date between ${month.from} and ${month.to}`;

export const monthReceipts = ({ issuerId, month }: SaftScope) => raw`
  receipt
  join document_series series on series.id = receipt.series_id and series.issuer_id = ${issuerId}
    and receipt.issue_date between ${month.from} and ${month.to}`;

const number = (snapshot: RawBuilder<unknown>) =>
  raw`coalesce(nullif(btrim(${snapshot}->>'nif'), ''), ${FINAL_CONSUMER_NIF})`;

const parties = (scope: SaftScope) => raw`
  select document.customer_id, document.customer_snapshot as snapshot,
    ${number(raw`document.customer_snapshot`)} as number, document.issued_at, document.number_text
  from ${monthDocuments(scope)}
  union all
  select receipt.customer_id, receipt.customer_snapshot, ${number(raw`receipt.customer_snapshot`)}, receipt.issued_at,
    receipt.number_text
  from ${monthReceipts(scope)}`;

/** The last tax number of those customers who had several in the month. */
export async function changedTaxNumbers(sql: Sql, scope: SaftScope): Promise<Map<string, string>> {
  const { rows } = await raw<{ id: string; last: string }>`
    select customer_id as id, (array_agg(number order by issued_at desc, number_text desc))[1] as last
    from (${parties(scope)}) party
    where number <> ${FINAL_CONSUMER_NIF}
    group by customer_id having count(distinct number) > 1`.execute(sql);
  return new Map(rows.map(({ id, last }) => [id, last]));
}

/** Who gave a tax number, each with what the last document of the month says of them, in pages. */
export function customers(trx: Sql, scope: SaftScope): AsyncGenerator<readonly SaftCustomer[]> {
  const query = raw<SaftCustomer>`
    select distinct on (customer_id, number) customer_id as "customerId", snapshot as customer
    from (${parties(scope)}) party
    where number <> ${FINAL_CONSUMER_NIF}
    order by customer_id, number, issued_at desc, number_text desc`;
  return cursorPages(trx, query, PAGE);
}

export async function hasFinalConsumers(sql: Sql, scope: SaftScope): Promise<boolean> {
  const { rows } = await raw<{ found: boolean }>`
    select exists (select from (${parties(scope)}) party where number = ${FINAL_CONSUMER_NIF}) as found`.execute(sql);
  return rows[0]?.found === true;
}

/** What tells products apart, each once. */
export async function productFacts(sql: Sql, scope: SaftScope): Promise<ProductFacts[]> {
  const { rows } = await raw<ProductFacts>`
    select distinct line.kind, line.party, line.band, line.charge_code as code,
      case when line.kind in ('energy', 'energy-export') then '' else line.label end as label
    from ${monthDocuments(scope)}
    join document_line line on line.document_id = document.id`.execute(sql);
  return rows;
}

export async function usedTaxes(sql: Sql, scope: SaftScope): Promise<UsedTax[]> {
  const { rows } = await raw<UsedTax>`
    select distinct document.vat_region as region, line.vat_code as code, line.vat_rate_permyriad as "ratePermyriad"
    from ${monthDocuments(scope)}
    join document_line line on line.document_id = document.id
    union
    select distinct receipt.vat_region, part->>'code', (part->>'ratePermyriad')::int
    from ${monthReceipts(scope)}
    join receipt_line line on line.receipt_id = receipt.id
    cross join jsonb_array_elements(line.vat_groups) part`.execute(sql);
  return rows;
}

/** A document that cannot be written as the schema has it, and why. */
export type UnfitDocument = {
  readonly code: 'SAFT.CURRENCY' | 'SAFT.SIGN_MIXED' | 'SAFT.EXEMPTION_MISSING';
  readonly document: string;
};

/**
 * The first document in the way: in another currency (no rate of exchange to the euro is on record), with net, VAT and
 * total of different signs (the schema has no negative amounts), or with a line that bears no tax for no known reason.
 */
export async function unfitDocument(sql: Sql, scope: SaftScope): Promise<UnfitDocument | undefined> {
  const { rows } = await raw<UnfitDocument>`
    select 'SAFT.CURRENCY' as code, document.number_text as document
    from ${monthDocuments(scope)} where document.currency <> 'EUR'
    union all
    select 'SAFT.CURRENCY', receipt.number_text from ${monthReceipts(scope)} where receipt.currency <> 'EUR'
    union all
    select 'SAFT.SIGN_MIXED', document.number_text from ${monthDocuments(scope)}
    where least(sign(document.net_cents), sign(document.vat_cents), sign(document.gross_cents))
      * greatest(sign(document.net_cents), sign(document.vat_cents), sign(document.gross_cents)) < 0
    union all
    select 'SAFT.SIGN_MIXED', receipt.number_text from ${monthReceipts(scope)}
    where receipt.vat_cents < 0 or receipt.amount_cents < receipt.vat_cents
    union all
    select 'SAFT.EXEMPTION_MISSING', document.number_text from ${monthDocuments(scope)}
    where exists (select from document_line line where line.document_id = document.id
      and line.vat_rate_permyriad = 0 and line.exemption_code is null)
    limit 1`.execute(sql);
  return rows[0];
}

export async function salesTotals(sql: Sql, scope: SaftScope): Promise<SideTotals> {
  const { rows } = await raw<SideTotals>`
    select (select count(*) from ${monthDocuments(scope)}) as entries,
      coalesce(sum(-line.net_cents) filter (where line.net_cents < 0), 0)::bigint as "debitCents",
      coalesce(sum(line.net_cents) filter (where line.net_cents > 0), 0)::bigint as "creditCents"
    from ${monthDocuments(scope)}
    join document_line line on line.document_id = document.id`.execute(sql);
  return onlyRow(rows);
}

/** The amounts of a receipt's `line`: net by rate, and the interest beyond them. */
export const PAID_NETS = raw`
  select (part->>'netCents')::bigint as cents from jsonb_array_elements(line.vat_groups) part
  union all
  select line.amount_cents - coalesce(sum((part->>'netCents')::bigint + (part->>'vatCents')::bigint), 0)::bigint
  from jsonb_array_elements(line.vat_groups) part`;

/** Annulled receipts are counted, their amounts are not. */
export async function paymentTotals(sql: Sql, scope: SaftScope): Promise<SideTotals> {
  const { rows } = await raw<SideTotals>`
    select (select count(*) from ${monthReceipts(scope)}) as entries,
      coalesce(sum(-cents) filter (where cents < 0), 0)::bigint as "debitCents",
      coalesce(sum(cents) filter (where cents > 0), 0)::bigint as "creditCents"
    from (select part.cents
      from ${monthReceipts(scope)}
      join receipt_line line on line.receipt_id = receipt.id
      cross join lateral (${PAID_NETS}) part
      where not exists (select from receipt_cancellation gone where gone.receipt_id = receipt.id)) parts`.execute(sql);
  return onlyRow(rows);
}

function onlyRow<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('an aggregate gave no row');
  return row;
}

/** The issuer's series, in the order of the file. */
export function issuerSeries(sql: Sql, issuerId: string) {
  return sql
    .selectFrom('document_series')
    .where('issuer_id', '=', issuerId)
    .select(['id', 'type', 'code'])
    .orderBy('type')
    .orderBy('code')
    .execute();
}

/** The month's documents of a series by number, with their lines, in pages. */
export function documents(
  trx: Sql,
  seriesId: string,
  { from, to }: SaftMonth,
): AsyncGenerator<readonly SaftDocument[]> {
  const query = raw<SaftDocument>`
    select document.number_text as "numberText", document.type, document.atcud, document.hash,
      document.hash_control as "hashControl", document.issued_at as "issuedAt", document.issue_date as "issueDate",
      document.system_entry as "systemEntry", document.issued_by as "issuedBy", document.cash_vat as "cashVat",
      document.customer_id as "customerId", document.customer_snapshot as customer,
      document.vat_region as "vatRegion", document.vat_groups as "vatGroups", document.period_to as "periodTo",
      document.net_cents as "netCents", document.vat_cents as "vatCents", document.gross_cents as "grossCents",
      original.number_text as "references", document.reason, lines.lines
    from fiscal_document document
    left join fiscal_document original on original.id = document.references_document_id
    cross join lateral (
      select coalesce(json_agg(json_build_object('lineNo', line.line_no, 'kind', line.kind, 'party', line.party,
        'spotName', line.spot_name, 'season', line.season, 'dayType', line.day_type, 'band', line.band,
        'label', line.label, 'code', line.charge_code, 'interval', line."interval", 'wh', line.wh, 'microsPerKWh', line.micros_per_kwh,
        'netCents', line.net_cents, 'vatRatePermyriad', line.vat_rate_permyriad, 'vatCode', line.vat_code,
        'exemptionCode', line.exemption_code, 'adjustsPeriod', line.adjusts_period) order by line.line_no), '[]') as lines
      from document_line line where line.document_id = document.id) lines
    where document.series_id = ${seriesId} and document.issue_date between ${from} and ${to}
    order by document.number`;
  return cursorPages(trx, query, PAGE);
}

/** The month's receipts of a series by number, with what they are for and whether they still stand, in pages. */
export function receipts(trx: Sql, seriesId: string, { from, to }: SaftMonth): AsyncGenerator<readonly SaftReceipt[]> {
  const query = raw<SaftReceipt>`
    select receipt.number_text as "numberText", receipt.type, receipt.atcud, receipt.issue_date as "issueDate",
      receipt.system_entry as "systemEntry", receipt.issued_by as "issuedBy", receipt.customer_id as "customerId",
      receipt.customer_snapshot as customer, receipt.vat_region as "vatRegion", receipt.amount_cents as "amountCents",
      receipt.vat_cents as "vatCents", receipt.mechanism, receipt.paid_on as "paidOn", lines.lines,
      case when gone.receipt_id is null then null else json_build_object('systemEntry', gone.system_entry,
        'reason', gone.reason, 'by', gone.cancelled_by) end as cancelled
    from receipt
    left join receipt_cancellation gone on gone.receipt_id = receipt.id
    cross join lateral (
      select coalesce(json_agg(json_build_object('originatingOn', document.number_text,
        'invoiceDate', document.issue_date, 'amountCents', line.amount_cents, 'vatGroups', line.vat_groups) order by line.line_no), '[]') as lines
      from receipt_line line
      join fiscal_document document on document.id = line.document_id
      where line.receipt_id = receipt.id) lines
    where receipt.series_id = ${seriesId} and receipt.issue_date between ${from} and ${to}
    order by receipt.number`;
  return cursorPages(trx, query, PAGE);
}
