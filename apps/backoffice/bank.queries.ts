import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import { matchCandidates } from '#libs/payments/bank/match-candidates.js';
import { proposalsFor } from '#libs/payments/bank/match-open-lines.js';
import { payoutsFor, wordsOf } from '#libs/payments/bank/match-payouts.js';
import type { Sql } from '#libs/persistence/database.js';

import type { BankIssuer, BankLine, BankLineState, BankPart, OpenInvoice, Page } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';

export async function bankIssuers(sql: Sql, now: Date): Promise<BankIssuer[]> {
  const { rows } = await raw<BankIssuer>`
    select issuer.id as "issuerId", issuer.name, right(replace(issuer.iban, ' ', ''), 4) as "accountLast4",
      exists (select from sepa_creditor creditor where creditor.issuer_id = issuer.id
        and creditor.valid_from <= ${now}::timestamptz::date
        and (creditor.valid_until is null or creditor.valid_until > ${now}::timestamptz::date)) as "ownBank"
    from issuer order by issuer.name, issuer.id`.execute(sql);
  return rows;
}

type LineRow = Omit<BankLine, 'decisions' | 'proposals' | 'payouts'> & {
  readonly counterpartyHash: string | null;
  readonly decisions: readonly (Omit<BankLine['decisions'][number], 'decidedAt'> & { readonly decidedAt: string })[];
};

/** Nothing decided of it, or only part; a debit waits for nobody unless it bears a reason why money came back. */
const OPEN = raw<boolean>`line.amount_cents <> coalesce(decided.cents, 0)
  and (line.amount_cents > 0 or line.return_code is not null)`;

async function lineRows(sql: Sql, condition: RawBuilder<unknown>, limit: number): Promise<LineRow[]> {
  const { rows } = await raw<LineRow>`
    select line.id as "lineId", line.issuer_id as "issuerId", line.booked_on as "bookedOn", line.value_on as "valueOn",
      line.amount_cents as "amountCents", line.amount_cents - coalesce(decided.cents, 0)::bigint as "openCents",
      line.currency, line.text, line.reference, line.counterparty_name as "counterpartyName",
      line.counterparty_last4 as "counterpartyLast4", line.counterparty_hash as "counterpartyHash",
      line.return_code as "returnCode", coalesce(made.list, '[]'::jsonb) as decisions
    from bank_line line
    left join lateral (
      select sum(decision.amount_cents)::bigint as cents from bank_decision decision
      where decision.line_id = line.id and decision.kind <> 'undone'
        and not exists (select from bank_decision later where later.undoes_id = decision.id)) decided on true
    left join lateral (
      select jsonb_agg(jsonb_build_object('decisionId', decision.id, 'kind', decision.kind,
          'amountCents', decision.amount_cents, 'foundBy', decision.found_by, 'reason', decision.reason,
          'decidedAt', decision.decided_at, 'decidedBy', decision.decided_by,
          'undone', exists (select from bank_decision later where later.undoes_id = decision.id),
          'parts', coalesce(parts.list, '[]'::jsonb)) order by decision.id desc) as list
      from bank_decision decision
      left join lateral (
        select jsonb_agg(jsonb_build_object('customerId', customer.id, 'customerName', customer.name,
            'documentId', document.id, 'number', document.number_text, 'amountCents', part.amount_cents)
            order by part.position) as list
        from bank_decision_part part
        join customer on customer.id = part.customer_id
        left join fiscal_document document on document.id = part.document_id
        where part.decision_id = decision.id and part.position < 50) parts on true
      where decision.line_id = line.id) made on true
    where ${condition}
    order by line.booked_on desc, line.id desc limit ${limit}`.execute(sql);
  return rows;
}

