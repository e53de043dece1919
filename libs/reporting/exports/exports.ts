import { sql as fragment, type RawBuilder } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';
import { pricePlanTable } from '#libs/tariff/tables/price-plan.js';

import { iso, type ExportRow, type ExportSpan } from './export-span.js';
import { readings, transactions, type ChargerExport } from './exports-of-chargers.js';

export type { ExportSpan } from './export-span.js';

/** A list that can be written as CSV: its columns in order, and a query ordered by `key` that takes a page after a key. */
export interface Export {
  readonly columns: readonly string[];
  page(span: ExportSpan, after: string | null, limit: number): RawBuilder<ExportRow>;
}

const PAGE_ROWS = 5_000;

const chargers: Export = {
  columns: ['chargerId', 'installation', 'circuit', 'spot', 'password'],
  page: (_span, after, limit) => fragment`
    select c.id as key, c.label as "chargerId", c.installation_id as installation, ci.name as circuit, s.name as spot,
      '' as password
    from charger c
      left join charger_placement p on p.charger_id = c.id and p.until is null
      left join spot s on s.id = p.spot_id
      left join circuit ci on ci.id = s.circuit_id
    where c.id > ${after ?? ''} order by c.id limit ${limit}`,
};

const tokens: Export = {
  columns: ['idTag', 'customer', 'status'],
  page: (_span, after, limit) => fragment`
    select t.id::text as key, t.id_tag as "idTag", t.customer_id as customer, t.status
    from token t where t.id > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid order by t.id limit ${limit}`,
};

const customers: Export = {
  columns: [
    'customer',
    'condominium',
    'name',
    'nif',
    'email',
    'address',
    'postalCode',
    'city',
    'country',
    'language',
    'paymentMethod',
  ],
  page: (_span, after, limit) => fragment`
    select c.id as key, c.id as customer, c.condominium_id as condominium, c.name, c.nif, c.email, c.address,
      c.postal_code as "postalCode", c.city, c.country, c.language, c.payment_method as "paymentMethod"
    from customer c where c.id > ${after ?? ''} order by c.id limit ${limit}`,
};

const units: Export = {
  columns: ['installation', 'unit', 'permillage', 'spots'],
  page: (_span, after, limit) => fragment`
    select u.id::text as key, u.installation_id as installation, u.name as unit,
      (u.permillage_hundredths / 100)::text || ',' || lpad((u.permillage_hundredths % 100)::text, 2, '0') as permillage,
      (select string_agg(s.name, '|' order by s.name) from spot s where s.unit_id = u.id) as spots
    from unit u where u.id > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid order by u.id limit ${limit}`,
};

const occupancies: Export = {
  columns: ['installation', 'spot', 'customer', 'kind', 'from', 'until'],
  page: (_span, after, limit) => fragment`
    select o.id::text as key, s.installation_id as installation, s.name as spot, o.customer_id as customer, o.kind,
      to_char(o."from" at time zone i.time_zone, 'YYYY-MM-DD"T"HH24:MI:SS') as "from",
      to_char(o.until at time zone i.time_zone, 'YYYY-MM-DD"T"HH24:MI:SS') as until
    from occupancy o join spot s on s.id = o.spot_id join installation i on i.id = s.installation_id
    where o.id > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid order by o.id limit ${limit}`,
};

/** Parts per million, or micro-units, as a decimal with all its places. */
const decimalText = (column: string, places: 4 | 6): RawBuilder<string> =>
  fragment`trim(to_char(${fragment.ref(column)} / ${fragment.lit(10 ** places)}::numeric, ${fragment.lit(`FM999999990.${'0'.repeat(places)}`)}))`;

