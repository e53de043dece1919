import { checkLedger } from '#libs/ledger/check-ledger.js';
import type { LedgerProblem } from '#libs/ledger/ledger-problem.js';

import type { Sql } from '../persistence/database.js';
import { checkOverpaid } from './check-overpaid.js';
import { checkPayouts } from './payout/check-payouts.js';
import { checkProviderPayouts } from './provider-payouts/check-provider-payouts.js';

/**
 * All that is proved of money: the books with themselves and the documents, what is paid on each of them, the payouts to
 * condominiums with the books, the provider's payouts and balance with the books. Reads everything.
 */
export async function checkBooks(
  sql: Sql,
): Promise<{ readonly balanced: boolean; readonly problems: readonly LedgerProblem[] }> {
  const { problems } = await checkLedger(sql);
  const money = [await checkOverpaid(sql), await checkPayouts(sql), await checkProviderPayouts(sql)];
  const all = [...problems, ...money.flat()];
  return { balanced: all.length === 0, problems: all };
}
