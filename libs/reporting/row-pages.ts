import type { RawBuilder } from 'kysely';

import { cursorPages } from '../persistence/cursor-pages.js';
import type { Sql } from '../persistence/database.js';

/** Rows of a page: they are wide, and a few hundred at once are as quick as thousands. */
const PAGE = 100;

/** Rows of a table in pages, however many there are. Asked again they are the same rows in the same order. */
export type RowPages<Row> = () => AsyncIterable<readonly Row[]>;

/** Rows that are few enough to be in memory already. */
export function pagesOf<Row>(rows: readonly Row[]): RowPages<Row> {
  // A generator, for callers that await each page: nothing here has to be waited for.
  return async function* pages() {
    yield await Promise.resolve(rows);
  };
}

/**
 * The rows of a query, a page in memory at a time. In a transaction, which the caller keeps open until the last page is
 * read; outside of one there is no cursor, and all rows come as one page.
 */
export function queriedPages<Stored, Row>(
  sql: Sql,
  query: RawBuilder<Stored>,
  rowOf: (stored: Stored) => Row,
): RowPages<Row> {
  return async function* pages() {
    if (!sql.isTransaction) {
      yield (await query.execute(sql)).rows.map(rowOf);
      return;
    }
    for await (const rows of cursorPages(sql, query, PAGE)) yield rows.map(rowOf);
  };
}

/** All rows at once, for those who know that they are few. */
export async function allRows<Row>(rows: RowPages<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const page of rows()) all.push(...page);
  return all;
}
