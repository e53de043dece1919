import { BlockList, isIP } from 'node:net';

import type { RateLimit } from '#libs/ocpp/frame-rate.js';

/** What the gateway needs to know from outside. */
export interface GatewaySettings {
  readonly databaseUrl: string;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** How long a message waits for a database that is away before its charger is told to send it again; 10 s when not given. */
  readonly commitPatienceMs?: number;
  /** How long the database may say nothing when asked, before its connection is given up; 10 s when not given. */
  readonly databaseSilenceMs?: number;
  /** This process among all gateways; a new one for each start when not given. */
  readonly gatewayId?: string;
  /** TEMPORAL_… variables; without them no commands are taken, messages are. */
  readonly temporal?: Readonly<Record<string, string | undefined>>;
  /** How long a charger may take to answer a command; 30 s when not given. */
  readonly callTimeoutMs?: number;
  /** CHAZEMO_SECRET: opens the passwords that commands carry; without it those commands fail. */
  readonly secret?: string;
  /** How fast one charger's frames are read; LIMITS.frames when not given. */
  readonly frames?: RateLimit;
  /** Null or not given: there is no encrypted port. */
  readonly tls?: TlsSettings | null;
  /** Addresses and networks (CIDR) of proxies that end TLS and say so in X-Forwarded-Proto. */
  readonly tlsProxies?: readonly string[];
  /** When a message is received; the machine's clock when not given. */
  readonly now?: () => Date;
}

/** The encrypted port: its certificate (with its chain) and key, as PEM files; a renewed pair is taken within half a minute. */
export interface TlsSettings {
  /** 0 takes a free port. */
  readonly port: number;
  readonly certificateFile: string;
  readonly keyFile: string;
}

export const SETTINGS = Symbol('gateway settings');

/** Reads DATABASE_URL, CHAZEMO_HOST, CHAZEMO_OCPP_PORT, CHAZEMO_SECRET, CHAZEMO_OCPP_TLS_… and, when TEMPORAL_ADDRESS is given, what belongs to Temporal. Throws, naming the variable, when one is missing or wrong. */
export function settingsFrom(env: NodeJS.ProcessEnv): GatewaySettings {
  const databaseUrl = env['DATABASE_URL'];
  if (databaseUrl === undefined || databaseUrl === '') {
    throw new Error('DATABASE_URL is not set: give the PostgreSQL the gateway writes to');
  }
  const port = portFrom('CHAZEMO_OCPP_PORT', env['CHAZEMO_OCPP_PORT'] ?? '9000');
  const hasTemporal = (env['TEMPORAL_ADDRESS'] ?? '') !== '';
  const host = env['CHAZEMO_HOST'] ?? '127.0.0.1';
  const secret = env['CHAZEMO_SECRET'] ?? '';
  const tlsProxies = (env['CHAZEMO_OCPP_TLS_PROXIES'] ?? '').split(/[\s,]+/).filter((text) => text !== '');
  addressesOf(tlsProxies);
  return {
    databaseUrl,
    host,
    port,
    tlsProxies,
    tls: tlsFrom(env),
    ...(secret === '' ? {} : { secret }),
    ...(hasTemporal ? { temporal: env } : {}),
  };
}

function portFrom(name: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${name} is no port number`);
  return port;
}

function tlsFrom(env: NodeJS.ProcessEnv): TlsSettings | null {
  const port = env['CHAZEMO_OCPP_TLS_PORT'] ?? '';
  if (port === '') return null;
  const certificateFile = env['CHAZEMO_OCPP_TLS_CERT'] ?? '';
  const keyFile = env['CHAZEMO_OCPP_TLS_KEY'] ?? '';
  if (certificateFile === '' || keyFile === '') {
    throw new Error('CHAZEMO_OCPP_TLS_PORT needs CHAZEMO_OCPP_TLS_CERT and CHAZEMO_OCPP_TLS_KEY: PEM files');
  }
  return { port: portFrom('CHAZEMO_OCPP_TLS_PORT', port), certificateFile, keyFile };
}

/** Whether an address is among these addresses and networks. Throws when one of them is none. */
export function addressesOf(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = familyOf(address);
    if (family === null) throw new Error(`CHAZEMO_OCPP_TLS_PROXIES: ${network} is no address`);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const family = familyOf(address);
    return family !== null && list.check(address, family);
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  const version = isIP(address);
  if (version === 0) return null;
  return version === 4 ? 'ipv4' : 'ipv6';
}
