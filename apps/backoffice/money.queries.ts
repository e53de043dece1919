import type { TenantScope } from '#libs/identity/permissions.js';
import { openDebtCents, prepaidAvailableCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { METHOD_LIMITS } from '#libs/payments/checkout/one-off-methods.js';
import { creditorOf } from '#libs/payments/mandates/creditor.js';
import { mandateHistory } from '#libs/payments/mandates/mandate-history.js';
import { mandateText } from '#libs/payments/mandates/mandate-text.js';
import { openDocumentsOf } from '#libs/payments/open-documents.js';
import { customerReference, paymentReference } from '#libs/payments/payment-reference.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Checkout, MandateFacts, Money, PaymentUnderWay, Transfer } from './api-types.js';
import { within } from './scope-sql.js';

export interface CustomerInScope {
  readonly id: string;
  readonly language: 'pt' | 'en';
  readonly installationId: string | null;
  readonly timeZone: string;
}

/** A customer that the actor may see; null when there is none. */
export async function customerInScope(sql: Sql, scope: TenantScope, id: string): Promise<CustomerInScope | null> {
  const row = await sql
    .selectFrom('customer')
    .leftJoin('installation', 'installation.condominium_id', 'customer.condominium_id')
    .where('customer.id', '=', id)
    .where(within(scope, { condominium: 'customer.condominium_id', customer: 'customer.id' }))
    .orderBy('installation.id')
    .select(['customer.id', 'customer.language', 'installation.id as installationId', 'installation.time_zone as zone'])
    .executeTakeFirst();
  if (row === undefined) return null;
  const { language, installationId, zone } = row;
  return { id, language: language === 'en' ? 'en' : 'pt', installationId, timeZone: zone ?? 'Europe/Lisbon' };
}

/** All that a customer's money page shows. */
export async function moneyOf(
  sql: Sql,
  customer: CustomerInScope,
  { now, canPay }: { readonly now: Date; readonly canPay: boolean },
): Promise<Money> {
  const { id: customerId, language } = customer;
  const due = await openDocumentsOf(sql, customerId);
  const payees = await payeesOf(
    sql,
    due.map(({ documentId }) => documentId),
  );
  const { version, text } = mandateText(language, now.toISOString().slice(0, 10), await creditorOf(sql, customerId));
  return {
    customerId,
    currency: due[0]?.currency ?? 'EUR',
    prepaidCents: await prepaidBalanceCents(sql, customerId),
    availableCents: await prepaidAvailableCents(sql, customerId),
    openDebtCents: await openDebtCents(sql, customerId),
    due: due.map(({ documentId, numberText, dueDate, dueCents, currency, debitInFlight }) => ({
      documentId,
      number: numberText,
      dueDate,
      dueCents,
      currency,
      debitInFlight,
      transfer: transferTo(payees.get(documentId), () => paymentReference({ numberText })),
    })),
    transfer: await aheadTransfer(sql, customerId),
    underWay: [
      ...(await debits(sql, customerId)),
      ...(await checkouts(sql, customerId)),
      ...(await refunds(sql, customerId)),
    ],
    mandates: await mandates(sql, customerId),
    mandateText: { version, text },
    methods: METHOD_LIMITS.map(({ method, leastCents, mostCents }) => ({ method, leastCents, mostCents })),
    canPay,
  };
}

interface Payee {
  readonly name: string;
  readonly iban: string | null;
}

function transferTo(payee: Payee | undefined, reference: () => string): Transfer | null {
  if (payee === undefined || payee.iban === null) return null;
  return { holder: payee.name, iban: payee.iban, reference: reference() };
}

/** Whom each invoice is paid to, as it is printed on it. */
async function payeesOf(sql: Sql, documentIds: readonly string[]): Promise<Map<string, Payee>> {
  if (documentIds.length === 0) return new Map();
  const rows = await sql
    .selectFrom('fiscal_document')
    .where('id', 'in', documentIds)
    .select(['id', 'issuer_snapshot as issuer'])
    .execute();
  return new Map(rows.map(({ id, issuer: { name, iban } }) => [id, { name, iban }]));
}

async function aheadTransfer(sql: Sql, customerId: string): Promise<Transfer | null> {
  const rows = await sql
    .selectFrom('customer')
    .innerJoin('installation', 'installation.condominium_id', 'customer.condominium_id')
    .innerJoin('issuer', 'issuer.id', 'installation.issuer_id')
    .where('customer.id', '=', customerId)
    .select(['issuer.id', 'issuer.name', 'issuer.iban'])
    .distinct()
    .execute();
  return rows.length === 1 ? transferTo(rows[0], () => customerReference({ customerId })) : null;
}

/** How a payment of this customer on the provider's page stands; null when there is none. */
export async function checkoutOf(sql: Sql, customerId: string, checkoutId: string): Promise<Checkout | null> {
  const row = await sql
    .selectFrom('checkout')
    .where('id', '=', checkoutId)
    .where('customer_id', '=', customerId)
    .selectAll()
    .executeTakeFirst();
  if (row === undefined) return null;
  const { state, method, currency, url } = row;
  const purpose = row.purpose === 'top-up' ? 'top-up' : 'invoices';
  return { checkoutId, purpose, state, method, amountCents: row.amount_cents, currency, url };
}

async function debits(sql: Sql, customerId: string): Promise<PaymentUnderWay[]> {
  const rows = await sql
    .selectFrom('payment_attempt as attempt')
    .innerJoin('fiscal_document as document', 'document.id', 'attempt.document_id')
    .where('document.customer_id', '=', customerId)
    .where('attempt.state', 'in', ['created', 'processing'])
    .orderBy('attempt.created_at')
    .select([
      'attempt.id',
      'attempt.state',
      'attempt.amount_cents as amountCents',
      'attempt.created_at as since',
      'attempt.target_date as until',
      'document.currency',
      'document.number_text as numberText',
    ])
    .execute();
  return rows.map(({ id, state, amountCents, since, until, currency, numberText }) => ({
    kind: 'debit',
    id,
    state,
    method: 'sepa_debit',
    amountCents,
    currency,
    since: since.toISOString(),
    until,
    numbers: [numberText],
    voucher: null,
    url: null,
  }));
}

async function checkouts(sql: Sql, customerId: string): Promise<PaymentUnderWay[]> {
  const rows = await sql
    .selectFrom('checkout')
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['open', 'pending'])
    .orderBy('created_at')
    .selectAll()
    .execute();
  const numbers = await numbersOf(
    sql,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    kind: 'checkout',
    id: row.id,
    state: row.state,
    method: row.method,
    amountCents: row.amount_cents,
    currency: row.currency,
    since: row.created_at.toISOString(),
    until: row.state === 'open' ? (row.expires_at?.toISOString() ?? null) : null,
    numbers: numbers.get(row.id) ?? [],
    voucher: row.state === 'pending' ? row.voucher : null,
    url: row.url,
  }));
}

