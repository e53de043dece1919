import { sql as raw, type RawBuilder } from 'kysely';

import type { Sql } from '../../persistence/database.js';
import { cardHolderAt } from '../../registry/card-holder.js';

/** A session under way, and whether its time to be looked at has come. */
export interface RunningSession {
  readonly transactionId: number;
  readonly chargerId: string;
  readonly installationId: string;
  readonly startedAt: Date;
  /** As its charger names it: the number we gave it, or its own word. */
  readonly transaction: number | string;
  /** The register as the live view has it; null: the charger tells none. */
  readonly importWh: number | null;
  /** The subprotocol of its charger's socket; null: it has none now. */
  readonly protocol: string | null;
  readonly isDue: boolean;
}

/**
 * Sessions of the live view, each with who answers for its energy now: the spot's occupant, or at a shared spot the
 * card's holder; the rule by which the month is rated. Nobody answers at a charger without a spot.
 */
const underWay = (now: Date): RawBuilder<unknown> => raw`
  connector_state state
  join charging_transaction session on session.id = state.transaction_id and session.stopped_at is null
    and session.charger_id = state.charger_id
  join charger_placement placement on placement.charger_id = session.charger_id
    and placement."from" <= ${now} and (placement.until is null or placement.until > ${now})
  join spot on spot.id = placement.spot_id
  cross join lateral (
    select case when placement.sharing = 'token' then (
      select ${cardHolderAt('card', 'session')} from token card
      where card.installation_id = spot.installation_id and lower(card.id_tag) = lower(session.id_tag)
      order by card.id_tag <> session.id_tag, card.id_tag limit 1)
    else (
      select occupancy.customer_id from occupancy where occupancy.spot_id = spot.id
        and occupancy."from" <= ${now} and (occupancy.until is null or occupancy.until > ${now})
      order by occupancy."from" desc, occupancy.customer_id limit 1)
    end as customer_id) payer
  left join session_watch watch on watch.transaction_id = session.id`;

/** Never looked at, another's by now, past its time, or past the register at which something may be crossed. */
const isDue = (now: Date): RawBuilder<boolean> => raw<boolean>`(watch.transaction_id is null
  or watch.customer_id <> payer.customer_id or watch.look_again_at <= ${now} or state.import_wh >= watch.look_at_wh)`;

/**
 * Customers with a running session that is to be looked at, the longest waiting first: of those who pay ahead, or may by a
 * change of method. Reads the live view alone: what was charged before costs nothing.
 */
export async function customersToLookAt(sql: Sql, now: Date, limit: number): Promise<string[]> {
  const { rows } = await raw<{ id: string }>`
    select payer.customer_id as id from ${underWay(now)} join customer on customer.id = payer.customer_id
    where state.transaction_id is not null and ${isDue(now)} and (customer.payment_method = 'prepaid'
      or exists (select from payment_method_change change where change.customer_id = customer.id))
    group by payer.customer_id
    order by min(coalesce(watch.look_again_at, '-infinity')), payer.customer_id limit ${limit}`.execute(sql);
  return rows.map(({ id }) => id);
}

/** The sessions under way for which a customer answers, by number. */
export async function runningSessionsOf(sql: Sql, customerId: string, now: Date): Promise<RunningSession[]> {
  const { rows } = await raw<RunningSession>`
    select distinct on (session.id) session.id as "transactionId", session.charger_id as "chargerId",
      session.started_at as "startedAt",
      spot.installation_id as "installationId", state.import_wh as "importWh", live.protocol, ${isDue(now)} as "isDue",
      coalesce(to_jsonb(session.charger_ref), to_jsonb(session.id)) as transaction
    from ${underWay(now)} left join charger_connection live on live.charger_id = session.charger_id
    where state.transaction_id is not null and payer.customer_id = ${customerId}
      and (placement.sharing = 'token' or spot.id in (select spot_id from occupancy where customer_id = ${customerId}))
    order by session.id, state.import_wh desc nulls last`.execute(sql);
  return rows;
}

/** Writes down when a session is looked at again. */
export async function keepWatch(
  trx: Sql,
  watch: {
    readonly transactionId: number;
    readonly customerId: string;
    readonly lookAgainAt: Date;
    readonly lookAtWh: number | null;
    readonly leftCents: number | null;
    readonly now: Date;
  },
): Promise<void> {
  const seen = {
    customer_id: watch.customerId,
    looked_at: watch.now,
    look_again_at: watch.lookAgainAt,
    look_at_wh: watch.lookAtWh,
    left_cents: watch.leftCents,
  };
  await trx
    .insertInto('session_watch')
    .values({ transaction_id: watch.transactionId, ...seen })
    .onConflict((conflict) => conflict.column('transaction_id').doUpdateSet(seen))
    .execute();
}
