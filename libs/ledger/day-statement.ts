import type { Sql } from '../persistence/database.js';
import { statement, type StatementLine, type StatementOf } from './statement.js';

const PAGE = 500;

export interface DaySpan {
  readonly of: StatementOf;
  /** Local days in the zone, half-open: `to` itself is not in it. */
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  /** EUR when not given. */
  readonly currency?: string;
}

export interface DayStatement {
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  readonly openingCents: number;
  readonly closingCents: number;
  readonly items: readonly StatementLine[];
}

/** When a local day begins. */
export function startOfDay(date: string, timeZone: string): Date {
  return new Date(Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds);
}

/** The whole statement between two local days, for a file. */
export async function dayStatement(
  sql: Sql,
  { of, from, to, timeZone, currency = 'EUR' }: DaySpan,
): Promise<DayStatement> {
  const span = { of, from: startOfDay(from, timeZone), to: startOfDay(to, timeZone), currency, limit: PAGE };
  const items: StatementLine[] = [];
  for (;;) {
    const last = items.at(-1);
    const { openingCents, closingCents, lines } = await statement(
      sql,
      last === undefined ? span : { ...span, after: last },
    );
    items.push(...lines);
    if (lines.length < PAGE) return { from, to, currency, openingCents, closingCents, items };
  }
}
