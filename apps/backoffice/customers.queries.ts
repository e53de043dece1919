import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Customer, CustomerDetail, CustomerMonth, Page } from './api-types.js';
import { containing } from './containing.js';
import { invoiceRows, invoiceStateOf, type InvoiceRow } from './invoices.queries.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';

export interface CustomerFilter {
  readonly installation?: string | undefined;
  readonly q?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface CustomerRow {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly nif: string | null;
  readonly language: string;
  readonly condominium_id: string;
  readonly payment_method: string;
  readonly spots: string[];
  readonly currency: string;
  readonly balance_cents: number;
  readonly prepaid_cents: number;
}

async function customerRows(
  sql: Sql,
  scope: TenantScope,
  condition: RawBuilder<unknown>,
  paged: { readonly limit: number; readonly now: Date },
): Promise<CustomerRow[]> {
  const visible = within(scope, { condominium: 'customer.condominium_id', customer: 'customer.id' });
  const { rows } = await raw<CustomerRow>`
    with page as materialized (
      select customer.* from customer where ${visible} and ${condition} order by customer.id limit ${paged.limit}
    )
    select page.id, page.name, page.email, page.nif, page.language, page.condominium_id, page.payment_method,
      place.spots, books.balance_cents, books.prepaid_cents,
      coalesce(books.currency, (select min(currency) from installation
        where installation.condominium_id = page.condominium_id), 'EUR') as currency
    from page
    left join lateral (
      select coalesce(array_agg(distinct spot.name order by spot.name), '{}') as spots
      from occupancy join spot on spot.id = occupancy.spot_id
      where occupancy.customer_id = page.id and occupancy."from" <= ${paged.now}
        and (occupancy.until is null or occupancy.until > ${paged.now})
    ) place on true
    left join lateral (
      select coalesce(sum(posting.amount_cents) filter (where account.kind = 'receivable'), 0)::bigint as balance_cents,
        coalesce(-sum(posting.amount_cents) filter (where account.kind = 'prepaid'), 0)::bigint as prepaid_cents,
        min(account.currency) as currency
      from ledger_account account join posting on posting.account_id = account.id
      where account.customer_id = page.id
    ) books on true
    order by page.id`.execute(sql);
  return rows;
}

const customerOf = (row: CustomerRow): Customer => ({
  id: row.id,
  name: row.name,
  email: row.email,
  paymentMethod: row.payment_method,
  spots: row.spots,
  currency: row.currency,
  balanceCents: row.balance_cents,
});

/** By customer number; `q` looks into number, name, e-mail and the names of the spots held now. */
export async function customers(
  sql: Sql,
  scope: TenantScope,
  filter: CustomerFilter,
  now: Date,
): Promise<Page<Customer>> {
  const after = decodeCursor(filter.cursor, z.tuple([z.string()]));
  const conditions = [raw`true`];
  if (after !== null) conditions.push(raw`customer.id > ${after[0]}`);
  if (filter.installation !== undefined) {
    conditions.push(raw`exists (select from occupancy join spot on spot.id = occupancy.spot_id
      where occupancy.customer_id = customer.id and spot.installation_id = ${filter.installation})`);
  }
  if (filter.q !== undefined) {
    const text = containing(filter.q);
    conditions.push(raw`(customer.id ilike ${text} or customer.name ilike ${text} or customer.email ilike ${text}
      or exists (select from occupancy join spot on spot.id = occupancy.spot_id
        where occupancy.customer_id = customer.id and spot.name ilike ${text}
          and occupancy."from" <= ${now} and (occupancy.until is null or occupancy.until > ${now})))`);
  }
  const rows = await customerRows(sql, scope, raw.join(conditions, raw` and `), { limit: filter.limit + 1, now });
  return pageOf(rows, filter.limit, (row) => [row.id], customerOf);
}

export async function customerById(
  sql: Sql,
  scope: TenantScope,
  id: string,
  now: Date,
): Promise<CustomerDetail | null> {
  const [row] = await customerRows(sql, scope, raw`customer.id = ${id}`, { limit: 1, now });
  if (row === undefined) return null;
  const [mandate, months] = await Promise.all([latestMandate(sql, id), monthsOfCustomer(sql, scope, id)]);
  return {
    ...customerOf(row),
    nif: row.nif,
    language: row.language,
    condominiumId: row.condominium_id,
    prepaidCents: row.prepaid_cents,
    mandate,
    months,
  };
}

/** The active mandate, or else the newest one. */
async function latestMandate(sql: Sql, customerId: string): Promise<CustomerDetail['mandate']> {
  const { rows } = await raw<{ status: string; iban_last4: string | null }>`
    select status, iban_last4 from mandate where customer_id = ${customerId}
    order by (status = 'active') desc, created_at desc limit 1`.execute(sql);
  const [row] = rows;
  return row === undefined ? null : { status: row.status, ibanLast4: row.iban_last4 };
}

/** Ten years of months: a customer has no more to show. */
const MONTHS_SHOWN = 120;

interface CycleRow {
  readonly id: string;
  readonly period: string;
  readonly currency: string;
}

/** Months with consumption or an invoice, newest first. */
async function monthsOfCustomer(sql: Sql, scope: TenantScope, customerId: string): Promise<CustomerMonth[]> {
  const [cycles, invoices] = await Promise.all([
    raw<CycleRow>`
      select cycle.id, cycle.period, installation.currency from billing_cycle cycle
      join installation on installation.id = cycle.installation_id
      where cycle.id in (select cycle_id from rated_line where customer_id = ${customerId}
        union select cycle_id from fiscal_document where customer_id = ${customerId})
      order by cycle.period desc, cycle.id limit ${MONTHS_SHOWN}`.execute(sql),
    invoiceRows(sql, scope, raw`doc.customer_id = ${customerId}`, 10 * MONTHS_SHOWN),
  ]);
  // A month that was issued again has several: the newest stands, whatever its series; ids are in order of time.
  const inTime = invoices.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const byCycle = new Map(inTime.map((invoice) => [invoice.cycle_id, invoice]));
  return cycles.rows.map((cycle) => customerMonthOf(cycle, byCycle.get(cycle.id)));
}

function customerMonthOf(cycle: CycleRow, invoice: InvoiceRow | undefined): CustomerMonth {
  return {
    cycleId: cycle.id,
    period: cycle.period,
    documentId: invoice?.id ?? null,
    number: invoice?.number_text ?? null,
    currency: invoice?.currency ?? cycle.currency,
    grossCents: invoice?.gross_cents ?? null,
    dueCents: invoice?.due_cents ?? null,
    state: invoice === undefined ? null : invoiceStateOf(invoice),
  };
}
