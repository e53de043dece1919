/** What the gateway needs to know from outside. */
export interface GatewaySettings {
  readonly databaseUrl: string;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** How long a message waits for a database that is away before its charger is told to send it again; 10 s when not given. */
  readonly commitPatienceMs?: number;
}

export const SETTINGS = Symbol('gateway settings');

/** Reads DATABASE_URL, CHAZEMO_HOST and CHAZEMO_OCPP_PORT. Throws, naming the variable, when one is missing or wrong. */
export function settingsFrom(env: NodeJS.ProcessEnv): GatewaySettings {
  const databaseUrl = env['DATABASE_URL'];
  if (databaseUrl === undefined || databaseUrl === '') {
    throw new Error('DATABASE_URL is not set: give the PostgreSQL the gateway writes to');
  }
  const port = Number(env['CHAZEMO_OCPP_PORT'] ?? '9000');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('CHAZEMO_OCPP_PORT is no port number');
  return { databaseUrl, host: env['CHAZEMO_HOST'] ?? '127.0.0.1', port };
}
