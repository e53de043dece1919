import { sql as raw } from 'kysely';

import type { VatGroup } from '#libs/invoicing/document.entity.js';
import { postInvoiceIssued } from '#libs/ledger/post-events.js';
import type { Sql } from '#libs/persistence/database.js';

/** What a collection starts from, without the month that leads there. */
export const INSTALLATION = 'garage';
export const ISSUER_IBAN = 'PT50002700000001234567833';

export async function addInstallation(sql: Sql): Promise<void> {
  const place = { address: 'Rua de Teste 1', postal_code: '1000-001', city: 'Lisboa' };
  await sql
    .insertInto('issuer')
    .values({
      id: 'issuer',
      name: 'Cobrança Lda',
      nif: '500000000',
      email: 'contas@example.com',
      iban: ISSUER_IBAN,
      ...place,
    })
    .execute();
  await sql
    .insertInto('condominium')
    .values({
      id: 'condo',
      name: 'Condomínio',
      nif: '900000007',
      manager_name: 'Gestor',
      manager_email: 'g@example.com',
      ...place,
    })
    .execute();
  await sql
    .insertInto('installation')
    .values({ id: INSTALLATION, condominium_id: 'condo', issuer_id: 'issuer', name: 'Garagem' })
    .execute();
  await sql.insertInto('document_series').values({ issuer_id: 'issuer', type: 'FT', code: 'T2026' }).execute();
}

export interface CustomerFixture {
  readonly id: string;
  readonly paymentMethod?: 'direct-debit' | 'prepaid' | 'transfer';
  readonly email?: string | null;
  readonly language?: 'pt' | 'en';
}

export async function addCustomer(sql: Sql, customer: CustomerFixture): Promise<string> {
  await sql
    .insertInto('customer')
    .values({
      id: customer.id,
      condominium_id: 'condo',
      name: `Cliente ${customer.id}`,
      email: customer.email === undefined ? `${customer.id}@example.com` : customer.email,
      language: customer.language ?? 'pt',
      payment_method: customer.paymentMethod ?? 'direct-debit',
    })
    .execute();
  return customer.id;
}

export interface InvoiceFixture {
  readonly customerId: string;
  readonly grossCents: number;
  readonly issuedAt?: Date;
  readonly dueAt?: Date;
}

/** An issued and posted invoice; VAT is left out, it changes nothing here. */
export async function addInvoice(
  sql: Sql,
  { customerId, grossCents, dueAt, ...more }: InvoiceFixture,
): Promise<string> {
  const issuedAt = more.issuedAt ?? new Date('2026-07-01T09:00:00Z');
  const due = dueAt ?? new Date('2026-07-15T09:00:00Z');
  return sql.transaction().execute(async (trx) => {
    const series = await trx
      .updateTable('document_series')
      .set((set) => ({ last_number: set('last_number', '+', 1) }))
      .where('code', '=', 'T2026')
      .returning(['id', 'last_number'])
      .executeTakeFirstOrThrow();
    const customer = await trx
      .selectFrom('customer')
      .selectAll()
      .where('id', '=', customerId)
      .executeTakeFirstOrThrow();
    const party = { id: customerId, name: customer.name, nif: null, address: null, postalCode: null, city: null };
    const document = await trx
      .insertInto('fiscal_document')
      .values({
        series_id: series.id,
        number: series.last_number,
        number_text: `FT T2026/${series.last_number}`,
        type: 'FT',
        installation_id: INSTALLATION,
        customer_id: customerId,
        issued_at: issuedAt,
        issue_date: issuedAt.toISOString().slice(0, 10),
        due_date: due.toISOString().slice(0, 10),
        due_at: due,
        period_from: '2026-06-01',
        period_to: '2026-06-30',
        currency: 'EUR',
        net_cents: grossCents,
        vat_cents: 0,
        gross_cents: grossCents,
        vat_groups: raw<VatGroup[]>`'[]'::jsonb`,
        issuer_snapshot: {
          ...party,
          id: 'issuer',
          email: 'contas@example.com',
          iban: ISSUER_IBAN,
          softwareCertificate: null,
        },
        customer_snapshot: party,
        payment_method: customer.payment_method,
        key: `invoice/test/${customerId}/${series.last_number}`,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('document_line')
      .values({
        document_id: document.id,
        line_no: 1,
        kind: 'energy',
        label: 'Energia',
        net_cents: grossCents,
        vat_rate_permyriad: 0,
        vat_code: 'ISE',
      })
      .execute();
    await postInvoiceIssued(trx, { documentId: document.id });
    return document.id;
  });
}
