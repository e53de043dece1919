import type { Sql } from '../../persistence/database.js';
import type { Line } from './decisions.js';

export type PayoutRefusal = 'PAYOUT_NOT_FOUND' | 'PAYOUT_SEEN_BEFORE' | 'PAYOUT_OF_ANOTHER_AMOUNT';

export interface PayoutOnLine {
  readonly payoutId: string;
  readonly line: Pick<Line, 'issuer_id' | 'currency'>;
  /** What is open of the line. */
  readonly amountCents: number;
  readonly kind: string;
}

/** Why the open money of a line cannot be this payout; null: it can. Locks the payout until the transaction ends. */
export async function payoutProblem(trx: Sql, order: PayoutOnLine): Promise<PayoutRefusal | null> {
  const { payoutId, line, amountCents, kind } = order;
  const payout = await trx
    .selectFrom('processor_payout')
    .where('id', '=', payoutId)
    .where('issuer_id', '=', line.issuer_id)
    .select(['amount_cents', 'currency', 'decision_id'])
    .forUpdate()
    .executeTakeFirst();
  if (payout === undefined || kind !== 'processor-payout') return 'PAYOUT_NOT_FOUND';
  if (payout.decision_id !== null) return 'PAYOUT_SEEN_BEFORE';
  const isSame = payout.amount_cents === amountCents && payout.currency === line.currency;
  return isSame ? null : 'PAYOUT_OF_ANOTHER_AMOUNT';
}

/** The payout came on the line of this decision. False when another line has it, or the decision another payout. */
export async function claimPayout(
  trx: Sql,
  { payoutId, decisionId }: { readonly payoutId: string; readonly decisionId: string },
): Promise<boolean> {
  const claimed = await trx
    .updateTable('processor_payout')
    .set({ decision_id: decisionId })
    .where('id', '=', payoutId)
    .where('decision_id', 'is', null)
    .where((where) =>
      where.not(
        where.exists(where.selectFrom('processor_payout as other').select('id').where('decision_id', '=', decisionId)),
      ),
    )
    .returning('id')
    .executeTakeFirst();
  return claimed !== undefined;
}

/** The decision was taken back: its payout has been seen on no line. */
export async function releasePayout(trx: Sql, decisionId: string): Promise<void> {
  await trx.updateTable('processor_payout').set({ decision_id: null }).where('decision_id', '=', decisionId).execute();
}
