import type { CertificateFault } from '#libs/ocpp/handshake.js';
import type { Sql } from '#libs/persistence/database.js';

import { trustedRoots } from './authority.js';
import { judgeCertificate } from './judge-certificate.js';
import { readCertificate } from './x509.js';

export type CertificateVerdict =
  | { readonly ok: { readonly certificateId: string } }
  | { readonly fault: CertificateFault };

/** What a certificate (DER) is worth that somebody showed in TLS, who calls himself this charger. */
export async function judgeShown(sql: Sql, der: Buffer, chargerId: string, now: Date): Promise<CertificateVerdict> {
  const shown = readCertificate(der);
  if (shown === null) return { fault: 'certificate-foreign' };
  const [known, roots] = await Promise.all([
    sql
      .selectFrom('charger_certificate')
      .select(['id', 'charger_id', 'not_before', 'not_after', 'revoked_at'])
      .where('fingerprint', '=', shown.fingerprint)
      .executeTakeFirst(),
    trustedRoots(sql, now),
  ]);
  const fault = judgeCertificate(
    {
      isOfOurs: roots.some((root) => shown.isIssuedBy(root)),
      name: shown.name,
      known:
        known === undefined
          ? null
          : {
              chargerId: known.charger_id,
              notBefore: known.not_before,
              notAfter: known.not_after,
              revokedAt: known.revoked_at,
            },
    },
    chargerId,
    now,
  );
  if (fault !== null || known === undefined) return { fault: fault ?? 'certificate-unknown' };
  return { ok: { certificateId: known.id } };
}

/** The charger has come with a certificate: those before it are no longer in use. */
export async function certificateSeen(
  sql: Sql,
  seen: { readonly chargerId: string; readonly certificateId: string; readonly now: Date },
): Promise<void> {
  const { chargerId, certificateId, now } = seen;
  const first = await sql
    .updateTable('charger_certificate')
    .set({ seen_at: now })
    .where('id', '=', certificateId)
    .where('seen_at', 'is', null)
    .executeTakeFirst();
  if (first.numUpdatedRows === 0n) return;
  await sql
    .updateTable('charger_certificate')
    .set({ closed_at: now })
    .where('charger_id', '=', chargerId)
    .where('id', '<', certificateId)
    .where('closed_at', 'is', null)
    .execute();
}
