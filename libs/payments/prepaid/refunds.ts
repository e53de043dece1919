import type { Selectable } from 'kysely';

import { lockCustomerBooks, prepaidAvailableCents } from '#libs/ledger/balances.js';
import { postRefund } from '#libs/ledger/post-money.js';
import { postReversal } from '#libs/ledger/post-pending.js';

import type { Schema, Sql } from '../../persistence/database.js';
import { isValidIban, normaliseIban } from '../iban.js';

export type RefundRow = Selectable<Schema['refund_order']>;

export const REFUND_STATES = ['proposed', 'approved', 'sent', 'done', 'failed', 'cancelled'] as const;
export type RefundState = (typeof REFUND_STATES)[number];

export const REFUND_DECISIONS = ['approve', 'cancel', 'done', 'fail'] as const;
export type RefundDecision = (typeof REFUND_DECISIONS)[number];

export interface RefundRefusal {
  readonly code:
    | 'REFUND.NOT_FOUND'
    | 'REFUND.WRONG_STATE'
    | 'REFUND.NO_ACCOUNT'
    | 'REFUND.NOT_COVERED'
    | 'IBAN_INVALID';
  readonly state?: string;
}

export type RefundResult = { readonly ok: RefundRow } | { readonly refused: RefundRefusal };

/** From which states a decision may be taken, and where it leads. Money moves with `sent` and comes back with `failed`. */
const STEPS: Readonly<Record<RefundDecision, { readonly from: readonly RefundState[]; readonly to: RefundState }>> = {
  approve: { from: ['proposed'], to: 'approved' },
  cancel: { from: ['proposed', 'approved'], to: 'cancelled' },
  done: { from: ['sent'], to: 'done' },
  fail: { from: ['sent'], to: 'failed' },
};

/** The account that the customer names; only before the refund is approved. */
export async function giveRefundAccount(
  sql: Sql,
  { orderId, iban }: { readonly orderId: string; readonly iban: string },
): Promise<RefundResult> {
  if (!isValidIban(iban)) return { refused: { code: 'IBAN_INVALID' } };
  const account = normaliseIban(iban);
  return inOrder(sql, orderId, async (trx, order) => {
    if (order.state !== 'proposed') return wrongState(order);
    return { ok: await change(trx, orderId, { iban: account, iban_last4: account.slice(-4) }) };
  });
}

/**
 * Staff approve or cancel a refund, or say what became of one that was sent: one that failed is booked back. When it is
 * over the IBAN is forgotten, but for its last four.
 */
export async function decideRefund(
  sql: Sql,
  order: {
    readonly orderId: string;
    readonly decision: RefundDecision;
    readonly by: string;
    readonly reason?: string | undefined;
    readonly now: Date;
  },
): Promise<RefundResult> {
  const { orderId, decision, by, now } = order;
  const { from, to } = STEPS[decision];
  return inOrder(sql, orderId, async (trx, refund) => {
    if (!from.some((state) => state === refund.state)) return wrongState(refund);
    if (decision === 'approve') {
      if (refund.iban === null) return { refused: { code: 'REFUND.NO_ACCOUNT' } };
      if (!(await isCovered(trx, refund))) return { refused: { code: 'REFUND.NOT_COVERED' } };
      return { ok: await change(trx, orderId, { state: to, approved_at: now, approved_by: by }) };
    }
    if (decision === 'fail') {
      const keys = { key: `refund-failed/${orderId}`, reversesKey: `refund/${orderId}` };
      await postReversal(trx, { ...keys, occurredAt: now });
    }
    const reason = order.reason ?? null;
    return { ok: await change(trx, orderId, { state: to, reason, iban: null, ended_at: now }) };
  });
}

/** Whether the balance still holds what is to go back. The caller holds the customer's lock. */
export async function isCovered(trx: Sql, refund: RefundRow): Promise<boolean> {
  return (await prepaidAvailableCents(trx, refund.customer_id, refund.currency)) >= refund.amount_cents;
}

/**
 * An approved refund leaves: it is in the books from now on. `messageId`: the bank's file it is in. The caller holds the customer's lock and knows that it is covered.
 */
export async function markRefundSent(
  trx: Sql,
  refund: RefundRow,
  { messageId, now }: { readonly messageId: string; readonly now: Date },
): Promise<RefundRow> {
  if (refund.state !== 'approved') throw new Error(`refund ${refund.id} is ${refund.state}: it cannot be sent`);
  const { posted } = await postRefund(trx, {
    key: `refund/${refund.id}`,
    customerId: refund.customer_id,
    to: 'bank',
    issuerId: refund.issuer_id,
    amountCents: refund.amount_cents,
    currency: refund.currency,
    occurredAt: now,
  });
  if (!posted) throw new Error(`refund ${refund.id} was sent before`);
  return change(trx, refund.id, { state: 'sent', message_id: messageId, sent_at: now });
}

async function inOrder(
  sql: Sql,
  orderId: string,
  run: (trx: Sql, order: RefundRow) => Promise<RefundResult>,
): Promise<RefundResult> {
  const decide = async (trx: Sql): Promise<RefundResult> => {
    const found = await trx
      .selectFrom('refund_order')
      .select('customer_id')
      .where('id', '=', orderId)
      .executeTakeFirst();
    if (found === undefined) return { refused: { code: 'REFUND.NOT_FOUND' } };
    await lockCustomerBooks(trx, found.customer_id);
    const order = await trx
      .selectFrom('refund_order')
      .selectAll()
      .where('id', '=', orderId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    return run(trx, order);
  };
  return sql.isTransaction ? decide(sql) : sql.transaction().execute(decide);
}

const wrongState = ({ state }: RefundRow): RefundResult => ({ refused: { code: 'REFUND.WRONG_STATE', state } });

type Change = Partial<
  Pick<
    RefundRow,
    'state' | 'iban' | 'iban_last4' | 'reason' | 'message_id' | 'approved_at' | 'approved_by' | 'sent_at' | 'ended_at'
  >
>;

async function change(trx: Sql, orderId: string, set: Change): Promise<RefundRow> {
  return trx.updateTable('refund_order').set(set).where('id', '=', orderId).returningAll().executeTakeFirstOrThrow();
}
