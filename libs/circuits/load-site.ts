import { sql as raw, type Selectable } from 'kysely';

import type { Schema, Sql } from '../persistence/database.js';
import type { CircuitEvent, ConnectorFacts } from './circuit-records.js';
import type { CircuitFacts } from './limit-of.js';
import { ROTATIONS, type Rotation } from './rotation.js';

const AMPERE = 10;

/** A connector as it stands and as it was last heard of. */
export interface LiveConnector {
  readonly facts: ConnectorFacts;
  /** Null: the charger was never seen. */
  readonly online: boolean | null;
  /** Of its live socket; null while none is known. */
  readonly connectionId: string | null;
  readonly status: string | null;
  /** Our number of the transaction under way. */
  readonly transactionId: number | null;
  readonly powerW: number | null;
  readonly perConductorDeciA: readonly [number, number, number] | null;
  readonly measuredAt: Date | null;
}

export interface Site {
  readonly circuits: readonly CircuitFacts[];
  readonly connectors: readonly LiveConnector[];
  readonly mainMeters: readonly {
    readonly circuitId: string;
    readonly at: Date;
    readonly measures: 'building' | 'everything';
    readonly perPhaseDeciA: readonly [number, number, number];
  }[];
}

interface ConnectorRow {
  readonly installation_id: string;
  readonly charger_id: string;
  readonly connector_id: number;
  readonly circuit_id: string;
  readonly phase_rotation: string;
  readonly max_current_a: number;
  readonly offline_current_a: number;
  readonly priority: number;
  readonly guaranteed_a: number;
  readonly online: boolean | null;
  readonly connection_id: string | null;
  readonly status: string | null;
  readonly transaction_id: number | null;
  readonly power_w: number | null;
  readonly currents: readonly [number | null, number | null, number | null];
  readonly measured_at: Date | null;
}

/**
 * The circuits of installations with the connectors that hang at their spots now, and what was last heard, by
 * installation: three statements however many they are. A charger without a spot, or whose spot hangs in no circuit, is
 * nobody's to share with.
 */
export async function loadSites(sql: Sql, installationIds: readonly string[], now: Date): Promise<Map<string, Site>> {
  const [circuits, connectors, meters] = await Promise.all([
    sql.selectFrom('circuit').selectAll().where('installation_id', 'in', installationIds).orderBy('id').execute(),
    connectorRows(sql, installationIds, now),
    sql
      .selectFrom('main_meter_reading as reading')
      .innerJoin('circuit', 'circuit.id', 'reading.circuit_id')
      .selectAll('reading')
      .select('circuit.installation_id')
      .where('circuit.installation_id', 'in', installationIds)
      .execute(),
  ]);
  const circuitsOf = Map.groupBy(circuits, (row) => row.installation_id);
  const connectorsOf = Map.groupBy(connectors, (row) => row.installation_id);
  const metersOf = Map.groupBy(meters, (row) => row.installation_id);
  return new Map(
    installationIds.map((id) => [
      id,
      {
        circuits: (circuitsOf.get(id) ?? []).map(circuitOf),
        connectors: (connectorsOf.get(id) ?? []).map(connectorOf),
        mainMeters: (metersOf.get(id) ?? []).map(mainMeterOf),
      },
    ]),
  );
}

/** {@link loadSites} of one installation. */
export async function loadSite(sql: Sql, installationId: string, now: Date): Promise<Site> {
  const sites = await loadSites(sql, [installationId], now);
  return sites.get(installationId) ?? { circuits: [], connectors: [], mainMeters: [] };
}

async function connectorRows(
  sql: Sql,
  installationIds: readonly string[],
  now: Date,
): Promise<readonly ConnectorRow[]> {
  const { rows } = await raw<ConnectorRow>`
    select spot.installation_id, charger.id as charger_id, coalesce(state.connector_id, 1) as connector_id, spot.circuit_id,
      charger.phase_rotation, charger.max_current_a, charger.offline_current_a, spot.priority, spot.guaranteed_a,
      case when charger.last_seen_at is null then null else charger.online end as online,
      live.connection_id, state.status, running.id as transaction_id, state.power_w,
      jsonb_build_array(state.l1_deci_a, state.l2_deci_a, state.l3_deci_a) as currents, state.measured_at
    from spot
    join charger_placement placement on placement.spot_id = spot.id and placement."from" <= ${now}
      and (placement.until is null or placement.until > ${now})
    join charger on charger.id = placement.charger_id
    left join charger_connection live on live.charger_id = charger.id
    left join connector_state state on state.charger_id = charger.id and state.connector_id > 0
    left join charging_transaction running on running.id = state.transaction_id and running.stopped_at is null
    where spot.installation_id = any (${[...installationIds]}::text[]) and spot.circuit_id is not null
    order by charger.id, connector_id`.execute(sql);
  return rows;
}

