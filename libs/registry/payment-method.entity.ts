import { defineEntity, p } from '@mikro-orm/core';

import { Customer } from './registry.entity.js';

/** From a month on a customer pays in another way. Never changed; of several for a month the last one holds. */
export const PaymentMethodChange = defineEntity({
  name: 'PaymentMethodChange',
  tableName: 'payment_method_change',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    customer: () => p.manyToOne(Customer).mapToPk(),
    /** yyyy-mm: the first month that is paid so. */
    fromPeriod: p.text(),
    /** direct-debit, prepaid or transfer */
    method: p.text(),
    /** How the customer paid when this was ordered. */
    formerMethod: p.text(),
    /** What becomes of a balance that is left: keep (it pays the next invoices) or refund. */
    rest: p.text().default('keep'),
    orderedBy: p.text(),
    orderedAt: p.datetime(3),
  },
  indexes: [{ name: 'payment_method_change_customer_index', properties: ['customer', 'fromPeriod'] }],
});
