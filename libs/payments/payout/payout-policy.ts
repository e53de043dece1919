import type { Sql } from '../../persistence/database.js';
import { localDate } from '../../registry/period.js';
import { lockPayouts, timeZoneOf } from './propose-payout.js';

/** What a contract says of its payouts from a local day (yyyy-mm-dd) on. */
export interface PayoutPolicy {
  readonly validFrom: string;
  /** Taken from what is paid out: 250 is 2,5 %. */
  readonly feePermyriad: number;
  readonly feePerMonthCents: number;
  /** Local day of the month on which a payout is proposed; 31 is the last one. Null: people ask for it. */
  readonly proposeOnDay: number | null;
}

/** A condominium's rules, the earliest first. */
export async function payoutPolicies(sql: Sql, condominiumId: string): Promise<PayoutPolicy[]> {
  return sql
    .selectFrom('payout_policy')
    .where('condominium_id', '=', condominiumId)
    .select([
      'valid_from as validFrom',
      'fee_permyriad as feePermyriad',
      'fee_per_month_cents as feePerMonthCents',
      'propose_on_day as proposeOnDay',
    ])
    .orderBy('valid_from')
    .execute();
}

/**
 * Sets the rules from a day on; said again for the same day they replace what was said before. `before` is what held on
 * that day. Months that are over keep their rules: a day before the current local month is refused. Throws for a
 * condominium without an installation.
 */
export async function setPayoutPolicy(
  trx: Sql,
  { condominiumId, policy, now }: { readonly condominiumId: string; readonly policy: PayoutPolicy; readonly now: Date },
): Promise<
  { readonly before: PayoutPolicy | null } | { readonly refused: { readonly code: 'PAYOUT.POLICY_OF_THE_PAST' } }
> {
  await lockPayouts(trx, condominiumId);
  const month = localDate(now, await timeZoneOf(trx, condominiumId)).slice(0, 7);
  if (policy.validFrom.slice(0, 7) < month) return { refused: { code: 'PAYOUT.POLICY_OF_THE_PAST' } };
  const known = await payoutPolicies(trx, condominiumId);
  const values = {
    fee_permyriad: policy.feePermyriad,
    fee_per_month_cents: policy.feePerMonthCents,
    propose_on_day: policy.proposeOnDay,
  };
  await trx
    .insertInto('payout_policy')
    .values({ condominium_id: condominiumId, valid_from: policy.validFrom, ...values })
    .onConflict((conflict) => conflict.columns(['condominium_id', 'valid_from']).doUpdateSet(values))
    .execute();
  return { before: known.findLast(({ validFrom }) => validFrom <= policy.validFrom) ?? null };
}
