import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import type { LedgerDocument } from './document-entries.js';

/** A fiscal document as the ledger needs it; of a credit note also the invoice that it corrects. Throws without one. */
export async function ledgerDocument(
  sql: Sql,
  documentId: string,
): Promise<LedgerDocument & { readonly creditedDocumentId: string | null }> {
  const row = await sql
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

/** The one issuer of a customer's condominium, whose bank receives what is paid for no invoice. Throws where there are several. */
export async function onlyIssuerOf(sql: Sql, customerId: string): Promise<string> {
  const issuers = await sql
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
