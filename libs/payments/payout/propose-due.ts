import { sql as raw } from 'kysely';

import type { Sql } from '../../persistence/database.js';
import { holidaysFor } from '../../registry/holiday-store.js';
import { localDate } from '../../registry/period.js';
import type { PayoutParties } from './load-payout.js';
import { payoutDay } from './payout-day.js';
import { lockPayouts, proposePayout } from './propose-payout.js';

/** Who proposes when no person does: the day that the contract names. */
export const BY_CALENDAR = 'calendar';

/** A condominium whose contract names a day, and whose month's round may be due. */
export interface PayoutRoundDue extends PayoutParties {
  /** yyyy-mm, local */
  readonly period: string;
}

interface Candidate extends PayoutParties {
  readonly installationId: string;
  readonly timeZone: string;
  readonly dayOfMonth: number;
  readonly validFrom: string;
}

/**
 * The rounds whose day has come in their condominium and that nobody made yet; also when nothing ran on the day itself.
 * A contract whose row begins after the day has its first round in the next month.
 */
export async function payoutRoundsDue(sql: Sql, now: Date): Promise<PayoutRoundDue[]> {
  const due: PayoutRoundDue[] = [];
  for (const candidate of await candidates(sql, now)) {
    const { condominiumId, issuerId, currency, timeZone, dayOfMonth, validFrom } = candidate;
    const today = localDate(now, timeZone);
    const period = today.slice(0, 7);
    const day = payoutDay(period, dayOfMonth, await holidaysFor(sql, candidate.installationId)).toString();
    if (today >= day && validFrom <= day) due.push({ condominiumId, issuerId, currency, period });
  }
  return due;
}

/** By the policy of the local day; a condominium's calendar and time zone are those of its first installation. */
async function candidates(sql: Sql, now: Date): Promise<Candidate[]> {
  const { rows } = await raw<Candidate>`
    with home as (
      select distinct on (condominium_id) condominium_id, id, time_zone,
        (${now}::timestamptz at time zone time_zone)::date as today
      from installation order by condominium_id, id)
    select distinct home.condominium_id as "condominiumId", installation.issuer_id as "issuerId", installation.currency,
      home.id as "installationId", home.time_zone as "timeZone", policy.propose_on_day as "dayOfMonth",
      policy.valid_from as "validFrom"
    from home
    join installation on installation.condominium_id = home.condominium_id
    cross join lateral (
      select propose_on_day, valid_from from payout_policy
      where payout_policy.condominium_id = home.condominium_id and valid_from <= home.today
      order by valid_from desc limit 1) policy
    where policy.propose_on_day is not null
      and not exists (select from payout_round round
        where round.condominium_id = home.condominium_id and round.issuer_id = installation.issuer_id
          and round.currency = installation.currency and round.period = to_char(home.today, 'YYYY-MM'))
    order by 1, 2, 3`.execute(sql);
  return rows;
}

/**
 * Makes one round: proposes what is owed, and writes down that it was made, in one transaction and once. `payoutId` is
 * null when nothing is owed; `made` is false when somebody else made the round.
 */
export async function makePayoutRound(
  sql: Sql,
  { period, ...parties }: PayoutRoundDue,
  now: Date,
): Promise<{ readonly made: boolean; readonly payoutId: string | null }> {
  const { condominiumId, issuerId, currency } = parties;
  return sql.transaction().execute(async (trx) => {
    await lockPayouts(trx, condominiumId);
    const known = await trx
      .selectFrom('payout_round')
      .where('condominium_id', '=', condominiumId)
      .where('issuer_id', '=', issuerId)
      .where('currency', '=', currency)
      .where('period', '=', period)
      .select('payout_id')
      .executeTakeFirst();
    if (known !== undefined) return { made: false, payoutId: known.payout_id };
    const key = `payout/round/${condominiumId}/${issuerId}/${currency}/${period}`;
    const result = await proposePayout(trx, { ...parties, key, by: BY_CALENDAR, now });
    const payoutId = 'refused' in result ? null : result.payoutId;
    await trx
      .insertInto('payout_round')
      .values({
        condominium_id: condominiumId,
        issuer_id: issuerId,
        currency,
        period,
        at: now,
        payout_id: payoutId,
      })
      .execute();
    return { made: true, payoutId };
  });
}
