/** What a spot's card shows, decided from what the charger told. Pure. */

export const SPOT_CODES = [
  'disconnected',
  'charging',
  'waiting',
  'finished',
  'faulted',
  'offline',
  'no-charger',
] as const;
export type SpotCode = (typeof SPOT_CODES)[number];

/** A charger that says nothing for this long is offline, whatever was last written about its connection. */
export const SILENT_AFTER_MS = 15 * 60_000;

export interface ChargerFacts {
  readonly online: boolean;
  readonly lastSeenAt: Date | null;
}

export interface ConnectorFacts {
  /** 0 is the charger itself. */
  readonly connectorId: number;
  /** OCPP 1.6 ChargePointStatus */
  readonly status: string;
  readonly errorCode: string | null;
  readonly powerW: number | null;
  readonly offeredW: number | null;
  /** Energy of the transaction under way; null without one. */
  readonly energyWh: number | null;
  readonly updatedAt: Date;
}

export interface SpotState {
  readonly code: SpotCode;
  readonly status: string | null;
  readonly errorCode: string | null;
  readonly powerW: number | null;
  readonly offeredW: number | null;
  readonly energyWh: number | null;
  readonly since: Date | null;
  readonly online: boolean;
}

/** OCPP 1.6 §7.7 ChargePointStatus → what a person calls it. `Unavailable` is out of service: somebody should look. */
const CODE_OF_STATUS: Readonly<Record<string, SpotCode>> = {
  Available: 'disconnected',
  Preparing: 'waiting',
  Charging: 'charging',
  SuspendedEVSE: 'waiting',
  SuspendedEV: 'waiting',
  Finishing: 'finished',
  Reserved: 'waiting',
  Unavailable: 'faulted',
  Faulted: 'faulted',
};

/** Of several connectors the card shows the busiest. */
const RANK: readonly SpotCode[] = ['charging', 'waiting', 'finished', 'faulted', 'disconnected'];

const codeOf = (connector: ConnectorFacts): SpotCode => CODE_OF_STATUS[connector.status] ?? 'faulted';

function shownConnector(connectors: readonly ConnectorFacts[]): ConnectorFacts | undefined {
  const broken = connectors.find((connector) => connector.connectorId === 0 && connector.status === 'Faulted');
  if (broken !== undefined) return broken;
  return connectors
    .filter((connector) => connector.connectorId > 0)
    .toSorted((a, b) => RANK.indexOf(codeOf(a)) - RANK.indexOf(codeOf(b)) || a.connectorId - b.connectorId)[0];
}

const NOTHING_KNOWN = { status: null, errorCode: null, powerW: null, offeredW: null, energyWh: null } as const;

function isOnline(charger: ChargerFacts, now: Date): boolean {
  const silentMs = now.getTime() - (charger.lastSeenAt?.getTime() ?? Number.NEGATIVE_INFINITY);
  return charger.online && silentMs < SILENT_AFTER_MS;
}

/** `charger` is null where no charger hangs at the spot. Power is shown only while energy flows. */
export function spotState(charger: ChargerFacts | null, connectors: readonly ConnectorFacts[], now: Date): SpotState {
  if (charger === null) return { ...NOTHING_KNOWN, code: 'no-charger', since: null, online: false };
  const shown = shownConnector(connectors);
  if (!isOnline(charger, now)) {
    const status = shown?.status ?? null;
    return { ...NOTHING_KNOWN, code: 'offline', status, since: charger.lastSeenAt, online: false };
  }
  if (shown === undefined) return { ...NOTHING_KNOWN, code: 'disconnected', since: null, online: true };
  const code = codeOf(shown);
  return {
    code,
    status: shown.status,
    errorCode: shown.errorCode === 'NoError' ? null : shown.errorCode,
    powerW: code === 'charging' ? shown.powerW : null,
    offeredW: code === 'charging' ? shown.offeredW : null,
    energyWh: code === 'disconnected' ? null : shown.energyWh,
    since: shown.updatedAt,
    online: true,
  };
}
