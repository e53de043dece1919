import { sql as raw } from 'kysely';

import { askCharger } from '#libs/commands/ask-charger.js';
import type { Sql } from '#libs/persistence/database.js';

import { isRenewalDue, renewedUntil, rootToIssueFrom } from './certificate-terms.js';
import { rootsOf } from './charger-roots.js';

/** A charger that is away is asked again the next day. */
const WAIT_MS = 23 * 60 * 60_000;

export type RenewalRefusal = { readonly code: 'CERTIFICATE.NO_CHARGER' };

export interface RenewalOrder {
  readonly chargerId: string;
  readonly by: string;
  readonly key: string;
  readonly now: Date;
}

/** Asks a charger for a new certificate request; what follows is the keeper's. Idempotent by key. */
export async function askForRequest(
  trx: Sql,
  order: RenewalOrder,
): Promise<{ readonly ok: { readonly id: string; readonly isNew: boolean } } | { readonly refused: RenewalRefusal }> {
  const asked = await askCharger(trx, {
    ...order,
    command: { kind: 'trigger-message', message: 'sign-charger-certificate' },
    expiresAt: new Date(order.now.getTime() + WAIT_MS),
  });
  if ('ok' in asked) return asked;
  if (asked.refused.code === 'COMMAND.NO_CHARGER') return { refused: { code: 'CERTIFICATE.NO_CHARGER' } };
  throw new Error(`a request could not be asked of ${order.chargerId}: ${asked.refused.code}`);
}

interface Renewing {
  readonly newestId: string;
  readonly now: Date;
  /** Begins the key of what is asked for today. */
  readonly keyPrefix: string;
}

/**
 * Chargers held to profile 3 or raised to it, which have no request that waits and were not asked today; without those
 * that came with a certificate of the newest root which has long to go.
 */
async function unsettledChargers(sql: Sql, { newestId, now, keyPrefix }: Renewing): Promise<string[]> {
  const rows = await sql
    .selectFrom('charger')
    .select('id')
    .where((eb) => eb.or([eb('security_profile', '=', 3), eb('wanted_profile', '=', 3)]))
    .where((eb) => {
      const asking = eb
        .selectFrom('certificate_request as asked')
        .select('asked.message_id')
        .whereRef('asked.charger_id', '=', 'charger.id')
        .where('asked.state', '=', 'asked');
      const askedToday = eb
        .selectFrom('charger_command as command')
        .select('command.id')
        .where('command.key', '=', raw<string>`${keyPrefix} || charger.id`);
      const settled = eb
        .selectFrom('charger_certificate as held')
        .select('held.id')
        .whereRef('held.charger_id', '=', 'charger.id')
        .where('held.authority_id', '=', newestId)
        .where('held.revoked_at', 'is', null)
        .where('held.seen_at', 'is not', null)
        .where('held.not_after', '>', renewedUntil(now));
      return eb.not(eb.or([eb.exists(asking), eb.exists(askedToday), eb.exists(settled)]));
    })
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Asks each charger whose certificate is due for a new request: once a day, and only when it knows the root. */
export async function renewDue(sql: Sql, newestId: string, now: Date): Promise<void> {
  const keyPrefix = `certificate/request/${now.toISOString().slice(0, 10)}/`;
  for (const chargerId of await unsettledChargers(sql, { newestId, now, keyPrefix })) {
    const root = rootToIssueFrom(await rootsOf(sql, chargerId), now);
    if (root === null) continue;
    if (!isRenewalDue(await held(sql, chargerId, now), root.authorityId, now)) continue;
    await askForRequest(sql, { chargerId, by: 'certificates', key: `${keyPrefix}${chargerId}`, now });
  }
}

/** The newest good certificate that the charger has taken, or may still take. */
async function held(sql: Sql, chargerId: string, now: Date) {
  const rows = await sql
    .selectFrom('charger_certificate as held')
    .leftJoin('charger_command as command', 'command.id', 'held.command_id')
    .select(['held.not_after', 'held.authority_id', 'held.seen_at', 'command.state', 'command.result'])
    .where('held.charger_id', '=', chargerId)
    .where('held.revoked_at', 'is', null)
    .where('held.not_after', '>', now)
    .orderBy('held.id', 'desc')
    .execute();
  const taken = rows.find(({ seen_at: seenAt, state, result }) => {
    if (seenAt !== null || state === null || state === 'waiting' || state === 'sent') return true;
    return state === 'answered' && (result as { status?: string } | null)?.status === 'accepted';
  });
  return taken === undefined ? null : { notAfter: taken.not_after, authorityId: taken.authority_id };
}
