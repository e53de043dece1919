import { defineEntity, p } from '@mikro-orm/core';

import { FiscalDocument } from '../invoicing/document.entity.js';
import { BillingCycle } from '../rating/billing-cycle.entity.js';
import { Customer, Installation } from '../registry/registry.entity.js';

/** The resident's permission for SEPA direct debit. No IBAN is kept, only its last four characters. */
export const Mandate = defineEntity({
  name: 'Mandate',
  tableName: 'mandate',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    customer: () => p.manyToOne(Customer).mapToPk(),
    stripeSetupIntentId: p.text().unique('mandate_setup_intent_unique'),
    stripePaymentMethodId: p.text().nullable(),
    stripeMandateId: p.text().nullable(),
    ibanLast4: p.text().nullable(),
    /** pending, active or inactive */
    status: p.text(),
    /** What was agreed to and how: text, language, when, from where. */
    acceptance: p.json<Record<string, unknown>>(),
    /** portal, or hosted: the provider's page */
    origin: p.text().default('portal'),
    /** withdrawn, bank, superseded or lapsed */
    endedBecause: p.text().nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    activeAt: p.datetime(3).nullable(),
    inactiveAt: p.datetime(3).nullable(),
  },
  indexes: [{ name: 'mandate_customer_index', properties: ['customer', 'status'] }],
});

/** A link to the provider's page on which a resident signs a mandate. */
export const MandateLink = defineEntity({
  name: 'MandateLink',
  tableName: 'mandate_link',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    customer: () => p.manyToOne(Customer).mapToPk(),
    key: p.text(),
    /** created, open, completed or expired */
    state: p.text(),
    returnUrl: p.text(),
    /** The mandate text that the page follows. */
    textVersion: p.text(),
    language: p.text(),
    providerSessionId: p.text().nullable().unique('mandate_link_session_unique'),
    url: p.text().nullable(),
    mandate: () => p.manyToOne(Mandate).mapToPk().nullable(),
    createdBy: p.text(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'mandate_link_key_unique', properties: ['customer', 'key'] }],
});

/** Bringing in one invoice. Its workflow is `collection/<document>`. What is still due is the ledger's to say. */
export const Collection = defineEntity({
  name: 'Collection',
  tableName: 'collection',
  properties: {
    document: () => p.manyToOne(FiscalDocument).mapToPk().primary(),
    installation: () => p.manyToOne(Installation).mapToPk(),
    customer: () => p.manyToOne(Customer).mapToPk(),
    cycle: () => p.manyToOne(BillingCycle).mapToPk().nullable(),
    method: p.text(),
    /** a step of workflows/collection/messages.ts */
    step: p.text(),
    stepSince: p.datetime(3),
    waitsFor: p.text().nullable(),
    nextActionAt: p.datetime(3).nullable(),
    /** settled, arrears or cancelled; null while it runs */
    outcome: p.text().nullable(),
    reason: p.text().nullable(),
    workflowId: p.text(),
  },
  indexes: [
    { name: 'collection_cycle_index', properties: ['cycle', 'outcome'] },
    { name: 'collection_customer_index', properties: ['customer'] },
  ],
});

/** One attempt to move money. Our row exists before the provider is asked; its payment id is stored before it is believed. */
export const PaymentAttempt = defineEntity({
  name: 'PaymentAttempt',
  tableName: 'payment_attempt',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    document: () => p.manyToOne(FiscalDocument).mapToPk(),
    attemptNo: p.integer(),
    /** The provider's rail: stripe-sepa. Prepaid deductions and transfers are postings of the ledger alone. */
    method: p.text(),
    /** Fixed when the attempt is made: an idempotency key is only good with the same parameters. */
    mandate: () => p.manyToOne(Mandate).mapToPk().nullable(),
    amountCents: p.bigint('number'),
    /** yyyy-mm-dd: the day on which the bank is asked; null: as soon as it can be */
    targetDate: p.date().nullable(),
    providerPaymentId: p.text().nullable().unique('payment_attempt_provider_unique'),
    /** created, processing, succeeded, failed, disputed, cancelled */
    state: p.text(),
    /** Our cause, see failure-causes.json */
    failureCode: p.text().nullable(),
    /** The provider's own word for it */
    providerFailureCode: p.text().nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    settledAt: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'payment_attempt_no_unique', properties: ['document', 'attemptNo'] }],
});

/** A provider's webhook, stored raw before anything follows from it. */
export const WebhookEvent = defineEntity({
  name: 'WebhookEvent',
  tableName: 'webhook_event',
  properties: {
    id: p.text().primary(),
    type: p.text(),
    objectId: p.text(),
    raw: p.text(),
    receivedAt: p.datetime(3),
    times: p.integer().default(1),
    handledAt: p.datetime(3).nullable(),
    lastError: p.text().nullable(),
  },
  indexes: [{ name: 'webhook_event_unhandled_index', properties: ['handledAt', 'receivedAt'] }],
});
