import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';

import type { TlsSettings } from './settings.js';

/**
 * TLS 1.2 with the suites of OCPP (security white paper, table 4: ECDHE-ECDSA and RSA with AES-GCM; ECDHE-RSA is better
 * than plain RSA where a charger has it); 1.3 has its own.
 */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
].join(':');
/** Somebody who connects and says nothing is let go after this. */
const HANDSHAKE_MS = 15_000;

interface Identity {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** The encrypted port of the chargers, with a certificate of files that may be renewed while it runs. */
export class TlsPort {
  private constructor(
    readonly server: Server,
    private readonly settings: TlsSettings,
    private identity: Identity,
  ) {}

  /** Throws when the files cannot be read or do not fit each other. */
  static async open(settings: TlsSettings, handler: RequestListener): Promise<TlsPort> {
    const identity = await identityOf(settings);
    const options = { ...identity, ciphers: CIPHERS, minVersion: 'TLSv1.2', honorCipherOrder: true } as const;
    const server = createServer({ ...options, noDelay: true, handshakeTimeout: HANDSHAKE_MS }, handler);
    return new TlsPort(server, settings, identity);
  }

  /** Takes a renewed certificate for new connections; true when there was one. A pair that does not fit changes nothing and throws. */
  async renew(): Promise<boolean> {
    const fresh = await identityOf(this.settings);
    if (fresh.cert.equals(this.identity.cert) && fresh.key.equals(this.identity.key)) return false;
    this.server.setSecureContext({ ...fresh, ciphers: CIPHERS, minVersion: 'TLSv1.2', honorCipherOrder: true });
    this.identity = fresh;
    return true;
  }
}

async function identityOf({ certificateFile, keyFile }: TlsSettings): Promise<Identity> {
  const [cert, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)]);
  return { cert, key };
}
