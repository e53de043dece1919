import { randomBytes } from 'node:crypto';

import type { Sql } from '#libs/persistence/database.js';
import type { SecretVault } from '#libs/persistence/secret-vault.js';

import { rootSpan } from './certificate-terms.js';
import { makeRoot } from './x509.js';

export interface Authority {
  readonly id: string;
  readonly name: string;
  readonly certificate: string;
  readonly fingerprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
  /** Certificates of it that chargers may still come with. */
  readonly inUse: number;
  /** Chargers that know it. */
  readonly knownBy: number;
}

/** Every root there ever was, newest first. */
export async function authorities(sql: Sql, now: Date): Promise<Authority[]> {
  const rows = await sql
    .selectFrom('certificate_authority as root')
    .selectAll('root')
    .select((eb) => [
      eb
        .selectFrom('charger_certificate as held')
        .select((inner) => inner.fn.countAll<number>().as('count'))
        .whereRef('held.authority_id', '=', 'root.id')
        .where('held.revoked_at', 'is', null)
        .where('held.closed_at', 'is', null)
        .where('held.not_after', '>', now)
        .as('in_use'),
      eb
        .selectFrom('charger_root as known')
        .select((inner) => inner.fn.countAll<number>().as('count'))
        .whereRef('known.authority_id', '=', 'root.id')
        .where('known.installed_at', 'is not', null)
        .as('known_by'),
    ])
    .orderBy('root.id', 'desc')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    certificate: row.certificate,
    fingerprint: row.fingerprint,
    notBefore: row.not_before,
    notAfter: row.not_after,
    createdBy: row.created_by,
    createdAt: row.created_at,
    retiredAt: row.retired_at,
    inUse: Number(row.in_use ?? 0),
    knownBy: Number(row.known_by ?? 0),
  }));
}

/** The root that chargers are given; null before there is one. */
export async function newestAuthority(
  sql: Sql,
  now: Date,
): Promise<{ readonly id: string; readonly certificate: string; readonly notAfter: Date } | null> {
  const row = await sql
    .selectFrom('certificate_authority')
    .select(['id', 'certificate', 'not_after'])
    .where('retired_at', 'is', null)
    .where('not_after', '>', now)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return row === undefined ? null : { id: row.id, certificate: row.certificate, notAfter: row.not_after };
}

/** Roots of which a charger's certificate is accepted, PEM. */
export async function trustedRoots(sql: Sql, now: Date): Promise<string[]> {
  const rows = await sql
    .selectFrom('certificate_authority')
    .select('certificate')
    .where('retired_at', 'is', null)
    .where('not_after', '>', now)
    .orderBy('id')
    .execute();
  return rows.map(({ certificate }) => certificate);
}

export interface AuthorityOrder {
  readonly by: string;
  readonly now: Date;
  readonly vault: SecretVault;
}

/**
 * A new root. It is installed on the chargers first; each is then given a certificate of it, and the one of before is
 * trusted until none of its certificates is in use.
 */
export async function makeAuthority(trx: Sql, { by, now, vault }: AuthorityOrder): Promise<{ readonly id: string }> {
  const name = `ChaZeMo CA ${now.toISOString().slice(0, 10)} ${randomBytes(3).toString('hex')}`;
  const span = rootSpan(now);
  const { certificate, fingerprint, key } = await makeRoot(name, span);
  return trx
    .insertInto('certificate_authority')
    .values({
      name,
      certificate,
      fingerprint,
      sealed_key: vault.seal(key),
      not_before: span.notBefore,
      not_after: span.notAfter,
      created_by: by,
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
}

/** Roots before the newest are trusted no longer when no charger has a good certificate of them. */
export async function retireUnused(sql: Sql, newestId: string, now: Date): Promise<void> {
  await sql
    .updateTable('certificate_authority')
    .set({ retired_at: now })
    .where('retired_at', 'is', null)
    .where('id', '<', newestId)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('charger_certificate as held')
            .select('held.id')
            .whereRef('held.authority_id', '=', 'certificate_authority.id')
            .where('held.revoked_at', 'is', null)
            .where('held.closed_at', 'is', null)
            .where('held.not_after', '>', now),
        ),
      ),
    )
    .execute();
}
