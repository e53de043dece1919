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
}

export const SETTINGS = Symbol('gateway settings');

/** Reads DATABASE_URL, CHAZEMO_HOST, CHAZEMO_OCPP_PORT and, when TEMPORAL_ADDRESS is given, what belongs to Temporal. Throws, naming the variable, when one is missing or wrong. */
export function settingsFrom(env: NodeJS.ProcessEnv): GatewaySettings {
  const databaseUrl = env['DATABASE_URL'];
  if (databaseUrl === undefined || databaseUrl === '') {
    throw new Error('DATABASE_URL is not set: give the PostgreSQL the gateway writes to');
  }
  const port = Number(env['CHAZEMO_OCPP_PORT'] ?? '9000');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('CHAZEMO_OCPP_PORT is no port number');
  const hasTemporal = (env['TEMPORAL_ADDRESS'] ?? '') !== '';
  const host = env['CHAZEMO_HOST'] ?? '127.0.0.1';
  return { databaseUrl, host, port, ...(hasTemporal ? { temporal: env } : {}) };
}
