import { sql as raw } from 'kysely';

import type { Sql } from '../../persistence/database.js';
import { claimPayout } from './claim-payout.js';
import { decideOpen } from './decide-line.js';
import { isInForce } from './decisions.js';
import { matchCandidates } from './match-candidates.js';
import { LineMatcher, type LineToMatch } from './match-line.js';
import { mayBe, pairPayouts, type PayoutLine, type PayoutPair, type UnseenPayout } from './pair-payouts.js';

interface Order {
  readonly issuerId: string;
  readonly now: Date;
}

/**
 * Recognises what the provider paid out on the lines of an issuer that nobody has decided on, and says which payout it is
 * where a person has only said that it is one. The payout itself has put the money into the bank account, so the line's
 * leaves it again. Each in a transaction of its own; safe to run at any time. Gives how many lines were decided.
 */
export async function matchPayoutLines(sql: Sql, order: Order): Promise<number> {
  const payouts = await unseenPayouts(sql, order.issuerId);
  if (payouts.length === 0) return 0;
  const rows = await linesOfAmount(sql, order.issuerId, [...new Set(payouts.map(({ amountCents }) => amountCents))]);
  if (rows.length === 0) return 0;
  const matcher = new LineMatcher(await matchCandidates(sql, order));
  const pairs = pairPayouts(
    rows.map((row) => payoutLine(row, matcher)),
    payouts,
  );
  const saidBy = new Map(rows.map(({ lineId, saidId }) => [lineId, saidId]));
  let decided = 0;
  for (const pair of pairs) {
    const saidId = saidBy.get(pair.lineId) ?? null;
    if (saidId !== null) await sql.transaction().execute((trx) => claimPayout(trx, { ...pair, decisionId: saidId }));
    else if (await decide(sql, pair, order.now)) decided += 1;
  }
  return decided;
}

async function decide(sql: Sql, { lineId, payoutId, foundBy }: PayoutPair, now: Date): Promise<boolean> {
  const deed = { lineId, key: `auto/${lineId}`, reason: payoutId, payoutId, foundBy, by: 'matching', now };
  const result = await decideOpen(sql, 'processor-payout', deed);
  // Something else was faster: the next run sees it as it is.
  return !('refused' in result) && result.decided;
}

/** What the provider has paid into an issuer's account, and no line was found for; the oldest first. */
export async function unseenPayouts(sql: Sql, issuerId: string): Promise<UnseenPayout[]> {
  return sql
    .selectFrom('processor_payout')
    .where('issuer_id', '=', issuerId)
    .where('state', '=', 'paid')
    .where('decision_id', 'is', null)
    .where('currency', '=', 'EUR')
    .orderBy('arrives_at')
    .orderBy('id')
    .select([
      'id as payoutId',
      'amount_cents as amountCents',
      raw<string>`(arrives_at at time zone 'UTC')::date`.as('arrivesOn'),
      'descriptor',
      'trace_id as traceId',
    ])
    .execute();
}

/** For a person: what each line may be of the provider's payouts; read-only. */
export async function payoutsFor(
  sql: Sql,
  issuerId: string,
  lines: readonly Pick<PayoutLine, 'lineId' | 'amountCents' | 'bookedOn' | 'text'>[],
): Promise<Map<string, readonly UnseenPayout[]>> {
  if (lines.length === 0) return new Map();
  const payouts = await unseenPayouts(sql, issuerId);
  return new Map(lines.map((line) => [line.lineId, payouts.filter((payout) => mayBe(line, payout))]));
}

interface Row extends LineToMatch {
  readonly lineId: string;
  readonly bookedOn: string;
  /** The decision of a person that says it is a payout, not which one. */
  readonly saidId: string | null;
  readonly saidWhy: string | null;
}

async function linesOfAmount(sql: Sql, issuerId: string, cents: readonly number[]): Promise<Row[]> {
  return sql
    .selectFrom('bank_line as line')
    .leftJoin('bank_decision as said', (join) =>
      join
        .onRef('said.line_id', '=', 'line.id')
        .onRef('said.amount_cents', '=', 'line.amount_cents')
        .on('said.kind', '=', 'processor-payout')
        .on(isInForce('said'))
        .on(raw<boolean>`not exists (select from processor_payout seen where seen.decision_id = said.id)`),
    )
    .where('line.issuer_id', '=', issuerId)
    .where('line.currency', '=', 'EUR')
    .where('line.amount_cents', 'in', cents)
    .where((where) =>
      where.or([
        where('said.id', 'is not', null),
        raw<boolean>`not exists (select from bank_decision decision where decision.line_id = line.id)`,
      ]),
    )
    .orderBy('line.booked_on')
    .orderBy('line.id')
    .select([
      'line.id as lineId',
      'line.booked_on as bookedOn',
      'line.amount_cents as amountCents',
      'line.text',
      'line.reference',
      'line.counterparty_name as counterpartyName',
      'line.counterparty_hash as counterpartyHash',
      'said.id as saidId',
      'said.reason as saidWhy',
    ])
    .execute();
}

function payoutLine(row: Row, matcher: LineMatcher): PayoutLine {
  const { lineId, amountCents, bookedOn, saidId, saidWhy } = row;
  const isPayout = saidId !== null;
  const text = `${wordsOf(row)} ${saidWhy ?? ''}`;
  return { lineId, amountCents, bookedOn, text, isPayout, customer: isPayout ? null : customerOf(row, matcher) };
}

/** All the words of a line. */
export function wordsOf({ text, reference, counterpartyName }: Omit<LineToMatch, 'counterpartyHash' | 'amountCents'>) {
  return [text, reference, counterpartyName].filter((words) => words !== null).join(' ');
}

function customerOf(line: LineToMatch, matcher: LineMatcher): PayoutLine['customer'] {
  const { certain, proposals } = matcher.match(line);
  if (certain !== null) return 'certain';
  return proposals.length > 0 ? 'likely' : null;
}
