import { sql as raw } from 'kysely';

import { commandSchema } from '#libs/ocpp/commands.js';

import { askCharger, LONGEST_WAIT_MS } from '../commands/ask-charger.js';
import { endWaiting } from '../commands/command-state.js';
import { wantProvisioningAgain } from '../commands/provision-charger.js';
import type { Sql } from '../persistence/database.js';
import { changesLimits, LIMIT_KINDS } from './changes-limits.js';
import { LEASE_SECONDS } from './keep-control.js';

/** Who asks chargers for what concerns circuits. */
export const CIRCUITS_ASK = 'circuits';

/** Limits go first where sharing begins: what sets chargers up would stand in their way. */
const LIMITS_FIRST_MS = 120_000;

/**
 * Begins or ends the sharing of an installation's current. When it begins, its chargers are set up again, a while after
 * their limits: those that were before anybody needed their currents may not tell them. When it ends, its chargers are
 * told to forget their limits: those that are away when they come back.
 */
export async function shareCircuits(trx: Sql, installationId: string, isShared: boolean, now: Date): Promise<void> {
  const control = await trx
    .selectFrom('circuit_control')
    .select('is_enabled')
    .where('installation_id', '=', installationId)
    .forUpdate()
    .executeTakeFirst();
  if ((control?.is_enabled ?? false) === isShared) return;
  // Whoever drove it forgets it within a lease: what was known of its chargers holds no longer.
  await raw`
    insert into circuit_control (installation_id, is_enabled, held_until)
    values (${installationId}, ${isShared}, now() + make_interval(secs => ${LEASE_SECONDS}))
    on conflict (installation_id) do update set is_enabled = excluded.is_enabled, holder = null, state = null,
      held_until = excluded.held_until`.execute(trx);
  if (isShared) {
    await endOthersProfiles(trx, installationId, now);
    await wantProvisioningAgain(trx, installationId, new Date(now.getTime() + LIMITS_FIRST_MS));
  } else await freeChargers(trx, installationId, now);
}

/** Charging profiles that others asked for and that have not left would go before the limits to come. */
async function endOthersProfiles(trx: Sql, installationId: string, now: Date): Promise<void> {
  const waiting = await trx
    .selectFrom('charger_command as command')
    .innerJoin('charger', 'charger.id', 'command.charger_id')
    .select(['command.id', 'command.request'])
    .where('charger.installation_id', '=', installationId)
    .where('command.state', '=', 'waiting')
    .where('command.kind', 'in', LIMIT_KINDS)
    .where('command.asked_by', '<>', CIRCUITS_ASK)
    .execute();
  for (const { id, request } of waiting) {
    if (changesLimits(commandSchema.parse(request))) await endWaiting(trx, id, 'refused', now);
  }
}

/** Whether limits may be sent to a charger; it stays so until `trx` ends. */
export async function isSharing(trx: Sql, chargerId: string): Promise<boolean> {
  const control = await trx
    .selectFrom('circuit_control')
    .select('is_enabled')
    .where('installation_id', '=', trx.selectFrom('charger').select('installation_id').where('id', '=', chargerId))
    .forShare()
    .executeTakeFirst();
  return control?.is_enabled === true;
}

/**
 * Ends what was asked of a connector (null: of all) and has not left, by whichever process. False: something may be at
 * the charger this moment, and what follows must wait.
 */
export async function endEarlierOrders(
  trx: Sql,
  { chargerId, connectorId }: { readonly chargerId: string; readonly connectorId: number | null },
  now: Date,
): Promise<boolean> {
  const open = await trx
    .selectFrom('charger_command')
    .select(['id', 'request'])
    .where('charger_id', '=', chargerId)
    .where('ended_at', 'is', null)
    .where('asked_by', '=', CIRCUITS_ASK)
    .execute();
  let isClear = true;
  for (const { id, request } of open) {
    const of = request['connectorId'];
    if (connectorId !== null && of !== undefined && of !== connectorId) continue;
    if ((await endWaiting(trx, id, 'expired', now)) === 'sent') isClear = false;
  }
  return isClear;
}

/**
 * Tells chargers that are in none of an installation's circuits any more to forget their limits. One that was moved to
 * another installation that shares with it is told new ones there, which replace them.
 */
export async function freeRemoved(
  sql: Sql,
  { installationId, chargerIds }: { readonly installationId: string; readonly chargerIds: readonly string[] },
  now: Date,
): Promise<void> {
  if (chargerIds.length === 0) return;
  await sql.transaction().execute(async (trx) => {
    const { rows } = await raw<{ id: string }>`
      select charger.id from charger where charger.id = any(${[...chargerIds]}::text[])
        and (charger.installation_id = ${installationId} or not exists (
          select from circuit_control control
          join charger_placement placement on placement.charger_id = charger.id and placement.until is null
          join spot on spot.id = placement.spot_id and spot.circuit_id is not null
            and spot.installation_id = control.installation_id
          where control.installation_id = charger.installation_id and control.is_enabled))
      order by charger.id`.execute(trx);
    for (const { id } of rows) await freeCharger(trx, id, now);
  });
}

async function freeChargers(trx: Sql, installationId: string, now: Date): Promise<void> {
  const chargers = await trx
    .selectFrom('charger')
    .select('id')
    .where('installation_id', '=', installationId)
    .where('last_seen_at', 'is not', null)
    .orderBy('id')
    .execute();
  const ids = chargers.map(({ id }) => id);
  for (const id of ids) await freeCharger(trx, id, now);
  if (ids.length > 0) await trx.deleteFrom('connector_limit').where('charger_id', 'in', ids).execute();
}

/** What is on its way to the charger arrives before what is asked here: it takes one call at a time. */
async function freeCharger(trx: Sql, chargerId: string, now: Date): Promise<void> {
  await endEarlierOrders(trx, { chargerId, connectorId: null }, now);
  for (const purpose of ['tx-default', 'tx'] as const) {
    await askCharger(trx, {
      chargerId,
      command: { kind: 'clear-charging-profile', purpose },
      by: CIRCUITS_ASK,
      key: `${CIRCUITS_ASK}/${chargerId}/free/${purpose}/${now.toISOString()}`,
      now,
      expiresAt: new Date(now.getTime() + LONGEST_WAIT_MS),
    });
  }
}
