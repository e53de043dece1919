import { sql as raw, type Selectable } from 'kysely';

import { lockCustomerBooks } from '#libs/ledger/balances.js';

import type { Schema, Sql } from '../../persistence/database.js';
import { policyAt } from '../../registry/policy-store.js';
import { DEBIT_LIMITS } from '../debit-limits.js';
import { prepaidHome } from './prepaid-home.js';
import type { TopUpConsent } from './prepaid.entity.js';

/** Automatic top-up by mandate; amounts in cents. */
export interface AutoTopUp {
  /** When less than this is available ... */
  readonly belowCents: number;
  /** ... so much is debited ... */
  readonly amountCents: number;
  /** ... but in a local month no more than this. */
  readonly monthMaximumCents: number;
  readonly consent: TopUpConsent;
}

export interface PrepaidRules {
  readonly floorCents: number;
  readonly lowBalanceCents: number;
  /** null: off, as it is until the customer agrees. */
  readonly autoTopUp: AutoTopUp | null;
}

export interface RulesOrder extends PrepaidRules {
  readonly customerId: string;
  readonly by: string;
  readonly now: Date;
}

export interface RulesRefusal {
  readonly code:
    | 'PREPAID.FLOOR_NEGATIVE'
    | 'PREPAID.THRESHOLD_NEGATIVE'
    | 'TOP_UP.AMOUNT_TOO_SMALL'
    | 'TOP_UP.AMOUNT_TOO_LARGE'
    | 'TOP_UP.MONTH_MAXIMUM_TOO_SMALL'
    | 'TOP_UP.CURRENCY'
    | 'MANDATE.NOT_FOUND';
}

/** The rules of a customer's account at an instant: their own latest, else the installation's policy. */
export async function rulesAt(sql: Sql, customerId: string, at: Date): Promise<PrepaidRules> {
  const row = await sql
    .selectFrom('prepaid_settings')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('valid_from', '<=', at)
    .orderBy('valid_from', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row !== undefined) return rulesOf(row);
  const { installationId } = await prepaidHome(sql, customerId);
  const { prepaid } = await policyAt(sql, installationId, at);
  return { floorCents: prepaid.floorCents, lowBalanceCents: prepaid.lowBalanceCents, autoTopUp: null };
}

function rulesOf(row: Selectable<Schema['prepaid_settings']>): PrepaidRules {
  const { auto_below_cents, auto_amount_cents, auto_month_maximum_cents, auto_consent } = row;
  const isOn =
    auto_below_cents !== null &&
    auto_amount_cents !== null &&
    auto_month_maximum_cents !== null &&
    auto_consent !== null;
  const autoTopUp = isOn
    ? {
        belowCents: auto_below_cents,
        amountCents: auto_amount_cents,
        monthMaximumCents: auto_month_maximum_cents,
        consent: auto_consent,
      }
    : null;
  return { floorCents: row.floor_cents, lowBalanceCents: row.low_balance_cents, autoTopUp };
}

/** What is wrong with rules as such, or null. */
export function refusalOfRules({ floorCents, lowBalanceCents, autoTopUp }: PrepaidRules): RulesRefusal['code'] | null {
  if (!isCents(floorCents)) return 'PREPAID.FLOOR_NEGATIVE';
  if (!isCents(lowBalanceCents)) return 'PREPAID.THRESHOLD_NEGATIVE';
  if (autoTopUp === null) return null;
  if (!isCents(autoTopUp.belowCents)) return 'PREPAID.THRESHOLD_NEGATIVE';
  if (!isCents(autoTopUp.amountCents) || autoTopUp.amountCents < DEBIT_LIMITS.leastCents) {
    return 'TOP_UP.AMOUNT_TOO_SMALL';
  }
  if (autoTopUp.amountCents > DEBIT_LIMITS.mostCents) return 'TOP_UP.AMOUNT_TOO_LARGE';
  const { monthMaximumCents, amountCents } = autoTopUp;
  return isCents(monthMaximumCents) && monthMaximumCents >= amountCents ? null : 'TOP_UP.MONTH_MAXIMUM_TOO_SMALL';
}

const isCents = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** New rules from now on. Automatic top-up needs an active mandate and is in euros, as SEPA is. */
export async function setRules(
  sql: Sql,
  order: RulesOrder,
): Promise<{ readonly ok: PrepaidRules } | { readonly refused: RulesRefusal }> {
  const wrong = refusalOfRules(order);
  if (wrong !== null) return { refused: { code: wrong } };
  const run = async (trx: Sql) => {
    await lockCustomerBooks(trx, order.customerId);
    if (order.autoTopUp !== null) {
      if ((await prepaidHome(trx, order.customerId)).currency !== 'EUR') {
        return { refused: { code: 'TOP_UP.CURRENCY' } } as const;
      }
      if ((await activeMandateOf(trx, order.customerId)) === null) {
        return { refused: { code: 'MANDATE.NOT_FOUND' } } as const;
      }
    }
    await insertRules(trx, order);
    return { ok: await rulesAt(trx, order.customerId, order.now) };
  };
  return sql.isTransaction ? run(sql) : sql.transaction().execute(run);
}

async function insertRules(trx: Sql, { customerId, by, now, ...rules }: RulesOrder): Promise<void> {
  const { autoTopUp } = rules;
  await trx
    .insertInto('prepaid_settings')
    .values({
      customer_id: customerId,
      valid_from: now,
      floor_cents: rules.floorCents,
      low_balance_cents: rules.lowBalanceCents,
      auto_below_cents: autoTopUp?.belowCents ?? null,
      auto_amount_cents: autoTopUp?.amountCents ?? null,
      auto_month_maximum_cents: autoTopUp?.monthMaximumCents ?? null,
      auto_consent: autoTopUp === null ? null : raw<TopUpConsent>`${JSON.stringify(autoTopUp.consent)}::jsonb`,
      set_by: by,
    })
    .execute();
}

/** Switches automatic top-up off; true when it was on. The caller holds the customer's lock. */
export async function switchAutoTopUpOff(
  trx: Sql,
  { customerId, by, now }: { readonly customerId: string; readonly by: string; readonly now: Date },
): Promise<boolean> {
  const rules = await rulesAt(trx, customerId, now);
  if (rules.autoTopUp === null) return false;
  await insertRules(trx, { ...rules, autoTopUp: null, customerId, by, now });
  return true;
}

/** The mandate that is debited: the active one, of several the newest. */
export async function activeMandateOf(sql: Sql, customerId: string): Promise<string | null> {
  const row = await sql
    .selectFrom('mandate')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('status', '=', 'active')
    .orderBy('active_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}
