import { defineEntity, p } from '@mikro-orm/core';

import { FiscalDocument } from '../invoicing/document.entity.js';
import { ArrearsCase } from './arrears.entity.js';

/** What staff said to a proposed suspension; the last one holds. */
export const SuspensionDecision = defineEntity({
  name: 'SuspensionDecision',
  tableName: 'suspension_decision',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    document: () => p.manyToOne(ArrearsCase).mapToPk().fieldName('document_id'),
    approved: p.boolean(),
    reason: p.text().nullable(),
    by: p.text(),
    at: p.datetime(3),
  },
  indexes: [{ name: 'suspension_decision_document_index', properties: ['document', 'at'] }],
});

/** That a letter left the house: a mail that the recipient's server took, with its answer, or a registered letter. */
export const LetterProof = defineEntity({
  name: 'LetterProof',
  tableName: 'letter_proof',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    document: () => p.manyToOne(ArrearsCase).mapToPk().fieldName('document_id'),
    stage: p.text(),
    /** mail or registered-letter */
    channel: p.text(),
    /** The mail; it keeps the text itself. */
    mailId: p.uuid().nullable(),
    /** The mail server's answer, or the post's number of a registered letter. */
    reference: p.text().nullable(),
    recipient: p.text(),
    /** When the server took it, or the local day on which the post did. */
    givenAt: p.datetime(3),
    by: p.text(),
    at: p.datetime(3),
  },
  indexes: [{ name: 'letter_proof_document_index', properties: ['document', 'stage'] }],
});

/** A debtor's complaint: nobody is chased while it is open. */
export const Complaint = defineEntity({
  name: 'Complaint',
  tableName: 'complaint',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    document: () => p.manyToOne(FiscalDocument).mapToPk(),
    reason: p.text(),
    openedAt: p.datetime(3),
    openedBy: p.text(),
    closedAt: p.datetime(3).nullable(),
    closedBy: p.text().nullable(),
    closeReason: p.text().nullable(),
  },
  indexes: [{ name: 'complaint_document_index', properties: ['document', 'openedAt'] }],
});

/** The debtor asks to pay in instalments; answered by a plan or a refusal. */
export const PlanRequest = defineEntity({
  name: 'PlanRequest',
  tableName: 'plan_request',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    document: () => p.manyToOne(ArrearsCase).mapToPk().fieldName('document_id'),
    words: p.text(),
    askedAt: p.datetime(3),
    askedBy: p.text(),
    answeredAt: p.datetime(3).nullable(),
    answer: p.text().nullable(),
  },
  indexes: [{ name: 'plan_request_document_index', properties: ['document', 'askedAt'] }],
});

/** Instalments agreed on. Whether it is kept is the ledger's to say; that it ended is written down once. */
export const PaymentPlan = defineEntity({
  name: 'PaymentPlan',
  tableName: 'payment_plan',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    document: () => p.manyToOne(ArrearsCase).mapToPk().fieldName('document_id'),
    totalCents: p.bigint('number'),
    agreedAt: p.datetime(3),
    agreedBy: p.text(),
    endedAt: p.datetime(3).nullable(),
    /** fulfilled, broken or ended (by a person) */
    outcome: p.text().nullable(),
    endReason: p.text().nullable(),
  },
  indexes: [{ name: 'payment_plan_document_index', properties: ['document', 'agreedAt'] }],
});

export const PlanInstalment = defineEntity({
  name: 'PlanInstalment',
  tableName: 'plan_instalment',
  properties: {
    plan: () => p.manyToOne(PaymentPlan).mapToPk().primary(),
    position: p.integer().primary(),
    dueDate: p.date(),
    amountCents: p.bigint('number'),
  },
});

/** Interest charged for local days [from, to) of one document; posted to the ledger in the same transaction. */
export const InterestCharge = defineEntity({
  name: 'InterestCharge',
  tableName: 'interest_charge',
  properties: {
    document: () => p.manyToOne(FiscalDocument).mapToPk().primary(),
    fromDate: p.date().primary(),
    toDate: p.date(),
    kind: p.text(),
    cents: p.bigint('number'),
    /** The spans of the computation: days, principal, rate. */
    spans: p.json<readonly Record<string, unknown>[]>(),
    at: p.datetime(3),
  },
});
