import { preNotificationText } from '../notifications/pre-notification.js';
import { queueMail } from '../notifications/queue-mail.js';
import { managerReportText } from '../notifications/texts.js';
import { collectionFacts } from '../payments/collection-facts.js';
import type { Sql } from '../persistence/database.js';
import { managerMailFacts } from './manager-mail-facts.js';
import { loadManagerReport } from './manager-report-facts.js';
import { languageOf } from './printer.js';
import { storeInvoicePdf } from './store-invoice-pdf.js';
import { storeManagerWorkbook } from './store-manager-workbook.js';

export type QueuedReport =
  | { readonly mailId: string; readonly queued: boolean }
  | { readonly refused: { readonly code: 'NO_EMAIL' } };

/**
 * Queues the pre-notification with the invoice's PDF, in the customer's language; once per document
 * (`prenotification/<document>`). Refuses with NO_EMAIL when the customer has none: a person must send it by post.
 * Throws for a credit note: nothing of it is collected. `payUrl` is the customer's page; null when it is not known.
 */
export async function queueInvoiceMail(
  sql: Sql,
  { documentId, payUrl }: { readonly documentId: string; readonly payUrl: string | null },
): Promise<QueuedReport> {
  const row = await sql
    .selectFrom('fiscal_document as document')
    .innerJoin('customer', 'customer.id', 'document.customer_id')
    .where('document.id', '=', documentId)
    .where('document.type', '<>', 'NC')
    .selectAll('document')
    .select(['customer.email', 'customer.language'])
    .executeTakeFirstOrThrow(() => new Error(`no invoice ${documentId}`));
  if (row.email === null) return { refused: { code: 'NO_EMAIL' } };
  const { fileId } = await storeInvoicePdf(sql, { documentId });
  const { issuer_snapshot: issuer, customer_snapshot: customer } = row;
  const { hasMandate, mandateLast4 } = await collectionFacts(sql, documentId);
  const text = preNotificationText({
    language: languageOf(row.language),
    customerName: customer.name,
    issuerName: issuer.name,
    supportEmail: issuer.email,
    issuerIban: issuer.iban,
    numberText: row.number_text,
    type: row.type,
    period: row.period_from.slice(0, 7),
    grossCents: row.gross_cents,
    currency: row.currency,
    dueDate: row.due_date,
    method: row.payment_method,
    hasMandate,
    mandateLast4,
    payUrl,
  });
  return queueMail(sql, {
    key: `prenotification/${documentId}`,
    installationId: row.installation_id,
    customerId: row.customer_id,
    recipient: row.email,
    ...text,
    attachmentIds: [fileId],
  });
}

/**
 * Queues the month's workbook to the manager of the common areas; once per cycle (`manager-report/<cycle>`). The workbook
 * is made even where there is nobody to send it to: NO_EMAIL.
 */
export async function queueManagerReport(sql: Sql, { cycleId }: { readonly cycleId: string }): Promise<QueuedReport> {
  const { email } = await sql
    .selectFrom('billing_cycle as cycle')
    .innerJoin('installation', 'installation.id', 'cycle.installation_id')
    .innerJoin('condominium', 'condominium.id', 'installation.condominium_id')
    .where('cycle.id', '=', cycleId)
    .select('condominium.manager_email as email')
    .executeTakeFirstOrThrow(() => new Error(`no billing cycle ${cycleId}`));
  const { fileId } = await storeManagerWorkbook(sql, { cycleId });
  if (email === '') return { refused: { code: 'NO_EMAIL' } };
  const facts = await loadManagerReport(sql, cycleId);
  const text = managerReportText(managerMailFacts(facts));
  return queueMail(sql, {
    key: `manager-report/${cycleId}`,
    installationId: facts.installationId,
    recipient: email,
    ...text,
    attachmentIds: [fileId],
  });
}
