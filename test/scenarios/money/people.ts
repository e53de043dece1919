import { openCollection } from '#libs/payments/open-collection.js';
import { registerMandate } from '#libs/payments/register-mandate.js';
import { DEFAULT_POLICY, type InstallationPolicy } from '#libs/registry/policy.js';
import { addCustomer, addInstallation, addInvoice, INSTALLATION } from '#test/stripe-sandbox/invoice-fixture.js';
import { collectionWorkflowId } from '#workflows/collection/messages.js';
import { TASK_QUEUE } from '#workflows/task-queues.js';

import { DAY_0, DAY_MS, type MoneyStory } from './money-story.js';

/** The car park of every story, under the default policy or another. */
export async function carPark({ sql }: MoneyStory, policy: InstallationPolicy = DEFAULT_POLICY): Promise<void> {
  await addInstallation(sql);
  await sql
    .insertInto('installation_policy')
    .values({ installation_id: INSTALLATION, valid_from: '2020-01-01', policy })
    .execute();
}

/** A resident who pays by direct debit from an account of the sandbox's list. */
export async function debited({ sql, stripe }: MoneyStory, customerId: string, iban: string): Promise<string> {
  await addCustomer(sql, { id: customerId, paymentMethod: 'direct-debit' });
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'story', acceptedAt: DAY_0 };
  const signed = await registerMandate({ sql, stripe }, { customerId, key: customerId, acceptance, iban, now: DAY_0 });
  if ('refused' in signed) throw new Error(signed.refused.code);
  return signed.mandateId;
}

/** An invoice issued now, due in 14 days, whose collection has begun. */
export async function invoiced(story: MoneyStory, customerId: string, grossCents: number): Promise<string> {
  const { sql, client } = story;
  const now = await story.now();
  const dueAt = new Date(now.getTime() + 14 * DAY_MS);
  const documentId = await addInvoice(sql, { customerId, grossCents, issuedAt: now, dueAt });
  const workflowId = collectionWorkflowId(documentId);
  await sql.transaction().execute((trx) => openCollection(trx, { documentId, workflowId, now }));
  await client.workflow.start('collection', { workflowId, taskQueue: TASK_QUEUE, args: [{ documentId }] });
  return documentId;
}
