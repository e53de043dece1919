import type Stripe from 'stripe';

import { lockCustomerBooks } from '#libs/ledger/balances.js';

import type { Sql } from '../../persistence/database.js';
import { allocatePayment, type PaymentPart } from '../allocate-payment.js';
import { openDocumentsOf, type DueDocument } from '../open-documents.js';
import type { PaymentDeps } from '../payment-deps.js';
import { stripeCustomerOf, type StripeCustomer } from '../stripe-customer.js';
import { applyCheckout } from './apply-checkout.js';
import { chosenOf, type CheckoutRow } from './checkout-rows.js';
import { methodsFor, type OneOffMethod } from './one-off-methods.js';
import { readingOf, readSession } from './refresh-checkout.js';

/** The page is open for so long (Stripe allows 24 hours). */
const OPEN_MS = 23 * 3_600_000;
/** A page that would be open for less than Stripe's least is not made any more. */
const LEAST_OPEN_MS = 31 * 60_000;

export interface CheckoutOrder {
  readonly customerId: string;
  /** The payer's Idempotency-Key: the same key is the same payment. */
  readonly key: string;
  /**
   * `invoices`: those named, in this order, or all that are due, the oldest first; `amountCents` of them, or all.
   * `top-up`: so many cents, paid ahead.
   */
  readonly pays:
    | { readonly purpose: 'invoices'; readonly documentIds?: readonly string[]; readonly amountCents?: number }
    | { readonly purpose: 'top-up'; readonly amountCents: number };
  /** null: the payer chooses on the page. */
  readonly method: OneOffMethod | null;
  /** Where the page sends the payer back to; our own address, never one from a request. */
  readonly returnUrl: string;
  readonly by: string;
  readonly now: Date;
}

export type CheckoutRefusalCode =
  | 'CUSTOMER_NOT_FOUND'
  | 'EMAIL_MISSING'
  | 'CHECKOUT.NOTHING_DUE'
  | 'CHECKOUT.NOT_DUE'
  | 'CHECKOUT.DEBIT_IN_FLIGHT'
  | 'CHECKOUT.AMOUNT_OUT_OF_RANGE'
  | 'CHECKOUT.CURRENCY_NOT_PAYABLE'
  | 'CHECKOUT.KEY_USED_FOR_OTHER_PAYMENT'
  | 'CHECKOUT.TOO_LATE';

export type StartedCheckout =
  | { readonly checkoutId: string; readonly state: string; readonly amountCents: number; readonly url: string | null }
  | { readonly refused: { readonly code: CheckoutRefusalCode; readonly detail: string } };

function refused(code: CheckoutRefusalCode, detail: string | number = '') {
  return { refused: { code, detail: String(detail) } } as const;
}

/**
 * Opens the provider's page for a one-off payment. The row is committed before the provider is asked; the same key again
 * finds the page that was made (by its stored id, by our id in its metadata, by the idempotency key) and never makes a
 * second one (getlago/lago-api #5870). An invoice whose debit is with the bank is not offered, and refused when named:
 * who pays it now pays twice (gameserverapp/Platform #1216). Throws when the provider cannot be asked.
 */
export async function startCheckout(deps: PaymentDeps, order: CheckoutOrder): Promise<StartedCheckout> {
  const payer = await stripeCustomerOf(deps, order.customerId);
  if ('refused' in payer) return refused(payer.refused.code, order.customerId);
  const claim = await deps.sql.transaction().execute((trx) => claimCheckout(trx, order));
  if ('refused' in claim) return claim;
  const { row, isNew } = claim;
  if (row.provider_session_id !== null || row.state !== 'created') return answerOf(row);
  const session =
    (isNew ? null : await findSession(deps.stripe, row, payer)) ?? (await makeSession(deps, row, payer, order.now));
  if (session === null) return tooLate(deps.sql, row, order.now);
  await applyCheckout(deps.sql, row.id, readingOf(await readSession(deps.stripe, session.id)), order.now);
  return answerOf(await deps.sql.selectFrom('checkout').selectAll().where('id', '=', row.id).executeTakeFirstOrThrow());
}