export interface LineQuery {
  readonly issuerId: string;
  readonly state: BankLineState;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Lines of an issuer's account, the latest first, with proposals for what is open. */
export async function bankLines(sql: Sql, query: LineQuery, now: Date): Promise<Page<BankLine>> {
  const after = decodeCursor(query.cursor, z.tuple([z.iso.date(), z.uuid()]));
  const later = after === null ? raw`true` : raw`(line.booked_on, line.id) < (${after[0]}::date, ${after[1]}::uuid)`;
  const state = query.state === 'all' ? raw`true` : query.state === 'open' ? OPEN : raw`not (${OPEN})`;
  const condition = raw`line.issuer_id = ${query.issuerId} and ${state} and ${later}`;
  const rows = await lineRows(sql, condition, query.limit + 1);
  const shown = await withProposals(sql, query.issuerId, rows, now);
  return pageOf(
    shown,
    query.limit,
    ({ bookedOn, lineId }) => [bookedOn, lineId],
    (line) => line,
  );
}

/** One line; null when there is none. */
export async function bankLineById(sql: Sql, lineId: string, now: Date): Promise<BankLine | null> {
  const rows = await lineRows(sql, raw`line.id = ${lineId}`, 1);
  const [row] = rows;
  if (row === undefined) return null;
  const [line] = await withProposals(sql, row.issuerId, rows, now);
  return line ?? null;
}

async function withProposals(sql: Sql, issuerId: string, rows: readonly LineRow[], now: Date): Promise<BankLine[]> {
  const open = rows.filter(({ openCents }) => openCents > 0);
  const found = await proposalsFor(sql, {
    issuerId,
    now,
    lines: open.map(({ lineId, openCents, text, reference, counterpartyName, counterpartyHash }) => ({
      lineId,
      line: { amountCents: openCents, text, reference, counterpartyName, counterpartyHash },
    })),
  });
  const payouts = await payoutsFor(
    sql,
    issuerId,
    open.map((row) => ({ lineId: row.lineId, amountCents: row.openCents, bookedOn: row.bookedOn, text: wordsOf(row) })),
  );
  const parts = [...found.values()].flatMap(({ certain, proposals }) =>
    (certain === null ? proposals : [certain]).flatMap((proposal) => proposal.parts),
  );
  const names = await namesOf(sql, parts);
  return rows.map((row) => {
    const { counterpartyHash: _hash, decisions, ...line } = row;
    const match = found.get(row.lineId);
    const likely = match === undefined ? [] : match.certain === null ? match.proposals : [match.certain];
    return Object.assign(line, {
      decisions: decisions.map((decision) =>
        Object.assign(decision, { decidedAt: new Date(decision.decidedAt).toISOString() }),
      ),
      proposals: likely.map(({ foundBy, parts: some }) => ({ foundBy, parts: some.map((part) => named(names, part)) })),
      payouts: (payouts.get(row.lineId) ?? []).map(({ payoutId, arrivesOn }) => ({ payoutId, arrivesOn })),
    });
  });
}

interface Names {
  readonly customers: ReadonlyMap<string, string>;
  readonly numbers: ReadonlyMap<string, string>;
}
type Part = Omit<BankPart, 'customerName' | 'number'>;

async function namesOf(sql: Sql, parts: readonly Part[]): Promise<Names> {
  const customerIds = [...new Set(parts.map(({ customerId }) => customerId))];
  const documentIds = [...new Set(parts.flatMap(({ documentId }) => documentId ?? []))];
  const customers =
    customerIds.length === 0
      ? []
      : await sql.selectFrom('customer').select(['id', 'name']).where('id', 'in', customerIds).execute();
  const documents =
    documentIds.length === 0
      ? []
      : await sql
          .selectFrom('fiscal_document')
          .select(['id', 'number_text as number'])
          .where('id', 'in', documentIds)
          .execute();
  return {
    customers: new Map(customers.map(({ id, name }) => [id, name])),
    numbers: new Map(documents.map(({ id, number }) => [id, number])),
  };
}

function named({ customers, numbers }: Names, part: Part): BankPart {
  const { customerId, documentId, amountCents } = part;
  const customerName = customers.get(customerId) ?? customerId;
  return { customerId, customerName, documentId, number: numbers.get(documentId ?? '') ?? null, amountCents };
}

const MOST_INVOICES = 50;

/** What is owed to an issuer and fits the words: number, customer number or name; the oldest first. */
export async function openInvoices(
  sql: Sql,
  { issuerId, words, now }: { readonly issuerId: string; readonly words: string; readonly now: Date },
): Promise<OpenInvoice[]> {
  const { documents, customers } = await matchCandidates(sql, { issuerId, now });
  const names = new Map(customers.map(({ customerId, name }) => [customerId, name]));
  const wanted = words.trim().toLowerCase();
  return documents
    .filter(({ dueCents }) => dueCents > 0)
    .map(({ documentId, numberText, customerId, dueDate, dueCents, debitInFlight }) => ({
      documentId,
      number: numberText,
      customerId,
      customerName: names.get(customerId) ?? customerId,
      dueDate,
      dueCents,
      currency: 'EUR',
      debitInFlight: debitInFlight === true,
    }))
    .filter(({ number, customerId, customerName }) =>
      [number, customerId, customerName].some((text) => text.toLowerCase().includes(wanted)),
    )
    .slice(0, MOST_INVOICES);
}
