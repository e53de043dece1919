import type { Sql } from '#libs/persistence/database.js';

import { openPasswords, type OpenPassword } from './charger-passwords.js';
import type { SecurityProfile, Standing } from './judge-connection.js';

/** What is known of a charger when it knocks. */
export interface ChargerStanding extends Standing {
  readonly installationId: string;
  readonly passwordHash: string | null;
  readonly openPasswords: readonly OpenPassword[];
  /** What it is being raised to. */
  readonly wantedProfile: SecurityProfile | null;
}

/** Null for an identity that is no charger's. */
export async function standingOf(sql: Sql, chargerId: string): Promise<ChargerStanding | null> {
  const row = await sql
    .selectFrom('charger')
    .innerJoin('installation', 'installation.id', 'charger.installation_id')
    .select(['charger.installation_id', 'charger.password_hash', 'charger.security_profile', 'charger.wanted_profile'])
    .select((eb) => [
      'installation.allow_unsecured',
      eb
        .exists(
          eb
            .selectFrom('charger_password as given')
            .select('given.id')
            .whereRef('given.charger_id', '=', 'charger.id')
            .where('given.closed_at', 'is', null),
        )
        .as('has_open'),
    ])
    .where('charger.id', '=', chargerId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    installationId: row.installation_id,
    passwordHash: row.password_hash,
    openPasswords: row.has_open === true ? await openPasswords(sql, chargerId) : [],
    profile: row.security_profile as SecurityProfile,
    wantedProfile: row.wanted_profile as SecurityProfile | null,
    allowUnsecured: row.allow_unsecured,
  };
}

/** It has come with what it is being raised to: it is held to that from now on. */
export async function profileReached(
  sql: Sql,
  { chargerId, reached }: { readonly chargerId: string; readonly reached: SecurityProfile },
): Promise<void> {
  await sql
    .updateTable('charger')
    .set((eb) => ({ security_profile: eb.fn.coalesce('wanted_profile', 'security_profile'), wanted_profile: null }))
    .where('id', '=', chargerId)
    .where('wanted_profile', '<=', reached)
    .execute();
}
