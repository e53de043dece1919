import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import type { PaymentNews } from './sepa/batch.js';
import { stillToChase } from './sepa/settle-debits.js';

/** Whose workflows hear of what. */
export interface News {
  readonly documentIds: readonly string[];
  /** Who paid ahead by them. */
  readonly customerIds: readonly string[];
  readonly payments: readonly PaymentNews[];
}

/**
 * All that the lines of these statements came to so far, to be told again: telling twice changes nothing, and whoever
 * could not be told the first time is told when the same file is imported again.
 */
export async function newsOfStatements(sql: Sql, statementIds: readonly string[]): Promise<News> {
  if (statementIds.length === 0) return { documentIds: [], customerIds: [], payments: [] };
  const { rows } = await raw<{
    documentId: string | null;
    customerId: string;
    providerPaymentId: string | null;
    chase: string | null;
  }>`
    select distinct part.document_id as "documentId", part.customer_id as "customerId", attempt.provider_payment_id as "providerPaymentId",
      ${stillToChase()} as chase
    from bank_line line
    join bank_decision decision on decision.line_id = line.id
    join bank_decision_part part on part.decision_id = decision.id
    left join payment_attempt attempt on attempt.id = part.attempt_id
    left join sepa_debit debit on debit.attempt_id = part.attempt_id
    where line.statement_id = any(${[...statementIds]}::uuid[])`.execute(sql);
  const documentIds = rows.flatMap(({ documentId }) => documentId ?? []);
  const customerIds = rows.flatMap(({ documentId, customerId }) => (documentId === null ? customerId : []));
  const payments = rows.flatMap(({ documentId, providerPaymentId, chase }) =>
    documentId === null || providerPaymentId === null ? [] : [{ documentId, providerPaymentId, chase }],
  );
  return { documentIds: [...new Set(documentIds)], customerIds: [...new Set(customerIds)], payments };
}

/** Whom decisions on a line, undone ones too, gave money to that is paid ahead. */
export async function payersAheadBy(sql: Sql, lineId: string): Promise<string[]> {
  const rows = await sql
    .selectFrom('bank_decision_part as part')
    .innerJoin('bank_decision as decision', 'decision.id', 'part.decision_id')
    .where('decision.line_id', '=', lineId)
    .where('part.document_id', 'is', null)
    .select('part.customer_id as customerId')
    .distinct()
    .execute();
  return rows.map(({ customerId }) => customerId);
}
