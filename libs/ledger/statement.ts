import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { movementOf, type Movement, type MovementEntry } from './movement.js';

/** Whose statement: what a customer owes and has paid ahead, or what is recovered for a condominium and paid out. */
export type StatementOf =
  | { readonly kind: 'customer'; readonly customerId: string }
  | { readonly kind: 'condominium'; readonly condominiumId: string };

export interface StatementQuery {
  readonly of: StatementOf;
  /** Half-open [from, to). */
  readonly from: Date;
  readonly to: Date;
  readonly currency: string;
  /** At most so many lines, after the one with this position. */
  readonly limit: number;
  readonly after?: StatementPosition;
}

/** Where a line stands in the order of the statement. */
export interface StatementPosition {
  readonly at: Date;
  readonly entryId: string;
}

export interface StatementLine extends StatementPosition {
  /** An entry kind of the ledger: invoice-issued, payment, ... */
  readonly kind: string;
  /** What it is to whoever reads the statement. */
  readonly movement: Movement;
  /** Of the document that it is for; of a credit note its own. */
  readonly number: string | null;
  readonly documentId: string | null;
  /** In favour of the owner of the statement: paid or recovered positive, owed or paid out negative. */
  readonly amountCents: number;
  /** After this line. */
  readonly balanceCents: number;
}

export interface Statement {
  readonly openingCents: number;
  readonly closingCents: number;
  readonly lines: readonly StatementLine[];
}

/**
 * What moved between two instants, in the order it happened, with the balance after each line, and the balances at both
 * ends. The balance of a customer is what was paid ahead less what is owed; of a condominium what was recovered and its
 * interest, less what was paid out and written off. What is pending has moved nothing and is no line.
 */
export async function statement(sql: Sql, query: StatementQuery): Promise<Statement> {
  const { from, to, after } = query;
  const openingCents = await balanceBefore(sql, query, from);
  const closingCents = await balanceBefore(sql, query, to);
  const before = after === undefined ? openingCents : await balanceUpTo(sql, query, after);
  const { rows } = await raw<Row>`
    select entry.occurred_at as "at", entry.id as "entryId", entry.key, entry.kind,
      case when entry.kind = 'credit-note-issued' then entry.description
        else (select number_text from fiscal_document where id = entry.document_id) end as "number",
      entry.document_id as "documentId", (-sum(posting.amount_cents))::bigint as "amountCents",
      (select case when bool_or(other.kind = 'processor') then 'provider'
          when bool_or(other.kind in ('bank', 'unmatched')) then 'bank' end
        from posting beside join ledger_account other on other.id = beside.account_id
        where beside.entry_id = entry.id) as "through"
    from journal_entry entry
    join posting on posting.entry_id = entry.id
    join ledger_account account on account.id = posting.account_id
    where ${owned(query)} and entry.occurred_at >= ${from} and entry.occurred_at < ${to}
      and ${after === undefined ? raw`true` : raw`(entry.occurred_at, entry.id) > (${after.at}, ${after.entryId}::uuid)`}
    group by entry.id having sum(posting.amount_cents) <> 0
    order by entry.occurred_at, entry.id limit ${query.limit}`.execute(sql);
  return { openingCents, closingCents, lines: withBalances(rows, before) };
}

type Row = Omit<StatementLine, 'movement' | 'balanceCents'> & MovementEntry;

function withBalances(rows: readonly Row[], before: number): StatementLine[] {
  let balanceCents = before;
  return rows.map(({ key, through, ...line }) => {
    balanceCents += line.amountCents;
    return Object.assign(line, { movement: movementOf({ kind: line.kind, key, through }), balanceCents });
  });
}

function owned({ of, currency }: StatementQuery) {
  const accounts =
    of.kind === 'customer'
      ? raw`account.customer_id = ${of.customerId} and account.kind in ('receivable', 'prepaid')`
      : raw`account.condominium_id = ${of.condominiumId} and account.kind in ('recovered', 'interest', 'write-off')`;
  return raw`${accounts} and account.currency = ${currency}`;
}

function balanceBefore(sql: Sql, query: StatementQuery, at: Date): Promise<number> {
  return balance(sql, query, raw`entry.occurred_at < ${at}`);
}

function balanceUpTo(sql: Sql, query: StatementQuery, { at, entryId }: StatementPosition): Promise<number> {
  return balance(sql, query, raw`(entry.occurred_at, entry.id) <= (${at}, ${entryId}::uuid)`);
}

async function balance(sql: Sql, query: StatementQuery, when: ReturnType<typeof raw>): Promise<number> {
  const { rows } = await raw<{ cents: number }>`
    select coalesce(-sum(posting.amount_cents), 0)::bigint as cents
    from ledger_account account
    join posting on posting.account_id = account.id
    join journal_entry entry on entry.id = posting.entry_id
    where ${owned(query)} and ${when}`.execute(sql);
  return rows[0]?.cents ?? 0;
}
