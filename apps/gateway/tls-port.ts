import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { SecureContextOptions } from 'node:tls';

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

/** Roots of which chargers' certificates may be, PEM: told to a charger, which looks for one of them. */
export type Roots = () => Promise<readonly string[]>;

/**
 * The encrypted port of the chargers, with a certificate of files that may be renewed while it runs. A charger may show a
 * certificate of its own; whether that is good is judged when it says who it is, so that the reason can be told.
 */
export class TlsPort {
  private constructor(
    readonly server: Server,
    private readonly settings: TlsSettings,
    private readonly roots: Roots,
    private identity: Identity,
    private trusted: readonly string[],
  ) {}

  /** Throws when the files cannot be read or do not fit each other. */
  static async open(settings: TlsSettings, handler: RequestListener, roots: Roots): Promise<TlsPort> {
    const [identity, trusted] = await Promise.all([identityOf(settings), roots()]);
    const shown = { requestCert: true, rejectUnauthorized: false } as const;
    const sockets = { noDelay: true, handshakeTimeout: HANDSHAKE_MS } as const;
    const server = createServer({ ...contextOf(identity, trusted), ...shown, ...sockets }, handler);
    return new TlsPort(server, settings, roots, identity, trusted);
  }

  /** Takes a renewed certificate and changed roots for new connections; true when there were any. A pair that does not fit changes nothing and throws. */
  async renew(): Promise<boolean> {
    const [fresh, trusted] = await Promise.all([identityOf(this.settings), this.roots()]);
    const isSame = fresh.cert.equals(this.identity.cert) && fresh.key.equals(this.identity.key);
    if (isSame && trusted.join() === this.trusted.join()) return false;
    this.server.setSecureContext(contextOf(fresh, trusted));
    this.identity = fresh;
    this.trusted = trusted;
    return true;
  }
}

function contextOf(identity: Identity, trusted: readonly string[]): SecureContextOptions {
  return { ...identity, ca: [...trusted], ciphers: CIPHERS, minVersion: 'TLSv1.2', honorCipherOrder: true };
}

async function identityOf({ certificateFile, keyFile }: TlsSettings): Promise<Identity> {
  const [cert, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)]);
  return { cert, key };
}
