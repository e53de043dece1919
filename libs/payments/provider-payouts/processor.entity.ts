import { defineEntity, p } from '@mikro-orm/core';

import { Issuer } from '../../registry/registry.entity.js';
import { BankDecision } from '../bank/bank.entity.js';

/** What the provider paid into an issuer's bank account. */
export const ProcessorPayout = defineEntity({
  name: 'ProcessorPayout',
  tableName: 'processor_payout',
  properties: {
    /** The provider's */
    id: p.text().primary(),
    issuer: () => p.manyToOne(Issuer).mapToPk(),
    /** What the bank receives: gross less fee. */
    amountCents: p.bigint('number'),
    grossCents: p.bigint('number'),
    feeCents: p.bigint('number'),
    currency: p.text(),
    /** paid or failed */
    state: p.text(),
    arrivesAt: p.datetime(3),
    postedAt: p.datetime(3),
    failedAt: p.datetime(3).nullable(),
    /** What it is called on the bank's statement, and the bank's own number of it, where the provider knows them. */
    descriptor: p.text().nullable(),
    traceId: p.text().nullable(),
    /** The decision that says on which line of the statement it came: one line a payout, one payout a line. */
    decision: () => p.manyToOne(BankDecision).mapToPk().nullable().unique('processor_payout_decision_unique'),
  },
});

/** One movement of our balance at the provider. */
export const ProcessorTransaction = defineEntity({
  name: 'ProcessorTransaction',
  tableName: 'processor_transaction',
  properties: {
    /** The provider's */
    id: p.text().primary(),
    /** null until it is paid out */
    payout: () => p.manyToOne(ProcessorPayout).mapToPk().nullable(),
    /** The provider's word: charge, payment, refund, adjustment, stripe_fee, ... */
    type: p.text(),
    amountCents: p.bigint('number'),
    feeCents: p.bigint('number'),
    netCents: p.bigint('number'),
    currency: p.text(),
    sourceId: p.text().nullable(),
    /** What of ours it is: `attempt/<id>`, `checkout/<id>`, `top-up/<order>`, `fee`, `payout/<id>`; null: nothing of ours was found */
    subject: p.text().nullable(),
    happenedAt: p.datetime(3),
  },
  indexes: [{ name: 'processor_transaction_payout_index', properties: ['payout'] }],
});

/** What the provider said it holds for us, beside what the books say, each time they were compared. */
export const ProcessorBalance = defineEntity({
  name: 'ProcessorBalance',
  tableName: 'processor_balance',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    comparedAt: p.datetime(3),
    currency: p.text(),
    /** Available and pending, net of fees. */
    providerCents: p.bigint('number'),
    /** The same by its movements that are not paid out, before fees. */
    unpaidGrossCents: p.bigint('number'),
    unpaidNetCents: p.bigint('number'),
    booksCents: p.bigint('number'),
  },
  indexes: [{ name: 'processor_balance_index', properties: ['comparedAt'] }],
});
