import { defineEntity, p } from '@mikro-orm/core';

import { FiscalDocument } from '../../invoicing/document.entity.js';
import { Customer, Issuer } from '../../registry/registry.entity.js';
import { PaymentAttempt } from '../payment.entity.js';

/** A statement of an issuer's account that was imported. The file itself is not kept: it names strangers' accounts. */
export const BankStatementRow = defineEntity({
  name: 'BankStatementRow',
  tableName: 'bank_statement',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    issuer: () => p.manyToOne(Issuer).mapToPk(),
    /** camt.053 or csv */
    format: p.text(),
    fileName: p.text(),
    /** Of the file; a file may hold several statements. */
    sha256: p.text(),
    position: p.integer(),
    statementId: p.text().nullable(),
    accountLast4: p.text(),
    currency: p.text(),
    openedOn: p.date(),
    closedOn: p.date(),
    openingCents: p.bigint('number').nullable(),
    closingCents: p.bigint('number').nullable(),
    /** All its lines, and those that no earlier statement had. */
    lines: p.integer(),
    newLines: p.integer(),
    importedAt: p.datetime(3),
    importedBy: p.text(),
  },
  uniques: [{ name: 'bank_statement_file_unique', properties: ['issuer', 'sha256', 'position'] }],
});

/** One movement of an issuer's account, once, however many statements tell of it. */
export const BankLine = defineEntity({
  name: 'BankLine',
  tableName: 'bank_line',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    statement: () => p.manyToOne(BankStatementRow).mapToPk(),
    issuer: () => p.manyToOne(Issuer).mapToPk(),
    /** account, day, amount, the bank's reference (else the text), and which of several alike */
    key: p.text().unique('bank_line_key_unique'),
    position: p.integer(),
    bookedOn: p.date(),
    valueOn: p.date(),
    /** Money that came in is positive. */
    amountCents: p.bigint('number'),
    currency: p.text(),
    bankReference: p.text().nullable(),
    text: p.text(),
    reference: p.text().nullable(),
    counterpartyName: p.text().nullable(),
    /** Keyed hash of the payer's IBAN: the same payer is known again, the account is not kept. */
    counterpartyHash: p.text().nullable(),
    counterpartyLast4: p.text().nullable(),
    endToEndId: p.text().nullable(),
    paymentInformationId: p.text().nullable(),
    /** Why a debit came back, as ISO codes it. */
    returnCode: p.text().nullable(),
  },
  indexes: [
    { name: 'bank_line_issuer_index', properties: ['issuer', 'bookedOn'] },
    { name: 'bank_line_counterparty_index', properties: ['counterpartyHash'] },
    { name: 'bank_line_statement_index', properties: ['statement'] },
  ],
});

/** What was decided of a line, by a rule or by a person. Never changed: a wrong one is undone by another. */
export const BankDecision = defineEntity({
  name: 'BankDecision',
  tableName: 'bank_decision',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    line: () => p.manyToOne(BankLine).mapToPk(),
    /** The request's, or the rule's on that line: decided once. */
    key: p.text().unique('bank_decision_key_unique'),
    /** matched, returned (to the payer), processor-payout, set-aside (a debit that a person has seen), or undone */
    kind: p.text(),
    undoes: () => p.manyToOne(BankDecision).mapToPk().nullable().unique('bank_decision_undoes_unique'),
    /** Of the line; of an undoing, what is open again. */
    amountCents: p.bigint('number'),
    /** How it was found: reference, document-number, customer-number, payer, sepa-file, payout-id, payout-text, payout-amount, or person */
    foundBy: p.text(),
    reason: p.text().nullable(),
    decidedAt: p.datetime(3),
    decidedBy: p.text(),
  },
  indexes: [{ name: 'bank_decision_line_index', properties: ['line'] }],
});

/** Where a matched amount went: to an invoice, or to what its customer has paid ahead. */
export const BankDecisionPart = defineEntity({
  name: 'BankDecisionPart',
  tableName: 'bank_decision_part',
  properties: {
    decision: () => p.manyToOne(BankDecision).mapToPk().primary(),
    position: p.integer().primary(),
    customer: () => p.manyToOne(Customer).mapToPk(),
    document: () => p.manyToOne(FiscalDocument).mapToPk().nullable(),
    /** The debit of a SEPA file that the money is of, or that came back. */
    attempt: () => p.manyToOne(PaymentAttempt).mapToPk().nullable(),
    amountCents: p.bigint('number'),
  },
  indexes: [
    { name: 'bank_decision_part_document_index', properties: ['document'] },
    { name: 'bank_decision_part_customer_index', properties: ['customer'] },
  ],
});
