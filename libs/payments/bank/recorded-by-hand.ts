import { sql as raw } from 'kysely';

import type { Sql } from '../../persistence/database.js';
import type { Line } from './decisions.js';
import type { MatchPart } from './match-line.js';

/** A transfer that staff recorded before any statement told of it. */
interface TransferByHand {
  readonly customerId: string;
  readonly amountCents: number;
  /** yyyy-mm-dd */
  readonly recordedOn: string;
}

/** Staff record what they saw at the bank within so many days of its booking; some the day before it is booked. */
const RECORDED_WITHIN_DAYS = 14;
const RECORDED_BEFORE_DAYS = 1;

/**
 * Says of a line's parts whether staff may have recorded this very money by hand: the same customer and the whole amount,
 * within days of its booking; only of the lines given. It is in the books then, and matched again it would count twice: a person decides.
 */
export async function recordedByHand(
  sql: Sql,
  issuerId: string,
  lines: readonly Line[],
): Promise<(line: Line, parts: readonly MatchPart[]) => boolean> {
  const since = lines.reduce(
    (first, { booked_on: day }) => (day < first ? day : first),
    lines[0]?.booked_on ?? '9999-12-31',
  );
  const { rows } = await raw<TransferByHand>`
    select max(owner.customer_id) as "customerId", sum(posting.amount_cents)::bigint as "amountCents",
      min(entry.occurred_at at time zone 'UTC')::date as "recordedOn"
    from ledger_account bank
    join posting on posting.account_id = bank.id
    join journal_entry entry on entry.id = posting.entry_id and entry.key ^@ 'transfer/'
    join posting beside on beside.entry_id = entry.id and beside.account_id <> bank.id
    join ledger_account owner on owner.id = beside.account_id
    where bank.code = ${`bank/${issuerId}`}
      and entry.occurred_at >= ${since}::date - ${RECORDED_BEFORE_DAYS + 1}::int
    group by regexp_replace(entry.key, '/credit/[^/]+$', '')`.execute(sql);
  const byOwner = Map.groupBy(rows, ({ customerId, amountCents }) => `${customerId}/${amountCents}`);
  return ({ amount_cents: amountCents, booked_on: bookedOn }, parts) => {
    const booked = Temporal.PlainDate.from(bookedOn);
    const first = booked.subtract({ days: RECORDED_BEFORE_DAYS }).toString();
    const last = booked.add({ days: RECORDED_WITHIN_DAYS }).toString();
    return parts.some(({ customerId }) => {
      const recorded = byOwner.get(`${customerId}/${amountCents}`) ?? [];
      return recorded.some(({ recordedOn }) => recordedOn >= first && recordedOn <= last);
    });
  };
}
