import { askCharger } from '#libs/commands/ask-charger.js';
import type { Sql } from '#libs/persistence/database.js';

import type { KnownRoot } from './certificate-terms.js';

/** How long a charger that is away is waited for. */
const WAIT_MS = 7 * 24 * 60 * 60_000;
/** A charger that could not install a root is asked again after this. */
const AGAIN_MS = 24 * 60 * 60_000;

export interface RootOfCharger extends KnownRoot {
  readonly refusedAt: Date | null;
}

/** The roots that a charger was given, newest first. */
export async function rootsOf(sql: Sql, chargerId: string): Promise<RootOfCharger[]> {
  const rows = await sql
    .selectFrom('charger_root')
    .innerJoin('certificate_authority as root', 'root.id', 'charger_root.authority_id')
    .select(['root.id', 'root.created_at', 'root.not_after', 'root.retired_at'])
    .select(['charger_root.installed_at', 'charger_root.refused_at'])
    .where('charger_root.charger_id', '=', chargerId)
    .orderBy('root.id', 'desc')
    .execute();
  return rows.map((row) => ({
    authorityId: row.id,
    createdAt: row.created_at,
    notAfter: row.not_after,
    retiredAt: row.retired_at,
    installedAt: row.installed_at,
    refusedAt: row.refused_at,
  }));
}

/** Notes which chargers have answered that they installed a root, and which have not. */
export async function noteInstalled(sql: Sql, now: Date): Promise<void> {
  const ended = await sql
    .selectFrom('charger_root')
    .innerJoin('charger_command as command', 'command.id', 'charger_root.command_id')
    .select(['charger_root.charger_id', 'charger_root.authority_id', 'command.result', 'command.state'])
    .where('charger_root.installed_at', 'is', null)
    .where('charger_root.refused_at', 'is', null)
    .where('command.ended_at', 'is not', null)
    .execute();
  for (const { charger_id: chargerId, authority_id: authorityId, result, state } of ended) {
    const isInstalled = state === 'answered' && (result as { status?: string } | null)?.status === 'accepted';
    await sql
      .updateTable('charger_root')
      .set(isInstalled ? { installed_at: now } : { refused_at: now })
      .where('charger_id', '=', chargerId)
      .where('authority_id', '=', authorityId)
      .execute();
  }
}

/**
 * Chargers that are to know a root and were not asked, or could not install it a day ago: those held to profile 3, raised
 * to it, or asking for a certificate. `only`: of this charger alone.
 */
export async function chargersWithoutRoot(
  sql: Sql,
  authorityId: string,
  now: Date,
  only: string | null = null,
): Promise<string[]> {
  let found = sql
    .selectFrom('charger')
    .leftJoin('charger_root as known', (join) =>
      join.onRef('known.charger_id', '=', 'charger.id').on('known.authority_id', '=', authorityId),
    )
    .select('charger.id')
    .where((eb) =>
      eb.or([
        eb('charger.security_profile', '=', 3),
        eb('charger.wanted_profile', '=', 3),
        eb.exists(
          eb
            .selectFrom('certificate_request as asked')
            .select('asked.message_id')
            .whereRef('asked.charger_id', '=', 'charger.id')
            .where('asked.state', '=', 'asked'),
        ),
      ]),
    )
    .where((eb) =>
      eb.or([eb('known.charger_id', 'is', null), eb('known.refused_at', '<', new Date(now.getTime() - AGAIN_MS))]),
    )
    .orderBy('charger.id');
  if (only !== null) found = found.where('charger.id', '=', only);
  return (await found.execute()).map(({ id }) => id);
}

export interface InstallOrder {
  readonly chargerId: string;
  readonly authority: { readonly id: string; readonly certificate: string };
  readonly now: Date;
}

/** Asks a charger to install a root, in one transaction of the caller's; once an attempt. */
export async function installRoot(trx: Sql, { chargerId, authority, now }: InstallOrder): Promise<void> {
  const { attempts } = await trx
    .insertInto('charger_root')
    .values({ charger_id: chargerId, authority_id: authority.id, asked_at: now })
    .onConflict((conflict) =>
      conflict.columns(['charger_id', 'authority_id']).doUpdateSet((eb) => ({
        attempts: eb('charger_root.attempts', '+', 1),
        asked_at: now,
        refused_at: null,
      })),
    )
    .returning('attempts')
    .executeTakeFirstOrThrow();
  const asked = await askCharger(trx, {
    chargerId,
    command: { kind: 'install-certificate', use: 'csms-root', certificate: authority.certificate },
    by: 'certificates',
    key: `certificate/root/${authority.id}/${chargerId}/${attempts}`,
    now,
    expiresAt: new Date(now.getTime() + WAIT_MS),
  });
  if ('refused' in asked) throw new Error(`a root could not be brought to ${chargerId}: ${asked.refused.code}`);
  await trx
    .updateTable('charger_root')
    .set({ command_id: asked.ok.id })
    .where('charger_id', '=', chargerId)
    .where('authority_id', '=', authority.id)
    .execute();
}
