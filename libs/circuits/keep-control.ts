import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import type { ConnectorLimit } from './allocate-types.js';
import type { CircuitData } from './circuit-records.js';
import { wattsOf } from './current.js';
import { connectorNamed } from './load-site.js';

/** How long an installation stays with the process that drives it when that says nothing more. */
export const LEASE_SECONDS = 10;

export interface Held {
  readonly installationId: string;
  readonly state: CircuitData | null;
}

/**
 * Takes every installation whose circuits are shared and that nobody drives, and keeps those it drives already; by the
 * database's clock. The state is given only of those it did not hold.
 */
export async function holdInstallations(sql: Sql, holder: string, known: readonly string[]): Promise<readonly Held[]> {
  const { rows } = await raw<Held>`
    update circuit_control control set holder = ${holder}, held_until = now() + make_interval(secs => ${LEASE_SECONDS})
    where is_enabled and (holder = ${holder} or held_until is null or held_until < now())
    returning installation_id as "installationId",
      case when installation_id = any(${[...known]}::text[]) then null else state end as state`.execute(sql);
  return rows;
}

/** Lets others have them at once. */
export async function letGo(sql: Sql, holder: string): Promise<void> {
  await sql
    .updateTable('circuit_control')
    .set({ holder: null, held_until: null })
    .where('holder', '=', holder)
    .execute();
}

/** Keeps what is known before anything is sent. False: another process drives it now, and nothing may be sent. */
export async function keepState(
  sql: Sql,
  kept: { readonly installationId: string; readonly holder: string; readonly state: CircuitData },
): Promise<boolean> {
  const { rows } = await raw`
    update circuit_control set state = ${JSON.stringify(kept.state)}::jsonb
    where installation_id = ${kept.installationId} and holder = ${kept.holder} and held_until > now() and is_enabled
    returning installation_id`.execute(sql);
  return rows.length > 0;
}

/** What people see of it: each connector's limit and why. Those without a session have none. */
export async function keepLimits(
  sql: Sql,
  kept: { readonly installationId: string; readonly limits: readonly ConnectorLimit[]; readonly at: Date },
): Promise<void> {
  const shown = kept.limits.filter(({ why }) => why.code !== 'idle');
  const values = shown.map(({ connector, limitDeciA, perPhaseDeciA, isPaused, why }) => {
    const { chargerId, connectorId } = connectorNamed(connector);
    return {
      charger: chargerId,
      id: connectorId,
      limit: limitDeciA,
      watts: wattsOf(perPhaseDeciA),
      paused: isPaused,
      why,
    };
  });
  await raw`
    with told as (
      select * from jsonb_to_recordset(${JSON.stringify(values)}::jsonb)
        as r(charger text, id int, "limit" int, watts int, paused boolean, why jsonb)
    ), gone as (
      delete from connector_limit l using charger c
      where c.id = l.charger_id and c.installation_id = ${kept.installationId}
        and not exists (select from told where told.charger = l.charger_id and told.id = l.connector_id)
    )
    insert into connector_limit (charger_id, connector_id, limit_deci_a, offered_w, is_paused, why, at)
    select charger, id, "limit", watts, paused, why, ${kept.at} from told
    on conflict (charger_id, connector_id) do update set limit_deci_a = excluded.limit_deci_a,
      offered_w = excluded.offered_w, is_paused = excluded.is_paused, why = excluded.why, at = excluded.at`.execute(
    sql,
  );
  const notices = [...new Set(values.map(({ charger }) => charger))].map((id) =>
    JSON.stringify({ topic: 'charger', installation: kept.installationId, id }),
  );
  await raw`select pg_notify('live', notice) from unnest(${notices}::text[]) notice`.execute(sql);
}
