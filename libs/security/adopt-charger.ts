import type { Sql } from '#libs/persistence/database.js';

export type AdoptionRefusal = {
  readonly code:
    | 'ENROLMENT.NOT_WAITING'
    | 'ENROLMENT.CHARGER_EXISTS'
    | 'ENROLMENT.SPOT_TAKEN'
    | 'ENROLMENT.UNSECURED_NOT_ALLOWED';
};

export interface Decision {
  readonly candidateId: string;
  readonly by: string;
  readonly now: Date;
}

export interface Adopted {
  readonly chargerId: string;
  readonly installationId: string;
  /** It came with a password that others may have, too: it is to get one of its own. */
  readonly needsPassword: boolean;
}

/** What waits becomes a charger of its installation, at a spot, which is made when there is none of that name. */
export async function adoptCharger(
  trx: Sql,
  { candidateId, spotName, by, now }: Decision & { readonly spotName: string },
): Promise<{ readonly ok: Adopted } | { readonly refused: AdoptionRefusal }> {
  const found = await trx
    .selectFrom('enrolment_candidate')
    .selectAll()
    .where('id', '=', candidateId)
    .where('state', '=', 'waiting')
    .forUpdate()
    .executeTakeFirst();
  if (found === undefined) return { refused: { code: 'ENROLMENT.NOT_WAITING' } };
  const { charger_id: chargerId, installation_id: installationId } = found;
  const [charger, installation] = await Promise.all([
    trx.selectFrom('charger').select('id').where('id', '=', chargerId).executeTakeFirst(),
    trx.selectFrom('installation').select('allow_unsecured').where('id', '=', installationId).executeTakeFirstOrThrow(),
  ]);
  if (charger !== undefined) return { refused: { code: 'ENROLMENT.CHARGER_EXISTS' } };
  if (found.profile === 0 && !installation.allow_unsecured) {
    return { refused: { code: 'ENROLMENT.UNSECURED_NOT_ALLOWED' } };
  }
  const spotId = await freeSpot(trx, installationId, spotName);
  if (spotId === null) return { refused: { code: 'ENROLMENT.SPOT_TAKEN' } };
  await trx
    .insertInto('charger')
    .values({
      id: chargerId,
      installation_id: installationId,
      label: found.label,
      password_hash: found.password_hash,
      password_is_shared: found.has_shared_password,
      security_profile: found.profile,
      vendor: found.vendor,
      model: found.model,
      firmware: found.firmware,
    })
    .execute();
  await trx.insertInto('charger_placement').values({ charger_id: chargerId, spot_id: spotId, from: now }).execute();
  await decide(trx, { candidateId, by, now }, 'adopted');
  return { ok: { chargerId, installationId, needsPassword: found.has_shared_password } };
}

/** It is turned away as long as this window is open. False: it waits no longer. */
export const refuseCandidate = (trx: Sql, decision: Decision): Promise<boolean> => decide(trx, decision, 'refused');

async function decide(trx: Sql, { candidateId, by, now }: Decision, state: 'adopted' | 'refused'): Promise<boolean> {
  const changed = await trx
    .updateTable('enrolment_candidate')
    .set({ state, decided_by: by, decided_at: now })
    .where('id', '=', candidateId)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

/** Null when a charger is at the spot. */
async function freeSpot(trx: Sql, installationId: string, name: string): Promise<string | null> {
  const spot = await trx
    .selectFrom('spot')
    .leftJoin('charger_placement as placed', (join) =>
      join.onRef('placed.spot_id', '=', 'spot.id').on('placed.until', 'is', null),
    )
    .select(['spot.id', 'placed.charger_id'])
    .where('spot.installation_id', '=', installationId)
    .where('spot.name', '=', name)
    .executeTakeFirst();
  if (spot !== undefined) return spot.charger_id === null ? spot.id : null;
  const made = await trx
    .insertInto('spot')
    .values({ installation_id: installationId, name })
    .returning('id')
    .executeTakeFirstOrThrow();
  return made.id;
}
