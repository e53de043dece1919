import { z } from 'zod';

import { startOfDay, type DaySpan } from '#libs/ledger/day-statement.js';
import { statement, type StatementLine } from '#libs/ledger/statement.js';
import type { Sql } from '#libs/persistence/database.js';

import type { StatementPage } from './api-types.js';
import { decodeCursor, encodeCursor } from './paging.js';

const cursorShape = z.tuple([z.iso.datetime(), z.uuid()]);

export interface StatementRequest extends DaySpan {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** One page of a statement between two local days. */
export async function statementPage(sql: Sql, request: StatementRequest): Promise<StatementPage> {
  const { of, from, to, timeZone, currency = 'EUR', limit, cursor } = request;
  const position = decodeCursor(cursor, cursorShape);
  const after = position === null ? {} : { after: { at: new Date(position[0]), entryId: position[1] } };
  const span = { from: startOfDay(from, timeZone), to: startOfDay(to, timeZone) };
  const found = await statement(sql, { of, ...span, currency, limit: limit + 1, ...after });
  const shown = found.lines.slice(0, limit);
  const last = shown.at(-1);
  const isMore = found.lines.length > limit && last !== undefined;
  const { openingCents, closingCents } = found;
  return {
    from,
    to,
    currency,
    openingCents,
    closingCents,
    items: shown.map(lineOf),
    nextCursor: isMore ? encodeCursor([last.at.toISOString(), last.entryId]) : null,
  };
}

function lineOf({ at, kind, movement, number, documentId, amountCents, balanceCents }: StatementLine) {
  return { at: at.toISOString(), kind, movement, number, documentId, amountCents, balanceCents };
}
