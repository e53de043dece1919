import type { Sql } from '#libs/persistence/database.js';
import { lockUntilEnd } from '#libs/persistence/lock-until-end.js';
import type { SecretVault } from '#libs/persistence/secret-vault.js';

import { makeAuthority, newestAuthority, retireUnused } from './authority.js';
import { isRotationDue } from './certificate-terms.js';
import { chargersWithoutRoot, installRoot, noteInstalled } from './charger-roots.js';
import { renewDue } from './renew-certificates.js';
import { answerRequest, openRequests, takeRequests } from './sign-requests.js';

export interface CertificateCare {
  readonly sql: Sql;
  /** Opens and seals the keys of the CA. */
  readonly vault: SecretVault;
  /** What went wrong with one charger or request does not hold up the others. */
  onError(error: unknown): void;
}

/**
 * Everything that is due with the chargers' certificates: requests are taken, roots made and installed, certificates
 * issued and renewed, roots that are no longer in use retired. Any number may look at once, each step may be repeated.
 */
export async function lookAfterCertificates({ sql, vault, onError }: CertificateCare, now: Date): Promise<void> {
  while (await takeRequests(sql, now));
  await noteInstalled(sql, now);
  if (!(await isNeeded(sql))) return;
  const newest = await currentAuthority(sql, vault, now);
  for (const chargerId of await chargersWithoutRoot(sql, newest.id, now)) {
    await alone(() => inTransaction(sql, (trx) => giveRoot(trx, chargerId, newest, now)), onError);
  }
  for (const messageId of await openRequests(sql)) {
    await alone(() => inTransaction(sql, (trx) => answerRequest(trx, { messageId, vault, now })), onError);
  }
  await renewDue(sql, newest.id, now);
  await retireUnused(sql, newest.id, now);
}

/** Nobody has a CA who has no charger for it. */
async function isNeeded(sql: Sql): Promise<boolean> {
  const [charger, request, authority] = await Promise.all([
    sql
      .selectFrom('charger')
      .select('id')
      .where((eb) => eb.or([eb('security_profile', '=', 3), eb('wanted_profile', '=', 3)]))
      .executeTakeFirst(),
    sql.selectFrom('certificate_request').select('message_id').where('state', '=', 'asked').executeTakeFirst(),
    sql.selectFrom('certificate_authority').select('id').where('retired_at', 'is', null).executeTakeFirst(),
  ]);
  return charger !== undefined || request !== undefined || authority !== undefined;
}

interface Root {
  readonly id: string;
  readonly certificate: string;
  readonly notAfter: Date;
}

/** The newest root; the first, and the next when the time has come, are made here. */
function currentAuthority(sql: Sql, vault: SecretVault, now: Date): Promise<Root> {
  return inTransaction(sql, async (trx) => {
    await lockUntilEnd(trx, 'certificate-authority');
    const newest = await newestAuthority(trx, now);
    if (newest !== null && !isRotationDue(newest, now)) return newest;
    await makeAuthority(trx, { by: 'certificates', now, vault });
    const made = await newestAuthority(trx, now);
    if (made === null) throw new Error('a root was made and is not there');
    return made;
  });
}

/** Looked at again under the charger's lock: another worker may have asked meanwhile. */
async function giveRoot(trx: Sql, chargerId: string, authority: Root, now: Date): Promise<void> {
  await trx.selectFrom('charger').select('id').where('id', '=', chargerId).forUpdate().execute();
  const waiting = await chargersWithoutRoot(trx, authority.id, now, chargerId);
  if (waiting.length > 0) await installRoot(trx, { chargerId, authority, now });
}

const inTransaction = <T>(sql: Sql, run: (trx: Sql) => Promise<T>): Promise<T> =>
  sql.transaction().execute((trx) => run(trx));

async function alone(run: () => Promise<void>, onError: (error: unknown) => void): Promise<void> {
  try {
    await run();
  } catch (error) {
    onError(error);
  }
}
