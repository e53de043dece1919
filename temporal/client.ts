import { readFileSync } from 'node:fs';

import { Client, Connection, type TLSConfig } from '@temporalio/client';

type Environment = Readonly<Record<string, string | undefined>>;

export interface TemporalSettings {
  readonly address: string;
  readonly namespace: string;
  /** false: plain; true: the system's certificate authorities. */
  readonly tls: TLSConfig | boolean;
  readonly apiKey: string | undefined;
}

/**
 * TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and, for TLS, TEMPORAL_TLS (`true`), TEMPORAL_TLS_SERVER_NAME
 * and files in TEMPORAL_TLS_CA, TEMPORAL_TLS_CERT, TEMPORAL_TLS_KEY. An API key implies TLS. Throws when a certificate
 * comes without its key.
 */
export function temporalEnvironment(env: Environment): TemporalSettings {
  const given = (name: string) => (env[name] === '' ? undefined : env[name]);
  const apiKey = given('TEMPORAL_API_KEY');
  return {
    address: given('TEMPORAL_ADDRESS') ?? '127.0.0.1:7233',
    namespace: given('TEMPORAL_NAMESPACE') ?? 'default',
    tls: tlsFrom(given) ?? (given('TEMPORAL_TLS') === 'true' || apiKey !== undefined),
    apiKey,
  };
}

function tlsFrom(given: (name: string) => string | undefined): TLSConfig | null {
  const serverName = given('TEMPORAL_TLS_SERVER_NAME');
  const ca = given('TEMPORAL_TLS_CA');
  const cert = given('TEMPORAL_TLS_CERT');
  const key = given('TEMPORAL_TLS_KEY');
  if ((cert === undefined) !== (key === undefined)) {
    throw new Error('TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY belong together: set both or none');
  }
  if (serverName === undefined && ca === undefined && cert === undefined) return null;
  return {
    ...(serverName === undefined ? {} : { serverNameOverride: serverName }),
    ...(ca === undefined ? {} : { serverRootCACertificate: readFileSync(ca) }),
    ...(cert === undefined || key === undefined
      ? {}
      : { clientCertPair: { crt: readFileSync(cert), key: readFileSync(key) } }),
  };
}

/** Connects by the environment's settings; rejects when the server does not answer. */
export async function connectTemporal(env: Environment): Promise<Client> {
  const { address, namespace, tls, apiKey } = temporalEnvironment(env);
  const connection = await Connection.connect({ address, tls, ...(apiKey === undefined ? {} : { apiKey }) });
  return new Client({ connection, namespace });
}
