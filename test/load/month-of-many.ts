import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

/** 2026-06 in Lisbon: [31 May 23:00, 30 June 23:00) UTC. */
const MONTH_STARTS = '2026-05-31T23:00:00Z';
const DAYS = 30;

const CUSTOMERS_PER_INSTALLATION = 100;
const READINGS_PER_SESSION = 30;
const STEP_MINUTES = 15;
const WH_PER_STEP = 397;

export interface MonthOfMany {
  readonly customers: number;
  readonly sessions: number;
  readonly readings: number;
  /** What all registers moved, Wh. */
  readonly movedWh: number;
}

const FILLED = ['charging_transaction', 'meter_reading'] as const;

/**
 * Fills an empty, migrated database with one month of many car parks of 100 spots, each with its charger, placement and
 * customer: one session a day and customer, a reading every 15 minutes for 7¼ hours. Readings are stored in the order of
 * their time, as they arrive: those of one charger lie between those of all others. Prices change on the 17th.
 */
export async function fillMonthOfMany(sql: Sql, customers: number): Promise<MonthOfMany> {
  await sql.transaction().execute(async (trx) => {
    await fillRegistry(trx, customers);
    await fillPrices(trx);
    await unhindered(trx, async () => {
      await fillSessions(trx, customers);
      for (let day = 0; day < DAYS; day += 1) await fillReadings(trx, customers, day);
    });
  });
  await raw`vacuum analyze`.execute(sql);
  const sessions = customers * DAYS;
  const readings = sessions * READINGS_PER_SESSION;
  return { customers, sessions, readings, movedWh: sessions * (READINGS_PER_SESSION - 1) * WH_PER_STEP };
}

async function fillRegistry(sql: Sql, customers: number): Promise<void> {
  const installations = customers / CUSTOMERS_PER_INSTALLATION;
  await raw`
    insert into issuer (id, name, nif, address, postal_code, city, email)
    values ('bench', 'Bench', '500000000', '-', '-', '-', 'bench@example.org')`.execute(sql);
  await raw`
    insert into condominium (id, name, nif, address, postal_code, city, manager_name, manager_email)
    values ('bench', 'Bench', '500000000', '-', '-', '-', '-', 'manager@example.org')`.execute(sql);
  await raw`
    insert into installation (id, condominium_id, issuer_id, name)
    select 'park-' || i, 'bench', 'bench', 'Park ' || i from generate_series(0, ${installations}::int - 1) i`.execute(
    sql,
  );
  await raw`
    insert into customer (id, condominium_id, name)
    select 'customer-' || c, 'bench', 'Customer ' || c from generate_series(0, ${customers}::int - 1) c`.execute(sql);
  await raw`
    insert into charger (id, installation_id, label)
    select 'charger-' || c, 'park-' || c / ${CUSTOMERS_PER_INSTALLATION}, c::text
    from generate_series(0, ${customers}::int - 1) c`.execute(sql);
  await raw`
    insert into token (installation_id, id_tag, customer_id)
    select 'park-' || c / ${CUSTOMERS_PER_INSTALLATION}, 'CARD' || c, 'customer-' || c
    from generate_series(0, ${customers}::int - 1) c`.execute(sql);
  await raw`
    insert into spot (installation_id, name)
    select 'park-' || c / ${CUSTOMERS_PER_INSTALLATION}, c::text
    from generate_series(0, ${customers}::int - 1) c`.execute(sql);
  await raw`
    insert into charger_placement (charger_id, spot_id, "from")
    select 'charger-' || name, id, '2026-01-01T00:00:00Z' from spot`.execute(sql);
  await raw`
    insert into occupancy (spot_id, customer_id, kind, "from")
    select id, 'customer-' || name, 'tenant', '2026-01-01T00:00:00Z' from spot`.execute(sql);
}

/** Four bands; every price changes on 17 June. */
async function fillPrices(sql: Sql): Promise<void> {
  await raw`
    insert into price_plan (installation_id, name, calendar_id, bands, valid_from)
    select id, 'tetra-horária', 'pt-mainland-weekly', 4, '2026-01-01' from installation`.execute(sql);
  await raw`
    insert into band_price (plan_id, band, valid_from, valid_to, micros_per_kwh)
    select plan.id, band.name, span.first::date, span.last::date, band.micros + span.more
    from price_plan plan,
      (values ('ponta', 231456), ('cheias', 187123), ('vazio-normal', 112345), ('super-vazio', 98765))
        band (name, micros),
      (values ('2026-01-01', '2026-06-16', 0), ('2026-06-17', null, 5000)) span (first, last, more)`.execute(sql);
}

/** Runs the fill with neither secondary indexes nor checks of references; the indexes are built afterwards. */
async function unhindered(sql: Sql, fill: () => Promise<void>): Promise<void> {
  const { rows: indexes } = await raw<{ name: string; definition: string }>`
    select indexname as name, indexdef as definition from pg_indexes
    where schemaname = 'public' and tablename in (${raw.join(FILLED)})
      and not exists (select from pg_constraint where conname = indexname)`.execute(sql);
  for (const { name } of indexes) await raw`drop index ${raw.id(name)}`.execute(sql);
  await raw`set local session_replication_role = replica`.execute(sql);
  await fill();
  await raw`set local session_replication_role = origin`.execute(sql);
  for (const { definition } of indexes) await raw.raw(definition).execute(sql);
}

/** Session s is customer s mod n's on day s / n, from some minute between 0:00 and 16:00 on, with a message of its own. */
async function fillSessions(sql: Sql, customers: number): Promise<void> {
  const sessions = raw`
    generate_series(0, ${customers * DAYS}::int - 1) s
    cross join lateral (select s % ${customers}::int as c, s / ${customers}::int as day) which
    cross join lateral (
      select ${MONTH_STARTS}::timestamptz + day * interval '1 day' + c * 37 % 960 * interval '1 minute' as begins
    ) clock`;
  const spanMinutes = (READINGS_PER_SESSION - 1) * STEP_MINUTES;
  await raw`
    insert into ocpp_message (id, charger_id, received_at, message_id, action, payload, answer, key)
    select s, 'charger-' || c, begins, s::text, 'MeterValues', '{}', '{}', s::text from ${sessions}`.execute(sql);
  await raw`
    insert into charging_transaction (id, charger_id, connector_id, id_tag, started_at, stopped_at, start_key,
      last_reading_at)
    select s, 'charger-' || c, 1, 'card' || c, begins, ends, s::text, ends
    from ${sessions} cross join lateral (select begins + ${spanMinutes} * interval '1 minute' as ends) stop`.execute(
    sql,
  );
}

async function fillReadings(sql: Sql, customers: number, day: number): Promise<void> {
  const first = day * customers;
  await raw`
    insert into meter_reading (charger_id, connector_id, transaction_id, at, import_wh, context, message_id)
    select t.charger_id, 1, t.id, t.started_at + step * ${STEP_MINUTES} * interval '1 minute' as at,
      1000000 + (${day * (READINGS_PER_SESSION - 1)}::int + step) * ${WH_PER_STEP}, 'Sample.Clock', t.id
    from charging_transaction t cross join generate_series(0, ${READINGS_PER_SESSION}::int - 1) step
    where t.id >= ${first} and t.id < ${first + customers}
    order by at`.execute(sql);
}
