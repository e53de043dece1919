import { sql as raw } from 'kysely';

import { isOfSpan, trueStart } from '#libs/metering/clock/true-instants.js';
import type { Sql } from '#libs/persistence/database.js';
import { cardHolderAt } from '#libs/registry/card-holder.js';
import { builtInCalendar } from '#libs/tariff/calendar-files.js';
import { chargesOfPlans, plansHolding } from '#libs/tariff/price-plan-store.js';

import type { ArchivedMonth } from './archive-facts.js';

const DAY_MS = 24 * 3600 * 1000;

const plansOf = (trx: Sql, { installationId, from, to }: ArchivedMonth) => plansHolding(trx, installationId, from, to);

/** Plans with their prices and charges, the values of their series around the month, the retailer's invoices. */
export async function archivedPrices(trx: Sql, month: ArchivedMonth): Promise<unknown> {
  const plans = await plansOf(trx, month);
  const ids = plans.map((plan) => plan.id);
  const prices = await trx
    .selectFrom('band_price')
    .selectAll()
    .where('plan_id', 'in', [NO_ID, ...ids])
    .orderBy('band')
    .orderBy('direction')
    .orderBy('component')
    .orderBy('valid_from')
    .execute();
  const charges = await chargesOfPlans(trx, ids);
  const seriesIds = plans.flatMap((plan) => [plan.index_series_id, plan.losses_series_id].filter((id) => id !== null));
  return {
    plans: plans.map((plan) =>
      Object.assign({}, plan, {
        prices: prices.filter((price) => price.plan_id === plan.id),
        charges: charges.filter((charge) => charge.plan_id === plan.id),
      }),
    ),
    series: await seriesOf(trx, month, [...new Set(seriesIds)].sort()),
    retailerInvoices: await retailerInvoices(trx, month),
  };
}

/** No row has it: an empty list is no valid SQL. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

/** A day more on each side: a value holds on from its instant. */
async function seriesOf(trx: Sql, month: ArchivedMonth, ids: readonly string[]) {
  const found = [];
  for (const id of ids) {
    const series = await trx.selectFrom('price_series').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const values = await trx
      .selectFrom('series_value')
      .select(['starts_at', 'micros'])
      .where('series_id', '=', id)
      .where('starts_at', '>=', new Date(month.startsAt.getTime() - DAY_MS))
      .where('starts_at', '<', new Date(month.endsAt.getTime() + DAY_MS))
      .orderBy('starts_at')
      .execute();
    found.push(Object.assign({}, series, { values: values.map((value) => [value.starts_at, value.micros] as const) }));
  }
  return found;
}

async function retailerInvoices(trx: Sql, month: ArchivedMonth) {
  const invoices = await trx
    .selectFrom('retailer_invoice')
    .selectAll()
    .where('installation_id', '=', month.installationId)
    .where('period', '=', month.period)
    .orderBy('number')
    .execute();
  const lines = await trx
    .selectFrom('retailer_invoice_line')
    .selectAll()
    .where('invoice_id', 'in', [NO_ID, ...invoices.map((invoice) => invoice.id)])
    .orderBy('position')
    .execute();
  return invoices.map((invoice) =>
    Object.assign({}, invoice, { lines: lines.filter((line) => line.invoice_id === invoice.id) }),
  );
}

/** Every calendar that a plan or a line of the month names, with the holidays there are. */
export async function archivedCalendars(trx: Sql, month: ArchivedMonth): Promise<unknown> {
  const lines = await trx
    .selectFrom('rated_line')
    .select('calendar_id')
    .distinct()
    .where('cycle_id', '=', month.cycleId)
    .execute();
  const plans = await plansOf(trx, month);
  const ids = new Set([...plans, ...lines].map((row) => row.calendar_id));
  const stored = await trx
    .selectFrom('calendar')
    .selectAll()
    .where('id', 'in', ['', ...ids])
    .execute();
  const holidays = await trx
    .selectFrom('holiday')
    .innerJoin('installation', 'installation.country', 'holiday.country')
    .selectAll('holiday')
    .where('installation.id', '=', month.installationId)
    .orderBy('holiday.municipality')
    .orderBy('holiday.name')
    .execute();
  return {
    calendars: [...ids].sort().map((id) => {
      const own = stored.find((row) => row.id === id);
      if (own !== undefined) return { id, from: `added by ${own.created_by}`, content: own.content };
      return { id, from: 'the program', content: builtInCalendar(id) };
    }),
    holidays,
  };
}

