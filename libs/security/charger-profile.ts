import type { Sql } from '#libs/persistence/database.js';

import type { SecurityProfile } from './judge-connection.js';

export type ProfileRefusal = {
  readonly code: 'PROFILE.NO_CHARGER' | 'PROFILE.UNSECURED_NOT_ALLOWED' | 'PROFILE.NO_PASSWORD';
};

export interface ProfileChange {
  readonly before: { readonly profile: SecurityProfile; readonly wanted: SecurityProfile | null };
  readonly after: { readonly profile: SecurityProfile; readonly wanted: SecurityProfile | null };
}

/**
 * What a charger must come with. More than now is wanted first, and held against it as soon as it has come so: until then
 * what it has stays good. Less holds at once.
 */
export async function setProfile(
  trx: Sql,
  { chargerId, profile }: { readonly chargerId: string; readonly profile: SecurityProfile },
): Promise<{ readonly ok: ProfileChange } | { readonly refused: ProfileRefusal }> {
  const row = await trx
    .selectFrom('charger')
    .innerJoin('installation', 'installation.id', 'charger.installation_id')
    .select(['charger.security_profile', 'charger.wanted_profile', 'charger.password_hash'])
    .select('installation.allow_unsecured')
    .where('charger.id', '=', chargerId)
    .forUpdate('charger')
    .executeTakeFirst();
  if (row === undefined) return { refused: { code: 'PROFILE.NO_CHARGER' } };
  if (profile === 0 && !row.allow_unsecured) return { refused: { code: 'PROFILE.UNSECURED_NOT_ALLOWED' } };
  if ((profile === 1 || profile === 2) && row.password_hash === null) {
    const given = await trx
      .selectFrom('charger_password')
      .select('id')
      .where('charger_id', '=', chargerId)
      .where('closed_at', 'is', null)
      .executeTakeFirst();
    if (given === undefined) return { refused: { code: 'PROFILE.NO_PASSWORD' } };
  }
  const now = row.security_profile as SecurityProfile;
  const before = { profile: now, wanted: row.wanted_profile as SecurityProfile | null };
  const after = profile > now ? { profile: now, wanted: profile } : { profile, wanted: null };
  await trx
    .updateTable('charger')
    .set({ security_profile: after.profile, wanted_profile: after.wanted })
    .where('id', '=', chargerId)
    .execute();
  return { ok: { before, after } };
}

/** Whether chargers of an installation may come in that prove nothing. False: there is no such installation. */
export async function allowUnsecured(
  trx: Sql,
  { installationId, isAllowed }: { readonly installationId: string; readonly isAllowed: boolean },
): Promise<boolean> {
  const changed = await trx
    .updateTable('installation')
    .set({ allow_unsecured: isAllowed })
    .where('id', '=', installationId)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}
