import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { spotState, type ConnectorFacts, type SpotState } from './spot-state.js';

export interface SpotQuery {
  readonly installationId: string;
  /** Only an installation of this condominium. */
  readonly condominiumId?: string;
  /** Only spots this customer answers for now. */
  readonly customerId?: string;
  readonly now: Date;
  /** Spots after this name, at most `limit` of them. */
  readonly afterName?: string;
  readonly limit: number;
}

export interface SpotCard {
  readonly spotId: string;
  readonly spotName: string;
  readonly circuitId: string | null;
  readonly chargerId: string | null;
  readonly chargerLabel: string | null;
  readonly customerName: string | null;
  readonly state: SpotState;
}

interface SpotRow {
  readonly spot_id: string;
  readonly spot_name: string;
  readonly circuit_id: string | null;
  readonly charger_id: string | null;
  readonly label: string | null;
  readonly online: boolean | null;
  readonly last_seen_at: Date | null;
  readonly customer_name: string | null;
}

/** A spot with its charger of now and the person who answers for it now: of several the one who came last. */
async function spotRows(sql: Sql, query: SpotQuery): Promise<SpotRow[]> {
  const condominium =
    query.condominiumId === undefined ? raw`` : raw`and installation.condominium_id = ${query.condominiumId}`;
  const customer = query.customerId === undefined ? raw`` : raw`and holder.id = ${query.customerId}`;
  const after = query.afterName === undefined ? raw`` : raw`and spot.name > ${query.afterName}`;
  const { rows } = await raw<SpotRow>`
    select spot.id as spot_id, spot.name as spot_name, spot.circuit_id, charger.id as charger_id, charger.label,
      charger.online, charger.last_seen_at, holder.name as customer_name
    from spot
    join installation on installation.id = spot.installation_id
    left join charger_placement placement on placement.spot_id = spot.id
      and placement."from" <= ${query.now} and (placement.until is null or placement.until > ${query.now})
    left join charger on charger.id = placement.charger_id
    left join lateral (
      select customer.id, customer.name from occupancy join customer on customer.id = occupancy.customer_id
      where occupancy.spot_id = spot.id and occupancy."from" <= ${query.now}
        and (occupancy.until is null or occupancy.until > ${query.now})
      order by occupancy."from" desc, occupancy.customer_id limit 1
    ) holder on true
    where spot.installation_id = ${query.installationId} ${condominium} ${customer} ${after}
    order by spot.name limit ${query.limit}`.execute(sql);
  return rows;
}

async function connectorsOf(sql: Sql, chargerIds: readonly string[]): Promise<Map<string, ConnectorFacts[]>> {
  const connectors = new Map<string, ConnectorFacts[]>();
  if (chargerIds.length === 0) return connectors;
  const rows = await sql
    .selectFrom('connector_state as state')
    .leftJoin('charging_transaction as trx', (join) =>
      join.onRef('trx.id', '=', 'state.transaction_id').on('trx.stopped_at', 'is', null),
    )
    .leftJoin('connector_limit as given', (join) =>
      join
        .onRef('given.charger_id', '=', 'state.charger_id')
        .onRef('given.connector_id', '=', 'state.connector_id')
        .on('trx.id', 'is not', null),
    )
    .selectAll('state')
    .select(['trx.meter_start_wh', 'given.offered_w as given_w'])
    .where('state.charger_id', 'in', chargerIds)
    .execute();
  for (const row of rows) {
    const started = row.meter_start_wh;
    const facts: ConnectorFacts = {
      connectorId: row.connector_id,
      status: row.status,
      errorCode: row.error_code,
      powerW: row.power_w,
      // What we gave it is newer than what it last said.
      offeredW: row.given_w ?? row.offered_w,
      energyWh: row.import_wh === null || started === null ? null : Math.max(0, row.import_wh - started),
      updatedAt: row.updated_at,
    };
    connectors.set(row.charger_id, [...(connectors.get(row.charger_id) ?? []), facts]);
  }
  return connectors;
}

/** An installation's spots by name, each with its live state. Nothing outside the given condominium or customer. */
export async function spotsOf(sql: Sql, query: SpotQuery): Promise<SpotCard[]> {
  const rows = await spotRows(sql, query);
  const connectors = await connectorsOf(
    sql,
    rows.flatMap((row) => row.charger_id ?? []),
  );
  return rows.map((row) => {
    const charger = row.charger_id === null ? null : { online: row.online === true, lastSeenAt: row.last_seen_at };
    return {
      spotId: row.spot_id,
      spotName: row.spot_name,
      circuitId: row.circuit_id,
      chargerId: row.charger_id,
      chargerLabel: row.label,
      customerName: row.customer_name,
      state: spotState(charger, connectors.get(row.charger_id ?? '') ?? [], query.now),
    };
  });
}
