import { defineEntity, p } from '@mikro-orm/core';

/** The public half of each key that documents were signed with: a version is never another key. Never changed. */
export const FiscalKey = defineEntity({
  name: 'FiscalKey',
  tableName: 'fiscal_key',
  properties: {
    /** As documents name it: SAF-T's HashControl. */
    version: p.text().primary(),
    /** PEM (SPKI). */
    publicKey: p.text(),
    firstUsedAt: p.datetime(3),
  },
});
