import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { lockUntilEnd } from '../persistence/lock-until-end.js';
import { promiseExcesses, promisesRefusal, type PromisesRefusal } from './refuse-promises.js';
import type { Rotation } from './rotation.js';
import { shareCircuits } from './share-circuits.js';

export interface CircuitChange {
  /** Absent: a new circuit. */
  readonly id?: string | undefined;
  readonly name: string;
  readonly parentId: string | null;
  readonly maxCurrentA: number;
  readonly reserveA: number | null;
  readonly readingMaxAgeS: number;
}

/** What is not named stays as it is. */
export interface CircuitsChange {
  readonly isShared?: boolean | undefined;
  readonly circuits?: readonly CircuitChange[] | undefined;
  readonly chargers?:
    | readonly {
        readonly id: string;
        readonly phaseRotation: Rotation;
        readonly maxCurrentA: number;
        readonly offlineCurrentA: number;
      }[]
    | undefined;
  readonly spots?:
    | readonly { readonly id: string; readonly priority: number; readonly guaranteedA: number }[]
    | undefined;
}

export type CircuitsRefusal =
  | { readonly code: 'not-here'; readonly what: 'circuit' | 'charger' | 'spot'; readonly id: string }
  | { readonly code: 'name-taken'; readonly name: string }
  | { readonly code: 'under-itself'; readonly name: string }
  | { readonly code: 'meter-below-root'; readonly name: string }
  /** What its chargers give by themselves is more than it bears. */
  | { readonly code: 'defaults-exceed'; readonly name: string; readonly defaultsA: number; readonly limitA: number }
  | PromisesRefusal;

/** Stores what staff say of an installation's circuits, chargers and spots, all or nothing: a refusal must end `trx`. */
export async function setCircuits(
  trx: Sql,
  installationId: string,
  change: CircuitsChange,
  now: Date,
): Promise<{ ok: true } | { refused: CircuitsRefusal }> {
  await lockUntilEnd(trx, `circuits/${installationId}`);
  const excesses = await promiseExcesses(trx, installationId, now);
  for (const store of [storeCircuits, storeChargers, storeSpots]) {
    const refused = await store(trx, installationId, change);
    if (refused !== null) return { refused };
  }
  const refused =
    (await treeRefusal(trx, installationId)) ??
    (await defaultsRefusal(trx, installationId)) ??
    (await promisesRefusal(trx, installationId, excesses, now));
  if (refused !== null) return { refused };
  if (change.isShared !== undefined) await shareCircuits(trx, installationId, change.isShared, now);
  return { ok: true };
}

async function storeCircuits(
  trx: Sql,
  installationId: string,
  change: CircuitsChange,
): Promise<CircuitsRefusal | null> {
  for (const { id, ...circuit } of change.circuits ?? []) {
    const values = {
      name: circuit.name,
      parent_id: circuit.parentId,
      max_current_a: circuit.maxCurrentA,
      reserve_a: circuit.reserveA,
      reading_max_age_s: circuit.readingMaxAgeS,
    };
    const namesake = await trx
      .selectFrom('circuit')
      .select('id')
      .where('installation_id', '=', installationId)
      .where('name', '=', circuit.name)
      .executeTakeFirst();
    if (namesake !== undefined && namesake.id !== id) return { code: 'name-taken', name: circuit.name };
    if (id === undefined) {
      await trx
        .insertInto('circuit')
        .values({ ...values, installation_id: installationId })
        .execute();
      continue;
    }
    const done = await trx
      .updateTable('circuit')
      .set(values)
      .where('id', '=', id)
      .where('installation_id', '=', installationId)
      .executeTakeFirst();
    if (done.numUpdatedRows === 0n) return { code: 'not-here', what: 'circuit', id };
  }
  return null;
}

async function storeChargers(
  trx: Sql,
  installationId: string,
  change: CircuitsChange,
): Promise<CircuitsRefusal | null> {
  for (const { id, phaseRotation, maxCurrentA, offlineCurrentA } of change.chargers ?? []) {
    const done = await trx
      .updateTable('charger')
      .set({ phase_rotation: phaseRotation, max_current_a: maxCurrentA, offline_current_a: offlineCurrentA })
      .where('id', '=', id)
      .where('installation_id', '=', installationId)
      .executeTakeFirst();
    if (done.numUpdatedRows === 0n) return { code: 'not-here', what: 'charger', id };
  }
  return null;
}

