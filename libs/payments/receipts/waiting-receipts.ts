import { sql as raw } from 'kysely';

import { sum } from '../../imputation/sum.js';
import type { VatGroup } from '../../invoicing/document.entity.js';
import type { Sql } from '../../persistence/database.js';
import type { PaidDocument } from './receipt-parts.js';

/** Money for a document that has no receipt that holds. */
export interface ReceiptablePayment {
  readonly entryId: string;
  readonly key: string;
  readonly issueNo: number;
  readonly amountCents: number;
  readonly occurredAt: Date;
  /** processor, bank, prepaid or unmatched: where the money came from */
  readonly source: string;
  /** How the provider was paid; null where it was none. */
  readonly method: string | null;
  readonly documentId: string;
  readonly customerId: string;
  readonly issuerId: string;
  readonly currency: string;
  readonly cashVat: boolean;
  /** Of the document less the credit notes that it had when the money came, as are its groups. */
  readonly grossCents: number;
  readonly vatGroups: readonly VatGroup[];
  /** By receipts that hold. */
  readonly paidBeforeCents: number;
}

/**
 * Payments in the books, also money in the bank that was found to be for an invoice, without a receipt that holds, in
 * the order in which they came. An invoice-receipt (FR) is its own receipt. Where a receipt was cancelled because part of
 * its money went back, what stands of the payment waits for another one. `keys`: only these.
 */
export async function paymentsWithoutReceipt(
  sql: Sql,
  { keys, limit = 500 }: { readonly keys?: readonly string[]; readonly limit?: number } = {},
): Promise<ReceiptablePayment[]> {
  const among = keys === undefined ? raw<boolean>`true` : raw<boolean>`entry.key = any(${raw.val([...keys])})`;
  const { rows } = await raw<StoredPayment>`
    select entry.id as "entryId", entry.key, coalesce(last.issue_no, 0) + 1 as "issueNo",
      coalesce(last.rest, paid.cents)::bigint as "amountCents", entry.occurred_at as "occurredAt", source.kind as source,
      coalesce(attempt.method, checkout.paid_method, checkout.method) as method, document.id as "documentId", document.customer_id as "customerId", series.issuer_id as "issuerId",
      document.currency, document.cash_vat as "cashVat", document.gross_cents as "grossCents",
      document.vat_groups as "vatGroups",
      (select coalesce(jsonb_agg(part), '[]') from fiscal_document note
        cross join jsonb_array_elements(note.vat_groups) part
        where note.references_document_id = document.id and note.issued_at <= entry.occurred_at) as "creditedGroups",
      (select coalesce(sum(line.amount_cents), 0)::bigint from receipt_line line
        where line.document_id = document.id
          and not exists (select from receipt_cancellation where receipt_cancellation.receipt_id = line.receipt_id)
      ) as "paidBeforeCents"
    from journal_entry entry
    join fiscal_document document on document.id = entry.document_id and document.type <> 'FR'
    join document_series series on series.id = document.series_id
    join lateral (select -sum(posting.amount_cents) as cents from posting
      join ledger_account account on account.id = posting.account_id and account.kind = 'receivable'
      where posting.entry_id = entry.id) paid on paid.cents > 0
    join lateral (select account.kind from posting
      join ledger_account account on account.id = posting.account_id and account.kind <> 'receivable'
      where posting.entry_id = entry.id limit 1) source on true
    left join payment_attempt attempt on entry.key = 'settle/' || attempt.id
    left join checkout on checkout.id = case when entry.key ^@ 'checkout/' then split_part(entry.key, '/', 2)::uuid end
    left join lateral (
      select line.issue_no, cancelled.receipt_id is not null as is_cancelled,
        line.amount_cents - coalesce((select sum(posting.amount_cents) from journal_entry reversal
          join posting on posting.entry_id = reversal.id
          join ledger_account account on account.id = posting.account_id and account.kind = 'receivable'
          where reversal.id = cancelled.entry_id and reversal.document_id = line.document_id), 0) as rest
      from receipt_line line
      left join receipt_cancellation cancelled on cancelled.receipt_id = line.receipt_id
      where line.entry_id = entry.id order by line.issue_no desc limit 1) last on true
    where entry.kind in ('payment', 'unmatched-applied') and entry.phase = 'posted' and ${among}
      and (last.issue_no is null or (last.is_cancelled and last.rest > 0))
    order by entry.id limit ${limit}`.execute(sql);
  return rows.map(({ creditedGroups, ...payment }) => Object.assign(payment, leftOf(payment, creditedGroups)));
}

type StoredPayment = ReceiptablePayment & { readonly creditedGroups: readonly VatGroup[] };

/** What credit notes left of a document; of one that they gave back whole, all of it: what was paid, it was paid for. */
function leftOf(
  { grossCents, vatGroups }: PaidDocument,
  creditedGroups: readonly VatGroup[],
): Pick<ReceiptablePayment, 'grossCents' | 'vatGroups'> {
  const isOf = (group: VatGroup) => (credited: VatGroup) =>
    credited.code === group.code &&
    credited.ratePermyriad === group.ratePermyriad &&
    credited.exemptionCode === group.exemptionCode;
  const left = vatGroups.map((group) => {
    const credited = creditedGroups.filter(isOf(group));
    const netCents = group.netCents + sum(credited, (one) => one.netCents);
    const vatCents = group.vatCents + sum(credited, (one) => one.vatCents);
    return Object.assign({}, group, { netCents, vatCents });
  });
  const leftCents = sum(left, ({ netCents, vatCents }) => netCents + vatCents);
  return leftCents > 0 ? { grossCents: leftCents, vatGroups: left } : { grossCents, vatGroups };
}

/** Money that went back, and the receipt that no longer holds for it. */
export interface ReceiptToCancel {
  readonly receiptId: string;
  readonly numberText: string;
  readonly entryId: string;
  readonly issuerId: string;
}

/**
 * Reversals in the books that have cancelled no receipt yet, each with the receipt it takes back: of the invoice's
 * receipts that hold the latest one of exactly that amount, else the latest.
 */
export async function receiptsToCancel(sql: Sql, entryId?: string): Promise<ReceiptToCancel[]> {
  const among = entryId === undefined ? raw<boolean>`true` : raw<boolean>`entry.id = ${entryId}`;
  const { rows } = await raw<ReceiptToCancel>`
    select receipt.id as "receiptId", receipt.number_text as "numberText", entry.id as "entryId",
      series.issuer_id as "issuerId"
    from journal_entry entry
    join lateral (select sum(posting.amount_cents) as cents from posting
      join ledger_account account on account.id = posting.account_id and account.kind = 'receivable'
      where posting.entry_id = entry.id) back on back.cents > 0
    join lateral (select line.receipt_id from receipt_line line
      join receipt on receipt.id = line.receipt_id
      where line.document_id = entry.document_id
        and not exists (select from receipt_cancellation where receipt_cancellation.receipt_id = line.receipt_id)
      order by (line.amount_cents = back.cents) desc, receipt.issued_at desc, receipt.id desc limit 1) line on true
    join receipt on receipt.id = line.receipt_id
    join document_series series on series.id = receipt.series_id
    where entry.kind in ('payment-reversed', 'reversal') and entry.phase = 'posted' and ${among}
      and not exists (select from receipt_cancellation where receipt_cancellation.entry_id = entry.id)
    order by entry.id`.execute(sql);
  return rows;
}
