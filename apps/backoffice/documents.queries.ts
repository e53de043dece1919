import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import { waitsForReissue } from '#libs/payments/reissue-invoice.js';
import type { Sql } from '#libs/persistence/database.js';

import type { FiscalDocument, FiscalDocumentDetail, Page } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';
import { receiptsOfDocument } from './receipts.queries.js';
import { within } from './scope-sql.js';

export interface DocumentRow extends FiscalDocument {
  readonly installationId: string;
}

/** Fiscal documents within the scope, the latest first. */
async function documentRows(
  sql: Sql,
  scope: TenantScope,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<DocumentRow[]> {
  const visible = within(scope, { condominium: 'installation.condominium_id', customer: 'document.customer_id' });
  const { rows } = await raw<DocumentRow>`
    select document.id as "documentId", document.number_text as number, document.type,
      document.customer_id as "customerId", document.customer_snapshot ->> 'name' as "customerName",
      document.issue_date as "issueDate", document.gross_cents as "grossCents", document.currency, document.atcud,
      corrected.number_text as corrects, document.reason, file.id as "pdfFileId",
      document.installation_id as "installationId", ${waitsForReissue(raw`document`)} as "waitsForReissue"
    from fiscal_document document
    join installation on installation.id = document.installation_id
    left join fiscal_document corrected on corrected.id = document.references_document_id
    left join stored_file file on file.key = 'invoice-pdf/' || document.id
    where ${visible} and ${condition}
    order by document.id desc limit ${limit}`.execute(sql);
  return rows;
}

const cursorShape = z.tuple([z.uuid()]);

export async function documentsOf(
  sql: Sql,
  scope: TenantScope,
  query: {
    readonly limit: number;
    readonly cursor?: string | undefined;
    readonly number?: string | undefined;
    readonly customer?: string | undefined;
  },
): Promise<Page<FiscalDocument>> {
  const after = decodeCursor(query.cursor, cursorShape);
  const before = after === null ? raw`true` : raw`document.id < ${after[0]}::uuid`;
  const numbered = query.number === undefined ? raw`true` : raw`document.number_text ilike ${`%${query.number}%`}`;
  const theirs = query.customer === undefined ? raw`true` : raw`document.customer_id = ${query.customer}`;
  const rows = await documentRows(sql, scope, raw`${before} and ${numbered} and ${theirs}`, query.limit + 1);
  return pageOf(rows, query.limit, ({ documentId }) => [documentId], plain);
}

/** What is answered of a row. */
function plain(row: DocumentRow): FiscalDocument {
  const { documentId, number, type, customerId, customerName, issueDate, grossCents, currency } = row;
  const { atcud, corrects, reason, pdfFileId, waitsForReissue: waits } = row;
  const about = { documentId, number, type, customerId, customerName, issueDate, grossCents, currency };
  return { ...about, atcud, corrects, reason, pdfFileId, waitsForReissue: waits };
}

export async function documentRowById(sql: Sql, scope: TenantScope, documentId: string): Promise<DocumentRow | null> {
  const [row] = await documentRows(sql, scope, raw`document.id = ${documentId}`, 1);
  return row ?? null;
}

export async function documentDetail(sql: Sql, row: DocumentRow): Promise<FiscalDocumentDetail> {
  const { rows: lines } = await raw<FiscalDocumentDetail['lines'][number]>`
    select line.line_no as "lineNo", concat_ws(' · ', line.spot_name, line.day_type, line.label, line."interval") as label,
      line.net_cents as "netCents",
      (line.net_cents + coalesce((select sum(given.net_cents) from fiscal_document note
        join document_line given on given.document_id = note.id and given.credits_line_no = line.line_no
        where note.references_document_id = line.document_id), 0))::bigint as "leftCents"
    from document_line line where line.document_id = ${row.documentId} order by line.line_no`.execute(sql);
  const receipts = await receiptsOfDocument(sql, row.documentId);
  return { ...plain(row), lines, receipts };
}
