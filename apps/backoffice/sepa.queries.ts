import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import type { Page, SepaBatch } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';

type BatchRow = Omit<SepaBatch, 'createdAt' | 'sentAt'> & { readonly createdAt: Date; readonly sentAt: Date | null };

async function batchRows(sql: Sql, condition: RawBuilder<unknown>, limit: number): Promise<SepaBatch[]> {
  const { rows } = await raw<BatchRow>`
    select batch.id as "batchId", batch.issuer_id as "issuerId", batch.collection_date as "collectionDate",
      batch.message_id as "messageId", batch.state, batch.debits, batch.sum_cents as "sumCents",
      batch.file_id as "fileId", batch.created_at as "createdAt", batch.created_by as "createdBy",
      batch.sent_at as "sentAt", counted.settled, counted.rejected, counted.returned
    from sepa_batch batch
    cross join lateral (
      select count(*) filter (where debit.state = 'settled')::int as settled,
        count(*) filter (where debit.state = 'rejected')::int as rejected,
        count(*) filter (where debit.state = 'returned')::int as returned
      from sepa_debit debit where debit.batch_id = batch.id) counted
    where ${condition}
    order by batch.collection_date desc, batch.id desc limit ${limit}`.execute(sql);
  return rows.map((row) =>
    Object.assign({}, row, { createdAt: row.createdAt.toISOString(), sentAt: row.sentAt?.toISOString() ?? null }),
  );
}

export async function sepaBatches(
  sql: Sql,
  query: { readonly issuerId: string; readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<SepaBatch>> {
  const after = decodeCursor(query.cursor, z.tuple([z.iso.date(), z.uuid()]));
  const later =
    after === null ? raw`true` : raw`(batch.collection_date, batch.id) < (${after[0]}::date, ${after[1]}::uuid)`;
  const rows = await batchRows(sql, raw`batch.issuer_id = ${query.issuerId} and ${later}`, query.limit + 1);
  return pageOf(
    rows,
    query.limit,
    ({ collectionDate, batchId }) => [collectionDate, batchId],
    (batch) => batch,
  );
}

export async function sepaBatchById(sql: Sql, batchId: string): Promise<SepaBatch | null> {
  const [batch] = await batchRows(sql, raw`batch.id = ${batchId}`, 1);
  return batch ?? null;
}
