import type { Sql } from '../persistence/database.js';
import { bookChecks } from './check-books.js';
import { invoiceChecks } from './check-invoices.js';
import type { LedgerProblem } from './ledger-problem.js';

export type { LedgerProblem } from './ledger-problem.js';

/**
 * Compares the books with themselves and with the documents: every currency and entry sums to zero, posted and pending;
 * what is pending is released once and whole; every invoice is the sum of its lines and equals its postings (fees apart);
 * no credit note gives back more than its invoice's line; nothing is posted for a document that does not exist; no
 * prepaid balance is below zero; no more was matched than came to the bank. Reads everything: for audits, tests and the
 * end of a month, not for each request.
 */
export async function checkLedger(
  sql: Sql,
): Promise<{ readonly balanced: boolean; readonly problems: readonly LedgerProblem[] }> {
  const checks = [...bookChecks(), ...invoiceChecks()];
  const problems: LedgerProblem[] = [];
  for (const check of checks) problems.push(...(await check.execute(sql)).rows);
  return { balanced: problems.length === 0, problems };
}
