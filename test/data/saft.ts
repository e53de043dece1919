import { mkdtempSync, readFileSync } from 'node:fs';
import { createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Sql } from '#libs/persistence/database.js';
import type { SaftSoftware } from '#libs/reporting/saft/saft-facts.js';
import { writeSaft, type SaftRefusal, type WrittenSaft } from '#libs/reporting/saft/write-saft.js';

export const TEST_SOFTWARE: SaftSoftware = { certificate: '0', producerNif: null, version: '0.1.0' };

export interface SaftFile {
  readonly path: string;
  readonly text: string;
  readonly written: WrittenSaft;
}

/** Writes an issuer's month to a file of its own. */
export async function saftFile(sql: Sql, period: string, issuerId = 'czm'): Promise<SaftFile> {
  const path = join(mkdtempSync(join(tmpdir(), 'saft-')), `${issuerId}-${period}.xml`);
  const order = { issuerId, period, software: TEST_SOFTWARE, now: new Date('2026-08-01T08:00:00Z') };
  const result = await writeSaft(sql, order, createWriteStream(path));
  if ('refused' in result) throw new Error(JSON.stringify(result.refused));
  return { path, text: readFileSync(path, 'latin1'), written: result.ok };
}

export type { SaftRefusal };
