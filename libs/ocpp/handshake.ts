import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

import type { Protocol } from './messages.js';

/** Why a connection was turned away; counted per identity and day. */
export type RefusalReason =
  | 'wrong-path'
  | 'malformed-url'
  | 'no-subprotocol'
  | 'no-password'
  | 'unknown-charger'
  | 'wrong-password'
  /** It needs no password, and its installation lets nobody in without one. */
  | 'unsecured-not-allowed'
  /** It came less protected than it must: without TLS. */
  | 'profile-too-low'
  /** It must show a certificate and has none. */
  | 'no-certificate'
  | CertificateFault
  /** As many wait for adoption as may. */
  | 'enrolment-full'
  | 'too-busy';

/** What is wrong with a charger's certificate: of no root of ours, not known, another charger's, at its end, revoked. */
export type CertificateFault =
  | 'certificate-foreign'
  | 'certificate-unknown'
  | 'certificate-other-name'
  | 'certificate-expired'
  | 'certificate-revoked';

/** What a charger's upgrade request says of itself, before anything of it is believed. */
export interface Handshake {
  /** As written in the URL. */
  readonly identity: string;
  /** The charger's id in our records: lower case. */
  readonly chargerId: string;
  readonly protocol: Protocol;
  /** Null when no Basic credentials for this identity were sent. */
  readonly password: Buffer | null;
  /** Whether what it says is encrypted on its way, to us or to the proxy before us. */
  readonly isEncrypted: boolean;
  /** The certificate that it showed in TLS and whose key it has, DER; whose it is, is not judged yet. Null: none. */
  readonly certificate: Buffer | null;
  /** The code of an enrolment window, where the URL has one: `/ocpp/{code}/{identity}`. */
  readonly enrolment: string | null;
}

export interface HandshakeRefusal {
  readonly refused: RefusalReason;
  readonly identity: string;
}

/** HTTP status of each refusal. */
export const REFUSAL_STATUS: Readonly<Record<RefusalReason, number>> = {
  'wrong-path': 404,
  'malformed-url': 400,
  'no-subprotocol': 400,
  'no-password': 401,
  'unknown-charger': 401,
  'wrong-password': 401,
  'unsecured-not-allowed': 401,
  'profile-too-low': 403,
  'no-certificate': 403,
  'certificate-foreign': 403,
  'certificate-unknown': 403,
  'certificate-other-name': 403,
  'certificate-expired': 403,
  'certificate-revoked': 403,
  'enrolment-full': 503,
  'too-busy': 503,
};

const PATH = /^\/ocpp\/(?:([0-9a-f]{32})\/)?([^/?#]+)\/?(?:[?#].*)?$/;
/** OCPP identities: printable, up to 48 characters (CiString48 of 2.0.1; 1.6 leaves it open). */
const IDENTITY = /^[\p{L}\p{N}._:\-*+=@ |~]{1,48}$/u;

/**
 * Reads the upgrade request. ocpp-rpc would crash on a malformed percent escape and let a client in that offers
 * no subprotocol (reference: its 2.2.1 source), so both are turned away here, before it sees the request. `isTlsProxy`:
 * whether a proxy of ours is at the address.
 */
export function readHandshake(
  request: IncomingMessage,
  spoken: readonly Protocol[],
  isTlsProxy: (address: string) => boolean = () => false,
): Handshake | HandshakeRefusal {
  const [, enrolment = null, encoded] = PATH.exec(request.url ?? '') ?? [];
  if (encoded === undefined) return { refused: 'wrong-path', identity: '' };
  const identity = decodeIdentity(encoded);
  if (identity === null) return { refused: 'malformed-url', identity: '' };
  const protocol = chosen(request.headers['sec-websocket-protocol'] ?? '', spoken);
  if (protocol === undefined) return { refused: 'no-subprotocol', identity };
  const password = basicPassword(request.headers.authorization, identity);
  const isEncrypted = cameEncrypted(request, isTlsProxy);
  const certificate = shownCertificate(request);
  return { identity, chargerId: identity.toLowerCase(), protocol, password, isEncrypted, certificate, enrolment };
}

/** TLS that ends here, or at a proxy of ours that says so; what anybody else says of itself is not believed. */
function cameEncrypted({ socket, headers }: IncomingMessage, isTlsProxy: (address: string) => boolean): boolean {
  if (socket instanceof TLSSocket) return true;
  const told = headers['x-forwarded-proto'];
  return (told === 'https' || told === 'wss') && isTlsProxy(socket.remoteAddress ?? '');
}

/** Only where TLS ends here: what a proxy says of certificates is not read. */
function shownCertificate({ socket }: IncomingMessage): Buffer | null {
  return socket instanceof TLSSocket ? (socket.getPeerX509Certificate()?.raw ?? null) : null;
}

/** The first subprotocol offered that we speak: RFC 6455 (4.1) has the client list them in its order of preference. */
function chosen(offered: string, spoken: readonly Protocol[]): Protocol | undefined {
  const names = offered.split(',').map((text) => text.trim());
  return names.flatMap((name) => spoken.find((one) => one === name) ?? [])[0];
}

function decodeIdentity(encoded: string): string | null {
  try {
    const identity = decodeURIComponent(encoded);
    return IDENTITY.test(identity) ? identity : null;
  } catch {
    return null;
  }
}

/**
 * The password of Basic credentials whose user is the identity; identities may hold colons, passwords any byte. None at
 * all is no password.
 */
function basicPassword(header: string | undefined, identity: string): Buffer | null {
  const encoded = /^\s*basic\s+([A-Za-z0-9+/_-]+=*)\s*$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return null;
  const credentials = Buffer.from(encoded, 'base64');
  const user = Buffer.from(`${identity}:`);
  const named = credentials.subarray(0, user.length).toString().toLowerCase();
  const password = credentials.subarray(user.length);
  return named === user.toString().toLowerCase() && password.length > 0 ? password : null;
}
