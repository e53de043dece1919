import type { Sql } from '#libs/persistence/database.js';
import { revokedOf } from '#libs/security/ca/charger-certificate.js';

/** Which certificates chargers have come in with at this process since its start, whatever their security profile. */
export class CertifiedSessions {
  /** Charger by certificate. */
  private readonly came = new Map<string, string>();

  /** Let in by this certificate; its socket is about to open. */
  note(certificateId: string, chargerId: string): void {
    this.came.set(certificateId, chargerId);
  }

  /** Whoever came with a certificate that has been revoked since, goes. `drop` says whether there was a socket. */
  async dropRevoked(sql: Sql, drop: (chargerId: string) => boolean): Promise<void> {
    for (const certificateId of await revokedOf(sql, [...this.came.keys()])) {
      const chargerId = this.came.get(certificateId);
      if (chargerId !== undefined && drop(chargerId)) this.came.delete(certificateId);
    }
  }
}
