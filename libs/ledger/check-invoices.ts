import { sql as raw } from 'kysely';

import type { LedgerProblem } from './ledger-problem.js';

/** What documents and postings must say of each other; each query gives the problems it finds. */
export function invoiceChecks() {
  return [
    raw<LedgerProblem>`
      select 'INVOICE_NOT_POSTED' as code, document.number_text as subject, document.gross_cents || ' cents' as detail
      from fiscal_document document
      where not exists (select from journal_entry entry where entry.key = 'issue/' || document.id) order by 2`,
    raw<LedgerProblem>`
      select 'POSTED_WITHOUT_INVOICE' as code, entry.key as subject, coalesce(entry.document_id::text, '') as detail
      from journal_entry entry
      where (entry.document_id is not null or entry.kind in ('invoice-issued', 'credit-note-issued', 'payment'))
        and not exists (select from fiscal_document document where document.id = entry.document_id) order by 2`,
    raw<LedgerProblem>`
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
    raw<LedgerProblem>`
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
    raw<LedgerProblem>`
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
