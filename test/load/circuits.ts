import { sql as raw } from 'kysely';
import { pino } from 'pino';

import { CircuitDriver } from '#apps/worker/circuit-driver.js';
import { openDatabase, type Sql } from '#libs/persistence/database.js';

const CHARGERS_EACH = 20;
const LOOKS = 10;
/** In each look so many cars come or go. */
const CHANGES_EACH_LOOK = 100;

export interface CircuitsResult {
  readonly installations: number;
  readonly chargers: number;
  /** From nothing known until every charger has its limit. */
  readonly firstSeconds: number;
  /** Looks at all of them when nothing has changed, the median. */
  readonly restingSeconds: number;
  /** From a hundred cars that come or go until each has its limit, in one look; the longest. */
  readonly changingSeconds: number;
}

/**
 * One process that shares the current of many installations, of twenty chargers under one breaker each, half of them with
 * a car: how long a look at all of them takes, the pause of a second between looks left aside. Chargers confirm at once.
 */
export async function benchCircuits(databaseUrl: string): Promise<{ sharing: CircuitsResult[] }> {
  const database = await openDatabase({ url: databaseUrl, poolSize: 8 });
  try {
    const sharing: CircuitsResult[] = [];
    for (const installations of [100, 1_000]) {
      await seed(database.sql, installations);
      sharing.push(await measure(database.sql, installations));
    }
    return { sharing };
  } finally {
    await database.close();
  }
}

async function measure(sql: Sql, installations: number): Promise<CircuitsResult> {
  const sender = { sendLimit: () => Promise.resolve('confirmed' as const) };
  const driver = new CircuitDriver({ sql, sender, log: pino({ level: 'warn' }) });
  const look = async (): Promise<number> => {
    const startedAt = performance.now();
    await driver.look();
    await driver.settled();
    return (performance.now() - startedAt) / 1_000;
  };
  const firstSeconds = (await look()) + (await look()) + (await look());
  const resting: number[] = [];
  for (let looks = 0; looks < LOOKS; looks += 1) resting.push(await look());
  const changing: number[] = [];
  for (let looks = 0; looks < LOOKS; looks += 1) {
    await turnCars(sql);
    changing.push(await look());
  }
  await driver.close();
  return {
    installations,
    chargers: installations * CHARGERS_EACH,
    firstSeconds,
    restingSeconds: resting.sort((a, b) => a - b)[Math.floor(LOOKS / 2)] ?? 0,
    changingSeconds: Math.max(...changing),
  };
}

/** Installations with a breaker of 63 A, twenty spots and chargers, and a car at every other. */
async function seed(sql: Sql, installations: number): Promise<void> {
  await raw`
    insert into issuer (id, name, nif, address, postal_code, city, email)
    values ('bench', 'Bench', '500000000', '-', '-', '-', '-') on conflict do nothing`.execute(sql);
  await raw`
    insert into condominium (id, name, nif, address, postal_code, city, manager_name, manager_email)
    values ('bench', 'Bench', '500000000', '-', '-', '-', '-', '-') on conflict do nothing`.execute(sql);
  await raw`
    with place as (
      insert into installation (id, condominium_id, issuer_id, name)
      select 'bench-' || n, 'bench', 'bench', 'Bench' from generate_series(1, ${installations}) n
      on conflict do nothing returning id),
    branch as (
      insert into circuit (installation_id, name, max_current_a) select id, 'Quadro', 63 from place
      returning id, installation_id),
    parking as (
      insert into spot (installation_id, circuit_id, name)
      select installation_id, id, n::text from branch, generate_series(1, ${CHARGERS_EACH}) n
      returning id, installation_id, name),
    point as (
      insert into charger (id, installation_id, label, phase_rotation, online, last_seen_at)
      select installation_id || '-' || name, installation_id, name, 'RST', true, now() from parking returning id),
    stands as (
      insert into charger_placement (charger_id, spot_id, "from")
      select installation_id || '-' || name, id, '2020-01-01' from parking),
    control as (
      insert into circuit_control (installation_id, is_enabled) select id, true from place),
    session as (
      insert into charging_transaction (charger_id, connector_id, started_at, start_key)
      select id, 1, now(), 'bench-' || id from point returning id, charger_id)
    insert into connector_state (charger_id, connector_id, status, transaction_id, updated_at)
    select charger_id, 1, 'Charging', case when id % 2 = 0 then id end, now() from session`.execute(sql);
  await raw`analyze`.execute(sql);
}

/** Some cars go, and as many come. */
async function turnCars(sql: Sql): Promise<void> {
  await raw`
    update connector_state state set transaction_id = case when state.transaction_id is null then session.id end
    from (select id, charger_id from charging_transaction order by random() limit ${CHANGES_EACH_LOOK}) session
    where session.charger_id = state.charger_id`.execute(sql);
}
