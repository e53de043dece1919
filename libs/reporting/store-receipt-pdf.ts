import type { Sql } from '../persistence/database.js';
import { loadReceiptFacts } from './receipt-facts.js';
import { renderReceiptPdf } from './receipt-pdf.js';
import { findStoredFile, storeFile, type StoredFileRef } from './stored-files.js';

export const receiptPdfKey = (receiptId: string): string => `receipt-pdf/${receiptId}`;

/** The PDF of a receipt, made once and kept: asked again it is the same file. */
export async function storeReceiptPdf(sql: Sql, { receiptId }: { readonly receiptId: string }): Promise<StoredFileRef> {
  const key = receiptPdfKey(receiptId);
  const kept = await findStoredFile(sql, key);
  if (kept !== undefined) return kept;
  const facts = await loadReceiptFacts(sql, receiptId);
  return storeFile(sql, {
    key,
    fileName: `${facts.numberText.replaceAll(/[ /]+/g, '-')}.pdf`,
    contentType: 'application/pdf',
    bytes: await renderReceiptPdf(facts),
  });
}
