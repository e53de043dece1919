import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import type { PaymentNews } from './sepa/batch.js';

/** Whose workflows hear of what. */
export interface News {
  readonly documentIds: readonly string[];
  readonly payments: readonly PaymentNews[];
}

/**
 * All that the lines of these statements came to so far, to be told again: telling twice changes nothing, and whoever
 * could not be told the first time is told when the same file is imported again.
 */
export async function newsOfStatements(sql: Sql, statementIds: readonly string[]): Promise<News> {
  if (statementIds.length === 0) return { documentIds: [], payments: [] };
  const { rows } = await raw<{ documentId: string; providerPaymentId: string | null; chase: string | null }>`
    select distinct part.document_id as "documentId", attempt.provider_payment_id as "providerPaymentId",
      case when debit.state = 'returned' and debit.settled_at is not null and not exists
        (select from arrears_case where arrears_case.document_id = part.document_id)
        then attempt.failure_code end as chase
    from bank_line line
    join bank_decision decision on decision.line_id = line.id
    join bank_decision_part part on part.decision_id = decision.id
    left join payment_attempt attempt on attempt.id = part.attempt_id
    left join sepa_debit debit on debit.attempt_id = part.attempt_id
    where line.statement_id = any(${[...statementIds]}::uuid[]) and part.document_id is not null`.execute(sql);
  const documentIds = rows.map(({ documentId }) => documentId);
  const payments = rows.flatMap(({ documentId, providerPaymentId, chase }) =>
    providerPaymentId === null ? [] : [{ documentId, providerPaymentId, chase }],
  );
  return { documentIds: [...new Set(documentIds)], payments };
}
