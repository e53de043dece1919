import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import { lapsesOn } from '#libs/payments/sepa/sequence.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Page, SepaMandateState, SepaTerms, StoredMandate } from './api-types.js';
import { containing } from './containing.js';
import { decodeCursor, pageOf } from './paging.js';

interface List {
  readonly issuerId: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

async function termsRows(sql: Sql, condition: RawBuilder<unknown>, limit: number): Promise<SepaTerms[]> {
  const { rows } = await raw<SepaTerms>`
    select creditor.id as "creditorRowId", creditor.issuer_id as "issuerId", creditor.valid_from as "validFrom",
      creditor.valid_until as "validUntil", creditor.creditor_id as "creditorId",
      right(creditor.iban, 4) as "ibanLast4",
      creditor.iban = upper(replace(coalesce(issuer.iban, ''), ' ', '')) as "ofIssuer",
      creditor.bic, creditor.version, creditor.lead_days as "leadDays", creditor.settle_by as "settleBy",
      creditor.return_window_days as "returnWindowDays"
    from sepa_creditor creditor join issuer on issuer.id = creditor.issuer_id
    where ${condition}
    order by creditor.valid_from desc limit ${limit}`.execute(sql);
  return rows;
}

/** The terms on which an issuer collects through its own bank, the latest first. */
export async function sepaTerms(sql: Sql, { issuerId, limit, cursor }: List): Promise<Page<SepaTerms>> {
  const after = decodeCursor(cursor, z.tuple([z.iso.date()]));
  const earlier = after === null ? raw`true` : raw`creditor.valid_from < ${after[0]}::date`;
  const rows = await termsRows(sql, raw`creditor.issuer_id = ${issuerId} and ${earlier}`, limit + 1);
  return pageOf(
    rows,
    limit,
    ({ validFrom }) => [validFrom],
    (row) => row,
  );
}

/** The terms from exactly that day on; null: none begin then. */
export async function sepaTermsFrom(sql: Sql, issuerId: string, validFrom: string): Promise<SepaTerms | null> {
  const of = raw`creditor.issuer_id = ${issuerId} and creditor.valid_from = ${validFrom}::date`;
  return (await termsRows(sql, of, 1))[0] ?? null;
}

type MandateRow = Omit<StoredMandate, 'createdAt' | 'inactiveAt' | 'lapsesOn'> & {
  readonly createdAt: Date;
  readonly inactiveAt: Date | null;
};

interface MandateList extends List {
  readonly state: SepaMandateState;
  readonly words: string;
}

/** Mandates of an issuer's own bank whose number, customer or reference has the words, the latest registered first. */
export async function sepaMandates(sql: Sql, query: MandateList): Promise<Page<StoredMandate>> {
  const after = decodeCursor(query.cursor, z.tuple([z.uuid()]));
  const conditions = [raw`mandate.issuer_id = ${query.issuerId}`];
  if (after !== null) conditions.push(raw`mandate.id < ${after[0]}::uuid`);
  if (query.state !== 'all') conditions.push(raw`mandate.status = ${query.state}`);
  if (query.words.trim() !== '') {
    const text = containing(query.words.trim());
    conditions.push(raw`(customer.id ilike ${text} or customer.name ilike ${text} or mandate.reference ilike ${text})`);
  }
  const { rows } = await raw<MandateRow>`
    select mandate.id as "mandateId", mandate.issuer_id as "issuerId", mandate.customer_id as "customerId",
      customer.name as "customerName", mandate.reference, mandate.kind, mandate.status,
      mandate.signed_on as "signedOn", mandate.account_holder as "accountHolder",
      mandate.iban_last4 as "ibanLast4", mandate.bic, mandate.evidence->>'where' as evidence,
      mandate.created_at as "createdAt", mandate.created_by as "createdBy", mandate.inactive_at as "inactiveAt",
      mandate.inactive_reason as "inactiveReason", used.day as "lastCollectedOn"
    from sepa_mandate mandate
    join customer on customer.id = mandate.customer_id
    left join lateral (
      select max(batch.collection_date) as day from sepa_debit debit
      join sepa_batch batch on batch.id = debit.batch_id
      where debit.mandate_id = mandate.id and debit.state in ('presented', 'settled', 'returned')) used on true
    where ${raw.join(conditions, raw` and `)}
    order by mandate.id desc limit ${query.limit + 1}`.execute(sql);
  return pageOf(
    rows,
    query.limit,
    ({ mandateId }) => [mandateId],
    (row) => ({
      ...row,
      createdAt: row.createdAt.toISOString(),
      inactiveAt: row.inactiveAt?.toISOString() ?? null,
      lapsesOn: lapsesOn(row),
    }),
  );
}
