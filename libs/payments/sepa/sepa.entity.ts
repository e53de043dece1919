import { defineEntity, p } from '@mikro-orm/core';

import { StoredFile } from '../../persistence/stored-file.entity.js';
import { Customer, Issuer } from '../../registry/registry.entity.js';
import { PaymentAttempt } from '../payment.entity.js';

/**
 * That an issuer collects its direct debits through its own bank, from a day on: the rail is the issuer's, because the
 * account, the creditor id and the mandates are. Without a row in force debits go through the payment provider.
 */
export const SepaCreditor = defineEntity({
  name: 'SepaCreditor',
  tableName: 'sepa_creditor',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    issuer: () => p.manyToOne(Issuer).mapToPk(),
    validFrom: p.date(),
    /** Exclusive; null: open. */
    validUntil: p.date().nullable(),
    creditorId: p.text(),
    iban: p.text(),
    bic: p.text().nullable(),
    /** pain.008.001.02 or pain.008.001.08, as the bank takes it */
    version: p.text(),
    /** TARGET days between the day the file is sent and the collection date. */
    leadDays: p.integer(),
    /** statement: a debit is paid when the bank's credit is matched. return-window: when it has not come back until then. */
    settleBy: p.text(),
    /** TARGET days after the collection date in which a debtor's bank may return a debit: 5 in SEPA Core. */
    returnWindowDays: p.integer(),
  },
  uniques: [{ name: 'sepa_creditor_from_unique', properties: ['issuer', 'validFrom'] }],
});

/** A debtor's permission for direct debits by the issuer's own bank, kept by us. The IBAN is sealed. */
export const SepaMandate = defineEntity({
  name: 'SepaMandate',
  tableName: 'sepa_mandate',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    issuer: () => p.manyToOne(Issuer).mapToPk(),
    customer: () => p.manyToOne(Customer).mapToPk(),
    /** The unique mandate reference (UMR), on the paper that was signed. */
    reference: p.text(),
    /** recurring or one-off */
    kind: p.text(),
    signedOn: p.date(),
    accountHolder: p.text(),
    ibanSealed: p.text(),
    ibanLast4: p.text(),
    bic: p.text().nullable(),
    /** How it was signed, and where the proof is. */
    evidence: p.json<Record<string, unknown>>(),
    /** active or inactive */
    status: p.text().default('active'),
    /** The next debit is its last. */
    isLast: p.boolean().default(false),
    createdAt: p.datetime(3),
    createdBy: p.text(),
    inactiveAt: p.datetime(3).nullable(),
    inactiveReason: p.text().nullable(),
  },
  uniques: [{ name: 'sepa_mandate_reference_unique', properties: ['issuer', 'reference'] }],
  indexes: [{ name: 'sepa_mandate_customer_index', properties: ['customer', 'status'] }],
});

/** One file of direct debits for one collection date. */
export const SepaBatch = defineEntity({
  name: 'SepaBatch',
  tableName: 'sepa_batch',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    issuer: () => p.manyToOne(Issuer).mapToPk(),
    creditor: () => p.manyToOne(SepaCreditor).mapToPk(),
    /** The request's: one batch per request. */
    key: p.text().unique('sepa_batch_key_unique'),
    collectionDate: p.date(),
    messageId: p.text().unique('sepa_batch_message_unique'),
    /** gathering, written (the file exists), sent (a person gave it to the bank), withdrawn (never sent) */
    state: p.text().default('gathering'),
    debits: p.integer().default(0),
    sumCents: p.bigint('number').default(0),
    file: () => p.manyToOne(StoredFile).mapToPk().nullable(),
    createdAt: p.datetime(3),
    createdBy: p.text(),
    sentAt: p.datetime(3).nullable(),
    sentBy: p.text().nullable(),
  },
  indexes: [{ name: 'sepa_batch_issuer_index', properties: ['issuer', 'collectionDate'] }],
});

/** What the bank knows of an attempt: its place in a file, and what came of it. */
export const SepaDebit = defineEntity({
  name: 'SepaDebit',
  tableName: 'sepa_debit',
  properties: {
    attempt: () => p.manyToOne(PaymentAttempt).mapToPk().primary(),
    issuer: () => p.manyToOne(Issuer).mapToPk(),
    mandate: () => p.manyToOne(SepaMandate).mapToPk(),
    /** null while it waits for the next file. */
    batch: () => p.manyToOne(SepaBatch).mapToPk().nullable(),
    /** FRST, RCUR, OOFF or FNAL; fixed with the file. */
    sequenceType: p.text().nullable(),
    /** waiting, presented, rejected, settled, returned or cancelled */
    state: p.text(),
    /** The bank's code for a rejection or a return. */
    reasonCode: p.text().nullable(),
    acceptedAt: p.datetime(3).nullable(),
    settledAt: p.datetime(3).nullable(),
    returnedAt: p.datetime(3).nullable(),
  },
  indexes: [
    { name: 'sepa_debit_batch_index', properties: ['batch'] },
    { name: 'sepa_debit_mandate_index', properties: ['mandate'] },
    { name: 'sepa_debit_waiting_index', properties: ['issuer', 'state'] },
  ],
});
