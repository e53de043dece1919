import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Installation, InstallationDetail, Page } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';

interface InstallationRow {
  readonly id: string;
  readonly name: string;
  readonly time_zone: string;
  readonly cpe: string | null;
  readonly condominium_id: string;
  readonly condominium_name: string;
  readonly city: string;
  readonly manager_name: string;
  readonly chargers: number;
  readonly online: number;
  readonly charging: number;
  readonly open_oddities: number;
  readonly period: string | null;
  readonly step: string | null;
  readonly cycle_id: string | null;
}

/** The spots a customer answers for at an instant, as a condition over `spot`: of several occupants the last to come. */
const held = (customerId: string, now: Date): RawBuilder<boolean> => raw<boolean>`${customerId} = (
  select occupancy.customer_id from occupancy
  where occupancy.spot_id = spot.id and occupancy."from" <= ${now} and (occupancy.until is null or occupancy.until > ${now})
  order by occupancy."from" desc, occupancy.customer_id limit 1)`;

/** A resident sees the installations where they hold a spot. */
function visible(scope: TenantScope, now: Date): RawBuilder<boolean> {
  if (scope.kind !== 'customer') return within(scope, { condominium: 'place.condominium_id', customer: null });
  return raw<boolean>`exists (select from spot where spot.installation_id = place.id and ${held(scope.customerId, now)})`;
}

/** ... and counts only the chargers at these spots. */
function counted(scope: TenantScope, now: Date): RawBuilder<boolean> {
  if (scope.kind !== 'customer') return raw<boolean>`true`;
  return raw<boolean>`exists (select from charger_placement placement join spot on spot.id = placement.spot_id
    where placement.charger_id = charger.id and placement."from" <= ${now}
      and (placement.until is null or placement.until > ${now}) and ${held(scope.customerId, now)})`;
}

async function installationRows(
  sql: Sql,
  scope: TenantScope,
  condition: RawBuilder<unknown>,
  paged: { readonly limit: number; readonly now: Date },
): Promise<InstallationRow[]> {
  const whole = raw.lit(scope.kind !== 'customer');
  const { rows } = await raw<InstallationRow>`
    with page as materialized (
      select place.*, condominium.name as condominium_name, condominium.city, condominium.manager_name
      from installation place join condominium on condominium.id = place.condominium_id
      where ${visible(scope, paged.now)} and ${condition}
      order by place.id limit ${paged.limit}
    )
    select page.id, page.name, page.time_zone, page.cpe, page.condominium_id, page.condominium_name, page.city,
      page.manager_name, fleet.chargers, fleet.online, fleet.charging, odd.open_oddities,
      month.period, month.step, month.id as cycle_id
    from page
    left join lateral (
      select count(*)::int as chargers, count(*) filter (where charger.online)::int as online,
        count(*) filter (where charger.online and exists (select from connector_state state
          where state.charger_id = charger.id and state.connector_id > 0 and state.status = 'Charging'))::int as charging
      from charger where charger.installation_id = page.id and ${counted(scope, paged.now)}
    ) fleet on true
    left join lateral (
      select count(*)::int as open_oddities from oddity
      where ${whole} and oddity.installation_id = page.id and oddity.resolved_at is null
    ) odd on true
    left join lateral (
      select cycle.id, cycle.period, cycle.step from billing_cycle cycle
      where ${whole} and cycle.installation_id = page.id order by cycle.period desc limit 1
    ) month on true
    order by page.id`.execute(sql);
  return rows;
}

function installationOf(row: InstallationRow): Installation {
  const { period, step, cycle_id: cycleId } = row;
  return {
    id: row.id,
    name: row.name,
    condominiumName: row.condominium_name,
    timeZone: row.time_zone,
    chargers: row.chargers,
    online: row.online,
    charging: row.charging,
    openOddities: row.open_oddities,
    latestMonth: period === null || step === null || cycleId === null ? null : { period, step, cycleId },
  };
}

/** By id. */
export async function installations(
  sql: Sql,
  scope: TenantScope,
  query: { readonly limit: number; readonly cursor?: string | undefined; readonly now: Date },
): Promise<Page<Installation>> {
  const after = decodeCursor(query.cursor, z.tuple([z.string()]));
  const condition = after === null ? raw`true` : raw`place.id > ${after[0]}`;
  const rows = await installationRows(sql, scope, condition, { limit: query.limit + 1, now: query.now });
  return pageOf(rows, query.limit, (row) => [row.id], installationOf);
}

/** One installation with its circuits, or null when there is none within the scope. */
export async function installationById(
  sql: Sql,
  scope: TenantScope,
  id: string,
  now: Date,
): Promise<InstallationDetail | null> {
  const [row] = await installationRows(sql, scope, raw`place.id = ${id}`, { limit: 1, now });
  if (row === undefined) return null;
  const circuits = await sql
    .selectFrom('circuit')
    .select(['id', 'name', 'max_current_a', 'parent_id'])
    .where('installation_id', '=', id)
    .orderBy('position')
    .orderBy('name')
    .execute();
  return {
    ...installationOf(row),
    cpe: scope.kind === 'customer' ? null : row.cpe,
    condominium: { id: row.condominium_id, name: row.condominium_name, city: row.city, managerName: row.manager_name },
    circuits: circuits.map((circuit) => ({
      id: circuit.id,
      name: circuit.name,
      maxCurrentA: circuit.max_current_a,
      parentId: circuit.parent_id,
    })),
  };
}
