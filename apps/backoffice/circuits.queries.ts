import { sql as raw } from 'kysely';

import type { ConnectorLimit, Why } from '#libs/circuits/allocate-types.js';
import type { PerPhase } from '#libs/circuits/current.js';
import { wattsOf } from '#libs/circuits/current.js';
import { connectorNamed, loadSite, type LiveConnector, type Site } from '#libs/circuits/load-site.js';
import { viewCircuits, type SiteView } from '#libs/circuits/view-circuits.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';

import type { CircuitLoad, Circuits, ConnectorLoad, LimitReason } from './api-types.js';
import { within } from './scope-sql.js';

interface Names {
  readonly chargerId: string;
  readonly label: string;
  readonly spotId: string;
  readonly spotName: string;
}

const WHOLE = { condominium: 'condominium_id', customer: null } as const;

/** The installation's circuits with what is given and what flows, or null when there is none within the scope. */
export async function circuitsOf(
  sql: Sql,
  scope: TenantScope,
  installationId: string,
  now: Date,
): Promise<Circuits | null> {
  const { rows: found } = await raw`
    select from installation where id = ${installationId} and ${within(scope, WHOLE)}`.execute(sql);
  if (found.length === 0) return null;
  const [site, circuits, names, control] = await Promise.all([
    loadSite(sql, installationId, now),
    sql
      .selectFrom('circuit')
      .selectAll()
      .where('installation_id', '=', installationId)
      .orderBy('position')
      .orderBy('name')
      .execute(),
    namesOf(sql, installationId, now),
    sql
      .selectFrom('circuit_control')
      .select(['is_enabled', 'state'])
      .where('installation_id', '=', installationId)
      .executeTakeFirst(),
  ]);
  const isShared = control?.is_enabled === true;
  const view = viewCircuits(site, isShared ? (control.state ?? null) : null, now.getTime());
  return {
    installationId,
    isShared,
    circuits: circuits.map((row) => circuitOf(row, site, view)),
    connectors: site.connectors.flatMap((connector) => {
      const named = names.get(connector.facts.chargerId);
      return named === undefined ? [] : [connectorOf(connector, named, view.limits.get(connector.facts.connector))];
    }),
  };
}

/** The installation of a circuit with a main meter within the scope, or null. */
export async function meteredInstallation(sql: Sql, scope: TenantScope, circuitId: string): Promise<string | null> {
  const { rows } = await raw<{ id: string }>`
    select installation.id from circuit join installation on installation.id = circuit.installation_id
    where circuit.id = ${circuitId} and ${within(scope, WHOLE)}`.execute(sql);
  return rows[0]?.id ?? null;
}

async function namesOf(sql: Sql, installationId: string, now: Date): Promise<ReadonlyMap<string, Names>> {
  const { rows } = await raw<Names>`
    select charger.id as "chargerId", charger.label, spot.id as "spotId", spot.name as "spotName"
    from spot
    join charger_placement placement on placement.spot_id = spot.id and placement."from" <= ${now}
      and (placement.until is null or placement.until > ${now})
    join charger on charger.id = placement.charger_id
    where spot.installation_id = ${installationId}`.execute(sql);
  return new Map(rows.map((row) => [row.chargerId, row]));
}

interface CircuitRow {
  readonly id: string;
  readonly name: string;
  readonly parent_id: string | null;
  readonly max_current_a: number;
  readonly reserve_a: number | null;
  readonly reading_max_age_s: number;
}

const three = ([l1, l2, l3]: PerPhase): [number, number, number] => [l1, l2, l3];

function circuitOf(row: CircuitRow, site: Site, view: SiteView): CircuitLoad {
  const meter = site.mainMeters.find(({ circuitId }) => circuitId === row.id);
  const load = view.circuits.find(({ circuitId }) => circuitId === row.id);
  if (load === undefined) throw new Error(`circuit ${row.id} came while it was looked at`);
  return {
    circuitId: row.id,
    name: row.name,
    parentId: row.parent_id,
    maxCurrentA: row.max_current_a,
    reserveA: row.reserve_a,
    readingMaxAgeS: row.reading_max_age_s,
    mainMeter:
      meter === undefined
        ? null
        : { at: meter.at.toISOString(), measures: meter.measures, deciA: three(meter.perPhaseDeciA) },
    limitDeciA: three(load.limitDeciA),
    allocatedDeciA: load.allocatedDeciA === null ? null : three(load.allocatedDeciA),
    flowDeciA: three(load.flowDeciA),
    problems: load.problems.map((problem) => {
      const { code, deciA, limitDeciA } = problem;
      return { code, phase: 'phase' in problem ? problem.phase : null, deciA, limitDeciA };
    }),
  };
}

function connectorOf(live: LiveConnector, names: Names, limit: ConnectorLimit | undefined): ConnectorLoad {
  const { facts } = live;
  return {
    chargerId: facts.chargerId,
    chargerLabel: names.label,
    connectorId: connectorNamed(facts.connector).connectorId,
    spotId: names.spotId,
    spotName: names.spotName,
    circuitId: facts.circuitId,
    online: live.online === true,
    phaseRotation: facts.rotation,
    maxCurrentA: facts.maxDeciA / 10,
    offlineCurrentA: facts.offlineDeciA / 10,
    priority: facts.priority,
    guaranteedA: facts.guaranteedDeciA / 10,
    isCharging: live.status === 'Charging',
    powerW: live.status === 'Charging' ? live.powerW : null,
    limit:
      limit === undefined || live.transactionId === null
        ? null
        : {
            deciA: limit.limitDeciA,
            offeredW: wattsOf(limit.perPhaseDeciA),
            isPaused: limit.isPaused,
            reason: reasonOf(limit.why),
          },
  };
}

function reasonOf(why: Why): LimitReason {
  return {
    code: why.code,
    bound: 'bound' in why ? why.bound : null,
    circuitId: 'circuitId' in why ? why.circuitId : null,
    phase: 'phase' in why ? why.phase : null,
    cars: 'cars' in why ? why.cars : null,
    place: 'place' in why ? why.place : null,
  };
}
