import { sql as raw } from 'kysely';

import { dueCents } from '#libs/ledger/balances.js';

import type { Sql } from '../persistence/database.js';
import { hasDebitInFlight } from './attempts.js';
import { creditorOn } from './sepa/creditors.js';
import { activeSepaMandate } from './sepa/mandates.js';

export type CollectionMethod = 'direct-debit' | 'prepaid' | 'transfer';

/** What a collection needs to decide its next step. */
export interface CollectionFacts {
  readonly documentId: string;
  readonly numberText: string;
  /** FT, FS, or FR: that is paid from the balance already */
  readonly type: string;
  readonly installationId: string;
  readonly timeZone: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly customerEmail: string | null;
  readonly customerLanguage: 'pt' | 'en';
  readonly method: CollectionMethod;
  readonly currency: string;
  readonly grossCents: number;
  readonly dueCents: number;
  readonly issuedAt: Date;
  readonly dueAt: Date;
  /** yyyy-mm-dd, local */
  readonly dueDate: string;
  readonly hasMandate: boolean;
  readonly mandateLast4: string | null;
  /** A debit is claimed or with the bank: neither paid nor failed. */
  readonly debitInFlight: boolean;
  /** The number of the next debit: of one that was claimed and never reached the provider, else a new one. */
  readonly nextAttemptNo: number;
  /** Where a transfer goes to. */
  readonly issuer: { readonly name: string; readonly email: string; readonly iban: string | null };
}

const METHODS: readonly CollectionMethod[] = ['direct-debit', 'prepaid', 'transfer'];

/** Throws when there is no such document. */
export async function collectionFacts(sql: Sql, documentId: string): Promise<CollectionFacts> {
  const row = await documentRow(sql, documentId);
  if (row === undefined) throw new Error(`no fiscal document ${documentId}`);
  const method = METHODS.find((one) => one === row.method);
  if (method === undefined) throw new Error(`document ${documentId} has the unknown payment method ${row.method}`);
  const mandate = await mandateOf(sql, row);
  const { next } = await sql
    .selectFrom('payment_attempt')
    .where('document_id', '=', documentId)
    .select(
      raw<number>`coalesce(
        min(attempt_no) filter (where state = 'created' and provider_payment_id is null),
        max(attempt_no) + 1, 1)`.as('next'),
    )
    .executeTakeFirstOrThrow();
  const { issuerId: _issuerId, issuerName, issuerEmail, issuerIban, language, ...document } = row;
  return {
    ...document,
    method,
    customerLanguage: language === 'en' ? 'en' : 'pt',
    dueCents: await dueCents(sql, documentId),
    hasMandate: mandate !== null,
    mandateLast4: mandate?.iban_last4 ?? null,
    debitInFlight: await hasDebitInFlight(sql, documentId),
    nextAttemptNo: next,
    issuer: { name: issuerName, email: issuerEmail, iban: issuerIban },
  };
}

/** Of the document's rail: the provider's mandate, or the one for the issuer's own bank. */
async function mandateOf(
  sql: Sql,
  {
    issuerId,
    customerId,
    dueDate,
  }: { readonly issuerId: string; readonly customerId: string; readonly dueDate: string },
): Promise<{ readonly iban_last4: string | null } | null> {
  if ((await creditorOn(sql, issuerId, dueDate)) !== null) return activeSepaMandate(sql, issuerId, customerId);
  const row = await sql
    .selectFrom('mandate')
    .select('iban_last4')
    .where('customer_id', '=', customerId)
    .where('status', '=', 'active')
    .orderBy('active_at', 'desc')
    .executeTakeFirst();
  return row ?? null;
}

function documentRow(sql: Sql, documentId: string) {
  return sql
    .selectFrom('fiscal_document as document')
    .innerJoin('installation', 'installation.id', 'document.installation_id')
    .innerJoin('issuer', 'issuer.id', 'installation.issuer_id')
    .innerJoin('customer', 'customer.id', 'document.customer_id')
    .where('document.id', '=', documentId)
    .select([
      'document.id as documentId',
      'document.number_text as numberText',
      'document.type',
      'document.installation_id as installationId',
      'installation.time_zone as timeZone',
      'document.customer_id as customerId',
      'customer.name as customerName',
      'customer.email as customerEmail',
      'customer.language as language',
      'document.payment_method as method',
      'document.currency as currency',
      'document.gross_cents as grossCents',
      'document.issued_at as issuedAt',
      'document.due_at as dueAt',
      'document.due_date as dueDate',
      'issuer.id as issuerId',
      'issuer.name as issuerName',
      'issuer.email as issuerEmail',
      'issuer.iban as issuerIban',
    ])
    .executeTakeFirst();
}
