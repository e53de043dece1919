import { sql as raw } from 'kysely';

import type { Owner } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';

/**
 * Whose a stored file is, read from its key: `invoice-pdf/<document>` and `receipt-pdf/<receipt>` are the customer's, `manager-excel/<cycle>` and
 * `manager-excel-final/<cycle>` and `payout-statement/<payout>` are the condominium's. Null when there is no such file. A key of another kind belongs to staff alone.
 */
export async function ownerOfFile(sql: Sql, fileId: string): Promise<Owner | null> {
  const { rows } = await raw<{ condominium_id: string | null; customer_id: string | null }>`
    select coalesce(of_document.condominium_id, of_cycle.condominium_id, payout.condominium_id, payer.condominium_id)
        as condominium_id, coalesce(doc.customer_id, receipt.customer_id) as customer_id
    from stored_file file
    left join fiscal_document doc
      on doc.id = case when file.key like 'invoice-pdf/%' then substr(file.key, 13)::uuid end
    left join installation of_document on of_document.id = doc.installation_id
    left join billing_cycle cycle
      on cycle.id = case when file.key like 'manager-excel/%' or file.key like 'manager-excel-final/%'
        then split_part(file.key, '/', 2)::uuid end
    left join installation of_cycle on of_cycle.id = cycle.installation_id
    left join payout
      on payout.id = case when file.key like 'payout-statement/%' then split_part(file.key, '/', 2)::uuid end
    left join receipt
      on receipt.id = case when file.key like 'receipt-pdf/%' then substr(file.key, 13)::uuid end
    left join customer payer on payer.id = receipt.customer_id
    where file.id = ${fileId}`.execute(sql);
  const [row] = rows;
  return row === undefined ? null : { condominiumId: row.condominium_id, customerId: row.customer_id };
}

export interface FileContent {
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export async function fileContent(sql: Sql, fileId: string): Promise<FileContent> {
  const row = await sql
    .selectFrom('stored_file')
    .select(['file_name', 'content_type', 'bytes'])
    .where('id', '=', fileId)
    .executeTakeFirstOrThrow();
  return { fileName: row.file_name, contentType: row.content_type, bytes: row.bytes };
}