function circuitOf(row: Selectable<Schema['circuit']>): CircuitFacts {
  return {
    id: row.id,
    parentId: row.parent_id,
    maxDeciA: row.max_current_a * AMPERE,
    reserveDeciA: row.reserve_a === null ? null : row.reserve_a * AMPERE,
    readingMaxAgeMs: row.reading_max_age_s * 1_000,
  };
}

function mainMeterOf(row: Selectable<Schema['main_meter_reading']>): Site['mainMeters'][number] {
  return {
    circuitId: row.circuit_id,
    at: row.at,
    measures: row.measures === 'everything' ? 'everything' : 'building',
    perPhaseDeciA: [row.l1_deci_a, row.l2_deci_a, row.l3_deci_a],
  };
}

function connectorOf(row: ConnectorRow): LiveConnector {
  const [l1, l2, l3] = row.currents;
  return {
    facts: {
      connector: connectorName(row.charger_id, row.connector_id),
      chargerId: row.charger_id,
      circuitId: row.circuit_id,
      rotation: rotationOf(row.phase_rotation),
      maxDeciA: row.max_current_a * AMPERE,
      cableMaxDeciA: null,
      priority: row.priority,
      guaranteedDeciA: row.guaranteed_a * AMPERE,
      offlineDeciA: row.offline_current_a * AMPERE,
    },
    online: row.online,
    connectionId: row.connection_id,
    status: row.status,
    transactionId: row.transaction_id,
    powerW: row.power_w,
    perConductorDeciA: l1 === null || l2 === null || l3 === null ? null : [l1, l2, l3],
    measuredAt: row.measured_at,
  };
}

function rotationOf(text: string): Rotation {
  return ROTATIONS.find((rotation) => rotation === text) ?? 'unknown';
}

export function connectorName(chargerId: string, connectorId: number): string {
  return `${chargerId}/${connectorId}`;
}

/** The charger and connector of a name that {@link connectorName} made. */
export function connectorNamed(connector: string): { readonly chargerId: string; readonly connectorId: number } {
  const slash = connector.lastIndexOf('/');
  return { chargerId: connector.slice(0, slash), connectorId: Number(connector.slice(slash + 1)) };
}

/** What a site as it is now says, as events. Readings and main meters come only when they are new. */
export function* eventsOf(site: Site, nowMs: number, heard: Map<string, number>): Generator<CircuitEvent> {
  const { circuits, connectors, mainMeters } = site;
  yield { kind: 'configured', atMs: nowMs, circuits, connectors: connectors.map(({ facts }) => facts) };
  for (const { facts, online, connectionId, status, transactionId } of connectors) {
    if (online === null) continue;
    yield { kind: 'charger', atMs: nowMs, chargerId: facts.chargerId, online, connectionId };
    if (status === null) continue;
    const sessionId = transactionId === null ? null : String(transactionId);
    yield { kind: 'connector', atMs: nowMs, connector: facts.connector, status, sessionId };
  }
  const isNew = (key: string, at: Date): boolean => {
    if ((heard.get(key) ?? 0) >= at.getTime()) return false;
    heard.set(key, at.getTime());
    return true;
  };
  for (const { facts, measuredAt, perConductorDeciA, powerW } of connectors) {
    const { connector } = facts;
    if (measuredAt === null || !isNew(connector, measuredAt)) continue;
    yield { kind: 'measured', atMs: measuredAt.getTime(), connector, perConductorDeciA, powerW };
  }
  for (const { circuitId, at, measures, perPhaseDeciA } of mainMeters) {
    if (isNew(circuitId, at)) yield { kind: 'main-meter', atMs: at.getTime(), circuitId, measures, perPhaseDeciA };
  }
}
