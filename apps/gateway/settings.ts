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
  /** Addresses and networks (CIDR) of proxies that end TLS and say so in X-Forwarded-Proto. */
  readonly tlsProxies?: readonly string[];
}

export const SETTINGS = Symbol('gateway settings');

/** Reads DATABASE_URL, CHAZEMO_HOST, CHAZEMO_OCPP_PORT, CHAZEMO_SECRET, CHAZEMO_OCPP_TLS_PROXIES and, when TEMPORAL_ADDRESS is given, what belongs to Temporal. Throws, naming the variable, when one is missing or wrong. */
export function settingsFrom(env: NodeJS.ProcessEnv): GatewaySettings {
  const databaseUrl = env['DATABASE_URL'];
  if (databaseUrl === undefined || databaseUrl === '') {
    throw new Error('DATABASE_URL is not set: give the PostgreSQL the gateway writes to');
  }
  const port = Number(env['CHAZEMO_OCPP_PORT'] ?? '9000');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('CHAZEMO_OCPP_PORT is no port number');
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
    ...(secret === '' ? {} : { secret }),
    ...(hasTemporal ? { temporal: env } : {}),
  };
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
