import { openDocumentsOf } from '#libs/payments/open-documents.js';
import type { Sql } from '#libs/persistence/database.js';

import type { WorkflowGateway } from './workflow-gateway.js';

/**
 * What a customer has paid ahead changed, by whichever way: the account is looked at (a low balance, an automatic top-up),
 * and whatever collects or chases the customer's open invoices looks at the books again. Telling twice is harmless.
 */
export async function tellPaidAhead(
  { sql, workflows }: { readonly sql: Sql; readonly workflows: WorkflowGateway },
  customerId: string,
): Promise<void> {
  await workflows.prepaidChanged(customerId);
  for (const { documentId } of await openDocumentsOf(sql, customerId)) await workflows.ledgerChanged(documentId);
}
