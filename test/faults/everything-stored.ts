import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

/** Drawn or set by the server anew each time, by which nothing else is decided in a test of one world. */
const DRAWN = ['id', 'changed_at', 'created_at', 'inputs_as_of', 'posted_at', 'at'];
const NOT_DRAWN = new Set(['meter_reading', 'price_series', 'calendar', 'customer']);

/** Our ids, as banks' files write them too, and the payment provider's. */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b/g;
const PROVIDERS_ID = /\b(cs_test|[a-z]{2,7})_[A-Za-z0-9]{14,}/g;

/** All rows of all tables as text, by table, without what the server draws: two worlds with one story are equal. */
export async function everythingStored(sql: Sql): Promise<Record<string, string[]>> {
  const { rows: tables } = await raw<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(sql);
  const all = tables.map(
    ({ name }) => raw`select ${name}::text as name, to_jsonb(t) as content from ${raw.table(name)} t`,
  );
  const { rows } = await raw<{ name: string; content: Record<string, unknown> }>`
    ${raw.join(all, raw` union all `)}`.execute(sql);
  const stored: Record<string, string[]> = {};
  for (const { name, content } of rows) {
    const drawn = NOT_DRAWN.has(name) ? ['created_at'] : DRAWN;
    const told = Object.entries(name === 'stored_file' ? readable(content) : content);
    const row = JSON.stringify(Object.fromEntries(told.filter(([column]) => !drawn.includes(column))));
    (stored[name] ??= []).push(row.replaceAll(UUID, 'uuid').replaceAll(PROVIDERS_ID, '$1_id'));
  }
  for (const lines of Object.values(stored)) lines.sort();
  return stored;
}

/** A file's text, in which ids are drawn; and so is its digest. */
function readable({ bytes, sha256: _digest, ...file }: Record<string, unknown>): Record<string, unknown> {
  return { ...file, text: Buffer.from(String(bytes).slice('\\x'.length), 'hex').toString() };
}
