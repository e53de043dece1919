import { sql as raw } from 'kysely';

import type { News } from '#libs/payments/bank-news.js';

import { announce } from './live-announcement.js';
import { Problem } from './problem.js';
import { tellPaidAhead } from './tell-paid-ahead.js';
import type { Backoffice } from './tokens.js';
import { WorkflowsAway } from './workflow-gateway.js';

/**
 * Tells the workflows of all documents what the bank said, and whoever looks on. The books hold it already: when nobody
 * can be told, the answer says so, and the same request tells again.
 */
export async function tellBankNews({ sql, workflows }: Backoffice, news: News): Promise<void> {
  const documentIds = [...new Set([...news.documentIds, ...news.payments.map(({ documentId }) => documentId)])];
  const places = await sql
    .selectFrom('fiscal_document')
    .select(['id', 'installation_id as installation'])
    .where('id', '=', raw<string>`any(${documentIds}::uuid[])`)
    .execute();
  for (const { id, installation } of places) await announce(sql, { topic: 'collection', installation, id });
  try {
    for (const documentId of documentIds) await workflows.ledgerChanged(documentId);
    for (const customerId of new Set(news.customerIds)) await tellPaidAhead({ sql, workflows }, customerId);
    for (const { documentId, providerPaymentId, chase } of news.payments) {
      await workflows.paymentChanged(documentId, providerPaymentId);
      if (chase !== null) await workflows.startArrears(documentId, chase);
    }
  } catch (error) {
    if (!(error instanceof WorkflowsAway)) throw error;
    const kept = 'It is in the books. Not all workflows were told yet: send the same request again to tell them.';
    throw Problem.workflowsAway(kept, error);
  }
}