async function storeSpots(trx: Sql, installationId: string, change: CircuitsChange): Promise<CircuitsRefusal | null> {
  for (const { id, priority, guaranteedA } of change.spots ?? []) {
    const done = await trx
      .updateTable('spot')
      .set({ priority, guaranteed_a: guaranteedA })
      .where('id', '=', id)
      .where('installation_id', '=', installationId)
      .executeTakeFirst();
    if (done.numUpdatedRows === 0n) return { code: 'not-here', what: 'spot', id };
  }
  return null;
}

/** A circuit hangs under one of the same installation and never under itself; only a root has a main meter. */
async function treeRefusal(trx: Sql, installationId: string): Promise<CircuitsRefusal | null> {
  const circuits = await trx
    .selectFrom('circuit')
    .select(['id', 'name', 'parent_id', 'reserve_a'])
    .where('installation_id', '=', installationId)
    .execute();
  const parents = new Map(circuits.map((circuit) => [circuit.id, circuit.parent_id]));
  for (const { id, name, parent_id: parentId, reserve_a: reserveA } of circuits) {
    if (parentId !== null && !parents.has(parentId)) return { code: 'not-here', what: 'circuit', id: parentId };
    if (parentId !== null && reserveA !== null) return { code: 'meter-below-root', name };
    const passed = new Set<string>();
    for (let at: string | null = id; at !== null; at = parents.get(at) ?? null) {
      if (passed.has(at)) return { code: 'under-itself', name };
      passed.add(at);
    }
  }
  return null;
}

/** What chargers give by themselves is kept free for each of their connectors: a circuit must bear all of it, beside its reserve. */
async function defaultsRefusal(trx: Sql, installationId: string): Promise<CircuitsRefusal | null> {
  const { rows } = await raw<{ name: string; defaults_a: number; limit_a: number }>`
    with recursive above as (
      select id as leaf, id, parent_id from circuit where installation_id = ${installationId}
      union all
      select above.leaf, circuit.id, circuit.parent_id from above join circuit on circuit.id = above.parent_id
    )
    select circuit.name, sum(charger.offline_current_a * connectors.number)::int as defaults_a,
      circuit.max_current_a - coalesce(circuit.reserve_a, 0) as limit_a
    from circuit join above on above.id = circuit.id
    join spot on spot.circuit_id = above.leaf
    join charger_placement placement on placement.spot_id = spot.id and placement.until is null
    join charger on charger.id = placement.charger_id
    cross join lateral (
      select greatest(1, count(*)) as number from connector_state state
      where state.charger_id = charger.id and state.connector_id > 0
    ) connectors
    group by circuit.id
    having sum(charger.offline_current_a * connectors.number) > circuit.max_current_a - coalesce(circuit.reserve_a, 0)
    order by circuit.name limit 1`.execute(trx);
  const [row] = rows;
  return row === undefined
    ? null
    : { code: 'defaults-exceed', name: row.name, defaultsA: row.defaults_a, limitA: row.limit_a };
}

export interface MeterReading {
  readonly circuitId: string;
  readonly at: Date;
  readonly measures: 'building' | 'everything';
  readonly perPhaseDeciA: readonly [number, number, number];
}

/** Keeps the latest reading of a main meter; an older one that comes late changes nothing. False: it is no circuit with a meter. */
export async function keepMeterReading(sql: Sql, reading: MeterReading): Promise<boolean> {
  const circuit = await sql
    .selectFrom('circuit')
    .select('id')
    .where('id', '=', reading.circuitId)
    .where('reserve_a', 'is not', null)
    .executeTakeFirst();
  if (circuit === undefined) return false;
  const [l1, l2, l3] = reading.perPhaseDeciA;
  await raw`
    insert into main_meter_reading (circuit_id, at, measures, l1_deci_a, l2_deci_a, l3_deci_a)
    values (${reading.circuitId}, ${reading.at}, ${reading.measures}, ${l1}, ${l2}, ${l3})
    on conflict (circuit_id) do update set at = excluded.at, measures = excluded.measures,
      l1_deci_a = excluded.l1_deci_a, l2_deci_a = excluded.l2_deci_a, l3_deci_a = excluded.l3_deci_a
    where main_meter_reading.at <= excluded.at`.execute(sql);
  return true;
}
