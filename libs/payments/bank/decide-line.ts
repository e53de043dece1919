import { prepaidAvailableCents } from '#libs/ledger/balances.js';
import { postUnmatchedReturned } from '#libs/ledger/post-money.js';
import { postReversal } from '#libs/ledger/post-pending.js';

import type { Sql } from '../../persistence/database.js';
import { giveUpAgain } from '../written-off.js';
import { claimPayout, payoutProblem, releasePayout, type PayoutRefusal } from './claim-payout.js';
import { addDecision, decisionByKey, lockLine, openCentsOf, type Line } from './decisions.js';
import { bookedAt } from './import-statement.js';
import { documentsIn, documentsOf, lockCustomers, partKey } from './match-to-books.js';

export type LineRefusal =
  | 'LINE_NOT_FOUND'
  | 'LINE_IS_A_DEBIT'
  | 'LINE_IS_A_CREDIT'
  | 'NOTHING_OPEN'
  | 'KEY_USED_FOR_ANOTHER_LINE'
  | 'DECISION_NOT_FOUND'
  | 'DECISION_UNDONE_BEFORE'
  | 'DECISION_OF_A_SEPA_FILE'
  | 'CREDIT_USED'
  | PayoutRefusal;

export interface LineOrder {
  readonly lineId: string;
  readonly key: string;
  readonly reason: string;
  readonly by: string;
  readonly now: Date;
}

export type LineDecided =
  | { readonly decisionId: string; readonly decided: boolean; readonly documentIds: readonly string[] }
  | { readonly refused: { readonly code: LineRefusal; readonly detail: string } };

const refused = (code: LineRefusal, detail = '') => ({ refused: { code, detail } });

/**
 * What is still open of a line: `returned`, the money went back to its payer; `processor-payout`, it is what the payment
 * provider paid out, which the payout itself puts into the bank account; `set-aside`, a person has seen a debit (a fee, a
 * transfer out) that the books know otherwise or not at all.
 */
export type OpenDecision = 'returned' | 'processor-payout' | 'set-aside';

export interface OpenOrder extends LineOrder {
  /** Of a processor-payout: which one of the provider's it is, where that is known. */
  readonly payoutId?: string | undefined;
  /** person when not given. */
  readonly foundBy?: string;
}

export async function decideOpen(sql: Sql, kind: OpenDecision, order: OpenOrder): Promise<LineDecided> {
  const { payoutId, foundBy = 'person' } = order;
  return decide(sql, order, async (trx, line) => {
    const amountCents = await openCentsOf(trx, line);
    if (kind === 'set-aside' && line.amount_cents > 0) return refused('LINE_IS_A_CREDIT', line.id);
    if (kind !== 'set-aside' && line.amount_cents < 0) return refused('LINE_IS_A_DEBIT', line.id);
    if (amountCents === 0) return refused('NOTHING_OPEN', line.id);
    if (payoutId !== undefined) {
      const wrong = await payoutProblem(trx, { payoutId, line, amountCents, kind });
      if (wrong !== null) return refused(wrong, payoutId);
    }
    const decisionId = await addDecision(trx, { line, ...order, kind, amountCents, foundBy });
    if (payoutId !== undefined) await claimPayout(trx, { payoutId, decisionId });
    if (kind !== 'set-aside') {
      const { issuer_id: issuerId, currency } = line;
      const occurredAt = kind === 'returned' ? order.now : bookedAt(line.booked_on, order.now);
      const key = `${kind}/${decisionId}`;
      await postUnmatchedReturned(trx, { key, issuerId, amountCents, currency, occurredAt });
    }
    return { decisionId, decided: true, documentIds: [] };
  });
}

/**
 * Takes a decision back by adding: the opposite entries, and the money is unmatched again; a debt that was owed again
 * only because of it is given up again. Refused when what it paid
 * ahead has been used meanwhile.
 */
export async function undoDecision(sql: Sql, order: LineOrder & { readonly decisionId: string }): Promise<LineDecided> {
  return decide(sql, order, async (trx, line) => {
    const made = await trx
      .selectFrom('bank_decision')
      .selectAll()
      .where('id', '=', order.decisionId)
      .where('line_id', '=', line.id)
      .where('kind', '<>', 'undone')
      .executeTakeFirst();
    if (made === undefined) return refused('DECISION_NOT_FOUND', order.decisionId);
    const undone = await trx
      .selectFrom('bank_decision')
      .select('id')
      .where('undoes_id', '=', made.id)
      .executeTakeFirst();
    if (undone !== undefined) return refused('DECISION_UNDONE_BEFORE', made.id);
    const parts = await partsOf(trx, made.id);
    if (parts.some(({ attemptId }) => attemptId !== null)) return refused('DECISION_OF_A_SEPA_FILE', made.id);
    await lockCustomers(trx, parts);
    const used = await creditUsed(trx, parts, line.currency);
    if (used !== null) return refused('CREDIT_USED', used);
    const common = { line, ...order, kind: 'undone', undoesId: made.id, amountCents: made.amount_cents } as const;
    const decisionId = await addDecision(trx, { ...common, foundBy: 'person' });
    const entries = made.kind === 'matched' ? parts.map(({ position }) => partKey(made.id, position)) : [];
    if (made.kind === 'returned' || made.kind === 'processor-payout') entries.push(`${made.kind}/${made.id}`);
    await releasePayout(trx, made.id);
    for (const reversesKey of entries) {
      await postReversal(trx, { key: `undo/${reversesKey}`, reversesKey, occurredAt: order.now });
    }
    for (const { documentId, position } of made.kind === 'matched' ? parts : []) {
      if (documentId !== null) await giveUpAgain(trx, { documentId, key: partKey(made.id, position), now: order.now });
    }
    return { decisionId, decided: true, documentIds: documentsIn(parts) };
  });
}

async function decide(
  sql: Sql,
  order: LineOrder,
  run: (trx: Sql, line: Line) => Promise<LineDecided>,
): Promise<LineDecided> {
  return sql.transaction().execute(async (trx) => {
    const line = await lockLine(trx, order.lineId);
    if (line === null) return refused('LINE_NOT_FOUND', order.lineId);
    const before = await decisionByKey(trx, order.key);
    if (before === null) return run(trx, line);
    if (before.lineId !== line.id) return refused('KEY_USED_FOR_ANOTHER_LINE', order.key);
    return { decisionId: before.id, decided: false, documentIds: await documentsOf(trx, before.id) };
  });
}

/** The customer who has spent meanwhile what the parts had paid ahead for them; null: nobody. */
async function creditUsed(
  trx: Sql,
  parts: readonly { readonly customerId: string; readonly documentId: string | null; readonly amountCents: number }[],
  currency: string,
): Promise<string | null> {
  const ahead = new Map<string, number>();
  for (const { customerId, documentId, amountCents } of parts) {
    if (documentId === null) ahead.set(customerId, (ahead.get(customerId) ?? 0) + amountCents);
  }
  for (const [customerId, cents] of ahead) {
    if ((await prepaidAvailableCents(trx, customerId, currency)) < cents) return customerId;
  }
  return null;
}

async function partsOf(trx: Sql, decisionId: string) {
  return trx
    .selectFrom('bank_decision_part')
    .where('decision_id', '=', decisionId)
    .orderBy('position')
    .select([
      'position',
      'customer_id as customerId',
      'document_id as documentId',
      'attempt_id as attemptId',
      'amount_cents as amountCents',
    ])
    .execute();
}
