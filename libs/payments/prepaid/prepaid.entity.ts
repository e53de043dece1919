import { defineEntity, p } from '@mikro-orm/core';

import { Customer, Issuer } from '../../registry/registry.entity.js';
import { Mandate } from '../payment.entity.js';

/** How and when a customer agreed to automatic top-ups. */
export interface TopUpConsent {
  /** ISO 8601 */
  readonly at: string;
  /** Who said so: the customer's own user, or staff. */
  readonly by: string;
  /** What was agreed, in the words that were shown, or where the paper lies. */
  readonly evidence: string;
}

/** The rules of one prepaid account, from an instant on: the row with the latest validFrom holds. Never changed. */
export const PrepaidSettings = defineEntity({
  name: 'PrepaidSettings',
  tableName: 'prepaid_settings',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    customer: () => p.manyToOne(Customer).mapToPk(),
    validFrom: p.datetime(3),
    /** Deductions leave at least this: never below zero. */
    floorCents: p.bigint('number'),
    /** Below this the customer is told. */
    lowBalanceCents: p.bigint('number'),
    /** Automatic top-up by mandate: all three, or none where it is off. */
    autoBelowCents: p.bigint('number').nullable(),
    autoAmountCents: p.bigint('number').nullable(),
    autoMonthMaximumCents: p.bigint('number').nullable(),
    autoConsent: p.json<TopUpConsent>().nullable(),
    /** Who set it: a person, or `top-up/<order>` that failed or was taken back. */
    setBy: p.text(),
  },
  indexes: [{ name: 'prepaid_settings_customer_index', properties: ['customer', 'validFrom'] }],
});

/** What was noticed of a prepaid account: since when it is low, at its floor, waiting for a top-up. Null: it is not. */
export const PrepaidWatch = defineEntity({
  name: 'PrepaidWatch',
  tableName: 'prepaid_watch',
  properties: {
    customer: () => p.manyToOne(Customer).mapToPk().primary(),
    lowSince: p.datetime(3).nullable(),
    floorSince: p.datetime(3).nullable(),
    autoSince: p.datetime(3).nullable(),
    /** What was available at the last look, an estimate. */
    availableCents: p.bigint('number'),
    lookedAt: p.datetime(3),
  },
});

/** A debit by mandate for no invoice: money paid ahead. Its workflow is `top-up/<id>`. */
export const TopUpOrder = defineEntity({
  name: 'TopUpOrder',
  tableName: 'top_up_order',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    customer: () => p.manyToOne(Customer).mapToPk(),
    mandate: () => p.manyToOne(Mandate).mapToPk(),
    amountCents: p.bigint('number'),
    currency: p.text(),
    /** One fall below the threshold makes one order: `auto/<since>`. */
    occasion: p.text(),
    /** When the debit may be made: the customer is told before. */
    debitAt: p.datetime(3),
    /** When it took its room under the week's limit, before the provider was asked; null: not yet. */
    claimedAt: p.datetime(3).nullable(),
    providerPaymentId: p.text().nullable().unique('top_up_order_provider_unique'),
    /** created, processing, succeeded, failed, disputed or cancelled */
    state: p.text(),
    /** Our cause, see failure-causes.json; of a cancelled one why it was not needed. */
    reason: p.text().nullable(),
    providerFailureCode: p.text().nullable(),
    createdAt: p.datetime(3),
    settledAt: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'top_up_order_occasion_unique', properties: ['customer', 'occasion'] }],
  indexes: [
    {
      name: 'top_up_order_in_flight_unique',
      expression:
        'create unique index "top_up_order_in_flight_unique" on "top_up_order" ("customer_id") where state in (\'created\', \'processing\')',
    },
  ],
});

/** What is left of a prepaid balance goes back to the customer. */
export const RefundOrder = defineEntity({
  name: 'RefundOrder',
  tableName: 'refund_order',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    customer: () => p.manyToOne(Customer).mapToPk(),
    issuer: () => p.manyToOne(Issuer).mapToPk(),
    amountCents: p.bigint('number'),
    currency: p.text(),
    /** Where it goes; only until it is there (or given up), then only its last four characters are left. */
    iban: p.text().nullable(),
    ibanLast4: p.text().nullable(),
    /** What it is made for, once: `leaving/<day>`, `conversion/<change>`. */
    occasion: p.text(),
    /** proposed, approved, sent, done, failed or cancelled */
    state: p.text(),
    reason: p.text().nullable(),
    /** The bank's file it is in. */
    messageId: p.text().nullable(),
    proposedAt: p.datetime(3),
    proposedBy: p.text(),
    approvedAt: p.datetime(3).nullable(),
    approvedBy: p.text().nullable(),
    sentAt: p.datetime(3).nullable(),
    endedAt: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'refund_order_occasion_unique', properties: ['customer', 'occasion'] }],
  indexes: [
    { name: 'refund_order_state_index', properties: ['state', 'proposedAt'] },
    { name: 'refund_order_message_index', properties: ['messageId'] },
    {
      name: 'refund_order_open_unique',
      expression:
        'create unique index "refund_order_open_unique" on "refund_order" ("customer_id") where state in (\'proposed\', \'approved\', \'sent\')',
    },
  ],
});
