import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { lockCustomerBooks, prepaidBalanceCents } from './balances.js';
import {
  creditNoteIssuedEntry,
  invoiceIssuedEntry,
  paymentEntry,
  paymentReversedEntry,
  topUpEntry,
  type LedgerDocument,
  type PaymentFacts,
} from './entry.js';
import { postEntry } from './post-entry.js';

type Posted = Promise<{ readonly posted: boolean }>;

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
export async function postPayment(trx: Sql, payment: PaymentFacts & { readonly documentId: string }): Posted {
  const document = await ledgerDocument(trx, payment.documentId);
  if (payment.source !== 'prepaid') return postEntry(trx, paymentEntry(document, payment));
  await lockCustomerBooks(trx, document.customerId);
  const result = await postEntry(trx, paymentEntry(document, payment));
  const balanceCents = await prepaidBalanceCents(trx, document.customerId, document.currency);
  if (balanceCents < 0) {
    throw new Error(`payment ${payment.key} would leave customer ${document.customerId} ${balanceCents} cents prepaid`);
  }
  return result;
}

/** Posts money that went back. `posted` is false when the key was posted already. */
export async function postPaymentReversed(trx: Sql, payment: PaymentFacts & { readonly documentId: string }): Posted {
  return postEntry(trx, paymentReversedEntry(await ledgerDocument(trx, payment.documentId), payment));
}

export interface TopUp {
  readonly key: string;
  readonly customerId: string;
  readonly source: 'stripe' | 'bank';
  readonly amountCents: number;
  readonly occurredAt: Date;
  /** Whose bank account received it; needed only where a condominium's installations have several issuers. */
  readonly issuerId?: string;
  /** EUR when not given. */
  readonly currency?: string;
}

/** Posts money paid ahead. `posted` is false when the key was posted already. */
export async function postTopUp(trx: Sql, topUp: TopUp): Posted {
  const issuerId = topUp.issuerId ?? (topUp.source === 'bank' ? await onlyIssuerOf(trx, topUp.customerId) : '');
  return postEntry(trx, topUpEntry({ ...topUp, issuerId, currency: topUp.currency ?? 'EUR' }));
}

async function onlyIssuerOf(trx: Sql, customerId: string): Promise<string> {
  const issuers = await trx
    .selectFrom('customer')
    .innerJoin('installation', 'installation.condominium_id', 'customer.condominium_id')
    .where('customer.id', '=', customerId)
    .select('installation.issuer_id as id')
    .distinct()
    .execute();
  const [only, ...others] = issuers;
  if (only === undefined) throw new Error(`customer ${customerId} has no installation, so no issuer to pay to`);
  if (others.length > 0) throw new Error(`customer ${customerId} has several issuers: say issuerId`);
  return only.id;
}

async function ledgerDocument(
  trx: Sql,
  documentId: string,
): Promise<LedgerDocument & { readonly creditedDocumentId: string | null }> {
  const row = await trx
    .selectFrom('fiscal_document as document')
    .innerJoin('installation', 'installation.id', 'document.installation_id')
    .where('document.id', '=', documentId)
    .selectAll('document')
    .select([
      'installation.condominium_id',
      'installation.issuer_id',
      raw<number>`(select coalesce(sum(line.net_cents), 0)::bigint from document_line line
        where line.document_id = document.id and line.party = 'bpo')`.as('fees_cents'),
    ])
    .executeTakeFirst();
  if (row === undefined) throw new Error(`no fiscal document ${documentId}`);
  return {
    documentId: row.id,
    numberText: row.number_text,
    customerId: row.customer_id,
    condominiumId: row.condominium_id,
    issuerId: row.issuer_id,
    currency: row.currency,
    issuedAt: row.issued_at,
    netCents: row.net_cents,
    feesCents: row.fees_cents,
    vatCents: row.vat_cents,
    grossCents: row.gross_cents,
    vatGroups: row.vat_groups,
    creditedDocumentId: row.references_document_id,
  };
}
