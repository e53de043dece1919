import { sql as raw } from 'kysely';

import type { MonthSpan } from '#libs/rating/rate-month.js';

import type { Sql } from '../../persistence/database.js';
import { localDate, monthSpan, shiftPeriod } from '../../registry/period.js';

/** A month of an installation for which the customer has no invoice yet. */
export interface UnbilledMonth extends MonthSpan {
  readonly period: string;
  /** null while the month was not opened. */
  readonly cycleId: string | null;
  /** Whether it will have an invoice whatever was consumed: the customer held a spot, and it is no month long past. */
  readonly willBeBilled: boolean;
}

/** The running month and so many before it: an older one without an invoice is not late, it had nothing to invoice. */
const MONTHS_BACK = 2;
/** A month that was not opened for billing so long after its end is before our time. */
const OPENED_WITHIN_MS = 7 * 86_400_000;

/** The months in which the customer held a spot or a card and was not invoiced, oldest first. */
export async function unbilledMonths(sql: Sql, customerId: string, now: Date): Promise<UnbilledMonth[]> {
  const months: UnbilledMonth[] = [];
  for (const { id: installationId, time_zone: timeZone } of await placesOf(sql, customerId)) {
    const running = localDate(now, timeZone).slice(0, 7);
    for (let back = MONTHS_BACK; back >= 0; back -= 1) {
      const period = shiftPeriod(running, -back);
      const span = { installationId, period, ...monthSpan(period, timeZone) };
      const cycle = await cycleOf(sql, { installationId, period, customerId });
      if (cycle?.is_over === true) continue;
      const { heldSpot, hasCard } = await meansOf(sql, span, customerId);
      const isOpened = cycle !== undefined || span.endsAt.getTime() > now.getTime() - OPENED_WITHIN_MS;
      const willBeBilled = heldSpot && isOpened;
      if (heldSpot || hasCard) months.push({ ...span, cycleId: cycle?.id ?? null, willBeBilled });
    }
  }
  return months;
}

/** Installations where the customer holds or held a spot, or has a card. */
async function placesOf(sql: Sql, customerId: string) {
  return sql
    .selectFrom('installation')
    .select(['id', 'time_zone'])
    .where('id', 'in', (query) =>
      query
        .selectFrom('occupancy')
        .innerJoin('spot', 'spot.id', 'occupancy.spot_id')
        .where('occupancy.customer_id', '=', customerId)
        .select('spot.installation_id as id')
        .union(query.selectFrom('token').where('customer_id', '=', customerId).select('installation_id as id')),
    )
    .orderBy('id')
    .execute();
}

/** Over: the customer has the month's invoice, its lines were kept for the next one, or it ended without any. */
async function cycleOf(
  sql: Sql,
  { installationId, period, customerId }: { installationId: string; period: string; customerId: string },
) {
  return sql
    .selectFrom('billing_cycle as cycle')
    .where('cycle.installation_id', '=', installationId)
    .where('cycle.period', '=', period)
    .select([
      'cycle.id',
      raw<boolean>`(cycle.finished_at is not null and cycle.outcome is distinct from 'cancelled')
        or exists (select from fiscal_document document
          where document.cycle_id = cycle.id and document.customer_id = ${customerId} and document.type <> 'NC')`.as(
        'is_over',
      ),
    ])
    .executeTakeFirst();
}

async function meansOf(sql: Sql, { installationId, startsAt, endsAt }: MonthSpan, customerId: string) {
  const { rows } = await raw<{ heldSpot: boolean; hasCard: boolean }>`
    select exists (select from occupancy join spot on spot.id = occupancy.spot_id
        where occupancy.customer_id = ${customerId} and spot.installation_id = ${installationId}
          and occupancy."from" < ${endsAt} and (occupancy.until is null or occupancy.until > ${startsAt})) as "heldSpot",
      exists (select from token where customer_id = ${customerId} and installation_id = ${installationId}) as "hasCard"`.execute(
    sql,
  );
  return rows[0] ?? { heldSpot: false, hasCard: false };
}

/** Meter values and Stops may come so long after the session: rating looks as far back. */
const AFTER_STOP_MS = 31 * 86_400_000;

/**
 * The chargers whose energy of the month may be the customer's: at a spot they held, or shared by its cards where one of
 * theirs, or one that was, began a session near the month or at a time that cannot be.
 */
export async function chargersOf(
  sql: Sql,
  { installationId, startsAt, endsAt }: MonthSpan,
  customerId: string,
): Promise<Set<string>> {
  const near = raw`session.started_at < ${endsAt} and (session.stopped_at is null
    or session.stopped_at >= ${new Date(startsAt.getTime() - AFTER_STOP_MS)})`;
  const strayed = raw`session.flags && array['implausible-time', 'reading-after-stop']`;
  const { rows } = await raw<{ id: string }>`
    with card as (
      select lower(token.id_tag) as tag from token where token.customer_id = ${customerId}
        or token.id in (select token_id from former_card_holder former where former.customer_id = ${customerId}))
    select distinct placement.charger_id as id from charger_placement placement
    join spot on spot.id = placement.spot_id
    where spot.installation_id = ${installationId} and placement."from" < ${endsAt}
      and (placement.until is null or placement.until > ${startsAt})
      and ((placement.sharing = 'token' and exists (select from charging_transaction session
          where session.charger_id = placement.charger_id and ((${near}) or ${strayed})
            and lower(session.id_tag) in (select tag from card)))
        or exists (select from occupancy
        where occupancy.spot_id = spot.id and occupancy.customer_id = ${customerId}
          and occupancy."from" < ${endsAt} and (occupancy.until is null or occupancy.until > ${startsAt})))`.execute(
    sql,
  );
  return new Set(rows.map(({ id }) => id));
}