/** Each price, each charge, and the plans that have no price: what `chazemo import price-plan` takes back unchanged. */
const pricePlan: Export = {
  columns: pricePlanTable.columns.map(({ name }) => name),
  page: (_span, after, limit) => fragment`
    select p.id::text || d.key as key, p.installation_id as installation, p.name as plan,
      p.valid_from::text as "planFrom", p.valid_to::text as "planTo", p.calendar_id as calendar, p.bands,
      p.calendar_changeover::text as "calendarChangeover",
      case when p.holidays_as_sunday then 'yes' else 'no' end as "holidaysAsSunday", p.retailer,
      case d."row" when 'charge' then d.vat_code else p.vat_code end as "vatCode",
      case d."row" when 'charge' then d.exemption_code else p.exemption_code end as "exemptionCode",
      p.index_series_id as "indexSeries", p.losses_series_id as "lossesSeries",
      ${decimalText('p.losses_ppm', 6)} as losses, ${decimalText('p.factor_ppm', 6)} as factor,
      ${decimalText('p.margin_micros', 6)} as margin,
      d."row", d.band, d.direction, d.component, ${decimalText('d.micros_per_kwh', 6)} as "perKWh",
      d.party, d.code, d.label, d.unit,
      case d.unit when 'percent-of-energy' then ${decimalText('d.micros', 4)} else ${decimalText('d.micros', 6)} end
        as amount,
      d.share_by as "shareBy", d.valid_from::text as "from", d.valid_to::text as "to",
      case d."row" when 'charge' then d.source else p.source end as source
    from price_plan p cross join lateral (
      select 'price' as "row", '/price/' || b.id::text as key, b.band, b.direction, b.component, b.micros_per_kwh,
        null as party, null as code, null as label, null as unit, null::bigint as micros, null as share_by,
        null as vat_code, null as exemption_code, b.valid_from, b.valid_to, null as source
      from band_price b where b.plan_id = p.id
      union all
      select 'charge', '/charge/' || c.id::text, null, null, null, null,
        c.party, c.code, c.label, c.unit, c.micros, c.share_by,
        c.vat_code, c.exemption_code, c.valid_from, c.valid_to, c.source
      from plan_charge c where c.plan_id = p.id
      union all
      select 'plan', '/plan', null, null, null, null, null, null, null, null, null, null, null, null, null, null, null
      where not exists (select from band_price b where b.plan_id = p.id)) d
    where (p.id::text || d.key) collate "C" > ${after ?? ''}
    order by (p.id::text || d.key) collate "C" limit ${limit}`,
};

const invoices: Export = {
  columns: [
    'number',
    'customer',
    'installation',
    'issueDate',
    'dueDate',
    'netCents',
    'vatCents',
    'grossCents',
    'dueCents',
  ],
  page: (span, after, limit) => fragment`
    select d.id::text as key, d.number_text as number, d.customer_id as customer, d.installation_id as installation,
      d.issue_date::text as "issueDate", d.due_date::text as "dueDate", d.net_cents as "netCents",
      d.vat_cents as "vatCents", d.gross_cents as "grossCents",
      (select coalesce(sum(p.amount_cents), 0)::bigint from journal_entry e
        join posting p on p.entry_id = e.id join ledger_account a on a.id = p.account_id
        where e.document_id = d.id and a.kind = 'receivable') as "dueCents"
    from fiscal_document d
    where d.id > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid
      and d.issue_date >= coalesce(${span.from}::date, '-infinity'::date)
      and d.issue_date <= coalesce(${span.to}::date, 'infinity'::date)
    order by d.id limit ${limit}`,
};

const ledger: Export = {
  columns: ['entry', 'occurredAt', 'kind', 'description', 'account', 'amountCents'],
  page: (span, after, limit) => fragment`
    select e.id::text || a.id::text as key, e.key as entry, ${iso('e.occurred_at')} as "occurredAt", e.kind,
      e.description, a.code as account, p.amount_cents as "amountCents"
    from posting p join journal_entry e on e.id = p.entry_id join ledger_account a on a.id = p.account_id
    where (e.id, a.id) > (
        coalesce(left(${after}::text, 36), '00000000-0000-0000-0000-000000000000')::uuid,
        coalesce(right(${after}::text, 36), '00000000-0000-0000-0000-000000000000')::uuid)
      and e.occurred_at >= coalesce(${span.from}::date, '-infinity'::date)
      and e.occurred_at < coalesce(${span.to}::date + 1, 'infinity'::date)
    order by e.id, a.id limit ${limit}`,
};

export const EXPORTS: Readonly<Record<string, Export | ChargerExport>> = {
  chargers,
  tokens,
  customers,
  units,
  occupancies,
  'price-plan': pricePlan,
  readings,
  transactions,
  invoices,
  ledger,
};

/** All rows of an export in pages by key, so that memory stays flat however long the list is. */
export async function* exportRows(
  sql: Sql,
  list: Export | ChargerExport,
  span: ExportSpan,
): AsyncGenerator<readonly (string | number | null)[]> {
  const pagers = 'pageOf' in list ? chargerPagers(sql, list) : [list.page.bind(list)];
  for await (const page of pagers) {
    for (let after: string | null = null; ;) {
      const { rows }: { rows: ExportRow[] } = await page(span, after, PAGE_ROWS).execute(sql);
      for (const row of rows) yield list.columns.map((column) => row[column] ?? null);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_ROWS) break;
      after = String(last['key']);
    }
  }
}

/** One charger after the other, in order of their ids. */
async function* chargerPagers(sql: Sql, list: ChargerExport): AsyncGenerator<Export['page']> {
  for (let after = ''; ;) {
    const query = sql.selectFrom('charger').select('id').where('id', '>', after).orderBy('id').limit(PAGE_ROWS);
    const found = await query.execute();
    for (const { id } of found) yield (span, from, limit) => list.pageOf(id, span, from, limit);
    const last = found.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
