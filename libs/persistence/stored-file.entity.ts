import { defineEntity, p } from '@mikro-orm/core';

/** A file that was handed out: an invoice's PDF, a manager's Excel. */
export const StoredFile = defineEntity({
  name: 'StoredFile',
  tableName: 'stored_file',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    /** `invoice-pdf/<document>`, `manager-excel/<cycle>` */
    key: p.text().unique('stored_file_key_unique'),
    fileName: p.text(),
    contentType: p.text(),
    sha256: p.text(),
    bytes: p.blob(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
});
