import { sql as raw } from 'kysely';

import { dueCentsOf } from '../ledger/balances.js';
import type { Sql } from '../persistence/database.js';

/** Where an invoice stands, in one word. */
export type InvoiceState = 'open' | 'processing' | 'paid' | 'partly-paid' | 'arrears' | 'disputed';

export interface StateFacts {
  readonly grossCents: number;
  readonly dueCents: number;
  /** State of the latest payment attempt; null when there was none. */
  readonly lastAttempt: string | null;
  /** Outcome of the collection; null while it runs or when there is none. */
  readonly collectionOutcome: string | null;
  /** Cause of the arrears case; null when there is none. */
  readonly arrearsCause: string | null;
}

/**
 * The ledger decides first: nothing due is paid, whatever a workflow still thinks. A debit that is under way is
 * processing, not arrears (the bank may take days). Then a dispute, then arrears, then what came in so far.
 */
export function invoiceState(facts: StateFacts): InvoiceState {
  if (facts.dueCents <= 0) return 'paid';
  if (facts.lastAttempt === 'processing') return 'processing';
  if (facts.lastAttempt === 'disputed' || facts.arrearsCause === 'disputed') return 'disputed';
  if (facts.arrearsCause !== null || facts.collectionOutcome === 'arrears') return 'arrears';
  return facts.dueCents < facts.grossCents ? 'partly-paid' : 'open';
}

export interface InvoiceStateRow {
  readonly documentId: string;
  /** As printed: FT CZM2026/1. */
  readonly number: string;
  /** Customer number. */
  readonly customer: string;
  readonly totalCents: number;
  readonly dueCents: number;
  readonly state: InvoiceState;
}

/** The state of every invoice of a cycle, in the order of their numbers. */
export async function invoiceStates(sql: Sql, { cycleId }: { readonly cycleId: string }): Promise<InvoiceStateRow[]> {
  const rows = await sql
    .selectFrom('fiscal_document as document')
    .leftJoin('collection', 'collection.document_id', 'document.id')
    .leftJoin('arrears_case', 'arrears_case.document_id', 'document.id')
    .where('document.cycle_id', '=', cycleId)
    .select([
      'document.id',
      'document.number_text',
      'document.customer_id',
      'document.gross_cents',
      'collection.outcome as collection_outcome',
      'arrears_case.cause as arrears_cause',
      raw<string | null>`(select attempt.state from payment_attempt attempt where attempt.document_id = document.id
        order by attempt.attempt_no desc limit 1)`.as('last_attempt'),
    ])
    .orderBy('document.issued_at')
    .orderBy('document.number')
    .execute();
  const due = await dueCentsOf(
    sql,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => {
    const dueCents = due.get(row.id) ?? 0;
    return {
      documentId: row.id,
      number: row.number_text,
      customer: row.customer_id,
      totalCents: row.gross_cents,
      dueCents,
      state: invoiceState({
        grossCents: row.gross_cents,
        dueCents,
        lastAttempt: row.last_attempt,
        collectionOutcome: row.collection_outcome,
        arrearsCause: row.arrears_cause,
      }),
    };
  });
}
