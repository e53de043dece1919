import { defineEntity, p } from '@mikro-orm/core';

import { Customer, Installation } from '../registry/registry.entity.js';

/** For whom the mail server took a message. */
export interface MailReceipt {
  readonly messageId: string;
  readonly accepted: readonly string[];
  /** Addresses it refused while it took the message for others. */
  readonly rejected: readonly string[];
}

/** A message to a person: queued with its key in the transaction that decided it, sent once. */
export const Mail = defineEntity({
  name: 'Mail',
  tableName: 'mail',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    /** `prenotification/<document>`, `receipt/<receipt>`, `arrears/<document>/<stage>`, `manager-report/<cycle>` */
    key: p.text().unique('mail_key_unique'),
    installation: () => p.manyToOne(Installation).mapToPk().nullable(),
    customer: () => p.manyToOne(Customer).mapToPk().nullable(),
    recipient: p.text(),
    subject: p.text(),
    body: p.text(),
    /** ids of stored files */
    attachmentIds: p.array<string>().columnType('uuid[]').default([]),
    createdAt: p.datetime(3).defaultRaw('now()'),
    sentAt: p.datetime(3).nullable(),
    attempts: p.integer().default(0),
    lastError: p.text().nullable(),
    /** What the mail server said when it took the mail: the proof of sending. */
    serverAnswer: p.text().nullable(),
    /** Of the server that took it. */
    receipt: p.json<MailReceipt>().nullable(),
  },
  indexes: [
    { name: 'mail_unsent_index', properties: ['sentAt', 'createdAt'] },
    { name: 'mail_customer_index', properties: ['customer'] },
  ],
});
