import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';

/** What is wrong in the books: a code, what it is about, and the figures. */
export interface LedgerProblem {
  readonly code:
    | 'BOOKS_UNBALANCED'
    | 'ENTRY_UNBALANCED'
    | 'INVOICE_NOT_POSTED'
    | 'INVOICE_DIFFERS_FROM_POSTINGS'
    | 'INVOICE_DIFFERS_FROM_LINES'
    | 'CREDITED_BEYOND_INVOICE'
    | 'POSTED_WITHOUT_INVOICE'
    | 'PREPAID_BELOW_ZERO';
  readonly subject: string;
  readonly detail: string;
}

interface ProblemRow {
  readonly code: LedgerProblem['code'];
  readonly subject: string;
  readonly detail: string;
}

/**
 * Compares the books with themselves and with the documents: every currency and entry sums to zero, every invoice is
 * the sum of its lines and equals its postings (fees apart), no credit note gives back more than its invoice's line,
 * nothing is posted for a document that does not exist, no prepaid balance is below zero. Reads everything: for audits, tests and the end of a month, not for each request.
 */
export async function checkLedger(
  sql: Sql,
): Promise<{ readonly balanced: boolean; readonly problems: readonly LedgerProblem[] }> {
  const checks = [...bookChecks(), ...invoiceChecks()];
  const problems: LedgerProblem[] = [];
  for (const check of checks) problems.push(...(await check.execute(sql)).rows);
  return { balanced: problems.length === 0, problems };
}

function bookChecks() {
  return [
    raw<ProblemRow>`
      select 'BOOKS_UNBALANCED' as code, account.currency as subject, sum(posting.amount_cents) || ' cents' as detail
      from posting join ledger_account account on account.id = posting.account_id
      group by account.currency having sum(posting.amount_cents) <> 0 order by 2`,
    raw<ProblemRow>`
      select 'ENTRY_UNBALANCED' as code, entry.key as subject,
        sum(posting.amount_cents) || ' cents of ' || account.currency as detail
      from posting
      join journal_entry entry on entry.id = posting.entry_id
      join ledger_account account on account.id = posting.account_id
      group by entry.id, entry.key, account.currency having sum(posting.amount_cents) <> 0 order by 2`,
    raw<ProblemRow>`
      select 'PREPAID_BELOW_ZERO' as code, account.code as subject, -sum(posting.amount_cents) || ' cents' as detail
      from posting join ledger_account account on account.id = posting.account_id
      where account.kind = 'prepaid'
      group by account.code having sum(posting.amount_cents) > 0 order by 2`,
  ];
}

function invoiceChecks() {
  return [
    raw<ProblemRow>`
      select 'INVOICE_NOT_POSTED' as code, document.number_text as subject, document.gross_cents || ' cents' as detail
      from fiscal_document document
      where not exists (select from journal_entry entry where entry.key = 'issue/' || document.id) order by 2`,
    raw<ProblemRow>`
      select 'POSTED_WITHOUT_INVOICE' as code, entry.key as subject, coalesce(entry.document_id::text, '') as detail
      from journal_entry entry
      where entry.kind in ('invoice-issued', 'credit-note-issued', 'payment', 'payment-reversed')
        and not exists (select from fiscal_document document where document.id = entry.document_id) order by 2`,
    raw<ProblemRow>`
      with posted as (
        select document.id as document_id,
          coalesce(sum(amount_cents) filter (where account.code =
            'receivable/' || document.customer_id || suffix.text), 0) as gross,
          coalesce(-sum(amount_cents) filter (where account.kind in ('recovered', 'fees')), 0) as net,
          coalesce(-sum(amount_cents) filter (where account.kind = 'fees'), 0) as fees,
          coalesce(-sum(amount_cents) filter (where account.kind = 'vat'), 0) as vat,
          count(*) filter (where account.currency <> document.currency
            or account.kind not in ('receivable', 'recovered', 'fees', 'vat')
            or entry.document_id <> coalesce(document.references_document_id, document.id)) as strange
        from journal_entry entry
        join fiscal_document document on entry.key = 'issue/' || document.id
        cross join lateral (select case document.currency when 'EUR' then '' else '@' || document.currency end as text) suffix
        join posting on posting.entry_id = entry.id
        join ledger_account account on account.id = posting.account_id
        group by document.id)
      select 'INVOICE_DIFFERS_FROM_POSTINGS' as code, document.number_text as subject,
        format('document %s + %s = %s with fees of %s, posted %s + %s = %s with fees of %s', document.net_cents,
          document.vat_cents, document.gross_cents, lines.fees, posted.net, posted.vat, posted.gross,
          posted.fees) as detail
      from fiscal_document document join posted on posted.document_id = document.id
      cross join lateral (select coalesce(sum(net_cents), 0) as fees from document_line
        where document_line.document_id = document.id and document_line.party = 'bpo') lines
      where (posted.net, posted.fees, posted.vat, posted.gross)
          <> (document.net_cents, lines.fees, document.vat_cents, document.gross_cents)
        or posted.strange > 0
      order by 2`,
    raw<ProblemRow>`
      select 'INVOICE_DIFFERS_FROM_LINES' as code, document.number_text as subject,
        format('net %s, lines %s; gross %s, net + VAT %s', document.net_cents, lines.net, document.gross_cents,
          document.net_cents + document.vat_cents) as detail
      from fiscal_document document
      cross join lateral (select coalesce(sum(net_cents), 0) as net from document_line
        where document_line.document_id = document.id) lines
      cross join lateral (select coalesce(sum((vat_group ->> 'vatCents')::bigint), 0) as vat
        from jsonb_array_elements(document.vat_groups) vat_group) groups
      where document.net_cents <> lines.net or document.vat_cents <> groups.vat
        or document.gross_cents <> document.net_cents + document.vat_cents
      order by 2`,
    raw<ProblemRow>`
      select 'CREDITED_BEYOND_INVOICE' as code, invoice.number_text as subject,
        format('line %s of %s cents, credited %s', credited.line_no, coalesce(line.net_cents, 0), credited.cents) as detail
      from (
        select note.references_document_id as invoice_id, note_line.credits_line_no as line_no,
          sum(note_line.net_cents) as cents
        from fiscal_document note join document_line note_line on note_line.document_id = note.id
        where note.references_document_id is not null
        group by note.references_document_id, note_line.credits_line_no) credited
      join fiscal_document invoice on invoice.id = credited.invoice_id
      left join document_line line on line.document_id = invoice.id and line.line_no = credited.line_no
      where line.line_no is null or abs(line.net_cents + credited.cents) > abs(line.net_cents)
        or (line.net_cents + credited.cents) * sign(line.net_cents) < 0
      order by 2`,
  ];
}
