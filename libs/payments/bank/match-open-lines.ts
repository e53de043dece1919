import { sql as raw } from 'kysely';

import type { Sql } from '../../persistence/database.js';
import type { Line } from './decisions.js';
import { matchCandidates } from './match-candidates.js';
import { LineMatcher, type LineMatch, type LineToMatch } from './match-line.js';
import { matchPayoutLines } from './match-payouts.js';
import { matchToBooks } from './match-to-books.js';
import { recordedByHand } from './recorded-by-hand.js';

/** Statements of a month; what is beyond comes with the next run. */
const MOST_LINES = 5_000;

export interface MatchedLines {
  /** Lines that were matched with certainty, and those that wait for a person. */
  readonly matched: number;
  readonly left: number;
  /** Whose workflows have to be told. */
  readonly documentIds: readonly string[];
  /** Who paid ahead. */
  readonly customerIds: readonly string[];
}

/**
 * Matches what is certain among the lines of an issuer that nobody has decided on, each in a transaction of its own: what
 * the provider paid out first, then what customers paid. A line that a person took a decision back on is left to people,
 * and so is one whose money staff may have recorded by hand already. Safe to run at any time, any number of times.
 */
export async function matchOpenLines(
  sql: Sql,
  { issuerId, now }: { readonly issuerId: string; readonly now: Date },
): Promise<MatchedLines> {
  const payouts = await matchPayoutLines(sql, { issuerId, now });
  const lines = await untouchedCredits(sql, issuerId);
  const documentIds = new Set<string>();
  const customerIds = new Set<string>();
  let matched = 0;
  if (lines.length === 0) return { matched: payouts, left: 0, documentIds: [], customerIds: [] };
  const matcher = new LineMatcher(await matchCandidates(sql, { issuerId, now }));
  const isRecorded = await recordedByHand(sql, issuerId, lines);
  for (const line of lines) {
    const { certain } = matcher.match(lineToMatch(line));
    if (certain === null || isRecorded(line, certain.parts)) continue;
    const { foundBy, parts } = certain;
    const order = { lineId: line.id, key: `auto/${line.id}`, parts, foundBy, by: 'matching', now };
    const result = await matchToBooks(sql, order);
    // Something else was faster, and now less is due: the next run sees it as it is.
    if ('refused' in result) continue;
    matcher.paid(parts);
    matched += 1;
    for (const documentId of result.documentIds) documentIds.add(documentId);
    for (const { documentId, customerId } of parts) if (documentId === null) customerIds.add(customerId);
  }
  const left = lines.length - matched;
  return { matched: payouts + matched, left, documentIds: [...documentIds], customerIds: [...customerIds] };
}

async function untouchedCredits(sql: Sql, issuerId: string): Promise<Line[]> {
  return sql
    .selectFrom('bank_line as line')
    .selectAll('line')
    .where('line.issuer_id', '=', issuerId)
    .where('line.amount_cents', '>', 0)
    .where(raw<boolean>`not exists (select from bank_decision decision where decision.line_id = line.id)`)
    .orderBy('line.booked_on')
    .orderBy('line.id')
    .limit(MOST_LINES)
    .execute();
}

export const lineToMatch = (line: Line, openCents = line.amount_cents): LineToMatch => ({
  amountCents: openCents,
  text: line.text,
  reference: line.reference,
  counterpartyName: line.counterparty_name,
  counterpartyHash: line.counterparty_hash,
});

/** What people are proposed for each line; read-only. Lines that brought nothing in have none. */
export async function proposalsFor(
  sql: Sql,
  {
    issuerId,
    now,
    lines,
  }: {
    readonly issuerId: string;
    readonly now: Date;
    readonly lines: readonly { readonly line: LineToMatch; readonly lineId: string }[];
  },
): Promise<Map<string, LineMatch>> {
  const credits = lines.filter(({ line }) => line.amountCents > 0);
  if (credits.length === 0) return new Map();
  const matcher = new LineMatcher(await matchCandidates(sql, { issuerId, now }));
  return new Map(credits.map(({ line, lineId }) => [lineId, matcher.match(line)]));
}
