import { sql as raw } from 'kysely';

import type { CommandState } from '#libs/commands/command-states.js';
import type { Sql } from '#libs/persistence/database.js';

import type { CertificateState } from './certificate-state.js';

/** A charger's newest certificate as a person sees it. */
export interface CertificateOfCharger {
  readonly state: CertificateState;
  readonly serial: string | null;
  readonly fingerprint: string | null;
  readonly authority: string | null;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  readonly seenAt: Date | null;
  readonly revoked: { readonly at: Date; readonly by: string; readonly because: string } | null;
  /** The last request of the charger that came to nothing, if none has been good since: a CsrRefusal or RequestRefusal. */
  readonly refusal: { readonly code: string; readonly at: Date } | null;
}

const NONE = { serial: null, fingerprint: null, authority: null, notBefore: null, notAfter: null, seenAt: null };

export async function certificateOf(sql: Sql, chargerId: string, now: Date): Promise<CertificateOfCharger> {
  const [row, request] = await Promise.all([
    sql
      .selectFrom('charger_certificate as held')
      .innerJoin('certificate_authority as root', 'root.id', 'held.authority_id')
      .leftJoin('charger_command as command', 'command.id', 'held.command_id')
      .selectAll('held')
      .select(['root.name', 'command.state', 'command.result'])
      .where('held.charger_id', '=', chargerId)
      .orderBy('held.id', 'desc')
      .executeTakeFirst(),
    sql
      .selectFrom('certificate_request')
      .select(['state', 'code', 'asked_at'])
      .where('charger_id', '=', chargerId)
      .orderBy('message_id', 'desc')
      .executeTakeFirst(),
  ]);
  const refusal = request === undefined || request.code === null ? null : { code: request.code, at: request.asked_at };
  if (row === undefined) {
    return { ...NONE, state: request?.state === 'asked' ? 'asked' : 'none', revoked: null, refusal };
  }
  const { revoked_at: at, revoked_by: by, revoked_because: because } = row;
  const status = (row.result as { status?: string } | null)?.status ?? null;
  const bringing = row.state === null ? null : { state: row.state as CommandState, status };
  return {
    state: stateOf({ revokedAt: at, notAfter: row.not_after, seenAt: row.seen_at, bringing }, now),
    serial: row.serial,
    fingerprint: row.fingerprint,
    authority: row.name,
    notBefore: row.not_before,
    notAfter: row.not_after,
    seenAt: row.seen_at,
    revoked: at === null ? null : { at, by: by ?? '', because: because ?? '' },
    refusal,
  };
}

interface Facts {
  readonly revokedAt: Date | null;
  readonly notAfter: Date;
  readonly seenAt: Date | null;
  /** The command that brings it; null when that is forgotten. */
  readonly bringing: { readonly state: CommandState; readonly status: string | null } | null;
}

function stateOf({ revokedAt, notAfter, seenAt, bringing }: Facts, now: Date): CertificateState {
  if (revokedAt !== null) return 'revoked';
  if (now >= notAfter) return 'expired';
  if (seenAt !== null) return 'in-use';
  if (bringing === null) return 'taken';
  if (bringing.state === 'waiting' || bringing.state === 'sent') return 'under-way';
  return bringing.state === 'answered' && bringing.status === 'accepted' ? 'taken' : 'not-taken';
}

export type RevocationRefusal = { readonly code: 'CERTIFICATE.NONE_GOOD' };

export interface Revocation {
  readonly chargerId: string;
  readonly by: string;
  readonly because: string;
  readonly now: Date;
}

/** No certificate of the charger is good any more, nor is any of their keys; its open connection is closed within half a minute. */
export async function revokeCertificates(
  trx: Sql,
  { chargerId, by, because, now }: Revocation,
): Promise<{ readonly ok: { readonly serials: readonly string[] } } | { readonly refused: RevocationRefusal }> {
  const revoked = await trx
    .updateTable('charger_certificate')
    .set({ revoked_at: now, revoked_by: by, revoked_because: because })
    .where('charger_id', '=', chargerId)
    .where('revoked_at', 'is', null)
    .where('not_after', '>', now)
    .returning('serial')
    .execute();
  if (revoked.length === 0) return { refused: { code: 'CERTIFICATE.NONE_GOOD' } };
  return { ok: { serials: revoked.map(({ serial }) => serial) } };
}

/** Which of these certificates have been revoked. */
export async function revokedOf(sql: Sql, certificateIds: readonly string[]): Promise<string[]> {
  if (certificateIds.length === 0) return [];
  const rows = await sql
    .selectFrom('charger_certificate')
    .select('id')
    .where('id', '=', raw<string>`any(${[...certificateIds]}::uuid[])`)
    .where('revoked_at', 'is not', null)
    .execute();
  return rows.map(({ id }) => id);
}
