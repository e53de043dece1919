import { defineEntity, p } from '@mikro-orm/core';

import { FiscalDocument } from '../../invoicing/document.entity.js';
import { Customer } from '../../registry/registry.entity.js';

/** Typed in at a cash machine or in home banking. */
export interface Voucher {
  readonly entity: string;
  readonly reference: string;
  /** Until when it can be paid; an instant, ISO 8601. */
  readonly expiresAt: string | null;
}

/** A one-off payment on the provider's page: of invoices, or a top-up. Our row exists before the provider is asked. */
export const Checkout = defineEntity({
  name: 'Checkout',
  tableName: 'checkout',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    customer: () => p.manyToOne(Customer).mapToPk(),
    /** The payer's Idempotency-Key, within the customer: the same key is the same payment. */
    key: p.text(),
    /** invoices or top-up */
    purpose: p.text(),
    /** card, mb_way or multibanco; null lets the payer choose on the page */
    method: p.text().nullable(),
    /** The provider's word for how it was paid in the end; null until it is. */
    paidMethod: p.text().nullable(),
    amountCents: p.bigint('number'),
    currency: p.text(),
    /** created, open, pending, succeeded, failed, expired, disputed */
    state: p.text(),
    /** Where the page sends the payer back to. */
    returnUrl: p.text(),
    providerSessionId: p.text().nullable().unique('checkout_session_unique'),
    providerPaymentId: p.text().nullable().unique('checkout_payment_unique'),
    /** The provider's page, while it is open. */
    url: p.text().nullable(),
    /** What a Multibanco payment is made with, while it waits. */
    voucher: p.json<Voucher>().nullable(),
    failureCode: p.text().nullable(),
    createdBy: p.text(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
    settledAt: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'checkout_key_unique', properties: ['customer', 'key'] }],
  indexes: [{ name: 'checkout_state_index', properties: ['state', 'createdAt'] }],
});

/** What the payer chose to pay, in their order, and what was due on it then. */
export const CheckoutDocument = defineEntity({
  name: 'CheckoutDocument',
  tableName: 'checkout_document',
  properties: {
    checkout: () => p.manyToOne(Checkout).mapToPk().primary(),
    document: () => p.manyToOne(FiscalDocument).mapToPk().primary(),
    position: p.integer(),
    amountCents: p.bigint('number'),
  },
  indexes: [{ name: 'checkout_document_index', properties: ['document'] }],
});
