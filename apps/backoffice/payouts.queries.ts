import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import { previewPayout } from '#libs/payments/payout/propose-payout.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Owed, Page, Payout, PayoutLine } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';

type PayoutRow = Omit<Payout, 'asOf' | 'approvedAt' | 'sentAt'> & {
  readonly asOf: Date;
  readonly approvedAt: Date | null;
  readonly sentAt: Date | null;
};

const visible = (scope: TenantScope) => within(scope, { condominium: 'payout.condominium_id', customer: null });

async function payoutRows(
  sql: Sql,
  scope: TenantScope,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<Payout[]> {
  const { rows } = await raw<PayoutRow>`
    select payout.id as "payoutId", payout.condominium_id as "condominiumId", condominium.name as "condominiumName",
      issuer.name as "issuerName", payout.number, payout.period, payout.currency, payout.total_cents as "totalCents",
      payout.fees_cents as "feesCents", payout.state, payout.as_of as "asOf", payout.proposed_by as "proposedBy",
      payout.approved_by as "approvedBy", payout.approved_at as "approvedAt", payout.sent_at as "sentAt",
      coalesce(payout.iban, condominium.iban) as iban, payout.paid_on as "paidOn",
      payout.bank_reference as "bankReference", payout.cancelled_reason as "cancelledReason"
    from payout
    join condominium on condominium.id = payout.condominium_id
    join issuer on issuer.id = payout.issuer_id
    where ${visible(scope)} and ${condition}
    order by payout.id desc limit ${limit}`.execute(sql);
  return rows.map((row) =>
    Object.assign({}, row, {
      asOf: row.asOf.toISOString(),
      approvedAt: row.approvedAt?.toISOString() ?? null,
      sentAt: row.sentAt?.toISOString() ?? null,
    }),
  );
}

interface PayoutList {
  readonly condominium?: string | undefined;
  readonly state?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Payouts, the latest first. */
export async function payouts(sql: Sql, scope: TenantScope, query: PayoutList): Promise<Page<Payout>> {
  const after = decodeCursor(query.cursor, z.tuple([z.uuid()]));
  const conditions = [after === null ? raw`true` : raw`payout.id < ${after[0]}::uuid`];
  if (query.condominium !== undefined) conditions.push(raw`payout.condominium_id = ${query.condominium}`);
  if (query.state !== undefined) conditions.push(raw`payout.state = ${query.state}`);
  const rows = await payoutRows(sql, scope, raw.join(conditions, raw` and `), query.limit + 1);
  return pageOf(
    rows,
    query.limit,
    ({ payoutId }) => [payoutId],
    (row) => row,
  );
}

/** One payout, or null when there is none within the scope. */
export async function payoutById(sql: Sql, scope: TenantScope, id: string): Promise<Payout | null> {
  const [found] = await payoutRows(sql, scope, raw`payout.id = ${id}`, 1);
  return found ?? null;
}

/** The lines of a payout, in their order. */
export async function payoutLines(
  sql: Sql,
  scope: TenantScope,
  query: { readonly payoutId: string; readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<PayoutLine>> {
  const after = decodeCursor(query.cursor, z.tuple([z.int()]));
  const { rows } = await raw<PayoutLine>`
    select line.line_no as "lineNo", line.kind, document.number_text as number,
      document.customer_snapshot ->> 'name' as "customerName", line.month, line.permyriad,
      line.recovered_cents as "recoveredCents", line.claimed_cents as "claimedCents", line.paid_cents as "paidCents",
      line.payable_cents as "payableCents", line.taken_cents as "takenCents", line.cents
    from payout_line line
    join payout on payout.id = line.payout_id
    left join fiscal_document document on document.id = line.document_id
    where payout.id = ${query.payoutId} and ${visible(scope)} and line.line_no > ${after?.[0] ?? 0}
    order by line.line_no limit ${query.limit + 1}`.execute(sql);
  return pageOf(
    rows,
    query.limit,
    ({ lineNo }) => [lineNo],
    (row) => row,
  );
}

interface Party {
  readonly condominiumId: string;
  readonly condominiumName: string;
  readonly issuerId: string;
  readonly issuerName: string;
  readonly currency: string;
}

/** What would be paid out now, for each condominium and issuer. */
export async function owed(sql: Sql, scope: TenantScope, now: Date): Promise<Owed[]> {
  const { rows } = await raw<Party>`
    select distinct condominium.id as "condominiumId", condominium.name as "condominiumName", issuer.id as "issuerId",
      issuer.name as "issuerName", installation.currency
    from installation
    join condominium on condominium.id = installation.condominium_id
    join issuer on issuer.id = installation.issuer_id
    where ${within(scope, { condominium: 'installation.condominium_id', customer: null })}
    order by 2, 1, 4`.execute(sql);
  const all: Owed[] = [];
  for (const party of rows) {
    const decided = await previewPayout(sql, { ...party, now });
    if ('refused' in decided) {
      const { refused } = decided;
      const owedCents = refused.code === 'PAYOUT.NOTHING_TO_PAY' ? refused.carriedCents : 0;
      all.push({ ...party, owedCents, feesCents: 0, invoices: 0, refused: refused.code });
      continue;
    }
    const invoices = decided.lines.filter(({ kind }) => kind === 'document').length;
    all.push({ ...party, owedCents: decided.totalCents, feesCents: decided.feesCents, invoices, refused: null });
  }
  return all;
}