async function numbersOf(sql: Sql, checkoutIds: readonly string[]): Promise<Map<string, string[]>> {
  const numbers = new Map<string, string[]>();
  if (checkoutIds.length === 0) return numbers;
  const rows = await sql
    .selectFrom('checkout_document')
    .innerJoin('fiscal_document', 'fiscal_document.id', 'checkout_document.document_id')
    .where('checkout_document.checkout_id', 'in', checkoutIds)
    .orderBy('checkout_document.position')
    .select(['checkout_document.checkout_id as checkoutId', 'fiscal_document.number_text as numberText'])
    .execute();
  for (const { checkoutId, numberText } of rows) {
    numbers.set(checkoutId, [...(numbers.get(checkoutId) ?? []), numberText]);
  }
  return numbers;
}

async function refunds(sql: Sql, customerId: string): Promise<PaymentUnderWay[]> {
  const rows = await sql
    .selectFrom('refund')
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['created', 'pending'])
    .orderBy('created_at')
    .selectAll()
    .execute();
  return rows.map((row) => ({
    kind: 'refund',
    id: row.id,
    state: row.state,
    method: 'stripe',
    amountCents: row.amount_cents,
    currency: row.currency,
    since: row.created_at.toISOString(),
    until: null,
    numbers: [],
    voucher: null,
    url: null,
  }));
}

async function mandates(sql: Sql, customerId: string): Promise<MandateFacts[]> {
  const records = await mandateHistory(sql, customerId);
  return records.map((one) => ({
    mandateId: one.mandateId,
    status: one.status,
    ibanLast4: one.ibanLast4,
    origin: one.origin,
    signedAt: (one.activeAt ?? one.signedAt).toISOString(),
    endedAt: one.endedAt?.toISOString() ?? null,
    endedBecause: one.endedBecause,
    textVersion: one.textVersion,
    text: one.text,
    confirmedAt: one.confirmedAt?.toISOString() ?? null,
  }));
}
