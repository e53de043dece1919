import { defineEntity, p } from '@mikro-orm/core';

import { Customer } from '../../registry/registry.entity.js';

/**
 * Money given back of what a customer has paid ahead, on the account or card that paid: one row for each payment that it
 * goes back on. What goes back by the bank is a refund order (prepaid).
 */
export const Refund = defineEntity({
  name: 'Refund',
  tableName: 'refund',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    customer: () => p.manyToOne(Customer).mapToPk(),
    /** The order's Idempotency-Key, and the part of it. */
    key: p.text(),
    partNo: p.integer(),
    amountCents: p.bigint('number'),
    currency: p.text(),
    /** created, pending, succeeded or failed */
    state: p.text(),
    reason: p.text(),
    /** The provider's payment that is given back, in whole or in part. */
    providerPaymentId: p.text(),
    providerRefundId: p.text().nullable().unique('refund_provider_unique'),
    failureCode: p.text().nullable(),
    createdBy: p.text(),
    createdAt: p.datetime(3),
    settledAt: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'refund_key_unique', properties: ['customer', 'key', 'partNo'] }],
  indexes: [
    { name: 'refund_payment_index', properties: ['providerPaymentId'] },
    { name: 'refund_state_index', properties: ['state'] },
  ],
});
