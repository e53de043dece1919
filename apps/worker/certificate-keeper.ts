import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import type { Sql } from '#libs/persistence/database.js';
import type { SecretVault } from '#libs/persistence/secret-vault.js';
import { lookAfterCertificates } from '#libs/security/ca/look-after-certificates.js';

/** A charger that asked for a certificate waits this long for it. */
const EVERY_MS = 5_000;

export interface CertificateKeeperOptions {
  readonly sql: Sql;
  /** Null while CHAZEMO_SECRET is not given: nothing is issued. */
  readonly vault: SecretVault | null;
  readonly log: Logger;
}

/** Issues the certificates that chargers asked for, renews them and makes roots known, until the signal aborts. Any number of workers may. */
export async function keepCertificates(
  { sql, vault, log }: CertificateKeeperOptions,
  signal: AbortSignal,
): Promise<void> {
  if (vault === null) {
    log.info('CHAZEMO_SECRET is not given: chargers get no certificates');
    return;
  }
  const onError = (error: unknown): void => log.warn({ err: error }, 'a certificate could not be looked after');
  while (!signal.aborted) {
    await lookAfterCertificates({ sql, vault, onError }, new Date()).catch(onError);
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