function answerOf({ id, state, amount_cents: amountCents, url }: CheckoutRow): StartedCheckout {
  return { checkoutId: id, state, amountCents, url };
}

type Claim =
  | { readonly row: CheckoutRow; readonly isNew: boolean }
  | { readonly refused: { readonly code: CheckoutRefusalCode; readonly detail: string } };

async function claimCheckout(trx: Sql, order: CheckoutOrder): Promise<Claim> {
  const { customerId, key, now } = order;
  await lockCustomerBooks(trx, customerId);
  const existing = await trx
    .selectFrom('checkout')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('key', '=', key)
    .executeTakeFirst();
  if (existing !== undefined) {
    const isSame = await isSamePayment(trx, existing, order);
    return isSame ? { row: existing, isNew: false } : refused('CHECKOUT.KEY_USED_FOR_OTHER_PAYMENT', key);
  }
  const plan = await planCheckout(trx, order);
  if ('refused' in plan) return plan;
  const row = await trx
    .insertInto('checkout')
    .values({
      customer_id: customerId,
      key,
      purpose: order.pays.purpose,
      method: order.method,
      amount_cents: plan.amountCents,
      currency: 'EUR',
      state: 'created',
      return_url: order.returnUrl,
      created_by: order.by,
      created_at: now,
      expires_at: new Date(now.getTime() + OPEN_MS),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const documents = plan.parts.map(({ documentId, amountCents }, position) => ({
    checkout_id: row.id,
    document_id: documentId,
    position,
    amount_cents: amountCents,
  }));
  if (documents.length > 0) await trx.insertInto('checkout_document').values(documents).execute();
  return { row, isNew: true };
}

async function isSamePayment(sql: Sql, row: CheckoutRow, { pays, method }: CheckoutOrder): Promise<boolean> {
  if (row.purpose !== pays.purpose || row.method !== method) return false;
  if (pays.amountCents !== undefined && pays.amountCents !== row.amount_cents) return false;
  if (pays.purpose === 'top-up' || pays.documentIds === undefined) return true;
  const asked = new Set(pays.documentIds);
  return (await chosenOf(sql, row.id)).every(({ documentId }) => asked.has(documentId));
}

type Plan =
  | { readonly amountCents: number; readonly parts: readonly PaymentPart[] }
  | { readonly refused: { readonly code: CheckoutRefusalCode; readonly detail: string } };

async function planCheckout(trx: Sql, { customerId, pays, method }: CheckoutOrder): Promise<Plan> {
  if (pays.purpose === 'top-up') return withinLimits({ amountCents: pays.amountCents, parts: [] }, method);
  const open = await openDocumentsOf(trx, customerId);
  const chosen = chooseDocuments(open, pays.documentIds);
  if ('refused' in chosen) return chosen;
  const dueCents = chosen.documents.reduce((sum, document) => sum + document.dueCents, 0);
  if (dueCents === 0) return refused('CHECKOUT.NOTHING_DUE', customerId);
  const amountCents = pays.amountCents ?? dueCents;
  if (!Number.isSafeInteger(amountCents) || amountCents <= 0 || amountCents > dueCents) {
    return refused('CHECKOUT.AMOUNT_OUT_OF_RANGE', amountCents);
  }
  const { parts } = allocatePayment(chosen.documents, amountCents, chosen.documents);
  return withinLimits({ amountCents, parts }, method);
}

function chooseDocuments(open: readonly DueDocument[], asked: readonly string[] | undefined) {
  const payable = open.filter(({ currency }) => currency === 'EUR');
  if (asked === undefined) return { documents: payable.filter(({ debitInFlight }) => !debitInFlight).map(plain) };
  const documents = [];
  for (const documentId of new Set(asked)) {
    const document = open.find((one) => one.documentId === documentId);
    if (document === undefined) return refused('CHECKOUT.NOT_DUE', documentId);
    if (document.currency !== 'EUR') return refused('CHECKOUT.CURRENCY_NOT_PAYABLE', document.currency);
    if (document.debitInFlight) return refused('CHECKOUT.DEBIT_IN_FLIGHT', document.numberText);
    documents.push(plain(document));
  }
  return { documents };
}

/** As {@link allocatePayment} takes it: what is chosen is paid as far as it is due. */
function plain({ documentId, dueCents, dueDate, numberText }: DueDocument) {
  return { documentId, dueCents, dueDate, numberText };
}

function withinLimits(
  plan: { readonly amountCents: number; readonly parts: readonly PaymentPart[] },
  method: OneOffMethod | null,
): Plan {
  const fits = Number.isSafeInteger(plan.amountCents) && methodsFor(plan.amountCents, method).length > 0;
  return fits ? plan : refused('CHECKOUT.AMOUNT_OUT_OF_RANGE', plan.amountCents);
}

/** The page of a checkout, among its payer's: Stripe's list knows what was just made. */
async function findSession(
  stripe: Stripe,
  row: CheckoutRow,
  { stripeCustomerId }: StripeCustomer,
): Promise<Stripe.Checkout.Session | null> {
  for await (const session of stripe.checkout.sessions.list({ customer: stripeCustomerId, limit: 100 })) {
    if (session.metadata?.['checkoutId'] === row.id) return session;
  }
  return null;
}

/** Null when it is too late to open the page that was asked for. */
async function makeSession(
  { sql, stripe }: PaymentDeps,
  row: CheckoutRow,
  payer: StripeCustomer,
  now: Date,
): Promise<Stripe.Checkout.Session | null> {
  const expiresAt = row.expires_at ?? now;
  if (expiresAt.getTime() - now.getTime() < LEAST_OPEN_MS) return null;
  const metadata = { checkoutId: row.id };
  return stripe.checkout.sessions.create(
    {
      mode: 'payment',
      customer: payer.stripeCustomerId,
      client_reference_id: row.id,
      allowed_payment_method_types: [...methodsFor(row.amount_cents, oneOffMethod(row.method))],
      line_items: await lineItems(sql, row, payer.language),
      locale: payer.language,
      expires_at: Math.floor(expiresAt.getTime() / 1000),
      success_url: `${row.return_url}?checkout=${row.id}`,
      cancel_url: `${row.return_url}?checkout=${row.id}&left=1`,
      metadata,
      payment_intent_data: { metadata },
    },
    { idempotencyKey: `checkout/${row.id}` },
  );
}

function oneOffMethod(method: string | null): OneOffMethod | null {
  return method === 'card' || method === 'mb_way' || method === 'multibanco' ? method : null;
}

const TOP_UP = { pt: 'Carregamento de saldo pré-pago', en: 'Prepaid balance top-up' } as const;

async function lineItems(sql: Sql, row: CheckoutRow, language: 'pt' | 'en') {
  const documents = await sql
    .selectFrom('checkout_document')
    .innerJoin('fiscal_document', 'fiscal_document.id', 'checkout_document.document_id')
    .where('checkout_document.checkout_id', '=', row.id)
    .orderBy('checkout_document.position')
    .select(['fiscal_document.number_text as name', 'checkout_document.amount_cents as cents'])
    .execute();
  const items = documents.length > 0 ? documents : [{ name: TOP_UP[language], cents: row.amount_cents }];
  return items.map(({ name, cents }) => ({
    quantity: 1,
    price_data: { currency: row.currency.toLowerCase(), unit_amount: cents, product_data: { name } },
  }));
}

/** Nobody has seen a page, and none is made any more: the payer begins again under another key. */
async function tooLate(sql: Sql, row: CheckoutRow, now: Date) {
  await sql
    .updateTable('checkout')
    .set({ state: 'expired', settled_at: now })
    .where('id', '=', row.id)
    .where('state', '=', 'created')
    .where('provider_session_id', 'is', null)
    .execute();
  return refused('CHECKOUT.TOO_LATE', row.key);
}
