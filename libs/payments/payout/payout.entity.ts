import { defineEntity, p } from '@mikro-orm/core';

import { FiscalDocument } from '../../invoicing/document.entity.js';
import { Condominium, Issuer } from '../../registry/registry.entity.js';

/** What the contract with a condominium says of its payouts. The row with the latest validFrom holds. */
export const PayoutPolicyRow = defineEntity({
  name: 'PayoutPolicyRow',
  tableName: 'payout_policy',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    condominium: () => p.manyToOne(Condominium).mapToPk(),
    validFrom: p.date(),
    /** Taken from what is paid out: 250 is 2,5 %. */
    feePermyriad: p.integer().default(0),
    feePerMonthCents: p.bigint('number').default(0),
    /** Local day of the month on which a payout is proposed; 31 is the last one. Null: people ask for it. */
    proposeOnDay: p.integer().nullable(),
  },
  uniques: [{ name: 'payout_policy_from_unique', properties: ['condominium', 'validFrom'] }],
});

/** Money owed to a condominium: proposed, approved, given to the bank (sent), paid; or cancelled before it was paid. */
export const Payout = defineEntity({
  name: 'Payout',
  tableName: 'payout',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    /** Of the deed that proposed it. */
    key: p.text().unique('payout_key_unique'),
    condominium: () => p.manyToOne(Condominium).mapToPk(),
    /** Whose bank account pays. */
    issuer: () => p.manyToOne(Issuer).mapToPk(),
    /** Counts within the condominium, from 1. */
    number: p.integer(),
    currency: p.text(),
    /** yyyy-mm, the condominium's local month in which it was proposed. */
    period: p.text(),
    /** What the books held then. */
    asOf: p.datetime(3),
    totalCents: p.bigint('number'),
    /** What of the recovered the contract's fees took. */
    feesCents: p.bigint('number'),
    state: p.text().default('proposed'),
    proposedBy: p.text(),
    approvedBy: p.text().nullable(),
    approvedAt: p.datetime(3).nullable(),
    sentAt: p.datetime(3).nullable(),
    /** The account it goes to, as it was when the bank's file was made. */
    iban: p.text().nullable(),
    paidOn: p.date().nullable(),
    bankReference: p.text().nullable(),
    closedBy: p.text().nullable(),
    cancelledReason: p.text().nullable(),
  },
  uniques: [{ name: 'payout_number_unique', properties: ['condominium', 'number'] }],
  indexes: [{ name: 'payout_state_index', properties: ['state', 'condominium'] }],
});

/** Where the cents of a payout come from. Never changed. */
export const PayoutLine = defineEntity({
  name: 'PayoutLine',
  tableName: 'payout_line',
  properties: {
    payout: () => p.manyToOne(Payout).mapToPk().primary(),
    lineNo: p.integer().primary(),
    /** document, fee-per-month, fee-percent */
    kind: p.text(),
    document: () => p.manyToOne(FiscalDocument).mapToPk().nullable(),
    /** yyyy-mm of a monthly fee. */
    month: p.text().nullable(),
    permyriad: p.integer().nullable(),
    /** Of a document: what it recovers, asks for and was paid, what was payable, and what former payouts had taken. */
    recoveredCents: p.bigint('number').nullable(),
    claimedCents: p.bigint('number').nullable(),
    paidCents: p.bigint('number').nullable(),
    payableCents: p.bigint('number').nullable(),
    takenCents: p.bigint('number').nullable(),
    cents: p.bigint('number'),
  },
  indexes: [{ name: 'payout_line_document_index', properties: ['document'] }],
});

/**
 * That the payouts of a local month were proposed on the day that the contract names, once: also when nothing was owed
 * then. Never changed.
 */
export const PayoutRound = defineEntity({
  name: 'PayoutRound',
  tableName: 'payout_round',
  properties: {
    condominium: () => p.manyToOne(Condominium).mapToPk().primary(),
    issuer: () => p.manyToOne(Issuer).mapToPk().primary(),
    currency: p.text().primary(),
    /** yyyy-mm */
    period: p.text().primary(),
    at: p.datetime(3),
    /** Null: nothing was owed. */
    payout: () => p.manyToOne(Payout).mapToPk().nullable(),
  },
});