/** Who answered for which charger when: placements and occupancies that touch the month. No names. */
export async function archivedRegistry(
  trx: Sql,
  month: ArchivedMonth,
  chargerIds: readonly string[],
): Promise<unknown> {
  const { startsAt, endsAt } = month;
  const chargers = ['', ...chargerIds];
  const placements = await trx
    .selectFrom('charger_placement as p')
    .innerJoin('spot as s', 's.id', 'p.spot_id')
    .select(['p.charger_id', 'p.spot_id', 's.name as spot', 's.installation_id', 'p.sharing', 'p.from', 'p.until'])
    .where('p.charger_id', 'in', chargers)
    .where('p.from', '<', endsAt)
    .where((where) => where.or([where('p.until', 'is', null), where('p.until', '>', startsAt)]))
    .orderBy('p.charger_id')
    .orderBy('p.from')
    .execute();
  const occupancies = await trx
    .selectFrom('occupancy as o')
    .innerJoin('spot as s', 's.id', 'o.spot_id')
    .select(['o.spot_id', 's.name as spot', 'o.customer_id', 'o.kind', 'o.from', 'o.until'])
    .where('s.installation_id', '=', month.installationId)
    .where('o.from', '<', endsAt)
    .where((where) => where.or([where('o.until', 'is', null), where('o.until', '>', startsAt)]))
    .orderBy('s.name')
    .orderBy('o.from')
    .orderBy('o.customer_id')
    .execute();
  return {
    chargers: chargerIds,
    placements,
    occupancies,
    cardHolders: await cardHolders(trx, month, chargers),
    clocks: await clocks(trx, month, chargers),
  };
}

/**
 * Whose card started which transaction of the month: who pays at a spot that is shared by card. By the true start, as it was
 * known when the month was rated.
 */
async function cardHolders(trx: Sql, month: ArchivedMonth, chargers: readonly string[]) {
  const { installationId, startsAt, endsAt, inputsAsOf } = month;
  const isOpen = raw`t.stopped_at is null and t.last_reading_at is null and ${trueStart('t', inputsAsOf)} < ${endsAt}`;
  const { rows } = await raw<{ transaction_id: number; customer_id: string | null }>`
    select distinct on (t.id) t.id as transaction_id, ${cardHolderAt('card', 't', inputsAsOf)} as customer_id
    from charging_transaction t
    join token card on card.installation_id = ${installationId} and lower(card.id_tag) = lower(t.id_tag)
    where t.charger_id = any(${[...chargers]}::text[]) and (${isOfSpan('t', startsAt, endsAt, inputsAsOf)} or ${isOpen})
    order by t.id, card.id_tag <> t.id_tag, card.id_tag`.execute(trx);
  return rows;
}

/** What was known when the month was rated of how far the chargers' clocks were off: of two that hold the later line decides. */
async function clocks(trx: Sql, { inputsAsOf }: ArchivedMonth, chargers: readonly string[]) {
  return await trx
    .selectFrom('charger_clock')
    .select(['charger_id', 'source', 'kind', 'offset_ms', 'from_at', 'until_at', 'after_reading_id', 'reason', 'at'])
    .where('charger_id', 'in', chargers)
    .where(raw<boolean>`(${inputsAsOf}::timestamptz is null or at < ${inputsAsOf})`)
    .orderBy('charger_id')
    .orderBy('after_reading_id')
    .orderBy('id')
    .execute();
}
