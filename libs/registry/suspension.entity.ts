import { defineEntity, p } from '@mikro-orm/core';

import { Customer } from './registry.entity.js';

/**
 * A customer may begin no new session, half-open [from, until), because of one unpaid document. Beside the block that
 * staff put on a card: to lift one leaves the other. Only an approved suspension of an arrears case writes it.
 */
export const CustomerSuspension = defineEntity({
  name: 'CustomerSuspension',
  tableName: 'customer_suspension',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    customer: () => p.manyToOne(Customer).mapToPk(),
    /** The unpaid document; the registry knows no documents, so this is no reference. */
    documentId: p.uuid(),
    from: p.datetime(3),
    until: p.datetime(3).nullable(),
    /** Policy's word when it began: it holds for who pays ahead, too. */
    evenPrepaid: p.boolean(),
    approvedBy: p.text(),
    /** `settled`, `written-off`, or who lifted it. */
    liftedBy: p.text().nullable(),
    liftReason: p.text().nullable(),
  },
  indexes: [{ name: 'customer_suspension_customer_index', properties: ['customer', 'until'] }],
});
