import { createHash } from 'node:crypto';

import type { Sql } from '../persistence/database.js';

export interface FileDraft {
  /** `invoice-pdf/<document>`, `manager-excel/<cycle>`, `manager-excel-final/<cycle>` */
  readonly key: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface StoredFileRef {
  readonly fileId: string;
  readonly fileName: string;
}

export interface ReadFile extends StoredFileRef {
  readonly key: string;
  readonly contentType: string;
  readonly sha256: string;
  readonly bytes: Buffer;
}

/** The file kept under a key, if any. */
export async function findStoredFile(sql: Sql, key: string): Promise<StoredFileRef | undefined> {
  const row = await sql.selectFrom('stored_file').where('key', '=', key).select(['id', 'file_name']).executeTakeFirst();
  return row === undefined ? undefined : { fileId: row.id, fileName: row.file_name };
}

/** Keeps a file that is handed out. The first one under a key stands: it is what people have in hand. */
export async function storeFile(sql: Sql, draft: FileDraft): Promise<StoredFileRef> {
  const inserted = await sql
    .insertInto('stored_file')
    .values({
      key: draft.key,
      file_name: draft.fileName,
      content_type: draft.contentType,
      sha256: createHash('sha256').update(draft.bytes).digest('hex'),
      bytes: Buffer.from(draft.bytes),
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted !== undefined) return { fileId: inserted.id, fileName: draft.fileName };
  const kept = await findStoredFile(sql, draft.key);
  if (kept === undefined) throw new Error(`stored file ${draft.key} is neither new nor there`);
  return kept;
}

/** A kept file with its bytes; undefined when there is none. Who may read it is the caller's to decide. */
export async function readStoredFile(sql: Sql, fileId: string): Promise<ReadFile | undefined> {
  const row = await sql.selectFrom('stored_file').selectAll().where('id', '=', fileId).executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    fileId: row.id,
    fileName: row.file_name,
    key: row.key,
    contentType: row.content_type,
    sha256: row.sha256,
    bytes: Buffer.from(row.bytes),
  };
}
