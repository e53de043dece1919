import { dueCents, lockCustomerBooks } from '#libs/ledger/balances.js';
import { postPaymentPending } from '#libs/ledger/post-pending.js';

import type { Sql } from '../../persistence/database.js';
import { attemptState, type AttemptState } from '../apply-intent.js';
import { customerOf, hasDebitInFlight, type Attempt } from '../attempts.js';
import { payFromBalance } from '../deduct-prepaid.js';
import { pendingKey } from '../pending-debit.js';
import type { DebitOrder, DebitRefusal } from '../start-debit.js';
import { isWritableAmount } from './credit-transfer-file.js';
import { creditorOn, type Creditor } from './creditors.js';
import { activeSepaMandate, mandateUse } from './mandates.js';
import { sepaIdOf } from './sepa-text.js';
import { sequenceTypeOf } from './sequence.js';

/** What our tables call the bank's payment of an attempt, as the provider's ids do. */
const SEPA_PREFIX = 'sepa-file/';
export const sepaPaymentId = (attemptId: string): string => `${SEPA_PREFIX}${sepaIdOf(attemptId)}`;
export const isSepaPaymentId = (providerPaymentId: string): boolean => providerPaymentId.startsWith(SEPA_PREFIX);

export type Claimed = AttemptState | { readonly refused: DebitRefusal };

const refused = (code: DebitRefusal['code'], detail: string | number = '') => ({
  refused: { code, detail: String(detail) },
});

/**
 * Puts what is due on a document, less what its customer has paid ahead, in line for the issuer's next file. The attempt
 * is `processing` from then on: neither paid nor failed, and no other debit is made of the document. The same number
 * again tells what became of it.
 */
export async function claimSepaDebit(sql: Sql, order: DebitOrder, creditor: Creditor): Promise<Claimed> {
  return sql.transaction().execute(async (trx) => {
    const customerId = await customerOf(trx, order.documentId);
    await lockCustomerBooks(trx, customerId);
    return claimLocked(trx, order, { creditor, customerId });
  });
}

/** The same, for a caller that holds the customer's lock. */
export async function claimLocked(
  trx: Sql,
  { documentId, attemptNo, now }: DebitOrder,
  { creditor, customerId }: { readonly creditor: Creditor; readonly customerId: string },
): Promise<Claimed> {
  const existing = await attemptOf(trx, documentId, attemptNo);
  if (existing !== null) return attemptState(existing, existing.provider_payment_id);
  if (await hasDebitInFlight(trx, documentId)) return refused('DEBIT.IN_FLIGHT');
  const mandate = await activeSepaMandate(trx, creditor.issuer_id, customerId);
  if (mandate === null) return refused('MANDATE.NOT_FOUND', customerId);
  const sequence = sequenceTypeOf(await mandateUse(trx, mandate), now.toISOString().slice(0, 10));
  if (typeof sequence === 'object') return refused('MANDATE.NOT_FOUND', sequence.refused);
  await payFromBalance(trx, { documentId, occasion: `debit-${attemptNo}`, now });
  const amountCents = await dueCents(trx, documentId);
  if (amountCents <= 0) return refused('DEBIT.NOTHING_DUE');
  if (!isWritableAmount(amountCents)) return refused('DEBIT.AMOUNT_TOO_LARGE', amountCents);
  const { id } = await trx
    .insertInto('payment_attempt')
    .values({
      document_id: documentId,
      attempt_no: attemptNo,
      method: 'sepa-file',
      amount_cents: amountCents,
      state: 'processing',
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const attempt = await trx
    .updateTable('payment_attempt')
    .set({ provider_payment_id: sepaPaymentId(id) })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await postPaymentPending(trx, {
    key: pendingKey(id),
    documentId,
    source: 'bank',
    amountCents,
    occurredAt: now,
  });
  await trx
    .insertInto('sepa_debit')
    .values({ attempt_id: id, issuer_id: creditor.issuer_id, mandate_id: mandate.id, state: 'waiting' })
    .execute();
  return attemptState(attempt, attempt.provider_payment_id);
}

export async function attemptOf(sql: Sql, documentId: string, attemptNo: number): Promise<Attempt | null> {
  const row = await sql
    .selectFrom('payment_attempt')
    .selectAll()
    .where('document_id', '=', documentId)
    .where('attempt_no', '=', attemptNo)
    .executeTakeFirst();
  return row ?? null;
}

/**
 * How a document is collected: by the terms of its issuer with its own bank that hold on the due date, or (null) through
 * the payment provider. The due date decides, so that a document is never on two rails.
 */
export async function ownBankOf(sql: Sql, documentId: string): Promise<Creditor | null> {
  const document = await sql
    .selectFrom('fiscal_document')
    .innerJoin('installation', 'installation.id', 'fiscal_document.installation_id')
    .where('fiscal_document.id', '=', documentId)
    .select(['installation.issuer_id as issuerId', 'fiscal_document.due_date as dueDate'])
    .executeTakeFirstOrThrow(() => new Error(`no fiscal document ${documentId}`));
  return creditorOn(sql, document.issuerId, document.dueDate);
}
