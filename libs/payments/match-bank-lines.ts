import type { Sql } from '../persistence/database.js';
import { matchOpenLines } from './bank/match-open-lines.js';
import type { PaymentNews } from './sepa/batch.js';
import { matchFileLines } from './sepa/match-file-lines.js';
import { settlePassedWindows } from './sepa/settle-debits.js';

export interface BankNews {
  readonly matched: number;
  /** Credits that wait for a person. */
  readonly left: number;
  /** Documents whose ledger moved. */
  readonly documentIds: readonly string[];
  /** Who paid ahead. */
  readonly customerIds: readonly string[];
  /** Debits of files of which something is new. */
  readonly payments: readonly PaymentNews[];
}

/** All that can be said with certainty of an issuer's lines: money of its own files first, then transfers. */
export async function matchBankLines(
  sql: Sql,
  order: { readonly issuerId: string; readonly now: Date },
): Promise<BankNews> {
  const ofFiles = await matchFileLines(sql, order);
  const passed = await settlePassedWindows(sql, { now: order.now });
  const { matched, left, documentIds, customerIds } = await matchOpenLines(sql, order);
  return { matched: matched + ofFiles.matched, left, documentIds, customerIds, payments: [...ofFiles.news, ...passed] };
}
