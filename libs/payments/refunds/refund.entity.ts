import { defineEntity, p } from '@mikro-orm/core';

import { Customer, Issuer } from '../../registry/registry.entity.js';

/**
 * Money given back of what a customer has paid ahead: to the account or card that paid (one row for each payment that it
 * goes back on), or by the bank's next file of credit transfers.
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
    /** stripe or bank */
    way: p.text(),
    amountCents: p.bigint('number'),
    currency: p.text(),
    /** stripe: created, pending, succeeded, failed; bank: to-pay, in-file, paid, failed */
    state: p.text(),
    reason: p.text(),
    /** The provider's payment that is given back, in whole or in part. */
    providerPaymentId: p.text().nullable(),
    providerRefundId: p.text().nullable().unique('refund_provider_unique'),
    /** Whose bank account pays it; only for a bank. */
    issuer: () => p.manyToOne(Issuer).mapToPk().nullable(),
    /** Where the bank pays it to; forgotten once it is paid. */
    iban: p.text().nullable(),
    accountHolder: p.text().nullable(),
    failureCode: p.text().nullable(),
    createdBy: p.text(),
    createdAt: p.datetime(3),
    settledAt: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'refund_key_unique', properties: ['customer', 'key', 'partNo'] }],
  indexes: [
    { name: 'refund_payment_index', properties: ['providerPaymentId'] },
    { name: 'refund_state_index', properties: ['way', 'state'] },
  ],
});
