import type { SimulatedCharger } from './simulated-charger.js';

export interface SessionReading {
  readonly at: Date | string;
  /** Import register. */
  readonly wh: number;
  readonly exportWh?: number;
}

/** One charging session. The first reading is the meter at the Start, the last the meter at the Stop. */
export interface Session {
  readonly idTag: string;
  readonly connectorId: number;
  readonly readings: readonly SessionReading[];
  /** What the charger was allowed to draw; the power told is what the readings say. */
  readonly offeredW?: number;
  /** Power told with every reading, instead of what the readings say. */
  readonly powerW?: number;
  /** false leaves the session running: no Stop, the car stays and charges. */
  readonly stops?: boolean;
}

export interface PlayedSession {
  readonly transactionId: number;
  readonly status: string;
}

const OFFERED_W = 7_400;

/**
 * Plays sessions one after another with their own timestamps, as fast as the central system answers: Preparing,
 * Authorize, Start, Charging, each reading clock-aligned, Stop, Available.
 */
export async function playSessions(charger: SimulatedCharger, sessions: readonly Session[]): Promise<PlayedSession[]> {
  const played: PlayedSession[] = [];
  for (const session of sessions) played.push(await playSession(charger, session));
  return played;
}

async function playSession(charger: SimulatedCharger, session: Session): Promise<PlayedSession> {
  const { connectorId, idTag, readings } = session;
  const first = readings[0];
  const last = readings.at(-1);
  if (first === undefined || last === undefined) throw new Error('a session has at least one reading');
  await charger.status(connectorId, 'Preparing', 'NoError', first.at);
  await charger.authorize(idTag);
  const started = await charger.start({ connectorId, idTag, meterStartWh: first.wh, at: first.at });
  await charger.status(connectorId, 'Charging', 'NoError', first.at);
  const stops = session.stops ?? true;
  const between = stops ? readings.slice(1, -1) : readings.slice(1);
  for (const reading of between) await tell(charger, session, started.transactionId, reading);
  if (!stops) return started;
  if (last.exportWh !== undefined) await tell(charger, session, started.transactionId, last); // a Stop carries no export
  await charger.stop({
    transactionId: started.transactionId,
    meterStopWh: last.wh,
    at: last.at,
    reason: 'EVDisconnected',
    idTag,
  });
  await charger.status(connectorId, 'Available', 'NoError', last.at);
  return started;
}

/** Tells one more reading of a running session. */
export async function tell(
  charger: SimulatedCharger,
  session: Session,
  transactionId: number,
  reading: SessionReading,
): Promise<void> {
  await charger.meterValues({
    connectorId: session.connectorId,
    transactionId,
    samples: [
      {
        at: reading.at,
        wh: reading.wh,
        ...(reading.exportWh === undefined ? {} : { exportWh: reading.exportWh }),
        powerW: session.powerW ?? powerAt(session, reading),
        offeredW: session.offeredW ?? OFFERED_W,
      },
    ],
  });
}

/** The mean power since the reading before, whole watts. */
function powerAt(session: Session, reading: SessionReading): number {
  const former = session.readings[session.readings.indexOf(reading) - 1];
  if (former === undefined) return 0;
  const hours = (new Date(reading.at).getTime() - new Date(former.at).getTime()) / 3_600_000;
  return hours <= 0 ? 0 : Math.round((reading.wh - former.wh) / hours);
}
