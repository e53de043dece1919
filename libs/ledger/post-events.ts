import type { Sql } from '../persistence/database.js';
import { dueCents, lockCustomerBooks, prepaidBalanceCents } from './balances.js';
import {
  creditMovedEntry,
  creditNoteIssuedEntry,
  interestChargedEntry,
  invoiceIssuedEntry,
  paymentEntry,
  paymentReversedEntry,
  writeOffEntry,
  writeOffReversedEntry,
  type MovementFacts,
  type PaymentFacts,
} from './document-entries.js';
import { ledgerDocument } from './ledger-document.js';
import { postEntry, type Posted } from './post-entry.js';

type OnDocument<T> = T & { readonly documentId: string };

/**
 * Posts an issued invoice or credit note, in the transaction that issued it. `posted` is false when it was posted
 * already. A credit note changes what is due, so it waits for whoever decides on the customer's balances.
 */
export async function postInvoiceIssued(trx: Sql, { documentId }: { readonly documentId: string }): Posted {
  const document = await ledgerDocument(trx, documentId);
  const { creditedDocumentId } = document;
  if (creditedDocumentId !== null) await lockCustomerBooks(trx, document.customerId);
  return postEntry(
    trx,
    creditedDocumentId === null ? invoiceIssuedEntry(document) : creditNoteIssuedEntry(document, creditedDocumentId),
  );
}

/**
 * Posts money for an invoice. `posted` is false when the key was posted already. A payment from the prepaid balance
 * takes the customer's lock and throws if it would leave less than nothing: decide on the amount under
 * {@link lockCustomerBooks} before.
 */
export async function postPayment(trx: Sql, payment: OnDocument<PaymentFacts>): Posted {
  const document = await ledgerDocument(trx, payment.documentId);
  if (payment.source !== 'prepaid') return postEntry(trx, paymentEntry(document, payment));
  await lockCustomerBooks(trx, document.customerId);
  const result = await postEntry(trx, paymentEntry(document, payment));
  await assertPrepaid(trx, { key: payment.key, customerId: document.customerId, currency: document.currency });
  return result;
}

/** Posts money that went back. `posted` is false when the key was posted already. */
export async function postPaymentReversed(trx: Sql, payment: OnDocument<PaymentFacts>): Posted {
  return postEntry(trx, paymentReversedEntry(await ledgerDocument(trx, payment.documentId), payment));
}

/**
 * Moves what is paid on an invoice beyond what it asks for (a credit note after the payment) to what the customer has
 * paid ahead. Decides under the customer's lock; `movedCents` is 0 when there is nothing or it was moved before.
 */
export async function postCreditMoved(
  trx: Sql,
  { key, documentId, occurredAt }: { readonly key: string; readonly documentId: string; readonly occurredAt: Date },
): Promise<{ readonly movedCents: number }> {
  const document = await ledgerDocument(trx, documentId);
  await lockCustomerBooks(trx, document.customerId);
  const amountCents = -(await dueCents(trx, documentId));
  if (amountCents <= 0) return { movedCents: 0 };
  const { posted } = await postEntry(trx, creditMovedEntry(document, { key, amountCents, occurredAt }));
  return { movedCents: posted ? amountCents : 0 };
}

/**
 * Writes off what is due on an invoice, whole or in part: decide on the amount under {@link lockCustomerBooks}. Throws
 * when more is written off than is due.
 */
export async function postWriteOff(trx: Sql, facts: OnDocument<MovementFacts>): Posted {
  const document = await ledgerDocument(trx, facts.documentId);
  await lockCustomerBooks(trx, document.customerId);
  const result = await postEntry(trx, writeOffEntry(document, facts));
  const left = await dueCents(trx, facts.documentId);
  if (left < 0) throw new Error(`write-off ${facts.key} would leave ${left} cents due on ${document.numberText}`);
  return result;
}

/** Money came for what was written off: it is owed again, so that it can be paid. */
export async function postWriteOffReversed(trx: Sql, facts: OnDocument<MovementFacts>): Posted {
  return postEntry(trx, writeOffReversedEntry(await ledgerDocument(trx, facts.documentId), facts));
}

/** Charges interest for late payment on an invoice: it is due with it. */
export async function postInterest(trx: Sql, facts: OnDocument<MovementFacts>): Posted {
  return postEntry(trx, interestChargedEntry(await ledgerDocument(trx, facts.documentId), facts));
}

/** Throws when a customer's prepaid balance is below zero; the caller holds the customer's lock. */
export async function assertPrepaid(
  trx: Sql,
  { key, customerId, currency }: { readonly key: string; readonly customerId: string; readonly currency: string },
): Promise<void> {
  const balanceCents = await prepaidBalanceCents(trx, customerId, currency);
  if (balanceCents < 0)
    throw new Error(`entry ${key} would leave customer ${customerId} ${balanceCents} cents prepaid`);
}
