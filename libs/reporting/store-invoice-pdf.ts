import type { Sql } from '../persistence/database.js';
import { loadInvoiceFacts } from './invoice-facts.js';
import { renderInvoicePdf } from './invoice-pdf.js';
import { findStoredFile, storeFile, type StoredFileRef } from './stored-files.js';

export const invoicePdfKey = (documentId: string): string => `invoice-pdf/${documentId}`;

/** The PDF of an issued document, made once and kept: asked again it is the same file. */
export async function storeInvoicePdf(
  sql: Sql,
  { documentId }: { readonly documentId: string },
): Promise<StoredFileRef> {
  const key = invoicePdfKey(documentId);
  const kept = await findStoredFile(sql, key);
  if (kept !== undefined) return kept;
  const facts = await loadInvoiceFacts(sql, documentId);
  return storeFile(sql, {
    key,
    fileName: `${facts.numberText.replaceAll(/[ /]+/g, '-')}.pdf`,
    contentType: 'application/pdf',
    bytes: await renderInvoicePdf(facts),
  });
}
