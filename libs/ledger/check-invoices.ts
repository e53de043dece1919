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
            or (account.kind = 'recovered' and account.condominium_id <> installation.condominium_id)
            or entry.document_id <> coalesce(document.references_document_id, document.id)) as strange
        from journal_entry entry
        join fiscal_document document on entry.key = 'issue/' || document.id
        join installation on installation.id = document.installation_id
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
    differsByRate(),
    postedToStranger(),
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
    raw<LedgerProblem>`
      select 'CREDITED_BEYOND_INVOICE' as code, invoice.number_text as subject,
        format('%s cents, credited %s', invoice.gross_cents, sum(note.gross_cents)) as detail
      from fiscal_document note join fiscal_document invoice on invoice.id = note.references_document_id
      group by invoice.id having invoice.gross_cents + sum(note.gross_cents) < 0 order by 2`,
  ];
}

/** The VAT of each rate is in the account of that rate: the state is told it by rate. */
const differsByRate = () => raw<LedgerProblem>`
  with booked as (
    select document.id, document.number_text, document.vat_groups, entry.id as entry_id
    from fiscal_document document join journal_entry entry on entry.key = 'issue/' || document.id),
  said as (
    select booked.id, booked.number_text, vat_group ->> 'ratePermyriad' as rate,
      sum((vat_group ->> 'vatCents')::bigint) as cents
    from booked cross join jsonb_array_elements(booked.vat_groups) vat_group group by 1, 2, 3),
  posted as (
    select booked.id, booked.number_text, split_part(split_part(account.code, '/', 2), '@', 1) as rate,
      -sum(posting.amount_cents) as cents
    from booked
    join posting on posting.entry_id = booked.entry_id
    join ledger_account account on account.id = posting.account_id and account.kind = 'vat'
    group by 1, 2, 3)
  select 'INVOICE_DIFFERS_FROM_POSTINGS' as code, number_text as subject,
    format('VAT at rate %s (permyriad): document %s, posted %s', rate, coalesce(said.cents, 0), coalesce(posted.cents, 0))
      as detail
  from said full join posted using (id, number_text, rate)
  where coalesce(said.cents, 0) <> coalesce(posted.cents, 0)
  order by 2, 3`;

/** Whatever moves for a document moves on its own customer's accounts. */
const postedToStranger = () => raw<LedgerProblem>`
  select distinct 'POSTED_TO_STRANGER' as code, entry.key as subject,
    format('%s, of customer %s', account.code, document.customer_id) as detail
  from journal_entry entry
  join fiscal_document document on document.id = entry.document_id
  join posting on posting.entry_id = entry.id
  join ledger_account account on account.id = posting.account_id
  where account.kind in ('receivable', 'prepaid') and account.customer_id <> document.customer_id
    and entry.kind not in ('invoice-issued', 'credit-note-issued')
  order by 2, 3`;
